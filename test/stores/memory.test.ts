import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { NewRecord, Store } from '../../src/stores/contract.ts';
import { type MemoryStoreOptions, memoryStore } from '../../src/stores/memory.ts';
import { ADA, changeOf, EVE, keyOf, LIFE, recordOf } from '../../src/testing/store-contract/fixture.ts';
import { storeCases } from '../../src/testing/store-contract/store-contract.ts';

const NOW = 1_800_000_000;
const members = Reflect.ownKeys(Object.prototype);

/** A store with so many records of Ada's, `0` and up, which are there for {@link LIFE} seconds. */
function filled(count: number, options: MemoryStoreOptions = { maxRecords: count }): Store {
  const store = memoryStore(options);
  for (let index = 0; index < count; index++) expect(add(store, String(index))).toBe(true);
  return store;
}

function add(store: Store, id: string, now = NOW, change: Partial<NewRecord> = {}) {
  return store.create(keyOf(ADA, id), recordOf(ADA, now, change), now);
}

const isThere = async (store: Store, id: string) => (await store.read(keyOf(ADA, id), NOW)) !== undefined;

describe('the contract', () => {
  for (const [name, run] of storeCases(() => memoryStore())) it(name, () => run());

  it('leaves no trace on other objects, whatever the names', () => {
    expect(Reflect.ownKeys(Object.prototype)).toEqual(members);
  });
});

describe('a full store', () => {
  it('says so, keeps the living, and adds nothing', async () => {
    const store = filled(3);
    for (const id of ['more', 'and more']) {
      expect(() => add(store, id)).toThrow(/^the memory store is full: 3 records; raise maxRecords/);
      expect(await isThere(store, id)).toBe(false);
    }
    for (const id of ['0', '1', '2']) expect(await isThere(store, id)).toBe(true);
  });

  it('is full of all kinds together', () => {
    const store = filled(2);
    const key = { ...ADA, kind: 'key', id: '1' };
    expect(() => store.create(key, recordOf(ADA, NOW), NOW)).toThrow(/full/);
  });

  it('still renews, rotates, lists and ends', () => {
    const store = filled(2);
    expect(store.touch(keyOf(ADA, '0'), { at: NOW + 1, ifBefore: NOW, expiresAt: NOW + 200 })).toBe(true);
    expect(store.swap(keyOf(ADA, '0'), 1, changeOf(NOW), NOW, 'moved')).toBe(true);
    expect(store.list(ADA, { limit: 5 }, NOW)).toMatchObject({ records: [{ id: '1' }, { id: 'moved' }] });
    expect(store.delete(keyOf(ADA, 'moved'), NOW)).toBe(true);
    expect(store.endAll(ADA, NOW)).toBe(1);
  });

  it('tells an id that is taken from one that does not fit', () => {
    expect(add(filled(2), '1')).toBe(false);
  });

  it.each<[string, (store: Store) => unknown, number]>([
    ['was deleted', (store) => store.delete(keyOf(ADA, '1'), NOW), NOW],
    ['has ended', (store) => store.endAll(ADA, NOW, '0'), NOW],
    ['has expired', () => undefined, NOW + LIFE],
  ])('has room again when one %s', async (_, end, now) => {
    const store = filled(2);
    end(store);
    expect(add(store, 'new', now, { epoch: await store.epoch(ADA) })).toBe(true);
  });

  it('has room again when one of another kind has expired, and no more room than that', async () => {
    const store = filled(2, { maxRecords: 3 });
    const key = { ...ADA, kind: 'key', id: '1' };
    expect(store.create(key, recordOf(ADA, NOW, { expiresAt: NOW + 1 }), NOW)).toBe(true);
    expect(() => add(store, 'new')).toThrow(/full/);
    expect(add(store, 'new', NOW + 1)).toBe(true);
    expect(() => add(store, 'more', NOW + 1)).toThrow(/full/);
  });

  it('is full of records, not of what happened to them', async () => {
    const store = filled(1, { maxRecords: 2 });
    for (let version = 1; version <= 10; version++) {
      const [from, to] = version % 2 ? ['0', 'moved'] : ['moved', '0'];
      expect(store.swap(keyOf(ADA, from), 2 * version - 1, changeOf(NOW), NOW)).toBe(true);
      expect(store.swap(keyOf(ADA, from), 2 * version, changeOf(NOW), NOW, to)).toBe(true);
      store.touch(keyOf(ADA, to), { at: NOW + version, ifBefore: NOW + version, expiresAt: NOW + 200 });
      store.endAll(ADA, NOW, to);
    }
    expect(add(store, 'second', NOW, { epoch: 10 })).toBe(true);
    expect(() => add(store, 'third', NOW, { epoch: 10 })).toThrow(/full/);
  });

  it('has room for a record over a dead one', () => {
    const store = filled(2);
    expect(add(store, '1', NOW + LIFE)).toBe(true);
  });
});

