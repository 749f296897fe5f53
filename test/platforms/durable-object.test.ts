import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { session } from '../../src/schemes/session.ts';
import type { Store } from '../../src/stores/contract.ts';
import { type DurableObjectBinding, durableObjectStore } from '../../src/stores/durable-object.ts';
import { ADA, changeOf, keyOf, recordOf } from '../../src/testing/store-contract/fixture.ts';
import { admittedOf500 } from '../support/limit-race.ts';
import { Browser, clockAt, load, SECRET, START } from '../support/sessions.ts';
import { type Bindings, startWorkerd, type Workerd } from './start-workerd.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
const NOW = Math.floor(Date.now() / 1000);
const KEY = keyOf(ADA, '1');
const STEP = { floor: 0, by: 1, ceiling: 5, expiresAt: NOW + 10 };

let workerd: Workerd;
let bindings: Bindings;
let made = 0;

beforeAll(async () => {
  workerd = await startWorkerd();
  bindings = workerd.bindings;
}, 30_000);
afterAll(() => workerd?.stop());

/** A store of one object that no other test has, and that object from inside. */
function oneObject() {
  const name = `object ${made++}`;
  const { OBJECTS } = bindings;
  const namespace = { idFromName: () => OBJECTS.idFromName(name), get: (id: unknown) => OBJECTS.get(id) };
  const ask = (url: string, body: string) => OBJECTS.get(OBJECTS.idFromName(name)).fetch(url, { method: 'POST', body });
  const inside = async (path: string) =>
    (await (await ask(`https://test.invalid${path}`, '')).json()) as { rows: object; alarm: number | null };
  return { name, store: durableObjectStore(namespace), ask, look: () => inside('/'), runAlarm: () => inside('/alarm') };
}

describe('a Durable Object', () => {
  it('lets in 5 of 500 requests at once where that is the limit', async () => {
    // From outside: each call is a request to workerd.
    expect(await admittedOf500(durableObjectStore(bindings.OBJECTS, { timeout: 60 }))).toEqual([5, 5]);
  }, 120_000);

  it('has no database until something is written: whoever asks for ids that nobody issued makes none', async () => {
    const { store, look } = oneObject();
    expect(await store.read(KEY, NOW)).toBeUndefined();
    expect(await store.swap(KEY, 1, changeOf(NOW), NOW)).toBe(false);
    expect(await store.touch(KEY, { at: NOW, ifBefore: NOW, expiresAt: NOW })).toBe(false);
    expect(await store.delete(KEY, NOW)).toBe(false);
    expect(await store.list(ADA, { limit: 1 }, NOW)).toEqual({ records: [] });
    expect(await store.epoch(ADA)).toBe(0);
    expect(await look()).toEqual({ rows: {}, alarm: null });
    await store.create(KEY, recordOf(ADA, NOW), NOW);
    expect((await look()).rows).toEqual({ countersign_records: 1, countersign_epochs: 0, countersign_counters: 0 });
  });

  it('is not open to the public, where a Worker hands requests on to it', async () => {
    const { ask, look } = oneObject();
    const call = JSON.stringify(['create', { kind: 'session', id: '1' }, recordOf(ADA, NOW), NOW]);
    for (const url of ['https://example.com/', 'http://countersign.invalid/', 'https://countersign.invalid/x']) {
      expect((await ask(url, call)).status).toBe(404);
    }
    expect((await look()).rows).toEqual({});
    expect((await ask('https://countersign.invalid/', call)).status).toBe(200);
  });

  it.each([
    '',
    'read',
    '{}',
    '[]',
    '[["read"]]',
    '["constructor",{},1]',
    '["__proto__"]',
    '["read"]',
    '["read",null,1]',
    '["read",{"kind":"session"},1]',
    '["read",{"kind":"session","id":1},1]',
    '["read",{"kind":"session","id":"1"},"1"]',
    '["read",{"kind":"session","id":"1"},1e999]',
    '["read",{"kind":"session","id":"1"},1,2]',
    '["create",{"kind":"session","id":"1"},{"subject":"ada"},1]',
    '["list",{"kind":"session","subject":"ada"},{"after":5,"limit":1},1]',
  ])('takes %s for no call', async (body) => {
    const { ask, look } = oneObject();
    expect((await ask('https://countersign.invalid/', body)).status).toBe(400);
    expect((await look()).rows).toEqual({});
  });
});

