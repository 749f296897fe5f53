/** The demo's tokens as a program sees them; `test/browser` has what a person sees. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseChallenges } from '../../src/http/index.ts';
import { type Demo, startDemo } from './start-demo.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo(0);
}, 20_000);
afterAll(() => demo?.stop());

const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${demo.address}tokens/${path}`, init);
const password = (text = 'correct horse'): string => `Basic ${btoa(`ada:${text}`)}`;
const post = (path: string, authorization: string, fields: Record<string, string> = {}): Promise<Response> =>
  ask(path, { method: 'POST', headers: { authorization }, body: new URLSearchParams(fields) });

const WANTED = { scope: 'files:read', expires_in: '60' };
async function issue(path: string, fields: Partial<typeof WANTED> = {}): Promise<string> {
  const response = await post(path, password(), { ...WANTED, ...fields });
  expect(response.status).toBe(200);
  return ((await response.json()) as { token: string }).token;
}
const read = (token: string): Promise<Response> => ask('files', { headers: { authorization: `Bearer ${token}` } });
const challengeOf = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries(parseChallenges(headers.get('www-authenticate') ?? '')?.[0]?.params ?? []);

/** Until it is so, or five seconds have passed. */
async function until(isSo: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + 5000;
  while (Date.now() < end) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

describe.each([
  ['an opaque token', 'issue-opaque', 'invalid', /^demo_[\w-]{61}$/],
  ['a JWT', 'issue-jwt', 'expired', /^[\w-]+\.[\w-]+\.[\w-]+$/],
])('%s', (_name, path, reasonWhenExpired, form) => {
  it('reads what it is for, in the name of whoever had the password', async () => {
    const token = await issue(path);
    expect(token).toMatch(form);
    const response = await read(token);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ file: 'ada’s file' });
  });

  it('does not write without the scope, and is told which', async () => {
    const response = await post('files', `Bearer ${await issue(path)}`);
    expect(response.status).toBe(403);
    expect(challengeOf(response)).toEqual({ error: 'insufficient_scope', scope: 'files:write' });
    const wider = await issue(path, { scope: 'files:read files:write' });
    expect((await post('files', `Bearer ${wider}`)).status).toBe(200);
  });

  it('expires', async () => {
    // Of whole seconds one may be over in a moment.
    const token = await issue(path, { expires_in: '2' });
    expect((await read(token)).status).toBe(200);
    expect(await until(async () => (await read(token)).status === 401)).toBe(true);
    expect(challengeOf(await read(token))).toEqual({ realm: 'api', error: 'invalid_token' });
    const lines: { event?: { reason?: string } }[] = await (await fetch(`${demo.address}log`)).json();
    expect(lines.at(-1)?.event?.reason).toBe(reasonWhenExpired);
  });

  it('is ended by whoever has it, and no other with it', async () => {
    const [one, other] = [await issue(path), await issue(path)];
    expect((await post('revoke', `Bearer ${one}`)).status).toBe(200);
    expect([(await read(one)).status, (await read(other)).status]).toEqual([401, 200]);
    expect((await post('revoke', `Bearer ${one}`)).status).toBe(401);
  });

  it('is ended with all of its owner’s, and the next one is good', async () => {
    const [one, other] = [await issue(path), await issue(path === 'issue-jwt' ? 'issue-opaque' : 'issue-jwt')];
    expect((await post('revoke-all', password())).status).toBe(200);
    expect([(await read(one)).status, (await read(other)).status]).toEqual([401, 401]);
    expect((await read(await issue(path))).status).toBe(200);
  });

  it('is refused when changed', async () => {
    const token = await issue(path);
    expect((await read(`${token}A`)).status).toBe(401);
    expect((await read(token.slice(0, -1))).status).toBe(401);
  });
});

describe('issuing', () => {
  it.each(['issue-opaque', 'issue-jwt', 'revoke-all'])('%s wants the password', async (path) => {
    const response = await post(path, password('wrong'), WANTED);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^x?Basic /);
  });

  it.each(['issue-opaque', 'issue-jwt'])('%s gives nothing in another name', async (path) => {
    const response = await post(path, password(), { ...WANTED, subject: 'josé', username: 'josé' });
    expect(await response.json()).toMatchObject({ subject: 'ada' });
  });

  it.each([
    ['an unknown scope', { scope: 'files:read everything' }],
    ['no lifetime', { expires_in: '' }],
    ['a lifetime of none', { expires_in: '0' }],
    ['a fraction', { expires_in: '1.5' }],
    ['a lifetime beyond the limit', { expires_in: '601' }],
    ['words', { expires_in: 'for ever' }],
  ])('is a 400 with %s', async (_name, fields) => {
    const response = await post('issue-jwt', password(), { ...WANTED, ...fields });
    expect(response.status).toBe(400);
    expect(await response.json()).not.toHaveProperty('token');
  });

  it.each(['issue-opaque', 'issue-jwt', 'revoke', 'revoke-all'])('%s is no link', async (path) => {
    expect((await ask(path, { headers: { authorization: password() } })).status).toBe(405);
  });

  it.each(['issue-opaque', 'issue-jwt', 'revoke-all'])('%s is refused to another site', async (path) => {
    const headers = { authorization: password(), origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' };
    expect((await ask(path, { method: 'POST', headers })).status).toBe(403);
  });
});

it('asks for a token without an error where there is none', async () => {
  const response = await ask('files');
  expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="api"']);
});

it('has no token in its log', async () => {
  const tokens = [await issue('issue-opaque'), await issue('issue-jwt')];
  for (const token of tokens) {
    await read(token);
    await post('files', `Bearer ${token}`);
    await post('revoke', `Bearer ${token}`);
    await read(token);
  }
  const log = await (await fetch(`${demo.address}log`)).text();
  expect(log).toContain('"authorization":"(not logged)"');
  for (const token of tokens) expect(log).not.toContain(token.slice(-20));
});
