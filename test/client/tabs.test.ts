/** Several tabs of one browser: one refresh, and one sign-out. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TokenClient, type TokenClientOptions, tokenClient } from '../../src/client/token-client.ts';
import { FakeLocks, fakePage } from './fake-page.ts';
import { API, slowStorage, TokenServer } from './token-server.ts';

let locks: FakeLocks;
let server: TokenServer;
let clients: TokenClient[] = [];

beforeEach(() => {
  locks = new FakeLocks();
  server = new TokenServer({ isCookie: true });
  fakePage(locks);
});
afterEach(() => {
  for (const client of clients) client.close();
  clients = [];
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function openTab(options: Partial<TokenClientOptions> = {}) {
  const onSignOut = vi.fn<() => void>();
  const { fetch } = server;
  const client = tokenClient({ url: '/auth', fetch, onSignOut, now: () => server.now, ...options });
  clients.push(client);
  return { client, onSignOut };
}

/** Two tabs, and somebody who signs in by the first of them. */
async function twoTabs() {
  const tabs = [openTab(), openTab()] as const;
  await tabs[0].client.accept(server.signIn());
  await tabs[0].client.token();
  await expect.poll(() => tabs[1].client.token()).toBe('secret-access-1');
  return tabs;
}

/** As a tab does that had its answer just before it heard of the sign-out. */
function tellLate(): void {
  const channel = new BroadcastChannel('countersign https://api.example/auth undefined');
  channel.postMessage({ held: { token: 'late', expiresAt: server.now + 300, margin: 30 } });
  channel.close();
}

const tenCalls = async ({ client }: { readonly client: TokenClient }) =>
  (await Promise.all(Array.from({ length: 10 }, () => client.fetch('/files')))).map(({ status }) => status);

describe('two tabs', () => {
  it('share what a sign-in brought, without a request', async () => {
    const [, second] = await twoTabs();
    expect(server.asked).toEqual([]);
    expect((await second.client.fetch('/files')).status).toBe(200);
    expect(server.called).toMatchObject([{ url: API, authorization: 'Bearer secret-access-1' }]);
  });

  it.each(['an expired token', 'a refused token'])('with %s and ten calls each refresh once', async (state) => {
    const [first, second] = await twoTabs();
    if (state === 'a refused token') server.good.clear();
    else server.now += 3600;
    const statuses = await Promise.all([tenCalls(first), tenCalls(second)]);
    expect(statuses.flat()).toEqual(Array(20).fill(200));
    expect(server.refreshes).toHaveLength(1);
    expect(locks.waited).toBe(1);
  });

  it('refresh by the cookie, and with nothing of it in the form', async () => {
    const [{ client }] = await twoTabs();
    server.now += 3600;
    await client.token();
    expect(server.asked).toMatchObject([{ url: 'https://api.example/auth/token', credentials: 'include' }]);
    expect(Object.keys(server.refreshes[0] ?? {}).sort()).toEqual(['attempt', 'grant_type']);
  });

  it('of which one has lost an answer: the other asks again, with the same attempt', async () => {
    const [first, second] = await twoTabs();
    server.now += 3600;
    const cookie = server.cookie;
    server.trouble = 'lost';
    await expect(first.client.token()).rejects.toThrow('terminated');
    server.trouble = undefined;
    // What got lost was its cookie, too.
    server.cookie = cookie;
    expect((await second.client.fetch('/files')).status).toBe(200);
    expect(new Set(server.refreshes.map(({ attempt }) => attempt)).size).toBe(1);
  });

  it('of which one signs out: both are signed out, and both are told, once', async () => {
    const [first, second] = await twoTabs();
    await first.client.signOut();
    await expect.poll(() => second.onSignOut).toHaveBeenCalledTimes(1);
    expect(first.onSignOut).toHaveBeenCalledTimes(1);
    for (const { client } of [first, second]) {
      expect(await client.token()).toBeUndefined();
      expect((await client.fetch('/files')).status).toBe(401);
    }
    expect(server.asked.map(({ url, credentials }) => [url, credentials])).toEqual([
      ['https://api.example/auth/revoke', 'include'],
    ]);
    await first.client.accept(server.signIn());
    await expect.poll(() => second.client.token()).toBe('secret-access-2');
  });

  it('of which one hears that the sign-in is over: both are signed out, and one has asked', async () => {
    const [first, second] = await twoTabs();
    server.now += 3600;
    server.isAlive = false;
    expect(await first.client.token()).toBeUndefined();
    await expect.poll(() => second.onSignOut).toHaveBeenCalledTimes(1);
    expect(await second.client.token()).toBeUndefined();
    expect(server.asked).toHaveLength(1);
    expect(first.onSignOut).toHaveBeenCalledTimes(1);
  });

  it('of which one signs out while the other refreshes: the late answer signs nobody in', async () => {
    const [first, second] = await twoTabs();
    server.now += 3600;
    let answer = (): void => {};
    server.trouble = () =>
      new Promise((resolve) => {
        answer = () => resolve(Response.json({ access_token: 'late', expires_in: 300 }));
      });
    const call = first.client.fetch('/files');
    await expect.poll(() => server.asked.length).toBe(1);
    server.trouble = undefined;
    await second.client.signOut();
    await expect.poll(() => first.onSignOut).toHaveBeenCalledTimes(1);
    tellLate();
    await new Promise((resolve) => setTimeout(resolve, 20));
    answer();
    expect((await call).status).toBe(401);
    expect(server.called.map(({ authorization }) => authorization)).toEqual([null]);
    for (const { client } of [first, second]) expect(await client.token()).toBeUndefined();
  });

  it('of which one has signed out: what the other tells of a refresh from before comes too late', async () => {
    const [first] = await twoTabs();
    await first.client.signOut();
    tellLate();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await first.client.token()).toBeUndefined();
  });

  it('of other clients have nothing to do with each other', async () => {
    const web = openTab({ clientId: 'web' });
    const admin = openTab({ clientId: 'admin' });
    await web.client.accept(server.signIn());
    server.cookie = undefined;
    expect(await admin.client.token()).toBeUndefined();
    expect(await web.client.token()).toBe('secret-access-1');
    expect(web.onSignOut).not.toHaveBeenCalled();
  });

  it('with the delivery "body" and one storage refresh once', async () => {
    server = new TokenServer();
    const storage = slowStorage();
    const tabs = [openTab({ storage, delivery: 'body' }), openTab({ storage, delivery: 'body' })] as const;
    await tabs[0].client.accept(server.signIn());
    server.now += 3600;
    const statuses = await Promise.all([tenCalls(tabs[0]), tenCalls(tabs[1])]);
    expect(statuses.flat()).toEqual(Array(20).fill(200));
    expect(server.refreshes).toHaveLength(1);
    expect(server.asked[0]?.credentials).toBe('omit');
  });
});

