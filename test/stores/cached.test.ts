import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CachedStoreOptions, cachedStore } from '../../src/stores/cached.ts';
import type { RecordKey, Store } from '../../src/stores/contract.ts';
import { eachVerb, type StoreVerb } from '../../src/stores/each-verb.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { ADA, add, changeOf, EVE, keyOf, LIFE, recordOf } from '../../src/testing/store-contract/fixture.ts';
import { storeCases } from '../../src/testing/store-contract/store-contract.ts';

const NOW = 1_800_000_000;
const rounds = Number(process.env.RACE_ROUNDS ?? 100);

/** A store that says which of its verbs were asked since it was last asked that, the feed's among them. */
function watched(store: Store = memoryStore()): { store: Store; asked: () => readonly string[] } {
  const calls: string[] = [];
  const watching = eachVerb(store, ({ verb, given, make }) => {
    const { kind } = given[0] as RecordKey;
    calls.push(kind === 'revocation-feed' ? `feed ${verb}` : verb);
    return make();
  }) as Store;
  return { store: watching, asked: () => calls.splice(0) };
}

/** A store that fails in these verbs. */
function failing(store: Store, ...verbs: readonly StoreVerb[]): Store {
  return eachVerb(store, ({ verb, make }) => {
    if (verbs.includes(verb)) throw new Error(`${verb} is down`);
    return make();
  }) as Store;
}

describe('the contract', () => {
  describe('with a feed', () => {
    for (const [name, run] of storeCases(() => cachedStore(memoryStore()), { rounds })) it(name, () => run());
  });
  describe('without', () => {
    const createStore = () => cachedStore(memoryStore(), { feed: false, maxAge: 1000 });
    for (const [name, run] of storeCases(createStore, { rounds })) it(name, () => run());
  });
  describe('with room for two records', () => {
    for (const [name, run] of storeCases(() => cachedStore(memoryStore(), { maxRecords: 2 }), { rounds: 10 })) {
      it(name, () => run());
    }
  });
});

