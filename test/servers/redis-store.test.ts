import { inspect } from 'node:util';
import { Cluster, Redis } from 'ioredis';
import { createClient, createClientPool, createCluster, createSentinel, RESP_TYPES } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/stores/contract.ts';
import { type RedisClient, type RedisStoreOptions, redisStore } from '../../src/stores/redis.ts';
import {
  ADA,
  add,
  changeOf,
  EVE,
  idsOf,
  keyOf,
  LIFE,
  recordOf,
  storedOf,
} from '../../src/testing/store-contract/fixture.ts';
import { type RedisServer, startRedis } from './start-redis.ts';

const now = Math.floor(Date.now() / 1000);
const DAY = 86_400;
const [RECORDS, EPOCHS, INDEX] = ['r', 'e', 'i'].map((part) => `countersign:{of-ada}:${part}:session`) as [
  string,
  string,
  string,
];

let server: RedisServer;
let client: Redis;
let store: Store;
beforeAll(async () => {
  server = await startRedis('--appendonly', 'no');
  client = new Redis(server.port);
});
beforeEach(async () => {
  await client.flushall();
  store = redisStore(client);
});
afterAll(async () => {
  client?.disconnect();
  await server?.stop();
});

/** Adds so many records of Ada's, `0` and up, from the newest to the oldest. */
async function fill(count: number, change: object = {}, prefix = ''): Promise<void> {
  const add = (index: number) =>
    store.create(keyOf(ADA, `${prefix}${index}`), recordOf(ADA, now, { createdAt: now - index, ...change }), now);
  expect((await Promise.all(Array.from({ length: count }, (_, index) => add(index)))).every(Boolean)).toBe(true);
}

describe('what Redis may forget', () => {
  it.each([
    ['a minute', 60, 60 + 300],
    ['an hour', 3600, 2 * 3600],
    ['a month', 30 * DAY, 31 * DAY],
    ['no time', 0, 300],
  ])('is a record that lives for %s, some time after', async (_, life, ttl) => {
    for (const at of [now, now - 10 * DAY, now + 10 * DAY]) {
      await client.flushall();
      await store.create(keyOf(ADA, '1'), recordOf(ADA, at, { expiresAt: at + life }), at);
      expect(Math.abs((await client.ttl(RECORDS)) - ttl)).toBeLessThan(3);
    }
  });

  it('is no record as long as another of its subject lives, nor one that was renewed', async () => {
    const key = await add(store, ADA, '1', now, { expiresAt: now + 10 * DAY });
    await add(store, ADA, '2', now);
    expect(await client.ttl(RECORDS)).toBeGreaterThan(10 * DAY);
    await store.touch(key, { at: now + 5, ifBefore: now, expiresAt: now + 20 * DAY });
    expect(await client.ttl(RECORDS)).toBeGreaterThan(20 * DAY);
    expect(await idsOf(store, ADA, now)).toEqual(['1', '2']);
    expect(await client.ttl(INDEX)).toBeGreaterThan(20 * DAY);
    await store.swap(key, 1, changeOf(now, { expiresAt: now + 30 * DAY }), now, '3');
    for (const name of [RECORDS, INDEX]) expect(await client.ttl(name)).toBeGreaterThan(30 * DAY);
  });

  it('is a counter, not an epoch', async () => {
    await store.endAll(ADA, now);
    expect(await client.ttl(EPOCHS)).toBe(-1);
    await store.advance(keyOf(ADA, '1'), { floor: 0, by: 1, ceiling: 2, expiresAt: now + 60 }, now);
    expect(Math.abs((await client.ttl('countersign:{of-ada}:c:7:session1')) - 360)).toBeLessThan(3);
  });

  it('is gone without a trace', async () => {
    await fill(30);
    expect((await store.list(ADA, { limit: 5 }, now)).records).toHaveLength(5);
    for (const name of [RECORDS, INDEX]) await client.pexpire(name, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await idsOf(store, ADA, now)).toEqual([]);
    await add(store, ADA, '1', now);
    expect(await idsOf(store, ADA, now)).toEqual(['1']);
  });
});

