import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { protect } from '../../src/index.ts';
import { session } from '../../src/schemes/session.ts';
import type { Store } from '../../src/stores/contract.ts';
import { redisStore } from '../../src/stores/redis.ts';
import { Browser, SECRET } from '../support/sessions.ts';
import { type RedisServer, startRedis } from './start-redis.ts';

let server: RedisServer;
beforeEach(async () => {
  server = await startRedis();
});
afterEach(() => server?.stop());

const ignore = () => undefined;
const openers = {
  'ioredis, set up as its store says': async () => {
    const client = new Redis(server.port, { maxRetriesPerRequest: 0 }).on('error', ignore);
    return { store: redisStore(client, { timeout: 1 }), close: () => client.disconnect() };
  },
  'redis, set up as its store says': async () => {
    const client = createClient({ url: `redis://127.0.0.1:${server.port}`, disableOfflineQueue: true });
    await client.on('error', ignore).connect();
    return { store: redisStore(client, { timeout: 1 }), close: () => client.destroy() };
  },
  'ioredis as it comes': async () => {
    const client = new Redis(server.port).on('error', ignore);
    return { store: redisStore(client, { timeout: 1 }), close: () => client.disconnect() };
  },
  'redis as it comes': async () => {
    const client = createClient({ url: `redis://127.0.0.1:${server.port}` });
    await client.on('error', ignore).connect();
    return { store: redisStore(client, { timeout: 1 }), close: () => client.destroy() };
  },
};

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const COUNTER = { kind: 'limit', partition: 'p', id: 'requests' };

/** An application with sessions, and people who use it without a pause. */
function appOf(store: Store) {
  const sessions = session({ secret: SECRET, store, load: ({ subject }) => ({ name: subject }) });
  /** By subject, the last number that was written and acknowledged. */
  const written = new Map<string, number>();
  let number = 0;
  const handler = protect(sessions, async (_request, accepted) => {
    const label = ++number;
    const done = await sessions.update(accepted, { label: `${label}` }).catch(() => undefined);
    if (done) written.set(accepted.session.subject, label);
    return new Response();
  });
  const signIn = async (subject: string): Promise<Browser> => {
    const browser = new Browser();
    return browser.take((await sessions.issue(browser.request(), { subject })).effects);
  };
  return {
    sessions,
    written,
    signIn,
    visit: async (browser: Browser) => (await handler(browser.request() as Request)).status,
  };
}

/** What was done, as far as the application was told. */
interface Seen {
  readonly statuses: Map<number, number>;
  readonly signedIn: Browser[];
  readonly signedOut: Browser[];
  counted: number;
  failed: number;
}

/** Visits, sign-ins, sign-outs and counts at once, until it is told to stop. */
function load(app: ReturnType<typeof appOf>, store: Store, visitors: readonly Browser[]) {
  const seen: Seen = { statuses: new Map(), signedIn: [], signedOut: [], counted: 0, failed: 0 };
  let isOn = true;
  const forever = async (act: (turn: number) => Promise<unknown>) => {
    for (let turn = 0; isOn; turn++) {
      await act(turn).catch(() => seen.failed++);
      await wait(0);
    }
  };
  const later = Math.floor(Date.now() / 1000) + 3600;
  const running = Promise.all([
    ...visitors.map((browser) =>
      forever(async () => {
        const status = await app.visit(browser);
        seen.statuses.set(status, (seen.statuses.get(status) ?? 0) + 1);
      }),
    ),
    forever(async (turn) => seen.signedIn.push(await app.signIn(`new ${turn}`))),
    forever(async (turn) => {
      const browser = await app.signIn(`passing ${turn}`);
      await app.sessions.signOut(browser.request());
      seen.signedOut.push(browser);
    }),
    forever(async () => {
      const step = { floor: 0, by: 1, ceiling: 1e9, expiresAt: later };
      await store.advance(COUNTER, step, later - 3600);
      seen.counted++;
    }),
  ]);
  const stop = async () => {
    isOn = false;
    await running;
  };
  return { seen, stop };
}