describe('the alarm', () => {
  /** Adds a record that died so many seconds ago. */
  const addDead = (store: Store, id: string, ago: number) =>
    store.create(keyOf(ADA, id), recordOf(ADA, NOW - ago - 100, { expiresAt: NOW - ago }), NOW - ago - 100);

  it('is a day after the first record or counter expires, and at once is not sooner than in an hour', async () => {
    const { store, look } = oneObject();
    await store.create(KEY, recordOf(ADA, NOW, { expiresAt: NOW + 10 * DAY }), NOW);
    expect((await look()).alarm).toBe((NOW + 11 * DAY) * 1000);
    await store.advance(KEY, { ...STEP, expiresAt: NOW + 5 * DAY }, NOW);
    expect((await look()).alarm).toBe((NOW + 6 * DAY) * 1000);
    await store.advance(KEY, { ...STEP, expiresAt: NOW + 9 * DAY }, NOW);
    expect((await look()).alarm).toBe((NOW + 6 * DAY) * 1000);
    await addDead(store, 'dead', 3 * DAY);
    const { alarm } = await look();
    expect(Math.abs(Number(alarm) - Date.now() - HOUR * 1000)).toBeLessThan(60_000);
  });

  it('is never further ahead than a month', async () => {
    const { store, look } = oneObject();
    await store.create(KEY, recordOf(ADA, NOW, { expiresAt: Number.MAX_SAFE_INTEGER }), NOW);
    expect(Math.abs(Number((await look()).alarm) - Date.now() - 30 * DAY * 1000)).toBeLessThan(60_000);
  });

  it('sweeps what has been dead for a day, and nothing that is alive by a clock that is behind', async () => {
    const { store, runAlarm } = oneObject();
    await addDead(store, 'long dead', DAY + 60);
    await addDead(store, 'dead', DAY - 600);
    await store.create(KEY, recordOf(ADA, NOW), NOW);
    await store.advance(KEY, { ...STEP, expiresAt: NOW - 2 * DAY }, NOW - 3 * DAY);
    await store.advance(keyOf(ADA, '2'), STEP, NOW);
    const { rows, alarm } = await runAlarm();
    expect(rows).toEqual({ countersign_records: 2, countersign_epochs: 0, countersign_counters: 1 });
    expect(Math.abs(Number(alarm) - Date.now() - HOUR * 1000)).toBeLessThan(60_000);
    expect(await store.read(keyOf(ADA, 'dead'), NOW - DAY)).toMatchObject({ subject: 'ada' });
    expect(await store.read(KEY, NOW)).toMatchObject({ subject: 'ada' });
  });

  it('sweeps a thousand at a time', async () => {
    const { name, runAlarm } = oneObject();
    const record = recordOf(ADA, NOW - 3 * DAY, { expiresAt: NOW - 2 * DAY });
    expect(await workerd.ask({ store: 'Durable Objects', name, count: 1002, record })).toBe('');
    expect((await runAlarm()).rows).toMatchObject({ countersign_records: 2 });
    expect((await runAlarm()).rows).toEqual({});
  }, 60_000);

  it('leaves nothing of an object that is empty, which begins anew', async () => {
    const { store, runAlarm } = oneObject();
    await addDead(store, '1', 2 * DAY);
    expect(await runAlarm()).toEqual({ rows: {}, alarm: null });
    expect(await store.create(KEY, recordOf(ADA, NOW), NOW)).toBe(true);
    expect(await store.read(KEY, NOW)).toMatchObject({ subject: 'ada' });
  });

  it('takes nothing along of a sign-in that comes as the object is emptied', async () => {
    for (let round = 0; round < 30; round++) {
      const { store, runAlarm } = oneObject();
      await addDead(store, '1', 2 * DAY);
      const calls = [runAlarm, () => store.create(KEY, recordOf(ADA, NOW), NOW)];
      const [one, other] = round % 2 ? calls : calls.reverse();
      await Promise.all([one?.(), other?.()]);
      expect(await store.read(KEY, NOW)).toMatchObject({ subject: 'ada' });
    }
  });

  it('never forgets an epoch: what was issued before stays ended', async () => {
    const { store, runAlarm } = oneObject();
    await addDead(store, '1', 2 * DAY);
    expect(await store.endAll(ADA, NOW)).toBe(1);
    expect((await runAlarm()).rows).toEqual({ countersign_records: 0, countersign_epochs: 1, countersign_counters: 0 });
    expect(await store.epoch(ADA)).toBe(1);
  });
});