describe('dead records go while others come', () => {
  it('so that 200,000 that are short-lived fit in 1,000, in one kind and in two', () => {
    for (const kinds of [['session'], ['session', 'key']]) {
      const store = memoryStore({ maxRecords: 1000 });
      for (let index = 0; index < 200_000; index++) {
        const owner = { ...ADA, kind: kinds[index % kinds.length] as string, subject: `subject ${index % 5000}` };
        const now = NOW + index;
        if (!store.create(keyOf(owner, String(index)), recordOf(owner, now, { expiresAt: now + 400 }), now)) {
          throw new Error(`${index} is taken`);
        }
      }
    }
  });

  it('and take their memory along, long before the store is full', () => {
    const store = memoryStore();
    expectNoGrowth(store, () => {
      for (let index = 0; index < 30_000; index++) {
        const [now, owner] = [NOW + index, { ...EVE, subject: `subject ${index}` }];
        store.create(keyOf(owner, String(index)), recordOf(owner, now, { data: bytes(index) }), now);
      }
    });
  });

  it('as those do that ended, and those that were deleted', () => {
    const store = memoryStore();
    expectNoGrowth(store, () => {
      for (let index = 0; index < 30_000; index++) {
        const record = recordOf(ADA, NOW, { data: bytes(index), epoch: Math.floor(index / 100) });
        store.create(keyOf(ADA, String(index)), record, NOW);
        if (index % 2) store.delete(keyOf(ADA, String(index)), NOW);
        if (index % 100 === 99) store.endAll(ADA, NOW);
      }
    });
  });

  it('and what rotates leaves nothing where it was', () => {
    const store = filled(10, {});
    expectNoGrowth(store, () => {
      for (let turn = 0; turn < 15_000; turn++) {
        for (let index = 0; index < 10; index++) {
          const [from, to] = [turn ? `${index} ${turn}` : String(index), `${index} ${turn + 1}`];
          if (!store.swap(keyOf(ADA, from), turn + 1, changeOf(NOW), NOW, to)) throw new Error(`${from} is gone`);
        }
      }
    });
  });
});

describe('an id whose record is dead, and not swept yet', () => {
  /** Too many for the creates that follow to sweep them all first. */
  const ids = Array.from({ length: 50 }, (_, index) => `dead ${index}`);
  const withDead = (): Store => {
    const store = filled(200, {});
    for (const id of ids) store.create(keyOf(ADA, id), recordOf(EVE, NOW, { expiresAt: NOW + 1 }), NOW);
    return store;
  };

  it('is taken over by create, and is in nobody else\u2019s list', () => {
    const store = withDead();
    for (const id of ids) expect(add(store, id, NOW + 1)).toBe(true);
    expect(store.list(EVE, { limit: 100 }, NOW + 1)).toEqual({ records: [], next: undefined });
    expect(store.list(ADA, { limit: 1000 }, NOW + 1)).toMatchObject({ records: { length: 250 } });
  });

  it('is taken over by a rotation, and is in nobody else\u2019s list', () => {
    const store = withDead();
    for (const [index, id] of ids.entries()) {
      expect(store.swap(keyOf(ADA, String(index)), 1, changeOf(NOW), NOW + 1, id)).toBe(true);
    }
    expect(store.list(EVE, { limit: 100 }, NOW + 1)).toEqual({ records: [], next: undefined });
    expect(store.list(ADA, { limit: 1000 }, NOW + 1)).toMatchObject({ records: { length: 200 } });
  });
});

describe('the platform', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is asked for no timer and no time', async () => {
    vi.useFakeTimers({ now: new Date('2100-01-01') });
    const store = filled(100, { maxRecords: 200 });
    expect(vi.getTimerCount()).toBe(0);
    vi.setSystemTime(0);
    for (let index = 0; index < 100; index++) expect(add(store, `new ${index}`)).toBe(true);
    expect([await isThere(store, '0'), await isThere(store, 'new 99')]).toEqual([true, true]);
  });

  it('sees no promise: every verb answers at once', () => {
    const store = filled(1);
    const key = keyOf(ADA, '0');
    const answers = [
      store.create(key, recordOf(ADA, NOW), NOW),
      store.read(key, NOW),
      store.swap(key, 1, changeOf(NOW), NOW),
      store.touch(key, { at: NOW + 1, ifBefore: NOW, expiresAt: NOW + LIFE }),
      store.list(ADA, { limit: 1 }, NOW),
      store.endAll(ADA, NOW, '0'),
      store.epoch(ADA),
      store.delete(key, NOW),
    ];
    expect(answers).toMatchObject([false, { version: 1 }, true, true, { records: [{ id: '0' }] }, 1, 1, true]);
  });
});

describe('memoryStore()', () => {
  it('shares nothing with another', async () => {
    const [one, other] = [filled(1), memoryStore({ maxRecords: 1 })];
    expect(one.endAll(ADA, NOW, '0')).toBe(1);
    expect([other.read(keyOf(ADA, '0'), NOW), other.epoch(ADA)]).toEqual([undefined, 0]);
    expect(add(other, '0')).toBe(true);
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', null])('refuses %s for maxRecords', (maxRecords) => {
    expect(() => memoryStore({ maxRecords } as MemoryStoreOptions)).toThrow(TypeError);
    expect(() => memoryStore({ maxRecords } as MemoryStoreOptions)).toThrow(/maxRecords/);
  });

  it.each(['max', 'ttl', '__proto__'])('refuses an option of the name %s', (name) => {
    const options = JSON.parse(`{"maxRecords":5,"${name}":1}`);
    expect(() => memoryStore(options)).toThrow(TypeError);
    expect(() => memoryStore(options)).toThrow(`'${name}'`);
  });

  it('takes 100,000 records unless it is told otherwise', () => {
    const store = memoryStore({ maxRecords: undefined });
    for (let index = 0; index < 100_000; index++) store.create(keyOf(ADA, String(index)), recordOf(ADA, NOW), NOW);
    expect(() => add(store, 'one more')).toThrow(/full: 100000 records/);
  });
});

/** A kilobyte that no other text shares. */
function bytes(index: number): string {
  return Buffer.from(String(index).padStart(1000, 'x')).toString();
}

/** That what is done leaves nothing to speak of: it writes 30 MB of data, or 150,000 names. */
function expectNoGrowth(store: Store, act: () => void): void {
  const before = heapUsed();
  act();
  expect(heapUsed() - before).toBeLessThan(5e6);
  // Still in use, so still on the heap.
  expect(store.epoch(EVE)).toBe(0);
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
