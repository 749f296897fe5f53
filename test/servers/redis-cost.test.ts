import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { session } from '../../src/schemes/session.ts';
import { type IoRedisClient, redisStore } from '../../src/stores/redis.ts';
import { ADA, changeOf, keyOf, recordOf } from '../../src/testing/store-contract/fixture.ts';
import { Browser, clockAt, load, SECRET, START } from '../support/sessions.ts';
import { type RedisServer, startRedis } from './start-redis.ts';

let server: RedisServer;
let client: Redis;
beforeAll(async () => {
  server = await startRedis('--appendonly', 'no');
  client = new Redis(server.port);
});
beforeEach(() => client.flushall());
afterAll(async () => {
  client?.disconnect();
  await server?.stop();
});

/** A store has nothing else to call, so this is each time it goes to the server. */
let trips = 0;
const counted: IoRedisClient = {
  eval: (...call) => {
    trips++;
    return client.eval(...call);
  },
  evalsha: (...call) => {
    trips++;
    return client.evalsha(...call);
  },
};

async function cost(act: () => unknown): Promise<number> {
  const before = trips;
  await act();
  return trips - before;
}

async function visits() {
  const clock = clockAt();
  const store = redisStore(counted);
  const sessions = session({ secret: SECRET, store, load, lifetime: { idle: 1000, absolute: 9000 } });
  const browser = new Browser();
  browser.take((await sessions.issue(browser.request(), { subject: 'ada' }, clock.context())).effects);
  const visit = async () => sessions.authenticate(browser.request(), clock.context());

  const read = await cost(visit);
  clock.now = START + 600;
  const renewal = await cost(visit);
  const accepted = await visit();
  if (accepted.kind !== 'accepted') throw new Error(`visit was ${accepted.kind}`);
  const rotation = await cost(() => sessions.rotate(accepted, {}, clock.context()));
  const revokeAll = await cost(() => sessions.revokeAll('ada', clock.context()));
  return { read, renewal, rotation, revokeAll };
}

async function verbs() {
  const store = redisStore(counted);
  const [now, key] = [START, keyOf(ADA, 'key')];
  const step = { floor: 0, by: 1, ceiling: 9, expiresAt: now + 10 };
  return {
    create: await cost(() => store.create(key, recordOf(ADA, now), now)),
    read: await cost(() => store.read(key, now)),
    touch: await cost(() => store.touch(key, { at: now + 1, ifBefore: now, expiresAt: now + 200 })),
    swap: await cost(() => store.swap(key, 1, changeOf(now), now)),
    move: await cost(() => store.swap(key, 2, changeOf(now), now, 'other')),
    list: await cost(() => store.list(ADA, { limit: 10 }, now)),
    epoch: await cost(() => store.epoch(ADA)),
    endAll: await cost(() => store.endAll(ADA, now, 'other')),
    delete: await cost(() => store.delete(keyOf(ADA, 'other'), now)),
    advance: await cost(() => store.advance(key, step, now)),
  };
}

// The server is told each script once; after that it knows them.
it('each verb is one round trip, and one more where the server has been started since', async () => {
  await client.script('FLUSH');
  const [first, then] = [await verbs(), client.flushall().then(verbs)];
  expect(Object.values(first)).toEqual([2, 2, 2, 2, 1, 2, 2, 2, 2, 2]);
  expect(Object.values(await then)).toEqual(Object.keys(first).map(() => 1));
});

it('a request reads a session by one, renews it by one more, rotates it by two; to end all of a user is one', async () => {
  await visits();
  await client.flushall();
  expect(await visits()).toEqual({ read: 1, renewal: 2, rotation: 2, revokeAll: 1 });
});
