import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/stores/contract.ts';
import { redisStore } from '../../src/stores/redis.ts';
import { ADA, add, keyOf, recordOf } from '../../src/testing/store-contract/fixture.ts';
import { type LossyProxy, startLossyProxy } from './lossy-proxy.ts';
import { type RedisServer, startRedis } from './start-redis.ts';

let server: RedisServer;
let proxy: LossyProxy;
beforeAll(async () => {
  proxy = await startLossyProxy(() => server.port);
  // A cluster of one, which tells its clients to come by the proxy. Those that know of no cluster take it for a server.
  const announce = ['--cluster-announce-ip', '127.0.0.1', '--cluster-announce-port', `${proxy.port}`];
  server = await startRedis('--cluster-enabled', 'yes', ...announce);
  await server.cli('cluster', 'addslots', ...Array.from({ length: 16_384 }, (_, slot) => `${slot}`));
  while (!(await server.cli('cluster', 'info')).includes('cluster_state:ok')) await wait(50);
});
afterAll(async () => {
  proxy?.stop();
  await server?.stop();
});

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const ignore = () => undefined;
const now = Math.floor(Date.now() / 1000);

interface Opened {
  readonly store: Store;
  close(): void;
}

const careful: Record<string, () => Promise<Opened>> = {
  ioredis: async () => {
    const client = new Redis(proxy.port, { maxRetriesPerRequest: 0 }).on('error', ignore);
    return { store: redisStore(client), close: () => client.disconnect() };
  },
  'Cluster of ioredis': async () => {
    const nodes = [{ host: '127.0.0.1', port: proxy.port }];
    const client = new Cluster(nodes, { retryDelayOnFailover: 0 }).on('error', ignore);
    return { store: redisStore(client), close: () => client.disconnect() };
  },
  redis: async () => {
    const client = createClient({ url: `redis://127.0.0.1:${proxy.port}`, disableOfflineQueue: true });
    await client.on('error', ignore).connect();
    return { store: redisStore(client), close: () => client.destroy() };
  },
  'createCluster of redis': async () => {
    const client = createCluster({
      rootNodes: [{ url: `redis://127.0.0.1:${proxy.port}` }],
      defaults: { disableOfflineQueue: true },
    });
    await client.on('error', ignore).connect();
    return { store: redisStore(client), close: () => client.destroy() };
  },
};

const careless: Record<string, () => Promise<Opened>> = {
  ioredis: async () => {
    const client = new Redis(proxy.port).on('error', ignore);
    return { store: redisStore(client), close: () => client.disconnect() };
  },
  'Cluster of ioredis': async () => {
    const client = new Cluster([{ host: '127.0.0.1', port: proxy.port }]).on('error', ignore);
    return { store: redisStore(client), close: () => client.disconnect() };
  },
};

describe.each(Object.entries(careful))('an answer that is lost, by %s, set up as its store says', (name, open) => {
  it('is a failure, and is not asked for again', async () => {
    const { store, close } = await open();
    const owner = { ...ADA, partition: name };
    await add(store, owner, 'before', now);
    proxy.loseAnswer();
    await expect(store.create(keyOf(owner, 'lost'), recordOf(owner, now), now)).rejects.toThrow(/^redisStore: /);
    expect(await eventually(() => store.delete(keyOf(owner, 'lost'), now))).toBe(true);
    close();
  });

  /** While the client connects again, it may say that it is not connected. */
  async function eventually<T>(act: () => T): Promise<Awaited<T>> {
    for (let tries = 0; ; tries++) {
      try {
        return await act();
      } catch (error) {
        if (tries > 50 || !/offline|not open|closed by|writeable|writable/i.test(`${error}`)) throw error;
        await wait(50);
      }
    }
  }
});

describe.each(Object.entries(careless))('an answer that is lost, by %s as it comes', (name, open) => {
  it('is asked for again, and whoever made a record is told that it was there', async () => {
    const { store, close } = await open();
    const owner = { ...ADA, partition: `as it comes: ${name}` };
    await add(store, owner, 'before', now);
    proxy.loseAnswer();
    expect(await store.create(keyOf(owner, 'lost'), recordOf(owner, now), now)).toBe(false);
    close();
  });
});
