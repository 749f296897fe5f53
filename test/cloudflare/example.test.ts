import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { D1Binding } from '../../src/stores/d1.ts';
import { bundledExample, inside } from './bundles.ts';
import { type ClientSocket, startMiniflare, type Workerd } from './start-miniflare.ts';

const EXAMPLE = '../../examples/workers';
const PASSWORD = 'correct horse battery staple';
const PEPPER = 'not a secret: a pepper for tests';
/** Of the binding, in a minute; the example's own is a hundred. */
const LIMIT = 5;

let workerd: Workerd;
beforeAll(async () => {
  workerd = await startMiniflare(await bundledExample(), {
    bindings: { SESSION_SECRET: 'not a secret: a key for the tests', PEPPER },
    durableObjects: { RECORDS: { className: 'CountersignObject', useSQLite: true } },
    d1Databases: ['USERS'],
    ratelimits: { API_LIMIT: { simple: { limit: LIMIT, period: 60 } } },
  });
  const { USERS } = await workerd.bindings<{ readonly USERS: D1Binding }>();
  const { hashingWith } = await import(inside(`${EXAMPLE}/src/hashing.js`));
  const { hash } = await hashingWith(PEPPER).hash(PASSWORD);
  await USERS.prepare(await readFile(inside(`${EXAMPLE}/migrations/0001_users.sql`), 'utf8')).all();
  const insert = USERS.prepare('INSERT INTO users VALUES (?, ?, ?, ?)');
  await insert.bind('u1', 'ada@acme.example', 'Ada', hash).all();
  await insert.bind('u2', 'eve@acme.example', '<b>Eve</b>', hash).all();
});
afterAll(() => workerd?.close());

const ask = (path: string, { method = 'GET', ...init }: RequestInit = {}): Promise<Response> =>
  fetch(workerd.origin + path, { redirect: 'manual', method, ...init });
const post = (path: string, fields: Record<string, string>, headers = {}): Promise<Response> =>
  ask(path, { method: 'POST', body: new URLSearchParams(fields), headers });

/** The cookie of somebody who has signed in by the form. */
async function signIn(name = 'ada'): Promise<{ readonly cookie: string }> {
  const response = await post('/auth/sign-in', { identifier: `${name}@acme.example`, password: PASSWORD });
  expect([response.status, response.headers.get('location')]).toEqual([303, '/']);
  const line = response.headers.getSetCookie().find((each) => each.startsWith('__Host-Http-session='));
  return { cookie: line?.split(';')[0] ?? '' };
}

const soon = <T>(promise: Promise<T>, what: string): Promise<T> =>
  Promise.race([promise, new Promise<never>((_, no) => setTimeout(() => no(new Error(`no ${what}`)), 5000))]);
const says = (socket: ClientSocket | undefined, text: string): Promise<unknown> =>
  soon(
    new Promise((resolve) => {
      socket?.addEventListener('message', ({ data }) => resolve(data));
      socket?.send(text);
    }),
    'answer',
  );

