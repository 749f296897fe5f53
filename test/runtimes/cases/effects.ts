import type { Accepted, Authenticator, Effect } from '../../../src/index.ts';
import { byWord } from '../by-word.ts';
import { equal, ok } from '../expect.ts';
import type { Case, Library } from '../library.ts';
import { type HeaderList, request } from '../requests.ts';

const cookie = (name: string, value: string): Effect => ({
  header: 'set-cookie',
  key: name,
  value: `${name}=${value}; Path=/`,
});

/** Lets everybody in and wants these headers added. */
function adding({ core }: Library, effects: readonly Effect[]): Authenticator<Accepted<'sid', string>> {
  return {
    schemes: ['sid'],
    carriers: [{ header: 'cookie' }],
    authenticate: () => core.accept('sid', 'ada', { ambient: true, effects }),
    challenge: () => [],
  };
}

/** What comes out of `protect` where the handler answers with `response`. */
function through(library: Library, response: Response, effects: readonly Effect[] = [cookie('sid', 'new')]) {
  return library.core.protect(adding(library, effects), () => response)(request());
}

/** Responses whose copy could lose something. Made inside the case: workerd refuses some of them at top level. */
const bodies: readonly (readonly [what: string, make: () => Response, type: string, text: string])[] = [
  ['a text', () => new Response('hello'), 'text/plain', 'hello'],
  ['a text beyond ASCII', () => new Response('h\u00e9llo'), 'text/plain', 'h\u00e9llo'],
  ['JSON', () => Response.json({ a: [1] }), 'application/json', '{"a":[1]}'],
  ['form data', () => new Response(new URLSearchParams('a=1')), 'application/x-www-form-urlencoded', 'a=1'],
  ['a blob', () => new Response(new Blob(['a,b'], { type: 'text/csv' })), 'text/csv', 'a,b'],
  ['a page', () => new Response('<p>', { headers: { 'content-type': 'text/html' } }), 'text/html', '<p>'],
  ['a series of bytes', () => new Response(new Uint8Array([0x61, 0x62])), '', 'ab'],
  ['a stream', () => new Response(new Blob(['stre', 'am']).stream()), '', 'stream'],
  ['a megabyte', () => new Response('x'.repeat(1 << 20)), 'text/plain', 'x'.repeat(1 << 20)],
];

/** Ways in which a body is gone before it is sent. */
const gone: readonly (readonly [what: string, take: (response: Response) => Promise<unknown> | undefined])[] = [
  ['used', (response) => response.text()],
  ['locked', (response) => void response.body?.getReader()],
];
/** With a type of its own, and with the one that the platform gives a text. */
const types: readonly HeaderList[] = [{}, { 'content-type': 'text/html' }];

