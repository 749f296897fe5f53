import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Opened, type OtherProcess, startOtherProcess, twoProcessCases } from '../contract/two-processes.ts';
import { open } from './open-redis.ts';
import { type RedisServer, startRedis } from './start-redis.ts';

const rounds = Number(process.env.RACE_ROUNDS ?? 20);

describe('Redis, one server and two processes', () => {
  let server: RedisServer;
  let other: OtherProcess;
  let opened: Opened | undefined;
  let made = 0;
  beforeAll(async () => {
    server = await startRedis('--appendonly', 'no');
    other = await startOtherProcess(new URL('./open-redis.ts', import.meta.url).href);
  });
  afterEach(() => opened?.close());
  afterAll(async () => {
    await other?.stop();
    await server?.stop();
  });

  const createStore = async () => {
    const url = `redis://127.0.0.1:${server.port}/#store-${++made}`;
    opened = await open(url);
    return { store: opened.store, url };
  };
  for (const [name, run] of twoProcessCases(() => other, createStore, { rounds })) it(name, () => run(), 600_000);

  it('is asked by two processes indeed', async () => {
    expect(other.pid).not.toBe(process.pid);
    expect(other.calls).toBeGreaterThan(1000);
  });
});
