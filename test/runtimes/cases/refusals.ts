import type { RefusalResponder } from '../../../src/index.ts';
import { byWord } from '../by-word.ts';
import { equal, ok } from '../expect.ts';
import type { Case, Library } from '../library.ts';
import { basicValue, type HeaderList, request } from '../requests.ts';

function ask({ core, basic }: Library, refuse: RefusalResponder, headers: HeaderList): Promise<Response> {
  const staff = basic.basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'x' }] });
  return core.protect(staff, () => new Response('reached'), { refuse })(request(headers));
}

const challenge = 'Basic realm="Staff", charset="UTF-8"';
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const problem = 'application/problem+json';
const page = 'text/html; charset=utf-8';

const byAccept: readonly (readonly [accept: string | undefined, mode: string | undefined, type: string | null])[] = [
  [undefined, undefined, null],
  ['*/*', undefined, null],
  ['application/json', 'cors', problem],
  [problem, undefined, problem],
  ['application/json;q=0', undefined, null],
  ['text/plain', undefined, null],
  [browser, 'navigate', page],
  [browser, undefined, page],
  [browser, 'cors', null],
  ['text/html;q=0.5, application/json', undefined, problem],
  ['image/png,,;;, "', undefined, null],
];

/** Asked of `any(key, sid)`: the code that a program sees. */
const byOutcome: readonly (readonly [headers: HeaderList, method: string, body: object])[] = [
  [{}, 'GET', { status: 401, title: 'Unauthorized' }],
  [{ cookie: 'sid=bad' }, 'GET', { status: 401, title: 'Unauthorized', error: 'invalid_credentials' }],
  [{ 'x-key': 'good', 'x-robot': 'good' }, 'GET', { status: 400, title: 'Bad Request', error: 'invalid_request' }],
  [{ 'x-key': 'weak' }, 'GET', { status: 403, title: 'Forbidden', error: 'insufficient_scope', scope: 'write' }],
  [
    { cookie: 'sid=good', 'sec-fetch-site': 'cross-site' },
    'POST',
    { status: 403, title: 'Forbidden', error: 'cross_site_request' },
  ],
  [{ 'x-key': 'down' }, 'GET', { status: 503, title: 'Service Unavailable', error: 'temporarily_unavailable' }],
];

export const refusalsCases: readonly Case[] = [
  ...byAccept.map(
    ([accept, mode, type]): Case => [
      `refusal: Accept ${accept}, mode ${mode}: ${type ?? 'no body'}`,
      async (library) => {
        const headers = { ...(accept && { accept }), ...(mode && { 'sec-fetch-mode': mode }) };
        const response = await ask(library, library.refusals.describeRefusal, headers);
        equal([response.status, response.headers.get('content-type')], [401, type]);
        equal(response.headers.get('www-authenticate'), challenge);
        equal([response.headers.get('cache-control'), response.headers.get('vary')], ['no-store', 'authorization']);
        equal((await response.text()).length > 0, type !== null, 'a body:');
      },
    ],
  ),

  ...byOutcome.map(
    ([headers, method, expected]): Case => [
      `refusal: the problem of ${method} ${JSON.stringify(headers)}`,
      async (library) => {
        const { any, protect } = library.core;
        const parts = any(
          byWord(library, 'key', 'header'),
          byWord(library, 'robot', 'header'),
          byWord(library, 'sid', 'cookie'),
        );
        const handler = protect(parts, () => new Response('reached'), { refuse: library.refusals.describeRefusal });
        const response = await handler(request({ accept: 'application/json', ...headers }, method));
        const { detail, ...body } = (await response.json()) as Record<string, unknown>;
        equal(Object.entries(body).sort(), Object.entries(expected).sort());
        equal([response.status, typeof detail], [body.status, 'string']);
      },
    ],
  ),

  [
    'refusal: the page has nothing of the request in it',
    async (library) => {
      const response = await ask(library, library.refusals.describeRefusal, {
        accept: 'text/html',
        authorization: basicValue('<script>', 'x'),
      });
      const text = await response.text();
      ok(text.startsWith('<!doctype html>') && !text.includes('<script'), text);
      ok(response.headers.get('content-security-policy')?.startsWith("default-src 'none'"), 'no policy');
    },
  ],

  [
    'refusal: the challenge goes under a name that browsers do not know, to a page\u2019s own fetch only',
    async (library) => {
      const { describeRefusal, promptOnNavigation } = library.refusals;
      for (const refuse of [promptOnNavigation(), promptOnNavigation(describeRefusal)]) {
        const asked: readonly (readonly [mode: string | undefined, prefix: string])[] = [
          ['cors', 'x'],
          ['same-origin', 'x'],
          ['navigate', ''],
          [undefined, ''],
        ];
        for (const [mode, prefix] of asked) {
          const response = await ask(library, refuse, { accept: problem, ...(mode && { 'sec-fetch-mode': mode }) });
          equal([response.status, response.headers.get('www-authenticate')], [401, prefix + challenge], mode);
        }
      }
    },
  ],

  [
    'refusal: an application\u2019s own page keeps its headers and gets the challenge',
    async (library) => {
      const own = new Response('sign in', { status: 401, headers: { 'content-type': 'text/plain', vary: 'Accept' } });
      const { status, headers } = await ask(library, () => own, {});
      equal([status, headers.get('content-type'), headers.get('vary')], [401, 'text/plain', 'Accept, authorization']);
      equal([headers.get('www-authenticate'), headers.get('cache-control')], [challenge, 'no-store']);
      equal(own.headers.get('www-authenticate'), null, 'on the shared response');
    },
  ],

  [
    'refusal: an application\u2019s own text keeps its content type, with and without a renamed challenge',
    async (library, { deliver }) => {
      const own = (): Response => new Response('sign in', { status: 401 });
      const type = (await deliver(own())).headers.get('content-type');
      ok(type?.startsWith('text/plain'), `without the library it is ${type}`);
      for (const refuse of [own, library.refusals.promptOnNavigation(own)]) {
        const { headers } = await deliver(await ask(library, refuse, { 'sec-fetch-mode': 'cors' }));
        equal(headers.get('content-type'), type);
      }
    },
  ],

  [
    'refusal: an application may redirect to its sign-in page, with the cookies cleared',
    async (library) => {
      const { any, protect } = library.core;
      const either = any(byWord(library, 'key', 'header'), byWord(library, 'sid', 'cookie'));
      const refuse = (): Response => Response.redirect('https://app.example/sign-in', 303);
      const { status, headers } = await protect(either, () => new Response(), { refuse })(
        request({ cookie: 'sid=bad' }),
      );
      equal([status, headers.get('location')], [303, 'https://app.example/sign-in']);
      equal([headers.getSetCookie(), headers.get('www-authenticate')], [['sid=; Path=/'], null]);
    },
  ],
];
