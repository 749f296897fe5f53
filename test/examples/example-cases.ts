import { expect } from 'vitest';

/** A case, over the origin of a running example. */
export type ExampleCase = readonly [string, (origin: string) => Promise<void>];

const ADA = { identifier: 'ada@acme.example', password: 'correct horse battery staple' };

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

async function ask(origin: string, path: string, { method = 'GET', headers = {}, body }: Asked = {}) {
  const response = await fetch(origin + path, {
    method,
    headers,
    redirect: 'manual',
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  return {
    status: response.status,
    location: response.headers.get('location'),
    headers: response.headers,
    text,
    cookie: response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .filter((pair) => !pair?.endsWith('='))
      .join('; '),
    // biome-ignore format: one line says it
    json: <T>(): T => JSON.parse(text) as T,
  };
}

const form = (fields: Readonly<Record<string, string>>): Asked => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(fields).toString(),
});
const json = (fields: object, headers: Readonly<Record<string, string>> = {}): Asked => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(fields),
});
const navigation = { accept: 'text/html' };

async function signIn(origin: string): Promise<string> {
  const { status, cookie } = await ask(origin, '/auth/sign-in', form(ADA));
  expect(status).toBe(303);
  return cookie;
}

/** What a reader of any example finds there: the same application each time, in the words of its framework. */
export const exampleCases: readonly ExampleCase[] = [
  [
    'the protected page sends strangers to the form, and comes back',
    async (origin) => {
      const refused = await ask(origin, '/account', { headers: navigation });
      expect([refused.status, refused.location]).toEqual([303, '/sign-in?returnTo=%2Faccount']);
      const page = await ask(origin, refused.location ?? '', { headers: navigation });
      expect([page.status, page.text]).toEqual([200, expect.stringContaining('value="/account"')]);
      const signedIn = await ask(origin, '/auth/sign-in', form({ ...ADA, returnTo: '/account' }));
      expect([signedIn.status, signedIn.location]).toEqual([303, '/account']);
      const account = await ask(origin, '/account', { headers: { ...navigation, cookie: signedIn.cookie } });
      expect([account.status, account.text]).toEqual([200, expect.stringContaining('Hello, Ada')]);
      expect(account.headers.get('cache-control')).toContain('private');
    },
  ],
  [
    'a program without credentials is told, and not sent anywhere',
    async (origin) => {
      const refused = await ask(origin, '/account');
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringContaining('Session'),
      ]);
    },
  ],
  [
    'a wrong password goes back to the form, which says so',
    async (origin) => {
      const refused = await ask(origin, '/auth/sign-in', form({ ...ADA, password: 'a guess of somebody' }));
      expect([refused.status, refused.cookie]).toEqual([303, '']);
      expect(refused.location).toMatch(/^\/sign-in\?.*error=invalid_credentials/);
      expect((await ask(origin, refused.location ?? '')).text).toContain('That is no account of ours');
    },
  ],
  [
    'signing out ends the session, and clears the cookie',
    async (origin) => {
      const cookie = await signIn(origin);
      const headers = { ...navigation, cookie };
      expect((await ask(origin, '/account', { headers })).status).toBe(200);
      const signedOut = await ask(origin, '/auth/sign-out', {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
        body: '',
      });
      expect([signedOut.status, signedOut.location]).toEqual([303, '/sign-in']);
      expect(signedOut.headers.getSetCookie().join()).toContain('Max-Age=0');
      expect((await ask(origin, '/account', { headers })).status).toBe(303);
    },
  ],
  [
    'another site can neither sign somebody in nor out',
    async (origin) => {
      const cookie = await signIn(origin);
      const from = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' };
      for (const path of ['/auth/sign-in', '/auth/sign-out']) {
        const posted = form(ADA);
        const refused = await ask(origin, path, { ...posted, headers: { ...posted.headers, ...from, cookie } });
        expect([refused.status, refused.cookie]).toEqual([403, '']);
      }
      expect((await ask(origin, '/account', { headers: { ...navigation, cookie } })).status).toBe(200);
    },
  ],
  [
    'the API takes a key that a person has made, until it is revoked',
    async (origin) => {
      const cookie = await signIn(origin);
      const made = await ask(origin, '/settings/keys', json({ name: 'laptop' }, { cookie }));
      expect(made.status).toBe(201);
      const { key, record } = made.json<{ key: string; record: { id: string } }>();
      const me = await ask(origin, '/api/me', { headers: { 'x-api-key': key } });
      expect(me.json()).toEqual({ subject: expect.any(String), scheme: 'api-key' });
      const headers = { cookie };
      expect((await ask(origin, `/settings/keys/${record.id}`, { method: 'DELETE', headers })).status).toBe(204);
      expect((await ask(origin, '/api/me', { headers: { 'x-api-key': key } })).status).toBe(401);
    },
  ],
  [
    'the API takes an access token, which is refreshed and revoked',
    async (origin) => {
      const signedIn = await ask(origin, '/auth/sign-in', json({ ...ADA, client: 'cli' }));
      expect([signedIn.status, signedIn.headers.getSetCookie().some((line) => line.includes('session'))]).toEqual([
        200,
        false,
      ]);
      const tokens = signedIn.json<{ access_token: string; refresh_token: string }>();
      const me = (token: string) => ask(origin, '/api/me', { headers: { authorization: `Bearer ${token}` } });
      expect((await me(tokens.access_token)).json()).toEqual({ subject: expect.any(String), scheme: 'bearer' });
      const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
      const refreshed = (await ask(origin, '/oauth/token', form(refresh))).json<{ access_token: string }>();
      expect((await me(refreshed.access_token)).status).toBe(200);
      expect((await ask(origin, '/oauth/revoke', form({ token: tokens.refresh_token }))).status).toBe(200);
      expect((await ask(origin, '/oauth/token', form(refresh))).json()).toMatchObject({ error: 'invalid_grant' });
      expect((await me('a.b.c')).status).toBe(401);
    },
  ],
  [
    'the API is for programs: a session opens nothing there, and strangers hear of both ways in',
    async (origin) => {
      const headers = { cookie: await signIn(origin) };
      const refused = await ask(origin, '/api/me', { headers });
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(/Bearer/)]);
    },
  ],
];