describe('durableObjectStore()', () => {
  it('asks one object once for a session, a renewal, the end of all; twice for a rotation', async () => {
    let calls = 0;
    const counted: DurableObjectBinding = {
      idFromName: (name) => bindings.OBJECTS.idFromName(`counted ${name}`),
      get: (id) => ({
        fetch(url, init) {
          calls++;
          return bindings.OBJECTS.get(id).fetch(url, init);
        },
      }),
    };
    const clock = clockAt();
    const store = durableObjectStore(counted);
    const sessions = session({ secret: SECRET, store, load, lifetime: { idle: 1000, absolute: 9000 } });
    const browser = new Browser();
    browser.take((await sessions.issue(browser.request(), { subject: 'ada' }, clock.context())).effects);
    const visit = async () => sessions.authenticate(browser.request(), clock.context());
    const cost = async (act: () => PromiseLike<unknown> | unknown) => {
      calls = 0;
      await act();
      return calls;
    };

    expect(await cost(visit)).toBe(1);
    clock.now = START + 600;
    expect(await cost(visit)).toBe(2);
    const accepted = await visit();
    if (accepted.kind !== 'accepted') throw new Error(`visit was ${accepted.kind}`);
    expect(await cost(() => sessions.rotate(accepted, {}, clock.context()))).toBe(2);
    expect(await cost(() => sessions.revokeAll('ada', clock.context()))).toBe(1);
    expect((await visit()).kind).not.toBe('accepted');
  });

  it('takes for an outage: storage that is not SQLite, another class of object, an object that hangs', async () => {
    const { OLD_OBJECTS, OTHER_OBJECTS } = bindings;
    await expect(durableObjectStore(OLD_OBJECTS).read(KEY, NOW)).rejects.toThrow(/SQL/);
    await expect(durableObjectStore(OTHER_OBJECTS).read(KEY, NOW)).rejects.toThrow();
    const answering = (answer: Promise<{ status: number; json(): Promise<unknown> }>): DurableObjectBinding => ({
      idFromName: () => '1',
      get: () => ({ fetch: () => answer }),
    });
    const other = durableObjectStore(answering(Promise.resolve({ status: 404, json: async () => ({}) })));
    await expect(other.read(KEY, NOW)).rejects.toThrow('answered with 404: is it a CountersignObject?');
    const hanging = durableObjectStore(answering(new Promise(() => {})), { timeout: 0.05 });
    await expect(hanging.read(KEY, NOW)).rejects.toThrow('did not answer within 0.05 s');
  });

  it.each([undefined, null, {}, 'SESSIONS', { get: () => {} }])('refuses %j for a binding', (other) => {
    expect(() => durableObjectStore(other as unknown as DurableObjectBinding)).toThrow(TypeError);
    expect(() => durableObjectStore(other as unknown as DurableObjectBinding)).toThrow('durable_objects');
  });

  it.each([
    [{ timeout: 0 }, 'timeout'],
    [{ timeout: '5' }, 'timeout'],
    [{ prefix: 'x' }, "no option 'prefix'"],
  ])('refuses %j', (options, message) => {
    expect(() => durableObjectStore(bindings.OBJECTS, options as object)).toThrow(TypeError);
    expect(() => durableObjectStore(bindings.OBJECTS, options as object)).toThrow(message);
  });
});