export const effectsCases: readonly Case[] = [
  [
    'effects: several cookies stay several header lines, beside the handler\u2019s own',
    async (library, { deliver }) => {
      const response = new Response(null);
      response.headers.append('set-cookie', 'theme=dark; Expires=Wed, 21 Oct 2026 07:28:00 GMT');
      response.headers.append('set-cookie', 'lang=en');
      const { headers } = await deliver(await through(library, response, [cookie('sid', '1'), cookie('csrf', '2')]));
      equal(headers.getSetCookie().sort(), [
        'csrf=2; Path=/',
        'lang=en',
        'sid=1; Path=/',
        'theme=dark; Expires=Wed, 21 Oct 2026 07:28:00 GMT',
      ]);
    },
  ],

  [
    'effects: a shared constant response stays clean',
    async (library) => {
      const shared = new Response(null, { status: 204, headers: { 'x-a': 'b' } });
      const [one, other] = [await through(library, shared), await through(library, shared, [cookie('sid', 'other')])];
      equal([...shared.headers], [['x-a', 'b']]);
      equal([one.headers.getSetCookie(), other.headers.getSetCookie()], [['sid=new; Path=/'], ['sid=other; Path=/']]);
      equal([one.status, one.headers.get('x-a')], [204, 'b']);
    },
  ],

  [
    'effects: a redirect gets the cookie and stays a redirect',
    async (library) => {
      const { status, headers } = await through(library, Response.redirect('https://app.example/home', 303));
      equal([status, headers.get('location')], [303, 'https://app.example/home']);
      equal(headers.getSetCookie(), ['sid=new; Path=/']);
    },
  ],

  [
    'effects: the handler\u2019s cookie wins over a renewal',
    async (library) => {
      const signedOut = new Response(null, { headers: { 'set-cookie': 'sid=; Path=/; Max-Age=0' } });
      equal((await through(library, signedOut)).headers.getSetCookie(), ['sid=; Path=/; Max-Age=0']);
      const other = new Response(null, { headers: { 'set-cookie': 'sid2=x' } });
      equal((await through(library, other)).headers.getSetCookie(), ['sid2=x', 'sid=new; Path=/']);
    },
  ],

  [
    'effects: of two effects of one name the later counts',
    async (library) => {
      const nonce = { header: 'dpop-nonce', value: 'n-2' };
      const effects = [cookie('sid', '1'), { ...nonce, value: 'n-1' }, cookie('sid', '2'), nonce];
      const { headers } = await through(library, new Response(null), effects);
      equal([headers.getSetCookie(), headers.get('dpop-nonce')], [['sid=2; Path=/'], 'n-2']);
    },
  ],

  [
    'effects: with nothing to add it is the same response',
    async (library) => {
      const kept = new Response('page', { headers: { 'cache-control': 'private, max-age=60' } });
      ok((await through(library, kept, [])) === kept, 'a copy was made');
    },
  ],

  [
    'effects: what was made for somebody is kept out of shared caches',
    async (library) => {
      const { headers } = await through(library, new Response('page', { headers: { vary: 'Accept' } }), []);
      equal([headers.get('cache-control'), headers.get('vary')], ['private', 'Accept, cookie']);
      const open = new Response('page', { headers: { 'cache-control': 'public, max-age=60' } });
      equal((await through(library, open, [])).headers.get('cache-control'), 'public, max-age=60, private');
    },
  ],

  [
    'effects: for the anonymous nothing says private, Vary says why',
    async (library) => {
      const { optional, protect } = library.core;
      const handler = protect(optional(byWord(library, 'sid', 'cookie')), () => new Response('page'));
      const { headers } = await handler(request());
      equal([headers.get('cache-control'), headers.get('vary')], [null, 'cookie']);
      // A cookie that is cleared is somebody's.
      const stale = (await handler(request({ cookie: 'sid=bad' }))).headers;
      equal([stale.get('cache-control'), stale.get('vary')], ['private', 'cookie']);
      equal(stale.getSetCookie(), ['sid=; Path=/']);
    },
  ],

  [
    'effects: a network error is left alone',
    async (library) => {
      const error = Response.error();
      ok((await through(library, error)) === error, 'another response');
    },
  ],

  [
    'effects: an accepted WebSocket (101) is left alone',
    async (library) => {
      const upgraded = switchingProtocols();
      ok((await through(library, upgraded)) === upgraded, 'another response');
    },
  ],

  ...gone.map(
    ([what, take]): Case => [
      `effects: a response whose body is ${what} is a TypeError, which no server could send`,
      async (library) => {
        for (const headers of types) {
          const response = new Response('read', { headers });
          await take(response);
          const error = await through(library, response).then(
            () => 'was taken',
            (thrown: unknown) => thrown,
          );
          ok(error instanceof TypeError, `${error}`);
        }
      },
    ],
  ),

  ...gone.map(
    ([what, take]): Case => [
      `effects: a refusal whose body is ${what} gives way to the plain one`,
      async (library) => {
        for (const headers of types) {
          const errors: unknown[] = [];
          const refuse = async (): Promise<Response> => {
            const response = new Response('read', { status: 401, headers });
            await take(response);
            return response;
          };
          const options = { refuse, onError: (error: unknown) => errors.push(error) };
          const handler = library.core.protect(byWord(library, 'key', 'header'), () => new Response(), options);
          const response = await handler(request());
          equal([response.status, response.headers.get('www-authenticate')], [401, 'key realm="test"']);
          equal([response.body === null, errors.map((error) => error instanceof TypeError)], [true, [true]]);
        }
      },
    ],
  ),

  ...[204, 205, 304].map(
    (status): Case => [
      `effects: a ${status}, which has no body, gets the cookie`,
      async (library) => {
        const response = await through(library, new Response(null, { status, statusText: 'Fine' }));
        equal([response.status, response.statusText, response.body], [status, 'Fine', null]);
        equal(response.headers.getSetCookie(), ['sid=new; Path=/']);
      },
    ],
  ),

  ...bodies.map(
    ([what, make, type, text]): Case => [
      `effects: ${what} survives the copy, with its content type`,
      async (library, { deliver }) => {
        const [untouched, response] = [await deliver(make()), await deliver(await through(library, make()))];
        const [wanted, got] = [untouched.headers.get('content-type'), response.headers.get('content-type')];
        ok(wanted === null || wanted.startsWith(type), `without the library it is ${wanted}`);
        equal(got, wanted);
        ok((await response.text()) === text, 'another body');
        equal(response.headers.getSetCookie(), ['sid=new; Path=/']);
      },
    ],
  ),

  [
    'effects: a refusal clears the cookie and asks all the same',
    async (library) => {
      const { any, protect } = library.core;
      const either = any(
        byWord(library, 'key', 'header'),
        byWord(library, 'sid', 'cookie'),
        byWord(library, 'old', 'cookie'),
      );
      const { status, headers } = await protect(either, () => new Response())(request({ cookie: 'sid=bad; old=bad' }));
      equal([status, headers.get('www-authenticate'), headers.get('vary')], [401, 'key realm="test"', 'x-key, cookie']);
      equal(headers.getSetCookie().sort(), ['old=; Path=/', 'sid=; Path=/']);
    },
  ],
];

/** A real one where the platform lets one be made. */
function switchingProtocols(): Response {
  const { WebSocketPair: Pair } = globalThis as { WebSocketPair?: new () => Record<number, unknown> };
  if (Pair) return new Response(null, { status: 101, webSocket: new Pair()[0] } as ResponseInit);
  try {
    return new Response(null, { status: 101 });
  } catch {
    return { status: 101, headers: new Headers(), body: null, bodyUsed: false } as Response;
  }
}