describe('a read', () => {
  it('is answered from memory until its copy is maxAge old, and says how old it is', async () => {
    const { store, asked } = watched();
    const cached = cachedStore(store, { maxAge: 10, feed: false });
    const key = await add(cached, ADA, '1', NOW);
    expect(await cached.read(key, NOW)).not.toHaveProperty('readAt');
    asked();
    for (const passed of [0, 1, 9]) expect(await cached.read(key, NOW + passed)).toMatchObject({ readAt: NOW });
    expect(asked()).toEqual([]);
    expect(await cached.read(key, NOW + 10)).not.toHaveProperty('readAt');
    expect(await cached.read(key, NOW + 19)).toMatchObject({ readAt: NOW + 10 });
    expect(asked()).toEqual(['read']);
  });

  it('that is fresh goes to the store, as that, and is what the next ones get', async () => {
    const { store, asked } = watched();
    const cached = cachedStore(store, { feed: false });
    const key = await add(store, ADA, '1', NOW);
    await cached.read(key, NOW);
    await store.swap(key, 1, changeOf(NOW, { data: 'new' }), NOW);
    expect(await cached.read(key, NOW)).toMatchObject({ version: 1 });
    asked();
    expect(await cached.read(key, NOW + 1, { fresh: true })).toMatchObject({ data: 'new' });
    expect(await cached.read(key, NOW + 1)).toMatchObject({ data: 'new', readAt: NOW + 1 });
    expect(asked()).toEqual(['read']);
  });

  it('is fresh to the store whenever it goes there', async () => {
    const given: unknown[] = [];
    const store = { ...memoryStore(), read: (...all: unknown[]) => void given.push(all[2]) } as Store;
    await cachedStore(store).read(keyOf(ADA, '1'), NOW);
    expect(given).toEqual([{ fresh: true }]);
  });

  it('that found nothing is not remembered: what is made elsewhere works at once', async () => {
    const store = memoryStore();
    const cached = cachedStore(store);
    expect(await cached.read(keyOf(ADA, '1'), NOW)).toBeUndefined();
    const key = await add(store, ADA, '1', NOW);
    expect(await cached.read(key, NOW)).toMatchObject({ version: 1 });
  });

  it('asks again for a copy that has expired: it may have been used elsewhere', async () => {
    const store = memoryStore();
    const cached = cachedStore(store, { maxAge: 1000 });
    const key = await add(store, ADA, '1', NOW);
    await cached.read(key, NOW);
    await store.touch(key, { at: NOW + 1, ifBefore: NOW, expiresAt: NOW + LIFE + 50 });
    expect(await cached.read(key, NOW + LIFE)).toMatchObject({ usedAt: NOW + 1 });
    expect(await cached.read(key, NOW + LIFE + 50)).toBeUndefined();
  });

  it('does not take a copy from a time that was wrong, and is answered from memory again soon after', async () => {
    const { store, asked } = watched();
    const cached = cachedStore(store, { maxAge: 1000, tolerance: 5, timeout: 5 });
    const keys: RecordKey[] = [];
    for (const id of ['1', '2']) keys.push(await add(store, ADA, id, NOW, { expiresAt: NOW + 10_000 }));
    const [key, other] = keys as [RecordKey, RecordKey];
    // An hour ahead, and set back.
    for (const each of keys) await cached.read(each, NOW + 3600);
    asked();
    expect(await cached.read(key, NOW)).not.toHaveProperty('readAt');
    expect(asked()).toEqual(['read']);
    await cached.read(key, NOW + 20);
    expect(await cached.read(key, NOW + 21)).toMatchObject({ readAt: NOW + 20 });
    // The other one has not been asked for since: it is no copy of that second when its time comes.
    await cached.read(key, NOW + 1100);
    asked();
    expect(await cached.read(other, NOW + 3600)).not.toHaveProperty('readAt');
    expect(asked()).toEqual(['read']);
  });

  it('of two, the one that began first may end last: the later one stays', async () => {
    const store = memoryStore();
    const answers: (() => void)[] = [];
    const slow: Store = {
      ...store,
      async read(...given) {
        const record = await store.read(...given);
        await new Promise<void>((resolve) => answers.push(resolve));
        return record;
      },
    };
    const cached = cachedStore(slow, { feed: false });
    const key = await add(store, ADA, '1', NOW);
    const first = cached.read(key, NOW);
    await store.swap(key, 1, changeOf(NOW), NOW);
    const second = cached.read(key, NOW + 1);
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    for (const answer of answers.reverse()) answer();
    await Promise.all([first, second]);
    expect(await cached.read(key, NOW + 1)).toMatchObject({ version: 2, readAt: NOW + 1 });
  });

  it('fails as the store does, and answers what it remembers', async () => {
    const store = memoryStore();
    const cached = cachedStore(failing(store, 'read'));
    const key = await add(store, ADA, '1', NOW);
    await expect(cached.read(key, NOW)).rejects.toThrow('read is down');
    let isDown = false;
    const unsteady: Store = { ...store, read: (...given) => (isDown ? failing(store, 'read') : store).read(...given) };
    const other = cachedStore(unsteady);
    await other.read(key, NOW);
    isDown = true;
    expect(await other.read(key, NOW + 1)).toMatchObject({ readAt: NOW });
    await expect(other.read(key, NOW + 1, { fresh: true })).rejects.toThrow('read is down');
  });
});