describe('the dead', () => {
  it('go while others come: those that ended', async () => {
    await fill(1000);
    const epoch = await store.endAll(ADA, now);
    await fill(1000, { epoch }, 'new ');
    expect(await client.hlen(RECORDS)).toBeLessThan(1100);
    expect(await client.zcard(INDEX)).toBe(await client.hlen(RECORDS));
    expect((await idsOf(store, ADA, now)).length).toBe(1000);
  });

  it('go while others come: those that expired long ago', async () => {
    await fill(1000);
    await age();
    await fill(1000, {}, 'new ');
    expect(await client.hlen(RECORDS)).toBeLessThan(1100);
    expect(await client.zcard(INDEX)).toBe(await client.hlen(RECORDS));
  });

  it('go where a list meets them, and leave nothing', async () => {
    for (const end of [() => store.endAll(ADA, now), age]) {
      await fill(500, { epoch: await store.epoch(ADA) });
      await end();
      expect(await idsOf(store, ADA, now)).toEqual([]);
      expect(await client.exists(RECORDS, INDEX)).toBe(0);
    }
  });

  it('stay where they have only expired: another\u2019s clock may be behind', async () => {
    await fill(300);
    expect(await idsOf(store, ADA, now + LIFE)).toEqual([]);
    expect(await idsOf(store, ADA, now + LIFE - 1)).toHaveLength(300);
  });

  it('cost a list no more than its patience: the page is short, names a next one, and nothing is left out', async () => {
    await fill(10_000);
    await store.create(keyOf(ADA, 'last'), recordOf(ADA, now, { createdAt: now - 20_000, expiresAt: now + 2000 }), now);
    await client.config('RESETSTAT');
    const { records, next } = await store.list(ADA, { limit: 10 }, now + LIFE);
    expect([records, typeof next]).toEqual([[], 'string']);
    const calls = /cmdstat_evalsha:calls=(\d+)/.exec(await client.info('commandstats'))?.[1];
    expect(Number(calls)).toBeLessThan(30);
    expect(await idsOf(store, ADA, now + LIFE, 10)).toEqual(['last']);
  });

  /** Makes Redis take all records for forgotten, as they are a day after their end. */
  async function age(): Promise<void> {
    const script = `for _,id in ipairs(redis.call('HKEYS',KEYS[1])) do
      local r=cmsgpack.unpack(redis.call('HGET',KEYS[1],id)) r[9]=1 redis.call('HSET',KEYS[1],id,cmsgpack.pack(r))
    end`;
    await client.eval(script, 1, RECORDS);
  }
});

describe('few records', () => {
  it('have no index until a list is asked for, and then one that is kept', async () => {
    const key = await add(store, ADA, '1', now);
    await add(store, ADA, '2', now + 1);
    expect(await client.exists(INDEX)).toBe(0);
    expect(await idsOf(store, ADA, now)).toEqual(['2', '1']);
    await store.swap(key, 1, changeOf(now), now, '3');
    await add(store, ADA, '4', now + 2);
    await store.delete(keyOf(ADA, '2'), now);
    expect(await idsOf(store, ADA, now)).toEqual(['4', '3']);
  });

  it.each([15, 16, 17, 18])('become many: %d are complete', async (count) => {
    await fill(count);
    const ids = Array.from({ length: count }, (_, index) => String(index));
    expect(await idsOf(store, ADA, now, 4)).toEqual(ids);
    for (const id of ids) expect(await store.delete(keyOf(ADA, id), now)).toBe(true);
    expect(await client.exists(RECORDS, INDEX)).toBe(0);
  });
});

describe('a server', () => {
  it('that has forgotten the scripts is told them again', async () => {
    const key = await add(store, ADA, '1', now);
    await client.script('FLUSH');
    expect(await store.read(key, now)).toEqual(storedOf(recordOf(ADA, now)));
  });

  it('that is full refuses what is new, loses nothing, and lets people sign out', async () => {
    await fill(40, { data: 'x'.repeat(2000) });
    await client.config('SET', 'maxmemory', '1');
    try {
      await expect(store.create(keyOf(EVE, '1'), recordOf(EVE, now), now)).rejects.toThrow(/OOM/);
      await expect(store.swap(keyOf(ADA, '1'), 1, changeOf(now), now)).rejects.toThrow(/OOM/);
      await expect(store.endAll(ADA, now)).rejects.toThrow(/OOM/);
      // Whether it moves or not: it is there once.
      await Promise.allSettled([store.swap(keyOf(ADA, '2'), 1, changeOf(now), now, 'moved')]);
      expect(await store.delete(keyOf(ADA, '3'), now)).toBe(true);
    } finally {
      await client.config('SET', 'maxmemory', '0');
    }
    expect(await idsOf(store, ADA, now)).toHaveLength(39);
    const both = [await store.read(keyOf(ADA, '2'), now), await store.read(keyOf(ADA, 'moved'), now)];
    expect(both.filter(Boolean)).toHaveLength(1);
  });

  it('that hangs is a failure after the timeout, and good again later', async () => {
    const hasty = redisStore(client, { timeout: 0.2 });
    const key = await add(hasty, ADA, '1', now);
    server.freeze();
    await expect(hasty.read(key, now)).rejects.toThrow('the store did not answer within 0.2 s');
    server.thaw();
    expect(await store.read(key, now)).toMatchObject({ version: 1 });
  });

  it.each(['ioredis', 'redis'])('that fails says why, and nothing of what it was asked, by %s', async (kind) => {
    const redis = kind === 'redis' ? createClient({ url: `redis://127.0.0.1:${server.port}` }) : client;
    if ('connect' in redis && kind === 'redis') await redis.connect();
    await client.set(RECORDS, 'of another application');
    const record = recordOf(ADA, now, { data: 'the data' });
    const error = await Promise.resolve(
      redisStore(redis as RedisClient).create(keyOf(ADA, 'the id'), record, now),
    ).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(error?.message).toMatch(/^redisStore: .*WRONGTYPE/);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/the id|the data|ada/);
    if ('destroy' in redis) redis.destroy();
  });

  it('whose commands were renamed says so, without their arguments', async () => {
    const other = await startRedis('--rename-command', 'EVALSHA', '');
    const redis = new Redis(other.port);
    const error: Error = await Promise.resolve(redisStore(redis).read(keyOf(ADA, 'the id'), now)).catch(
      (error) => error,
    );
    expect(error.message).toMatch(/unknown command/);
    expect(error.message).not.toMatch(/the id|ada/);
    redis.disconnect();
    await other.stop();
  });
});

