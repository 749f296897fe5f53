import { byWord } from '../by-word.ts';
import { equal, ok } from '../expect.ts';
import type { Case } from '../library.ts';
import { basicValue, request } from '../requests.ts';

const authorization = basicValue('ada', 'x');
const never = (): Response => {
  throw new Error('the handler ran');
};

/** Ways to fail that a database client has. */
const failures: readonly (readonly [what: string, fail: () => never | Promise<never>])[] = [
  [
    'throws',
    () => {
      throw new Error('down');
    },
  ],
  ['rejects', () => Promise.reject(new Error('down'))],
  [
    'throws a string',
    () => {
      throw 'down';
    },
  ],
  [
    'throws nothing at all',
    () => {
      throw undefined;
    },
  ],
  [
    'throws a response',
    () => {
      throw new Response('gotcha', { status: 200 });
    },
  ],
];

export const outagesCases: readonly Case[] = [
  ...failures.map(
    ([what, fail]): Case => [
      `outage: a look-up that ${what} is a 503 without a challenge`,
      async ({ core, basic }) => {
        const errors: unknown[] = [];
        const handler = core.protect(basic.basic({ realm: 'Staff', users: fail }), never, {
          onError: (error) => errors.push(error),
        });
        const response = await handler(request({ authorization }));
        equal([response.status, response.headers.get('www-authenticate')], [503, null]);
        equal([response.headers.get('cache-control'), errors.length], ['no-store', 1]);
      },
    ],
  ),

  [
    'outage: no other scheme is tried',
    async (library) => {
      const asked: string[] = [];
      const { any, protect } = library.core;
      const either = any(byWord(library, 'sid', 'cookie', asked), byWord(library, 'old', 'cookie', asked));
      equal((await protect(either, never)(request({ cookie: 'sid=down; old=good' }))).status, 503);
      equal(asked, ['sid']);
    },
  ],

  [
    'outage: a predicate or a mapping that fails is one too',
    async (library) => {
      const key = byWord(library, 'key', 'header');
      const { map, protect, require: only } = library.core;
      const asked = request({ 'x-key': 'good' });
      equal((await protect(only(key, never as () => never), never)(asked)).status, 503);
      equal(
        (
          await protect(
            map(key, () => Promise.reject(new Error('down'))),
            never,
          )(asked)
        ).status,
        503,
      );
    },
  ],

  [
    'outage: a broken error page leaves the 401 and its challenge',
    async ({ core, basic }) => {
      const staff = basic.basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'x' }] });
      for (const refuse of [never, () => Promise.reject(new Error('no template'))]) {
        const errors: unknown[] = [];
        const response = await core.protect(staff, never, { refuse, onError: (error) => errors.push(error) })(
          request(),
        );
        equal([response.status, errors.length], [401, 1]);
        ok(response.headers.get('www-authenticate')?.startsWith('Basic '), 'no challenge');
      }
    },
  ],

  [
    'outage: what the handler throws is the application\u2019s, and comes through',
    async (library) => {
      const key = byWord(library, 'key', 'header');
      for (const handle of [never, () => Promise.reject(new Error('the handler ran'))]) {
        const caught = await library.core
          .protect(
            key,
            handle,
          )(request({ 'x-key': 'good' }))
          .catch((error: unknown) => error);
        equal(String(caught), 'Error: the handler ran');
      }
    },
  ],
];