describe('what is remembered', () => {
  it('is maxRecords at most, and half of that at least', async () => {
    const { store, asked } = watched();
    const cached = cachedStore(store, { maxRecords: 100, feed: false });
    const keys: RecordKey[] = [];
    for (let index = 0; index < 1000; index++) keys.push(await add(store, ADA, String(index), NOW));
    for (const key of keys) await cached.read(key, NOW);
    asked();
    for (const key of keys.slice(-50)) await cached.read(key, NOW);
    expect(asked()).toEqual([]);
    for (const key of keys.slice(0, -100)) await cached.read(key, NOW);
    expect(asked()).toHaveLength(900);
  });

  it('is let go of in time, however few they are', async () => {
    const kept: WeakRef<object>[] = [];
    const store = memoryStore();
    const cached = cachedStore(store, { maxAge: 10, feed: false });
    const read = async (id: string, now: number) => {
      await cached.read(keyOf(ADA, id), now);
      kept.push(new WeakRef((await cached.read(keyOf(ADA, id), now)) as object));
    };
    for (const id of ['1', '2', '3']) await add(store, ADA, id, NOW);
    await read('1', NOW);
    await read('2', NOW + 10);
    await read('3', NOW + 20);
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    await new Promise((resolve) => setTimeout(resolve));
    (runInNewContext('gc') as () => void)();
    expect(kept.map((each) => each.deref() !== undefined)).toEqual([false, true, true]);
  });

  it('is one record of an id in each kind and partition, never another', async () => {
    const store = memoryStore();
    const cached = cachedStore(store);
    const keys = [keyOf(ADA, '1'), { ...keyOf(ADA, '1'), kind: 'key' }];
    for (const key of keys) await store.create(key, recordOf(ADA, NOW, { data: key.kind }), NOW);
    for (const key of [...keys, ...keys]) expect(await cached.read(key, NOW)).toMatchObject({ data: key.kind });
    expect(await cached.read({ ...keyOf(ADA, '1'), partition: 'other' }, NOW)).toBeUndefined();
  });

  it('is nothing of epochs, lists and counters', async () => {
    const { store, asked } = watched();
    const cached = cachedStore(store);
    const step = { floor: 0, by: 1, ceiling: 9, expiresAt: NOW + 9 };
    for (let turn = 0; turn < 2; turn++) {
      await cached.epoch(ADA);
      await cached.list(ADA, { limit: 1 }, NOW);
      await cached.advance(keyOf(ADA, '1'), step, NOW);
    }
    expect(asked()).toEqual(['epoch', 'list', 'advance', 'epoch', 'list', 'advance']);
  });
});

describe.each<[string, CachedStoreOptions]>([
  ['with a feed', {}],
  ['without', { feed: false }],
])('the process where something ends or changes, %s', (_, options) => {
  it.each<[string, (store: Store<never>, key: RecordKey) => unknown, unknown]>([
    ['delete', (store, key) => store.delete(key, NOW), undefined],
    ['endAll', (store) => store.endAll(ADA, NOW), undefined],
    ['endAll but for another', (store) => store.endAll(ADA, NOW, '2'), undefined],
    ['endAll but for it', (store) => store.endAll(ADA, NOW, '1'), { epoch: 1 }],
    ['a rotation', (store, key) => store.swap(key, 1, changeOf(NOW), NOW, '3'), undefined],
    ['a swap', (store, key) => store.swap(key, 1, changeOf(NOW, { data: 'less' }), NOW), { data: 'less' }],
    [
      'a touch',
      (store, key) => store.touch(key, { at: NOW + 1, ifBefore: NOW, expiresAt: NOW + 200 }),
      { usedAt: NOW + 1 },
    ],
  ])('knows it at once: %s', async (_name, act, expected) => {
    const store = memoryStore();
    const cached = cachedStore(store, options);
    const key = await add(store, ADA, '1', NOW);
    await add(store, ADA, '2', NOW);
    await cached.read(key, NOW);
    expect(await cached.read(key, NOW)).toHaveProperty('readAt');
    await act(cached, key);
    const found = await cached.read(key, NOW);
    if (expected) expect(found).toMatchObject(expected as object);
    else expect(found).toBeUndefined();
  });

  it('keeps nothing that was read while it ended', async () => {
    const store = memoryStore();
    let answer = (): void => undefined;
    const slow: Store = {
      ...store,
      async read(...given) {
        const record = await store.read(...given);
        await new Promise<void>((resolve) => {
          answer = resolve;
        });
        return record;
      },
    };
    const cached = cachedStore(slow, options);
    const key = await add(store, ADA, '1', NOW);
    const read = cached.read(key, NOW);
    await cached.delete(key, NOW);
    answer();
    expect(await read).toMatchObject({ version: 1 });
    const again = cached.read(key, NOW);
    await Promise.resolve();
    answer();
    expect(await again).toBeUndefined();
  });
});

