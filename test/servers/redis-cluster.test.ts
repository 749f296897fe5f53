import { Cluster } from 'ioredis';
import { createCluster } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisStore } from '../../src/stores/redis.ts';
import { ADA, add, keyOf, recordOf, storedOf } from '../../src/testing/store-contract/fixture.ts';
import { storeCases } from '../../src/testing/store-contract/store-contract.ts';
import { type RedisServer, startRedisCluster } from './start-redis.ts';

const rounds = Math.ceil(Number(process.env.RACE_ROUNDS ?? 20) / 10);

let servers: readonly RedisServer[] = [];
beforeAll(async () => {
  servers = await startRedisCluster();
});
afterAll(async () => {
  await Promise.all(servers.map(({ stop }) => stop()));
});

let stores = 0;
const sizes = () => Promise.all(servers.map(async ({ cli }) => Number(await cli('dbsize'))));
const openers = {
  'Cluster of ioredis': async () => {
    const client = new Cluster(servers.map(({ port }) => ({ host: '127.0.0.1', port })));
    return { client, close: () => client.quit() };
  },
  'createCluster of redis': async () => {
    const client = createCluster({ rootNodes: servers.map(({ port }) => ({ url: `redis://127.0.0.1:${port}` })) });
    await client.connect();
    return { client, close: () => client.close() };
  },
};

/** Makes a key's slot one that moves to another node. @returns What moves it. */
async function startToMove(name: string): Promise<() => Promise<void>> {
  const slot = await (servers[0] as RedisServer).cli('cluster', 'keyslot', name);
  const holds = await Promise.all(
    servers.map(async ({ cli }) => (await cli('cluster', 'countkeysinslot', slot)) !== '0'),
  );
  const from = servers[holds.indexOf(true)] as RedisServer;
  const to = servers[holds.indexOf(false)] as RedisServer;
  const [source, target] = [await from.cli('cluster', 'myid'), await to.cli('cluster', 'myid')];
  await to.cli('cluster', 'setslot', slot, 'importing', source);
  await from.cli('cluster', 'setslot', slot, 'migrating', target);
  return async () => {
    const keys = (await from.cli('cluster', 'getkeysinslot', slot, '100')).split('\n');
    await from.cli('migrate', '127.0.0.1', `${to.port}`, '', '0', '5000', 'keys', ...keys);
    for (const { cli } of [to, from]) await cli('cluster', 'setslot', slot, 'node', target);
  };
}

describe.each(Object.keys(openers) as (keyof typeof openers)[])('the contract on three nodes, by %s', (kind) => {
  let opened: Awaited<ReturnType<(typeof openers)[typeof kind]>>;
  beforeAll(async () => {
    opened = await openers[kind]();
  });
  afterAll(async () => {
    await opened?.close();
  });

  // Of a prefix that none had before, so it is empty.
  const createStore = () => redisStore(opened.client, { prefix: `store ${++stores}` });
  for (const [name, run] of storeCases(createStore, { rounds })) it(name, () => run(), 600_000);

  it('spreads partitions over all nodes', async () => {
    const store = createStore();
    const before = await sizes();
    const now = Math.floor(Date.now() / 1000);
    for (let index = 0; index < 60; index++) await add(store, { ...ADA, partition: `of ${index}` }, '1', now);
    const grown = (await sizes()).map((size, node) => size - (before[node] as number));
    expect(Math.min(...grown)).toBeGreaterThan(5);
  });

  it('fails where it is asked for what is moving to another node, and loses nothing', async () => {
    const store = createStore();
    const now = Math.floor(Date.now() / 1000);
    // A slot of its own: all stores of this file share those of other partitions.
    const owner = { ...ADA, partition: `moves under ${kind}` };
    const key = await add(store, owner, '1', now);
    const move = await startToMove(`{${owner.partition}}`);
    await expect(store.read(key, now)).rejects.toThrow(/^redisStore: /);
    await expect(store.create(keyOf(owner, '2'), recordOf(owner, now), now)).rejects.toThrow(/^redisStore: /);
    await move();
    expect(await store.read(key, now)).toEqual(storedOf(recordOf(owner, now)));
    expect((await store.list(owner, { limit: 9 }, now)).records).toHaveLength(1);
  });

  // What a cluster looks for in a key is the text between the first { and the first } after it.
  it.each(['', '%', '}', '{', '{}', '}{', 'a}b', 'a}c', '%7D', '\0', '\u{1f511}'])(
    'keeps what belongs to partition %j together, and apart from others',
    async (partition) => {
      const store = createStore();
      const now = Math.floor(Date.now() / 1000);
      const owner = { ...ADA, partition };
      const key = await add(store, owner, '1', now);
      expect(await store.endAll(owner, now, '1')).toBe(1);
      expect((await store.list(owner, { limit: 1 }, now)).records).toMatchObject([{ id: '1', epoch: 1 }]);
      const step = { floor: 0, by: 1, ceiling: 9, expiresAt: now + 10 };
      expect(await store.advance(key, step, now)).toEqual({ ok: true, value: 1 });
      for (const other of ['', '%', '}', '{', '{}', '}{', 'a}b', 'a}c', '%7D', 'a']) {
        if (other !== partition) expect(await store.read({ ...key, partition: other }, now)).toBe(undefined);
      }
    },
  );
});
