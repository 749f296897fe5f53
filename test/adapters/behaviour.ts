import { createContext } from '../../src/index.ts';
import { signJwt } from '../../src/tokens/jwt.ts';
import { equal, ok } from '../runtimes/expect.ts';
import { AUDIENCE, COOKIE, ISSUER, KEY, sessions } from './app.ts';

/** A case, over the origin of a server that serves the application of app.ts. */
export type AdapterCase = readonly [string, (origin: string) => Promise<void>];

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const ask = (origin: string, path: string, { method = 'GET', headers = {} }: Asked = {}): Promise<Response> =>
  fetch(origin + path, { method, headers, redirect: 'manual' });

/** Of ada, made so many seconds ago. */
export async function cookieMade(secondsAgo: number): Promise<string> {
  const context = createContext({ now: Date.now() / 1000 - secondsAgo });
  const { effects } = await sessions.issue(new Request('https://app.example/'), { subject: 'ada' }, context);
  return effects[0]?.value.split(';')[0] ?? '';
}

const tokenWith = (scope: string): Promise<string> =>
  signJwt(KEY, { iss: ISSUER, aud: AUDIENCE, sub: 'ada', scope }, { expiresIn: 300 });
const withToken = async (scope = ''): Promise<Asked> => ({
  headers: { authorization: `Bearer ${await tokenWith(scope)}` },
});
const withCookie = async (secondsAgo = 0): Promise<Asked> => ({ headers: { cookie: await cookieMade(secondsAgo) } });
/** Past half of the hour. */
const DUE = 2000;

const ours = (response: Response): readonly string[] =>
  response.headers.getSetCookie().filter((line) => line.startsWith(`${COOKIE}=`));
const words = (response: Response, name: string): readonly string[] =>
  (response.headers.get(name) ?? '').toLowerCase().split(/\s*,\s*/);
const isPrivate = (response: Response): void => {
  const directives = words(response, 'cache-control');
  ok(directives.includes('private') || directives.includes('no-store'), `Cache-Control: ${directives}`);
};