describe('another process', () => {
  /** Two in front of one store, the second with a copy, and what keeps the second from the feed. */
  async function twoProcesses(options: CachedStoreOptions = {}) {
    const { store, asked } = watched();
    let isDown = false;
    const unsteady: Store = { ...store, list: (...given) => (isDown ? failing(store, 'list') : store).list(...given) };
    const [one, other] = [cachedStore(store, options), cachedStore(unsteady, options)];
    const key = await add(store, ADA, '1', NOW, { expiresAt: NOW + 10_000 });
    await other.read(key, NOW);
    asked();
    const cut = (down: boolean): void => {
      isDown = down;
    };
    return { one, other, key, asked, cut };
  }

  it('hears of it with its next poll', async () => {
    const { one, other, key } = await twoProcesses({ pollEvery: 2 });
    await one.delete(key, NOW);
    expect(await other.read(key, NOW + 1)).toMatchObject({ readAt: NOW });
    expect(await other.read(key, NOW + 2)).toBeUndefined();
  });

  it('relies on nothing after a long sleep, when entries have come and gone', async () => {
    const { one, other, key } = await twoProcesses({ maxAge: 5000 });
    await one.delete(key, NOW + 1);
    await one.create(keyOf(EVE, '2'), recordOf(EVE, NOW + 400), NOW + 400);
    expect(await other.read(key, NOW + 500)).toBeUndefined();
  });

  it('looks everything up where it can hear nothing, and does no longer when it can', async () => {
    const { other, key, asked, cut } = await twoProcesses({ maxAge: 1000, pollEvery: 2 });
    cut(true);
    expect(await other.read(key, NOW + 3)).toMatchObject({ readAt: NOW });
    for (const passed of [4, 5, 6]) expect(await other.read(key, NOW + passed)).not.toHaveProperty('readAt');
    asked();
    cut(false);
    await other.read(key, NOW + 8);
    expect(await other.read(key, NOW + 9)).toMatchObject({ readAt: NOW + 6 });
    expect(asked()).not.toContain('read');
  });

  it('polls once for all who ask at the same time, and never without a copy', async () => {
    const { other, key, asked } = await twoProcesses({ pollEvery: 2 });
    await other.read(keyOf(ADA, 'unknown'), NOW + 2);
    expect(asked()).toEqual(['read']);
    await Promise.all(Array.from({ length: 100 }, () => other.read(key, NOW + 2)));
    // Two minutes, of which one ends with NOW.
    expect(asked()).toEqual(['feed list', 'feed list']);
  });

  it('looks everything up after more endings than it can remember, and remembers anew', async () => {
    const { one, other, key, asked } = await twoProcesses({ maxAge: 1000, maxRecords: 4, tolerance: 1, timeout: 1 });
    for (let index = 0; index < 20; index++) {
      await one.delete({ kind: 'session', partition: `${index}`, id: `${index}` }, NOW + 1);
    }
    asked();
    await other.read(key, NOW + 3);
    expect(asked()).toEqual(['feed list', 'feed list', 'read']);
    await other.read(key, NOW + 30);
    expect(await other.read(key, NOW + 31)).toMatchObject({ readAt: NOW + 30 });
  });

  it('does not miss the first of many entries that are of few subjects', async () => {
    const { one, other, key } = await twoProcesses({ maxAge: 1000, maxRecords: 20 });
    await one.delete(key, NOW + 1);
    for (let passed = 2; passed < 59; passed++) {
      for (const partition of '123456789') await one.delete({ ...key, partition }, NOW + passed);
    }
    expect(await other.read(key, NOW + 59)).toBeUndefined();
  });

  it('hears of what a clock that is ahead has ended, in a minute that has not come', async () => {
    const { one, other, key } = await twoProcesses({ tolerance: 5 });
    await other.read(key, NOW + 57);
    await one.delete(key, NOW + 61);
    expect(await other.read(key, NOW + 59)).toBeUndefined();
  });

  it('cannot be left untold: where the feed fails, nothing ends', async () => {
    const store = memoryStore();
    const key = await add(store, ADA, '1', NOW);
    const cached = cachedStore(store, { feed: failing(memoryStore(), 'create') });
    await expect(cached.delete(key, NOW)).rejects.toThrow('create is down');
    await expect(cached.endAll(ADA, NOW)).rejects.toThrow('create is down');
    expect(await store.read(key, NOW)).toMatchObject({ version: 1 });
  });
});