describe.each(Object.entries(openers))('a server that is killed under load, by %s', (_, open) => {
  it('is 503 while it is down; afterwards everybody is signed in, and nothing is lost', async () => {
    const { store, close } = await open();
    const app = appOf(store);
    const visitors = await Promise.all(Array.from({ length: 50 }, (_, index) => app.signIn(`visitor ${index}`)));
    const { seen, stop } = load(app, store, visitors);
    const count = (status: number) => seen.statuses.get(status) ?? 0;
    const another = async (status: number) => {
      const before = count(status);
      await expect.poll(() => count(status), { timeout: 20_000 }).toBeGreaterThan(before);
    };
    for (let kills = 0; kills < 2; kills++) {
      await wait(500);
      await server.kill();
      await another(503);
      await wait(500);
      await server.start();
      await another(200);
    }
    await stop();

    expect([...seen.statuses.keys()].sort()).toEqual([200, 503]);
    for (const some of [seen.failed, seen.signedIn.length, seen.signedOut.length]) expect(some).toBeGreaterThan(0);
    expect(app.written.size).toBe(50);
    for (const [subject, number] of app.written) {
      // What was not acknowledged may have been written after it.
      const page = await app.sessions.list(subject);
      expect(Number(page.sessions[0]?.label)).toBeGreaterThanOrEqual(number);
    }
    for (const browser of [...visitors, ...seen.signedIn]) expect(await app.visit(browser)).toBe(200);
    for (const browser of seen.signedOut) expect(await app.visit(browser)).toBe(401);
    const look = { floor: 0, by: 0, ceiling: 1e9, expiresAt: 2e9 };
    const { value } = await store.advance(COUNTER, look, Math.floor(Date.now() / 1000));
    expect(value).toBeGreaterThanOrEqual(seen.counted);
    close();
  });
});

describe.each(Object.entries(openers))('a server that hangs, by %s', (_, open) => {
  it('is 503 after the timeout; when it goes on, everybody is signed in', async () => {
    const { store, close } = await open();
    const app = appOf(store);
    const visitors = await Promise.all(Array.from({ length: 20 }, (_, index) => app.signIn(`visitor ${index}`)));
    const visits = () => Promise.all(visitors.map((browser) => app.visit(browser)));
    server.freeze();
    expect(await visits()).toEqual(visitors.map(() => 503));
    server.thaw();
    expect(await visits()).toEqual(visitors.map(() => 200));
    close();
  });
});

it('a server that is not there: every verb rejects, and nothing waits', async () => {
  const client = new Redis(server.port, { maxRetriesPerRequest: 0 }).on('error', ignore);
  const store = redisStore(client, { timeout: 1 });
  await server.kill();
  const [key, now] = [{ kind: 'session', partition: 'p', id: '1' }, 1_800_000_000];
  const owner = { kind: 'session', partition: 'p', subject: 'ada' };
  const record = { subject: 'ada', epoch: 0, createdAt: now, expiresAt: now + 9, endsAt: now + 9, data: '' };
  const calls = [
    store.create(key, record, now),
    store.read(key, now),
    store.swap(key, 1, { usedAt: now, expiresAt: now + 9, data: '' }, now),
    store.touch(key, { at: now, ifBefore: now, expiresAt: now + 9 }),
    store.delete(key, now),
    store.list(owner, { limit: 1 }, now),
    store.endAll(owner, now),
    store.epoch(owner),
    store.advance(key, { floor: 0, by: 1, ceiling: 1, expiresAt: now + 9 }, now),
  ];
  const began = performance.now();
  const settled = await Promise.allSettled(calls);
  expect(performance.now() - began).toBeLessThan(1500);
  expect(settled.map(({ status }) => status)).toEqual(calls.map(() => 'rejected'));
  client.disconnect();
});
