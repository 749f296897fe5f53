import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisStore } from '../../src/stores/redis.ts';
import { storeCases } from '../../src/testing/store-contract/store-contract.ts';
import { admittedOf500 } from '../support/limit-race.ts';
import { type RedisServer, startRedis } from './start-redis.ts';

const rounds = Number(process.env.RACE_ROUNDS ?? 20);

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis('--appendfsync', 'no');
});
afterAll(() => server?.stop());

let stores = 0;
const openers = {
  ioredis: async () => {
    const client = new Redis(server.port);
    return { client, close: () => client.quit() };
  },
  redis: async () => {
    const client = createClient({ url: `redis://127.0.0.1:${server.port}`, disableOfflineQueue: true });
    await client.connect();
    return { client, close: () => client.close() };
  },
};

describe.each(['ioredis', 'redis'] as const)('the contract, by %s', (kind) => {
  let opened: Awaited<ReturnType<(typeof openers)[typeof kind]>>;
  beforeAll(async () => {
    opened = await openers[kind]();
  });
  afterAll(() => opened?.close());

  // Of a prefix that none had before, so it is empty.
  const createStore = () => redisStore(opened.client, { prefix: `store ${++stores}` });
  for (const [name, run] of storeCases(createStore, { rounds })) it(name, () => run(), 600_000);

  it('of 500 requests at once a limit of 5 lets in 5', async () => {
    expect(await admittedOf500(createStore())).toEqual([5, 5]);
  });
});

it('has asked for no command that is younger than Redis 6.0', async () => {
  const asked = (await server.cli('info', 'commandstats')).matchAll(/^cmdstat_([a-z]+)(?![|a-z])/gm);
  const names = [...new Set([...asked].map(([, name]) => name as string))].filter((name) => name !== 'info');
  expect(names).toEqual(expect.arrayContaining(['evalsha', 'hset', 'zadd', 'zrange', 'zrangebylex', 'time']));
  const tooYoung = [];
  for (const name of names) {
    const since = /^since\n([\d.]+)$/m.exec(await server.cli('command', 'docs', name))?.[1];
    if (!since || Number.parseInt(since, 10) > 6 || /^6\.[1-9]/.test(since)) tooYoung.push(`${name} ${since}`);
  }
  expect(tooYoung).toEqual([]);
});