describe('what takes longer than timeout to end', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each(['the entry', 'the end'])('has failed: %s', async (what) => {
    vi.useFakeTimers();
    const store = memoryStore();
    const never = () => new Promise<never>(() => {});
    const slow: Store = what === 'the entry' ? { ...store, create: never } : { ...store, delete: never };
    const ended = expect(cachedStore(slow, { timeout: 3 }).delete(keyOf(ADA, '1'), NOW)).rejects.toThrow('within 3 s');
    await vi.advanceTimersByTimeAsync(3000);
    await ended;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not ended later, when nobody suspects it any more', async () => {
    vi.useFakeTimers();
    const store = memoryStore();
    let answer = (_: boolean): void => undefined;
    const slow: Store = {
      ...store,
      create: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    };
    const key = await add(store, ADA, '1', NOW);
    const ended = expect(cachedStore(slow).delete(key, NOW)).rejects.toThrow('within 5 s');
    await vi.advanceTimersByTimeAsync(5000);
    await ended;
    answer(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(await store.read(key, NOW)).toMatchObject({ version: 1 });
  });
});

describe('cachedStore()', () => {
  it('promises what the store promises, to whoever asks and in types', async () => {
    const weak = {
      ...memoryStore(),
      capabilities: { atomic: true, consistent: 'it is not', counters: 'none' },
    } as const;
    const cached = cachedStore(weak as Store<'atomic'> & typeof weak, { feed: false });
    expect(cached.capabilities).toBe(weak.capabilities);
    const atomic: Store<'atomic'> = cached;
    // @ts-expect-error It is not consistent.
    const consistent: Store<'consistent'> = cached;
    expect(atomic).toBe(consistent);
    const all: Store = cachedStore(memoryStore());
    expect(all.capabilities).toEqual({ atomic: true, consistent: true, counters: true });
    // @ts-expect-error A feed needs a store that is consistent.
    expect(() => cachedStore(weak)).toThrow(/^cachedStore\(\): feed needs a store that is consistent.*it is not$/);
    expect(cachedStore(weak, { feed: memoryStore() }).capabilities).toBe(weak.capabilities);
  });

  it.each<[CachedStoreOptions, RegExp]>([
    [{ maxAge: 0 }, /maxAge/],
    [{ maxAge: 1.5 }, /maxAge/],
    [{ maxAge: 86_401 }, /maxAge/],
    [{ maxAge: '60' as never }, /maxAge/],
    [{ maxAge: 1 }, /feed: false/],
    [{ pollEvery: 0 }, /pollEvery/],
    [{ pollEvery: 31 }, /pollEvery must be a whole number from 1 to 30/],
    [{ maxAge: 10, pollEvery: 6 }, /pollEvery must be a whole number from 1 to 5/],
    [{ maxRecords: 1 }, /maxRecords/],
    [{ tolerance: -1 }, /tolerance/],
    [{ tolerance: 61 }, /tolerance/],
    [{ timeout: 0 }, /timeout/],
    [{ timeout: Number.NaN }, /timeout/],
    [{ timeout: '5' as never }, /timeout/],
    [{ maxage: 5 } as never, /no option 'maxage'/],
  ])('refuses %j', (options, message) => {
    expect(() => cachedStore(memoryStore(), options)).toThrow(TypeError);
    expect(() => cachedStore(memoryStore(), options)).toThrow(message);
  });

  it('takes the least there is', async () => {
    for (const options of [
      { maxAge: 2 },
      { maxAge: 1, feed: false },
      { maxAge: 3, tolerance: 0, timeout: 0.1 },
    ] as const) {
      const cached = cachedStore(memoryStore(), options);
      const key = await add(cached, EVE, '1', NOW);
      await cached.read(key, NOW);
      expect(await cached.read(key, NOW)).toMatchObject({ readAt: NOW });
    }
  });
});
