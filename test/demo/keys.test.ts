/** The demo's API keys as a program sees them; `test/browser` has what a person sees. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseChallenges } from '../../src/http/index.ts';
import { type Demo, startDemo } from './start-demo.ts';

let demo: Demo;
let ada: string;
let jose: string;
beforeAll(async () => {
  demo = await startDemo(0);
}, 20_000);
afterAll(() => demo?.stop());
beforeEach(async () => {
  ada = await signIn('ada', 'correct horse');
  jose = await signIn('josé', 'mañana: sí');
});

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${demo.address}${path}`, { redirect: 'manual', ...init });

async function signIn(identifier: string, password: string): Promise<string> {
  const body = new URLSearchParams({ identifier, password });
  const { headers } = await ask('auth/sign-in', { method: 'POST', body });
  return headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** What the page of keys calls, in the name of whoever has the cookie. */
const settings = (cookie: string, method: string, path = '', body?: object): Promise<Response> =>
  ask(`keys/mine${path}`, {
    method,
    headers: { cookie, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });

interface View {
  readonly id: string;
  readonly name: string;
  readonly last: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly usedAt: number;
  readonly expiresAt?: number;
  readonly revokedAt?: number;
  readonly replacedBy?: string;
}
type Issued = { readonly key: string; readonly record: View };

async function create(cookie = ada, wanted: object = {}): Promise<Issued> {
  const response = await settings(cookie, 'POST', '', { name: 'export', scopes: ['files:read'], ...wanted });
  expect(response.status).toBe(201);
  return response.json();
}
async function list(cookie = ada): Promise<readonly View[]> {
  return (await (await settings(cookie, 'GET')).json()).keys;
}
const find = async (id: string): Promise<View | undefined> => (await list()).find((each) => each.id === id);

const read = (key: string): Promise<Response> => ask('keys/file', { headers: { 'x-api-key': key } });
const write = (key: string): Promise<Response> => ask('keys/file', { method: 'POST', headers: { 'x-api-key': key } });
const challengeOf = ({ headers }: Response) => parseChallenges(headers.get('www-authenticate') ?? '')?.[0];
async function lastReason(): Promise<string | undefined> {
  const lines: { event?: { reason?: string } }[] = await (await ask('log')).json();
  return lines.at(-1)?.event?.reason;
}

/** Until it is so, or five seconds have passed. */
async function until(isSo: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + 5000;
  while (Date.now() < end) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

describe('the page', () => {
  it('sends a person without a session to the form, and shows the name of one who has one', async () => {
    const stranger = await ask('keys', { headers: { accept: 'text/html' } });
    expect([stranger.status, stranger.headers.get('location')]).toEqual([303, '/sign-in?returnTo=%2Fkeys']);
    const page = await ask('keys', { headers: { accept: 'text/html', cookie: ada } });
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(await page.text()).toContain('<strong>ada</strong>');
  });

  it.each(['keys/page.js', 'keys/list.js', 'keys/page.css'])('has its file %s', async (path) => {
    expect((await ask(path)).status).toBe(200);
  });

  it.each([
    ['GET', ''],
    ['POST', ''],
    ['DELETE', '/abc'],
  ])('is the only one that can %s keys%s: without a session it is a 401', async (method, path) => {
    expect((await settings('', method, path)).status).toBe(401);
  });

  it.each(['keys/mine', 'keys/scanner'])('lets another site do nothing at %s', async (path) => {
    const headers = { cookie: ada, origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' };
    const before = (await list()).length;
    expect((await ask(path, { method: 'POST', headers, body: '{"name":"x"}' })).status).toBe(403);
    expect(await list()).toHaveLength(before);
  });
});

describe('a key', () => {
  it('is made for whoever is signed in, and calls in their name', async () => {
    const { key, record } = await create(jose, { name: 'backup', expiresIn: 60 });
    expect(key).toMatch(/^demo_live_1[0-9A-Za-z]{73}$/);
    expect(record).toMatchObject({ name: 'backup', last: key.slice(-4), scopes: ['files:read'] });
    expect((record.expiresAt ?? 0) - record.createdAt).toBe(60);
    expect(await (await read(key)).json()).toMatchObject({ file: 'josé’s file' });
    expect(JSON.stringify(await list(jose))).not.toContain(key.slice(-20));
  });

  it('is nobody else’s: not listed, and a 404 to each verb', async () => {
    const { key, record } = await create(jose);
    expect((await list(ada)).map(({ id }) => id)).not.toContain(record.id);
    const answers = [
      await settings(ada, 'GET', `/${record.id}`),
      await settings(ada, 'PATCH', `/${record.id}`, { name: 'mine' }),
      await settings(ada, 'POST', `/${record.id}/rotate`, {}),
      await settings(ada, 'DELETE', `/${record.id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect((await read(key)).status).toBe(200);
  });

  it.each([
    ['a subject', { subject: 'josé' }],
    ['an unknown scope', { scopes: ['everything'] }],
    ['a lifetime of none', { expiresIn: 0 }],
    ['words for a lifetime', { expiresIn: 'for ever' }],
    ['a name of two lines', { name: 'a\nb' }],
  ])('is not made with %s', async (_name, wanted) => {
    const before = (await list()).length;
    const response = await settings(ada, 'POST', '', { name: 'x', ...wanted });
    expect(response.status).toBe(400);
    expect(await response.json()).not.toHaveProperty('key');
    expect(await list()).toHaveLength(before);
  });

  it('does not write without the scope, and is told which', async () => {
    const response = await write((await create()).key);
    expect(response.status).toBe(403);
    expect(challengeOf(response)?.params.get('error')).toBe('insufficient_scope');
    expect(challengeOf(response)?.params.get('scope')).toBe('files:write');
    expect((await write((await create(ada, { scopes: ['files:write'] })).key)).status).toBe(200);
  });

  it('shows when it was used last', async () => {
    const { key, record } = await create();
    expect(record.usedAt).toBe(record.createdAt);
    const isShown = async (): Promise<boolean> => {
      await read(key);
      return ((await find(record.id))?.usedAt ?? 0) > record.createdAt;
    };
    expect(await until(isShown)).toBe(true);
  });

  it('is renamed, and goes on', async () => {
    const { key, record } = await create();
    const response = await settings(ada, 'PATCH', `/${record.id}`, { name: '<b>weekly</b>' });
    expect([response.status, (await response.json()).name]).toEqual([200, '<b>weekly</b>']);
    expect((await read(key)).status).toBe(200);
  });

  it('is rotated with an overlap: both are good, then the new one alone', async () => {
    const old = await create();
    const response = await settings(ada, 'POST', `/${old.record.id}/rotate`, { overlap: 2 });
    const issued: Issued = await response.json();
    expect([(await read(old.key)).status, (await read(issued.key)).status]).toEqual([200, 200]);
    expect(await find(old.record.id)).toMatchObject({ replacedBy: issued.record.id });
    expect((await settings(ada, 'POST', `/${old.record.id}/rotate`, {})).status).toBe(409);
    // Asked often, so some answers are a 429: the limit is asked after the key, and no end of a key hides behind it.
    expect(await until(async () => (await read(old.key)).status === 401)).toBe(true);
    expect(await lastReason()).toBe('expired');
    expect((await read(issued.key)).status).toBe(200);
  });

  it('is revoked: a 401 that does not say why, but for the log', async () => {
    const { key, record } = await create();
    expect((await settings(ada, 'DELETE', `/${record.id}`)).status).toBe(204);
    const response = await read(key);
    expect(response.status).toBe(401);
    expect(Object.fromEntries(challengeOf(response)?.params ?? [])).toEqual({ realm: 'api', error: 'invalid_token' });
    expect(await lastReason()).toBe('revoked');
    expect((await find(record.id))?.revokedAt).toBeGreaterThan(0);
  });
});

describe('the API', () => {
  it('asks for a key without an error where there is none', async () => {
    const response = await ask('keys/file');
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'ApiKey realm="api"']);
  });

  it.each([
    ['garbage', () => 'garbage', 401, 'invalid'],
    [
      'a key with a character changed',
      (key: string) => key.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')),
      401,
      'malformed',
    ],
    ['a key with one more', (key: string) => `${key}A`, 401, 'malformed'],
  ])('is a 401 to %s', async (_name, from, status, reason) => {
    const response = await read(from((await create()).key));
    expect(response.status).toBe(status);
    expect(challengeOf(response)?.params.get('error')).toBe('invalid_token');
    expect(response.headers.has('ratelimit')).toBe(false);
    expect(await lastReason()).toBe(reason);
  });

  it('takes it as Authorization, and not twice', async () => {
    const { key } = await create();
    const authorization = `ApiKey ${key}`;
    expect((await ask('keys/file', { headers: { authorization } })).status).toBe(200);
    expect((await ask('keys/file', { headers: { authorization, 'x-api-key': key } })).status).toBe(400);
  });

  it('lets a key in five times, then says when to come again, and keeps its word', async () => {
    const { key } = await create();
    const { key: other } = await create();
    const bursts = await Promise.all(Array.from({ length: 8 }, () => read(key)));
    expect(bursts.filter(({ status }) => status === 200)).toHaveLength(5);
    const [refused] = bursts.filter(({ status }) => status === 429);
    expect(refused?.headers.get('ratelimit-policy')).toBe('"calls";q=5;w=10');
    expect(refused?.headers.get('ratelimit')).toMatch(/^"calls";r=0;t=\d+$/);
    expect(refused?.headers.has('www-authenticate')).toBe(false);
    const wait = Number(refused?.headers.get('retry-after'));
    expect(wait).toBeGreaterThanOrEqual(1);
    expect(wait).toBeLessThanOrEqual(2);
    // A limit is a key's own.
    expect((await read(other)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    expect((await read(key)).status).toBe(200);
  });

  it('counts both ways in together, and no call that it refuses for a missing scope', async () => {
    const { key } = await create();
    for (let sent = 0; sent < 7; sent++) expect((await write(key)).status).toBe(403);
    expect((await read(key)).headers.get('ratelimit')).toMatch(/^"calls";r=4;/);
    const both = await create(ada, { scopes: ['files:read', 'files:write'] });
    await write(both.key);
    expect((await read(both.key)).headers.get('ratelimit')).toMatch(/^"calls";r=3;/);
  });
});

describe('a leak', () => {
  interface Signed {
    readonly headers: Record<string, string>;
    readonly body: string;
    readonly found: readonly string[];
  }
  const sign = async (text: string, cookie = ada): Promise<Signed> =>
    (await ask('keys/scanner', { method: 'POST', headers: { cookie }, body: new URLSearchParams({ text }) })).json();
  const report = ({ headers, body }: Pick<Signed, 'headers' | 'body'>): Promise<Response> =>
    ask('keys/reports', { method: 'POST', headers, body });
  const leaksOf = async (cookie: string): Promise<readonly { id: string }[]> =>
    (await ask('keys/leaks', { headers: { cookie } })).json();

  it('ends the key that was published, and its owner is told', async () => {
    const { key, record } = await create(jose, { name: 'blog' });
    const signed = await sign(`export API_KEY="${key}"; export OTHER=demo_live_1short`);
    expect(signed.found).toEqual([key]);
    const response = await report(signed);
    expect(response.status).toBe(200);
    const hash = createHash('sha256').update(key).digest('hex');
    expect(await response.json()).toEqual([{ token_hash: hash, token_type: 'demo_api_key', label: 'true_positive' }]);
    expect((await read(key)).status).toBe(401);
    expect(await lastReason()).toBe('revoked');
    expect(await leaksOf(jose)).toMatchObject([{ id: record.id, name: 'blog', url: expect.stringMatching(/^https:/) }]);
    expect(await leaksOf(ada)).toEqual([]);
    // Sent again, it ends nothing and tells nobody.
    expect(await (await report(signed)).json()).toEqual([]);
    expect(await leaksOf(jose)).toHaveLength(1);
  });

  it('is not believed when the report is changed, unsigned, or signed by somebody else', async () => {
    const [one, other] = [await create(), await create()];
    const { headers, body } = await sign(one.key);
    const answers = [
      await report({ headers, body: body.replace(one.key, other.key) }),
      await report({ headers: {}, body }),
      await report({ headers: { ...headers, 'github-public-key-identifier': 'mine' }, body }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect([(await read(one.key)).status, (await read(other.key)).status]).toEqual([200, 200]);
  });

  it('of no key is no report', async () => {
    expect((await sign('API_KEY=demo_live_2 and nothing else')).found).toEqual([]);
  });
});

it('has no key in its log', async () => {
  const { key, record } = await create();
  await read(key);
  await ask('keys/file', { headers: { authorization: `ApiKey ${key}` } });
  await settings(ada, 'DELETE', `/${record.id}`);
  await read(key);
  const log = await (await ask('log')).text();
  expect(log).toContain('"x-api-key":"(not logged)"');
  expect(log).not.toContain(key.slice(-20));
});
