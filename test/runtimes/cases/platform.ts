import { equal, ok } from '../expect.ts';
import type { Case } from '../library.ts';
import { basicValue, request } from '../requests.ts';
import { strayRejections } from '../stray-rejections.ts';

const users = [{ username: 'ada', plaintextPassword: 'correct horse' }];

/** That the suite runs where it says it does, and what the platform gives and takes at the edges of the library. */
export const platformCases: readonly Case[] = [
  ['platform: the runtime is the one it is said to be', (_, { doubts }) => equal(doubts.join('; '), '', 'doubts:')],

  [
    'platform: every subpath is loaded and exports something',
    (library) => {
      for (const [subpath, namespace] of Object.entries(library)) {
        ok(Object.keys(namespace).length > 0, `${subpath} exports nothing`);
      }
      ok(Object.keys(library).length >= 6, `only ${Object.keys(library)} are loaded`);
    },
  ],

  [
    'platform: a constructed Request keeps the headers that decide',
    () => {
      const names = ['host', 'origin', 'sec-fetch-site', 'sec-fetch-mode', 'cookie', 'authorization', 'upgrade'];
      const { headers } = request(Object.fromEntries(names.map((name) => [name, 'x'])), 'POST');
      equal(
        names.filter((name) => headers.get(name) !== 'x'),
        [],
        'lost',
      );
    },
  ],

  [
    'platform: a request from the own server, where there is one, is understood',
    async ({ core, basic, http }, { incoming }) => {
      const asked = incoming ?? request({ authorization: basicValue('ada', 'correct horse'), cookie: 'theme=dark' });
      const handler = core.protect(basic.basic({ realm: 'Staff', users }), ({ headers }, { principal }) =>
        Response.json([principal.username, http.readCookie(headers.get('cookie'), 'theme')]),
      );
      const response = await handler(asked);
      equal(response.status, 200);
      equal(await response.json(), ['ada', 'dark']);
    },
  ],

  [
    'platform: a context has the time, randomness, and what the caller knows',
    ({ core }) => {
      const context = core.createContext({ address: '192.0.2.1' });
      ok(Math.abs(context.now - Date.now() / 1000) < 60, `the time is ${context.now}`);
      const [one, other] = [context.random(32), context.random(32)];
      equal([one.length, other.length], [32, 32]);
      ok(String(one) !== String(other), 'randomness repeats itself');
      equal(context.address, '192.0.2.1');
      equal(core.createContext({ now: 7 }).now, 7);
    },
  ],

  [
    'platform: what the platform passes reaches the context and the handler',
    async ({ core, basic }) => {
      const staff = basic.basic({
        realm: 'Staff',
        users: (username, { bindings }) => (bindings as Record<string, { plaintextPassword: string }>)[username],
      });
      type Bindings = { readonly ada: { readonly plaintextPassword: string } };
      const handler = core.protect(staff, (_request: Request, _accepted, env: Bindings) => Response.json(env), {
        context: (_request, env) => ({ bindings: env }),
      });
      const env = { ada: { plaintextPassword: 'from the environment' } };
      const response = await handler(request({ authorization: basicValue('ada', 'from the environment') }), env);
      equal(await response.json(), env);
    },
  ],

  [
    'platform: a handler may take the connection over and return nothing',
    async ({ core, basic }) => {
      const handler = core.protect(basic.basic({ realm: 'Staff', users }), () => undefined);
      equal(await handler(request({ authorization: basicValue('ada', 'correct horse') })), undefined);
    },
  ],

  [
    'platform: a CORS preflight reaches the application, else it is a bare 204',
    async ({ core, basic }) => {
      const staff = basic.basic({ realm: 'Staff', users });
      const preflight = request({ origin: 'https://b.example', 'access-control-request-method': 'PUT' }, 'OPTIONS');
      const never = (): Response => {
        throw new Error('the handler ran');
      };
      const bare = await core.protect(staff, never)(preflight);
      equal([bare.status, bare.headers.get('www-authenticate')], [204, null]);
      const headers = { 'access-control-allow-origin': 'https://b.example' };
      const answered = await core.protect(staff, never, {
        preflight: () => new Response(null, { status: 204, headers }),
      })(preflight);
      equal(answered.headers.get('access-control-allow-origin'), 'https://b.example');
    },
  ],

  [
    'platform: OPTIONS that is no preflight is authenticated',
    async ({ core, basic }) => {
      const handler = core.protect(basic.basic({ realm: 'Staff', users }), () => new Response('reached'));
      equal((await handler(request({}, 'OPTIONS'))).status, 401);
    },
  ],

  [
    'platform: a rejection that nobody handles is reported (control)',
    async (_, platform) => {
      Promise.reject(new Error('stray'));
      equal(await strayRejections(platform), ['Error: stray']);
    },
  ],
];

/** The last of all: what a case left behind shows up after it. */
export const closingCases: readonly Case[] = [
  [
    'platform: nothing in the whole run was rejected and not handled',
    async (_, platform) => equal(await strayRejections(platform), []),
  ],
];