/** What every adapter does, whatever the framework: the table of docs/guides/frameworks.md. */
export const adapterCases: readonly AdapterCase[] = [
  [
    'accepted: the handler knows who it is, and no shared cache keeps its answer',
    async (origin) => {
      for (const [asked, scheme, name] of [
        [await withToken(), 'bearer', 'ada'],
        [await withCookie(), 'session', 'Ada'],
      ] as const) {
        const response = await ask(origin, '/me', asked);
        equal([response.status, await response.json()], [200, { subject: 'ada', scheme, name }]);
        isPrivate(response);
        ok(words(response, 'vary').includes('authorization') && words(response, 'vary').includes('cookie'), 'Vary');
        equal(response.headers.getSetCookie(), []);
      }
    },
  ],
  [
    'absent: 401 with the challenges of all schemes and no error',
    async (origin) => {
      const response = await ask(origin, '/me');
      equal([response.status, await response.text()], [401, '']);
      equal(response.headers.get('www-authenticate'), 'Session realm="session", Bearer realm="api"');
      equal(response.headers.get('cache-control'), 'no-store');
    },
  ],
  [
    'rejected: 401, the scheme that refuses first, and its error',
    async (origin) => {
      const response = await ask(origin, '/me', { headers: { authorization: 'Bearer a.b.c' } });
      equal(response.status, 401);
      equal(
        response.headers.get('www-authenticate'),
        'Bearer realm="api", error="invalid_token", Session realm="session"',
      );
    },
  ],
  [
    'rejected: a cookie that is forged is cleared, and a good token beside a bad cookie is good',
    async (origin) => {
      const cookie = `${(await cookieMade(0)).slice(0, -2)}xx`;
      const response = await ask(origin, '/me', { headers: { cookie } });
      equal([response.status, ours(response).map((line) => /Max-Age=0/.test(line))], [401, [true]]);
      const { headers } = await withToken();
      equal((await ask(origin, '/me', { headers: { ...headers, cookie } })).status, 200);
    },
  ],
  [
    'insufficient: 403 with the scope that is needed',
    async (origin) => {
      const response = await ask(origin, '/admin', await withToken('read'));
      equal(response.status, 403);
      equal(response.headers.get('www-authenticate'), 'Bearer error="insufficient_scope", scope="admin"');
      equal(await (await ask(origin, '/admin', await withToken('admin'))).text(), 'admin');
    },
  ],
  [
    'insufficient, as the handler finds: the same',
    async (origin) => {
      const response = await ask(origin, '/demand', await withToken('read'));
      equal(response.status, 403);
      equal(response.headers.get('www-authenticate'), 'Bearer error="insufficient_scope", scope="write"');
    },
  ],
  [
    'outage: 503, and never a 401',
    async (origin) => {
      const response = await ask(origin, '/broken', await withToken());
      equal([response.status, response.headers.get('www-authenticate')], [503, null]);
    },
  ],
  [
    'optional: nobody is nobody, and a bad token is still a 401',
    async (origin) => {
      equal(await (await ask(origin, '/home')).text(), 'hello nobody');
      equal(await (await ask(origin, '/home', await withCookie())).text(), 'hello Ada');
      equal((await ask(origin, '/home', { headers: { authorization: 'Bearer a.b.c' } })).status, 401);
    },
  ],
  [
    'renewal: the new cookie arrives, once, with whatever the handler answers',
    async (origin) => {
      for (const [path, status] of [
        ['/me', 200],
        ['/redirect', 303],
        ['/stream', 200],
      ] as const) {
        const response = await ask(origin, path, await withCookie(DUE));
        equal([response.status, ours(response).length], [status, 1], path);
        equal((await ask(origin, '/me', { headers: { cookie: ours(response)[0]?.split(';')[0] ?? '' } })).status, 200);
        isPrivate(response);
        await response.body?.cancel();
      }
    },
  ],
  [
    'a cookie of that name that the handler sets is the one that counts',
    async (origin) => {
      const response = await ask(origin, '/own-cookie', await withCookie(DUE));
      equal([response.status, ours(response).map((line) => line.split(';')[0])], [200, [`${COOKIE}=mine`]]);
    },
  ],
  [
    'sign-out: the cookie is cleared, also where it was due to be renewed, and is dead afterwards',
    async (origin) => {
      const asked = await withCookie(DUE);
      const response = await ask(origin, '/sign-out', { ...asked, method: 'POST' });
      equal(response.status, 204);
      equal(
        ours(response).map((line) => /Max-Age=0/.test(line)),
        [true],
      );
      equal((await ask(origin, '/me', asked)).status, 401);
    },
  ],
  [
    'another site: 403, the handler does not run, and the session lives on',
    async (origin) => {
      const { headers } = await withCookie();
      for (const from of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://elsewhere.example' }]) {
        const response = await ask(origin, '/sign-out', { method: 'POST', headers: { ...headers, ...from } });
        equal([response.status, ours(response)], [403, []]);
      }
      equal((await ask(origin, '/me', { headers: headers ?? {} })).status, 200);
    },
  ],
  [
    'a redirect is the handler’s',
    async (origin) => {
      const response = await ask(origin, '/redirect', await withToken());
      equal([response.status, new URL(response.headers.get('location') ?? '', origin).pathname], [303, '/me']);
      isPrivate(response);
    },
  ],
  [
    'a body that is a stream arrives as it is made',
    async (origin) => {
      // Else a server that compresses may wait until there is enough of it.
      const { headers } = await withToken();
      const response = await ask(origin, '/stream', { headers: { ...headers, 'accept-encoding': 'identity' } });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      const begun = performance.now();
      const first = await reader?.read();
      const waited = performance.now() - begun;
      let rest = '';
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) rest += part.value;
      equal([first?.value, rest], ['first\n', 'second\n']);
      ok(performance.now() - begun - waited > 100, 'it came in one piece');
    },
  ],
  [
    'what the handler throws is the framework’s 500, and no challenge',
    async (origin) => {
      const response = await ask(origin, '/throw', await withToken());
      equal([response.status, response.headers.get('www-authenticate')], [500, null]);
      await response.body?.cancel();
      equal((await ask(origin, '/throw')).status, 401);
    },
  ],
  [
    'HEAD: as GET, without a body',
    async (origin) => {
      equal((await ask(origin, '/me', { method: 'HEAD' })).status, 401);
      const response = await ask(origin, '/me', { ...(await withToken()), method: 'HEAD' });
      equal([response.status, await response.text()], [200, '']);
    },
  ],
  [
    'a CORS preflight: neither refused nor answered by the handler',
    async (origin) => {
      const headers = { origin: 'https://elsewhere.example', 'access-control-request-method': 'GET' };
      const response = await ask(origin, '/me', { method: 'OPTIONS', headers });
      ok(response.status === 200 || response.status === 204, `status ${response.status}`);
      ok(!(await response.text()).includes('ada'), 'the handler has run');
      equal(response.headers.get('access-control-allow-origin'), null);
    },
  ],
  [
    'two requests at once: each has its own',
    async (origin) => {
      const asked = [await withToken(), await withCookie(DUE), {}, await withToken('x')] as const;
      const responses = await Promise.all(
        Array.from({ length: 40 }, (_, index) => ask(origin, '/me', asked[index % 4])),
      );
      equal(
        responses.map(({ status }) => status),
        Array.from({ length: 40 }, (_, index) => (index % 4 === 2 ? 401 : 200)),
      );
      equal(
        responses.map((response) => ours(response).length),
        Array.from({ length: 40 }, (_, index) => (index % 4 === 1 ? 1 : 0)),
      );
    },
  ],
];
