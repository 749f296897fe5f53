import { describe, expect, it, vi } from 'vitest';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { type TimeLimitedStoreOptions, timeLimitedStore } from '../../src/stores/time-limited.ts';
import { faultyStore, storeCases } from '../../src/testing/index.ts';
import { ADA, keyOf, LIFE, recordOf } from '../../src/testing/store-contract/fixture.ts';

const NOW = 1_800_000_000;
const KEY = keyOf(ADA, '1');

const calls: Readonly<Record<Exclude<keyof Store, 'capabilities'>, (store: Store) => unknown>> = {
  create: (store) => store.create(KEY, recordOf(ADA, NOW), NOW),
  read: (store) => store.read(KEY, NOW),
  swap: (store) => store.swap(KEY, 1, { usedAt: NOW, expiresAt: NOW + LIFE, data: '' }, NOW),
  touch: (store) => store.touch(KEY, { at: NOW, ifBefore: NOW, expiresAt: NOW + LIFE }),
  delete: (store) => store.delete(KEY, NOW),
  list: (store) => store.list(ADA, { limit: 1 }, NOW),
  endAll: (store) => store.endAll(ADA, NOW),
  epoch: (store) => store.epoch(ADA),
  advance: (store) => store.advance(KEY, { floor: 0, by: 1, ceiling: 1, expiresAt: NOW + 1 }, NOW),
};
const verbs = Object.keys(calls) as (keyof typeof calls)[];

describe('the contract', () => {
  for (const [name, run] of storeCases(() => timeLimitedStore(memoryStore()), { rounds: 5 })) it(name, () => run());
});

describe.each(verbs)('%s', (verb) => {
  it('that hangs is a failure when the time is up', async () => {
    const store = timeLimitedStore(faultyStore(memoryStore(), { [verb]: 'hang' }), { timeout: 0.02 });
    const from = performance.now();
    await expect(calls[verb](store)).rejects.toThrow('the store did not answer within 0.02 s');
    expect(performance.now() - from).toBeGreaterThan(15);
  });

  it('that fails fails as it did, and at once', async () => {
    const failure = new Error('mine');
    const rejecting = { ...memoryStore(), [verb]: () => Promise.reject(failure) };
    await expect(calls[verb](timeLimitedStore(rejecting))).rejects.toBe(failure);
    const throwing = {
      ...memoryStore(),
      [verb]: () => {
        throw failure;
      },
    };
    expect(() => calls[verb](timeLimitedStore(throwing))).toThrow(failure);
  });

  it('that answers at once is passed on as it is, and a promise as one', async () => {
    const answer = await calls[verb](memoryStore());
    expect(calls[verb](timeLimitedStore(memoryStore()))).toEqual(answer);
    const late = timeLimitedStore(faultyStore(memoryStore(), { [verb]: 'late' }, { lateBy: 0.001 }));
    expect(await calls[verb](late)).toEqual(answer);
  });
});

describe('timeLimitedStore()', () => {
  it('claims what the store claims, in types too, and nothing more', () => {
    const inner = memoryStore();
    const store: Store = timeLimitedStore(inner);
    expect(store.capabilities).toBe(inner.capabilities);
    const weak: Store<'atomic'> = { ...inner, capabilities: { atomic: true, counters: 'Not here, take another.' } };
    const limited: Store<'atomic'> = timeLimitedStore(weak);
    expect(limited.capabilities.counters).toBe('Not here, take another.');
    // @ts-expect-error It claims no counters.
    const refused: Store<'counters'> = timeLimitedStore(weak);
    expect(refused).toBeDefined();
  });

  it('calls a verb as a method of its store', async () => {
    const own = { ...memoryStore(), mine: 7, epoch: (): number => 0 };
    own.epoch = function (this: typeof own) {
      return this.mine;
    };
    expect(await timeLimitedStore(own).epoch(ADA)).toBe(7);
  });

  it('leaves no timer behind', async () => {
    vi.useFakeTimers();
    try {
      const store = timeLimitedStore({ ...memoryStore(), epoch: async () => 1 }, { timeout: 3600 });
      const answer = store.epoch(ADA);
      expect(vi.getTimerCount()).toBe(1);
      await answer;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each(verbs)('refuses a store without %s', (verb) => {
    const { [verb]: _, ...rest } = memoryStore();
    expect(() => timeLimitedStore(rest as Store)).toThrow(TypeError);
    expect(() => timeLimitedStore(rest as Store)).toThrow(`store: has no ${verb}()`);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 3601, '5', null])('refuses %s for timeout', (timeout) => {
    const make = () => timeLimitedStore(memoryStore(), { timeout } as TimeLimitedStoreOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow('timeout');
  });

  it('refuses an option that it has not', () => {
    const make = () => timeLimitedStore(memoryStore(), { seconds: 5 } as TimeLimitedStoreOptions);
    expect(make).toThrow("timeLimitedStore(): no option 'seconds'");
  });
});