describe('a page that was just loaded', () => {
  it('finds out by the cookie who is signed in', async () => {
    server.signIn();
    const { client } = openTab();
    expect((await client.fetch('/files')).status).toBe(200);
    expect(server.asked).toHaveLength(1);
  });

  it('finds out once that nobody is, and tells nobody', async () => {
    const [first, second] = [openTab(), openTab()];
    for (let n = 0; n < 3; n++) expect((await first.client.fetch('/files')).status).toBe(401);
    expect(server.asked).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([first.onSignOut, second.onSignOut].map((each) => each.mock.calls.length)).toEqual([0, 0]);
  });

  it('and asked nothing yet is told of a sign-out', async () => {
    const [first] = await twoTabs();
    const third = openTab();
    await first.client.signOut();
    await expect.poll(() => third.onSignOut).toHaveBeenCalledTimes(1);
    expect(await third.client.token()).toBeUndefined();
    expect(server.refreshes).toEqual([]);
  });

  it('refuses a refresh token in an answer: scripts should not have had it', async () => {
    const { client } = openTab();
    const tokens = { access_token: 'a', expires_in: 300, refresh_token: 'secret' };
    await expect(client.accept(tokens)).rejects.toThrow(TypeError);
  });
});

describe('Web Locks', () => {
  it('that are held by a frozen tab are waited for fifteen seconds, and done without', async () => {
    const patience = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal);
    server.signIn();
    locks.freeze();
    const { client } = openTab();
    const call = client.token();
    await expect.poll(() => locks.waited).toBe(1);
    expect(timeout.mock.calls).toEqual([[15_000]]);
    timeout.mockRestore();
    patience.abort();
    expect(await call).toBe('secret-access-2');
  });

  it.each<[string, unknown]>([
    ['are not there', undefined],
    ['are refused to a sandbox', { request: () => Promise.reject(new DOMException('no', 'SecurityError')) }],
  ])('that %s are done without', async (_title, given) => {
    fakePage(given);
    const tabs = await twoTabs();
    server.now += 3600;
    expect(await tenCalls(tabs[0])).toEqual(Array(10).fill(200));
    await expect.poll(() => tabs[1].client.token()).toBe('secret-access-2');
    expect(server.refreshes).toHaveLength(1);
    server.trouble = 'offline';
    server.now += 3600;
    await expect(tabs[0].client.token()).rejects.toThrow('fetch failed');
  });
});

describe('a relative URL', () => {
  it('is read as the platform does: by the base of the document', async () => {
    fakePage(locks, 'https://cdn.example/');
    const client = tokenClient({ url: 'https://api.example/auth', fetch: server.fetch, now: () => server.now });
    clients.push(client);
    await client.accept(server.signIn());
    await client.fetch('https://api.example/files');
    await client.fetch(new Request('https://cdn.example/files'));
    // Where `fetch` would send it, the token must not go.
    await client.fetch('/files');
    expect(server.called.map(({ url, authorization }) => [url, authorization])).toEqual([
      ['https://api.example/files', 'Bearer secret-access-1'],
      ['https://cdn.example/files', null],
      ['https://cdn.example/files', null],
    ]);
  });
});

it('a client that was closed hears nothing more, and still works', async () => {
  const [first, second] = await twoTabs();
  second.client.close();
  await first.client.signOut();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await second.client.token()).toBe('secret-access-1');
  await second.client.signOut();
  expect(second.onSignOut).toHaveBeenCalledTimes(1);
});