describe('the example on Workers', () => {
  let headers: { readonly cookie: string };
  beforeEach(async () => {
    headers = await signIn();
  });

  test('compiles', () => {
    const tsc = [inside('../../node_modules/typescript/bin/tsc'), '--noEmit', '-p', inside(EXAMPLE)];
    expect(spawnSync(process.execPath, tsc, { encoding: 'utf8' }).stdout).toBe('');
  });

  test('sends a stranger to the form, and greets who has signed in', async () => {
    const stranger = await ask('/');
    expect([stranger.status, stranger.headers.get('location')]).toEqual([303, '/sign-in']);
    expect(await (await ask('/sign-in')).text()).toContain('<form method="post" action="/auth/sign-in">');
    const page = await ask('/', { headers });
    expect(await page.text()).toContain('Hello, Ada');
    expect(page.headers.get('cache-control')).toBe('private');
  });

  test('shows a name as text, whatever it is', async () => {
    expect(await (await ask('/', { headers: await signIn('eve') })).text()).toContain('Hello, &#60;b&#62;Eve');
  });

  test('refuses a wrong password', async () => {
    const response = await post('/auth/sign-in', { identifier: 'nobody@acme.example', password: 'a guess' });
    expect(response.headers.get('location')).toBe('/sign-in?error=invalid_credentials');
    expect(await (await ask('/sign-in?error=invalid_credentials')).text()).toContain('role="alert"');
  });

  test('signs out, for good', async () => {
    const response = await post('/auth/sign-out', {}, headers);
    expect([response.status, response.headers.getSetCookie().some((line) => /Max-Age=0/.test(line))]).toEqual([
      303,
      true,
    ]);
    expect((await ask('/', { headers })).status).toBe(303);
  });

  test('does nothing for another site', async () => {
    const from = { ...headers, origin: 'https://elsewhere.example' };
    for (const path of ['/auth/sign-out', '/tokens', '/ticket', '/keys']) {
      expect((await post(path, {}, from)).status, path).toBe(403);
    }
    expect((await workerd.connect('/socket', from)).status).toBe(403);
    expect((await ask('/', { headers })).status).toBe(200);
  });

  test('has an API for keys and for access tokens, and not for cookies', async () => {
    const made = await ask('/keys', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'laptop', scopes: ['notes:read'] }),
    });
    const { key, record } = (await made.json()) as { key: string; record: { id: string } };
    const issued = await post('/tokens', {}, headers);
    const { token } = (await issued.json()) as { token: string };
    expect([made.status, issued.status, issued.headers.get('cache-control')]).toEqual([201, 201, 'no-store']);

    const byKey = () => ask('/api/me', { headers: { 'x-api-key': key } });
    expect(await (await byKey()).json()).toEqual({ subject: 'u1', scheme: 'api-key' });
    const byToken = await ask('/api/me', { headers: { authorization: `Bearer ${token}` } });
    expect(await byToken.json()).toEqual({ subject: 'u1', scheme: 'bearer' });
    expect((await ask('/api/me', { headers })).status).toBe(401);
    expect((await ask('/api/me', { headers: { 'x-api-key': key, authorization: `Bearer ${token}` } })).status).toBe(
      400,
    );

    expect((await ask(`/keys/${record.id}`, { method: 'DELETE', headers })).status).toBe(204);
    expect((await byKey()).status).toBe(401);
  });

  test('limits each key by the binding', async () => {
    const { token } = (await (await post('/tokens', {}, headers)).json()) as { token: string };
    const statuses: number[] = [];
    for (let n = 0; n < LIMIT + 2; n++) {
      const response = await ask('/api/me', { headers: { authorization: `Bearer ${token}` } });
      statuses.push(response.status);
      if (response.status !== 429) continue;
      expect(response.headers.get('retry-after')).toBe('60');
      expect(response.headers.get('www-authenticate')).toBeNull();
    }
    expect(statuses).toEqual([...Array(LIMIT).fill(200), 429, 429]);
    const other = (await (await post('/tokens', {}, headers)).json()) as { token: string };
    expect((await ask('/api/me', { headers: { authorization: `Bearer ${other.token}` } })).status).toBe(200);
  });

  test('opens a socket by a ticket, once', async () => {
    const { ticket } = (await (await post('/ticket', {}, headers)).json()) as { ticket: string };
    const path = `/socket?ticket=${ticket}`;
    // No link: a ticket is for an upgrade alone, and lives on.
    expect((await ask(path)).status).toBe(401);
    const { status, socket } = await workerd.connect(path);
    expect([status, await says(socket, 'hello')]).toEqual([101, 'Ada says hello']);
    expect((await workerd.connect(path)).status).toBe(401);
    socket?.close();
  });

  test('of many upgrades by one ticket opens one socket', async () => {
    const { ticket } = (await (await post('/ticket', {}, headers)).json()) as { ticket: string };
    const all = await Promise.all(Array.from({ length: 8 }, () => workerd.connect(`/socket?ticket=${ticket}`)));
    expect(all.filter(({ status }) => status === 101)).toHaveLength(1);
    for (const { socket } of all) socket?.close();
  });

  test('gives tickets to access tokens, too', async () => {
    const { token } = (await (await post('/tokens', {}, headers)).json()) as { token: string };
    const answer = await post('/ticket', {}, { authorization: `Bearer ${token}` });
    const { ticket } = (await answer.json()) as { ticket: string };
    const { socket } = await workerd.connect(`/socket?ticket=${ticket}`);
    expect(await says(socket, 'hello')).toBe('Ada says hello');
    socket?.close();
    expect((await post('/ticket', {})).status).toBe(401);
  });

  test('opens a socket by the cookie of its own page, and none without either', async () => {
    const { status, socket } = await workerd.connect('/socket', headers);
    expect([status, await says(socket, 'hello')]).toEqual([101, 'Ada says hello']);
    socket?.close();
    expect((await workerd.connect('/socket')).status).toBe(401);
    expect((await ask('/socket', { headers })).status).toBe(426);
  });
});
