import { equal, ok } from '../expect.ts';
import type { Case, Library } from '../library.ts';
import { at, SECRET } from '../session-app.ts';

/** The first two of ada's, with dice whose bytes are their places; made apart from the library, with node:crypto. */
const MADE_ON_NODE = [
  'refresh_1.a._e5DDUC9V97qAAECAwQFBgcICQoLDA0ODw.0.rQ5c6GGNRvahRYlkB-88rWXPoq5t0BeqJCr4afqe3jE.c-BuQ8f9Ko3LJXoUFLxipHOjzaXH4gcO6T_armvzzBc',
  'refresh_1.a._e5DDUC9V97qAAECAwQFBgcICQoLDA0ODw.1.TPgCTPXF95TTWYtfZSuTPH19_RaVrr5FZBI7CNTjbhI.MATFnP1dpRP1hvEGPTVPx8BZPczGMxlrJb0o1Zl3Er8',
] as const;
const [issuer, audience] = ['https://id.example', 'https://api.example'];

function create(
  { accessTokens, jwt, memoryStore, refreshTokens, tokenEndpoints }: Library,
  delivery: 'body' | 'cookie',
) {
  const key = jwt.importSecret(SECRET);
  const families = refreshTokens.refreshTokens({
    store: memoryStore.memoryStore(),
    secrets: { a: SECRET },
    access: accessTokens.jwtAccess({ key, issuer }),
    audience,
    delivery,
  });
  return {
    families,
    tokens: jwt.jwt({ issuer, audience, keys: key, revocations: families.revocations }),
    endpoints: tokenEndpoints.tokenEndpoints({ path: '/oauth', families }),
  };
}

/** A post of a form, as a browser or an app sends it. */
const post = (path: string, fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}) =>
  new Request(`https://app.example/oauth/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  });

export const refreshTokensCases: readonly Case[] = [
  [
    'refresh tokens: they are the ones that Node makes, and good here',
    async (library) => {
      const { families } = create(library, 'body');
      const dice = (after: number) => ({
        ...at(library, after),
        random: (length: number) => Uint8Array.from({ length }, (_, index) => index),
      });
      const { refreshToken } = await families.issue({ subject: 'ada' }, dice(0));
      equal(refreshToken, MADE_ON_NODE[0]);
      const rotated = await families.refresh(MADE_ON_NODE[0], {}, dice(65));
      ok(rotated.ok, `it is ${!rotated.ok && rotated.reason}`);
      equal([rotated.answer, rotated.refreshToken], ['rotated', MADE_ON_NODE[1]]);
    },
  ],

  [
    'refresh tokens: kept, rotated, repeated, and the family ended by a token that is too old',
    async (library) => {
      const { families, tokens } = create(library, 'body');
      const { refreshToken: first, accessToken } = await families.issue({ subject: 'ada' }, at(library, 0));
      const answers: string[] = [];
      for (const after of [1, 65, 66, 95, 96]) {
        const result = await families.refresh(first, {}, at(library, after));
        answers.push(result.ok ? result.answer : result.reason);
      }
      equal(answers, ['kept', 'rotated', 'repeated', 'repeated', 'replayed']);
      // And with it its access tokens, where they are looked up.
      equal(await tokens.verify(accessToken, at(library, 97)), 'revoked');
      equal((await families.list('ada', {}, at(library, 97))).families, []);
    },
  ],

  [
    'refresh tokens: in a browser they travel in a cookie of the endpoints, and other sites send none',
    async (library) => {
      const { endpoints } = create(library, 'cookie');
      const [line = ''] = (await endpoints.issue({ subject: 'ada' }, at(library, 0))).headers.getSetCookie();
      ok(/^__Secure-refresh=\S+; Path=\/oauth; Max-Age=\d+; Secure; HttpOnly; SameSite=Strict$/.test(line), line);
      const cookie = line.split(';')[0] ?? '';
      const refresh = (after: number, headers: Readonly<Record<string, string>> = {}) =>
        endpoints.fetch(post('token', { grant_type: 'refresh_token' }, { cookie, ...headers }), at(library, after));
      const [kept, cross, rotated] = [
        await refresh(1),
        await refresh(65, { 'sec-fetch-site': 'cross-site' }),
        await refresh(65),
      ];
      equal(
        [kept, cross, rotated].map(({ status }) => status),
        [200, 403, 200],
      );
      equal(
        [kept, cross, rotated].map(({ headers }) => headers.getSetCookie().length),
        [0, 0, 1],
      );
      equal(Object.keys((await rotated.json()) as object), ['access_token', 'token_type', 'expires_in', 'scope']);
    },
  ],

  [
    'client: ten calls with a token that has expired, one refresh, ten answers',
    async (library) => {
      const { endpoints, tokens } = create(library, 'body');
      let after = 0;
      let refreshes = 0;
      const server = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
        const request = new Request(input, init);
        const { pathname } = new URL(request.url);
        if (pathname === '/oauth/token') refreshes++;
        if (pathname.startsWith('/oauth/')) return endpoints.fetch(request, at(library, after));
        const token = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
        const verified = await tokens.verify(token, at(library, after));
        return typeof verified === 'object' ? new Response(verified.subject) : new Response(null, { status: 401 });
      };
      const client = library.client.tokenClient({
        url: 'https://app.example/oauth',
        fetch: server as typeof fetch,
        now: () => at(library, after).now,
      });
      const signedIn = await endpoints.issue({ subject: 'ada' }, at(library, 0));
      await client.accept((await signedIn.json()) as Parameters<typeof client.accept>[0]);
      const call = async () => (await client.fetch('https://app.example/api')).text();
      equal(await call(), 'ada');
      equal(refreshes, 0);
      after = 3600;
      equal(
        await Promise.all(Array.from({ length: 10 }, call)),
        Array.from({ length: 10 }, () => 'ada'),
      );
      equal(refreshes, 1);
      await client.signOut();
    },
  ],
];
