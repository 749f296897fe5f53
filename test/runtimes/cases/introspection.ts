import { equal, ok } from '../expect.ts';
import type { Case, Library } from '../library.ts';

const NOW = 1_800_000_000;
const GOOD = { active: true, sub: 'ada', aud: 'https://api.example/', scope: 'files:read', exp: NOW + 600 };

type Options = Parameters<Library['introspection']['introspection']>[0];

/** A format whose server is a function, and what that was asked. */
function tokensOf({ introspection, core }: Library, reply: () => Response, more: Partial<Options> = {}) {
  const asked: RequestInit[] = [];
  const tokens = introspection.introspection({
    endpoint: 'https://id.example/introspect',
    clientId: 'files:api',
    clientSecret: 'é',
    audience: 'https://api.example/',
    fetch: async (_url, init) => {
      asked.push(init);
      return reply();
    },
    ...more,
  });
  const verify = async (token: string, seconds = 0, fresh = false) =>
    tokens.verify(token, core.createContext({ now: NOW + seconds, fresh }));
  return { asked, verify };
}

export const introspectionCases: readonly Case[] = [
  [
    'introspection: the question is a form with Basic, and the answer is what is known',
    async (library) => {
      const { asked, verify } = tokensOf(library, () => Response.json(GOOD));
      const result = await verify('a+b/c==');
      ok(typeof result === 'object', `it is ${result}`);
      equal(
        [result.subject, result.scopes, result.expiresAt, result.freshness],
        ['ada', ['files:read'], NOW + 600, NOW],
      );
      equal(result.principal, GOOD);
      const [{ method, redirect, body, headers = {} } = {}] = asked;
      equal([method, redirect, body], ['POST', 'manual', 'token=a%2Bb%2Fc%3D%3D&token_type_hint=access_token']);
      const sent = new Headers(headers);
      equal(sent.get('authorization'), `Basic ${btoa('files%3Aapi:%C3%A9')}`);
      equal(sent.get('content-type'), 'application/x-www-form-urlencoded');
    },
  ],

  [
    'introspection: what is not active, not for us, or over, is refused; what is no token is asked of nobody',
    async (library) => {
      for (const [change, reason] of [
        [{ active: 'true' }, 'invalid'],
        [{ aud: 'https://other.example/' }, 'invalid'],
        [{ cnf: {} }, 'invalid'],
        [{ exp: NOW }, 'expired'],
      ] as const) {
        equal(await tokensOf(library, () => Response.json({ ...GOOD, ...change })).verify('t'), reason);
      }
      const { asked, verify } = tokensOf(library, () => Response.json(GOOD));
      for (const token of ['', 'a b', 'é', 'a'.repeat(4097)]) equal(await verify(token), undefined);
      equal(asked.length, 0);
    },
  ],

  [
    'introspection: an answer is kept for so long, and passed over where it must be fresh',
    async (library) => {
      const { asked, verify } = tokensOf(library, () => Response.json(GOOD), { cacheSeconds: 60 });
      for (const seconds of [0, 59]) ok(typeof (await verify('t', seconds)) === 'object', 'it is refused');
      equal(asked.length, 1);
      await verify('t', 60);
      await verify('t', 61, true);
      await verify('T', 61);
      equal(asked.length, 4);
    },
  ],

  [
    'introspection: a server that fails is an outage',
    async (library) => {
      const replies = [
        () => new Response('{"active":false}', { status: 500 }),
        () => new Response(null, { status: 302, headers: { location: '/' } }),
        () => new Response('<html>'),
        () => Response.json([GOOD]),
        () => Response.json('x'.repeat(300_000)),
      ];
      for (const reply of replies) {
        const error = await tokensOf(library, reply)
          .verify('canary-9f31')
          .then(
            (result) => `no error, but ${result}`,
            (thrown: Error) => thrown.message,
          );
        ok(error.startsWith('https://id.example: '), error);
        ok(!error.includes('canary'), error);
      }
    },
  ],
];
