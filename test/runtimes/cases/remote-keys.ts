import { equal, ok, refuses } from '../expect.ts';
import type { Case, Library } from '../library.ts';

type Source = ReturnType<Library['remoteKeys']['remoteKeys']>;

const URL_OF_SET = 'https://id.example/tenant/keys';
const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
const set = (...kids: readonly string[]): Response => Response.json({ keys: kids.map((kid) => ({ ...jwk, kid })) });
const text = (body: BodyInit | null, status = 200): Response => new Response(body, { status });

/** A network that counts, and answers with whatever is due. */
function network(library: Library, options: object = {}) {
  const state = {
    asked: [] as string[],
    answer: (_init: RequestInit): Response | Promise<Response> => set('one'),
  };
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    state.asked.push(url);
    return state.answer(init);
  };
  return { state, keys: library.remoteKeys.remoteKeys(URL_OF_SET, { fetch, timeout: 0.2, ...options }) };
}

const find = (library: Library, keys: Source, kid: string, now: number, more: object = {}) =>
  keys.find({ alg: 'EdDSA', kid }, library.core.createContext({ now, ...more }));
const names = async (...given: Parameters<typeof find>): Promise<unknown> =>
  (await find(...given)).map((key) => key.kid);
const failureOf = async (...given: Parameters<typeof find>): Promise<string> => {
  try {
    return `found ${(await find(...given)).length}`;
  } catch (error) {
    return String(error);
  }
};
const later = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
const endless = (first: string): ReadableStream<Uint8Array> =>
  new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(first)) });

const faults: readonly (readonly [
  what: string,
  answer: (init: RequestInit) => Response | Promise<Response>,
  says: string,
])[] = [
  ['500', () => text('SECRET', 500), 'status 500'],
  ['a redirect', () => new Response(null, { status: 302, headers: { location: '/elsewhere' } }), 'status 302'],
  ['nothing at all', () => new Promise<never>(() => {}), 'timeout'],
  ['a body that never ends', () => text(endless('{"keys":[')), 'timeout'],
  ['HTML', () => text('<html>SECRET'), 'no JSON within 256 kB'],
  ['10 MB', () => text(new Uint8Array(10_000_000).fill(32)), 'no JSON within 256 kB'],
  ['no body', () => text(null), 'no JSON within 256 kB'],
  ['an empty set', () => set(), 'no usable key'],
  ['no set', () => Response.json({ error: 'SECRET' }), 'no usable key'],
  [
    'no connection',
    () => {
      throw new TypeError('SECRET');
    },
    'no reply',
  ],
];

export const remoteKeysCases: readonly Case[] = [
  [
    'remote keys: nothing is fetched before the first token, and once for 100 that come together',
    async (library) => {
      const { state, keys } = network(library);
      state.answer = async () => {
        await later(30);
        return set('one');
      };
      equal(state.asked, []);
      const found = await Promise.all(Array.from({ length: 100 }, () => names(library, keys, 'one', 1000)));
      equal(
        found,
        found.map(() => ['one']),
      );
      equal(state.asked, [URL_OF_SET]);
      ok(Array.isArray(find(library, keys, 'one', 1600)), 'a key that is there is not there at once');
    },
  ],

  [
    'remote keys: a flood of invented names is one fetch in a cooldown, and a rotated key is found',
    async (library) => {
      const { state, keys } = network(library);
      await names(library, keys, 'one', 1000);
      const flood = Array.from({ length: 1000 }, (_, n) => find(library, keys, `invented ${n}`, 1031));
      ok(Array.isArray(find(library, keys, 'one', 1031)), 'a known key waits for the flood');
      equal((await Promise.all(flood)).flat(), []);
      equal(state.asked.length, 2);
      state.answer = () => set('one', 'two');
      equal(await names(library, keys, 'two', 1032), []);
      equal(await names(library, keys, 'two', 1062), ['two']);
      equal(state.asked.length, 3);
    },
  ],

  [
    'remote keys: an old set answers while it is fetched in the background',
    async (library) => {
      const { state, keys } = network(library);
      await names(library, keys, 'one', 1000);
      const pending: Promise<unknown>[] = [];
      const waitUntil = (promise: Promise<unknown>): void => void pending.push(promise);
      state.answer = () => set('two');
      for (let n = 0; n < 5; n++) {
        const found = find(library, keys, 'one', 1601, { waitUntil });
        ok(Array.isArray(found) && found.length === 1, 'an old set is not there at once');
      }
      equal(pending.length, 1);
      await Promise.all(pending);
      equal([await names(library, keys, 'two', 1602), state.asked.length], [['two'], 2]);
    },
  ],

  ...faults.map(
    ([what, answer, says]): Case => [
      `remote keys: ${what} is an outage without a set, and nothing to who has one`,
      async (library) => {
        const { state, keys } = network(library);
        const wanted = `Error: https://id.example: ${says}`;
        state.answer = answer;
        const failures = await Promise.all(Array.from({ length: 5 }, () => failureOf(library, keys, 'one', 1000)));
        equal(
          failures,
          failures.map(() => wanted),
        );
        equal(await failureOf(library, keys, 'one', 1001), wanted);
        equal(state.asked.length, 1);
        state.answer = () => set('one');
        equal(await names(library, keys, 'one', 1031), ['one']);
        state.answer = answer;
        equal(await names(library, keys, 'two', 1062), []);
        equal(await names(library, keys, 'one', 1062), ['one']);
        equal(state.asked.length, 3);
      },
    ],
  ),

  [
    'remote keys: the signal ends a fetch that is too long, and the platform\u2019s own fetch is the default',
    async (library) => {
      let ended = false;
      const { state, keys } = network(library);
      state.answer = ({ signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => {
            ended = true;
            reject(new Error('aborted'));
          });
        });
      equal(await failureOf(library, keys, 'one', 1000), 'Error: https://id.example: timeout');
      equal(ended, true);
      const own = library.remoteKeys.remoteKeys('http://127.0.0.1:1/', { timeout: 2 });
      equal(await failureOf(library, own, 'one', 1000), 'Error: http://127.0.0.1:1: no reply');
    },
  ],

  [
    'remote keys: an issuer is found by its metadata, and by no other\u2019s',
    async (library) => {
      const metadata = { issuer: 'https://id.example/tenant', jwks_uri: URL_OF_SET };
      const asked: string[] = [];
      const fetch = async (url: string): Promise<Response> => {
        asked.push(url);
        if (url === URL_OF_SET) return set('one');
        return url.includes('/oauth-authorization-server/tenant') ? Response.json(metadata) : text('', 404);
      };
      const { discoveredKeys } = library.remoteKeys;
      equal(await names(library, discoveredKeys('https://id.example/tenant', { fetch }), 'one', 1000), ['one']);
      equal(asked, [
        'https://id.example/tenant/.well-known/openid-configuration',
        'https://id.example/.well-known/oauth-authorization-server/tenant',
        URL_OF_SET,
      ]);
      const other = discoveredKeys('https://id.example/tenant/', { fetch });
      equal(await failureOf(library, other, 'one', 1000), 'Error: https://id.example: another issuer');
      refuses(() => discoveredKeys('http://id.example'), 'issuer');
      refuses(() => library.remoteKeys.remoteKeys('http://id.example'), 'url');
    },
  ],
];