describe('a client', () => {
  it('may put a prefix of its own before all keys', async () => {
    const prefixed = new Redis(server.port, { keyPrefix: 'app:' });
    const key = await add(redisStore(prefixed), ADA, '1', now);
    expect(await redisStore(client, { prefix: 'app:countersign' }).read(key, now)).toMatchObject({ version: 1 });
    prefixed.disconnect();
  });

  it('may answer with bytes in place of text, and text in place of numbers', async () => {
    const plain = createClient({ url: `redis://127.0.0.1:${server.port}` });
    const typed = plain.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.NUMBER]: String });
    await plain.connect();
    const key = await add(redisStore(typed), ADA, '\u00e9', now);
    expect(await redisStore(typed).read(key, now)).toEqual(storedOf(recordOf(ADA, now)));
    expect(await idsOf(redisStore(typed), ADA, now)).toEqual(['\u00e9']);
    expect(await redisStore(typed).endAll(ADA, now)).toBe(1);
    const numbers = new Redis(server.port, { stringNumbers: true });
    expect(await redisStore(numbers).endAll(ADA, now)).toBe(2);
    numbers.disconnect();
    plain.destroy();
  });

  it('may be a pool', async () => {
    const pool = createClientPool({ url: `redis://127.0.0.1:${server.port}` });
    await pool.connect();
    const key = await add(redisStore(pool), ADA, '1', now);
    expect(await redisStore(pool).read(key, now)).toMatchObject({ version: 1 });
    pool.destroy();
  });

  it('fits without a cast, whatever its kind', () => {
    const kinds = (): readonly Store[] => [
      redisStore(new Redis()),
      redisStore(new Cluster([])),
      redisStore(createClient()),
      redisStore(createClient({ RESP: 2 })),
      redisStore(createClient({ RESP: 3 })),
      redisStore(createClientPool()),
      redisStore(createCluster({ rootNodes: [] })),
      redisStore(createSentinel({ name: 'primary', sentinelRootNodes: [] })),
    ];
    expect(kinds).toBeTypeOf('function');
  });
});

describe('redisStore()', () => {
  it('shares nothing with one of another prefix', async () => {
    const [one, other] = [redisStore(client, { prefix: 'one' }), redisStore(client, { prefix: 'other' })];
    const key = await add(one, ADA, '1', now);
    expect([await other.read(key, now), await other.endAll(ADA, now)]).toEqual([undefined, 1]);
    expect(await one.read(key, now)).toMatchObject({ epoch: 0 });
  });

  it.each([undefined, null, {}, 'redis://127.0.0.1', createClient().constructor, Promise.resolve()])(
    'refuses a client that is none: %s',
    (given) => {
      expect(() => redisStore(given as unknown as RedisClient)).toThrow(TypeError);
      expect(() => redisStore(given as unknown as RedisClient)).toThrow(/'ioredis' or 'redis'/);
    },
  );

  it.each<[object, RegExp]>([
    [{ prefix: 'a{b' }, /prefix must be text without/],
    [{ prefix: '}' }, /prefix must be text without/],
    [{ prefix: 5 }, /prefix must be text without/],
    [{ timeout: 0 }, /timeout must be seconds, more than 0/],
    [{ timeout: -1 }, /timeout/],
    [{ timeout: Number.NaN }, /timeout/],
    [{ timeout: 5_000_000 }, /timeout/],
    [{ timeout: '5' }, /timeout/],
    [{ ttl: 5 }, /no option 'ttl'/],
    [JSON.parse('{"__proto__":5}'), /no option '__proto__'/],
  ])('refuses %o', (options, message) => {
    expect(() => redisStore(client, options as RedisStoreOptions)).toThrow(TypeError);
    expect(() => redisStore(client, options as RedisStoreOptions)).toThrow(message);
  });
});
