import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { type FaultPlan, type FaultyStoreOptions, faultyStore, storeCases } from '../../src/testing/index.ts';
import { ADA, add, changeOf, keyOf, LIFE, recordOf, storedOf } from '../../src/testing/store-contract/fixture.ts';

const NOW = 1_800_000_000;
const KEY = keyOf(ADA, '1');
const STEP = { floor: 0, by: 2, ceiling: 5, expiresAt: NOW + LIFE };

/** Each verb once, of a record of Ada's that is there. */
const calls: Readonly<Record<keyof FaultPlan, (store: Store) => unknown>> = {
  create: (store) => store.create(keyOf(ADA, '2'), recordOf(ADA, NOW), NOW),
  read: (store) => store.read(KEY, NOW),
  swap: (store) => store.swap(KEY, 1, changeOf(NOW, { data: 'new' }), NOW),
  touch: (store) => store.touch(KEY, { at: NOW + 1, ifBefore: NOW, expiresAt: NOW + 200 }),
  delete: (store) => store.delete(KEY, NOW),
  list: (store) => store.list(ADA, { limit: 10 }, NOW),
  endAll: (store) => store.endAll(ADA, NOW),
  epoch: (store) => store.epoch(ADA),
  advance: (store) => store.advance(KEY, STEP, NOW),
};
const verbs = Object.keys(calls) as (keyof FaultPlan)[];
const writes = ['create', 'swap', 'touch', 'delete', 'endAll', 'advance'] as const;

async function filled(plan: FaultPlan = {}, options?: FaultyStoreOptions) {
  const inner = memoryStore();
  await add(inner, ADA, '1', NOW);
  return { inner, plan, store: faultyStore(inner, plan, options) };
}

/** All that a store knows of Ada. */
const stateOf = async (store: Store) => ({
  list: await store.list(ADA, { limit: 10 }, NOW),
  epoch: await store.epoch(ADA),
  counter: await store.advance(KEY, { ...STEP, by: 0 }, NOW),
});

/** What a verb does where all is well: its answer, and the state after it. */
async function wellOf(verb: keyof FaultPlan) {
  const { inner } = await filled();
  return [await calls[verb](inner), await stateOf(inner)] as const;
}

describe('a store without a plan', () => {
  for (const [name, run] of storeCases(() => faultyStore(memoryStore(), {}), { rounds: 2 })) it(name, () => run());
});

describe.each(verbs)('%s', (verb) => {
  it('throws at once, and does nothing', async () => {
    const { inner, store, plan } = await filled();
    const before = await stateOf(inner);
    Object.assign(plan, { [verb]: 'throw' });
    expect(() => calls[verb](store)).toThrow(`the store failed: ${verb}`);
    expect(await stateOf(inner)).toEqual(before);
  });

  it('rejects, and does nothing', async () => {
    const { inner, store, plan } = await filled();
    const before = await stateOf(inner);
    Object.assign(plan, { [verb]: 'reject' });
    await expect(calls[verb](store)).rejects.toThrow(`the store failed: ${verb}`);
    expect(await stateOf(inner)).toEqual(before);
  });

  it('hangs, and does nothing', async () => {
    const { inner, store, plan } = await filled();
    const before = await stateOf(inner);
    Object.assign(plan, { [verb]: 'hang' });
    const late = new Promise((resolve) => setTimeout(resolve, 20, 'nothing yet'));
    expect(await Promise.race([calls[verb](store), late])).toBe('nothing yet');
    expect(await stateOf(inner)).toEqual(before);
  });

  it('is done at once and answers late', async () => {
    const { inner, store } = await filled({ [verb]: 'late' }, { lateBy: 0.03 });
    const [answer, after] = await wellOf(verb);
    let isThere = false;
    const answered = Promise.resolve(calls[verb](store)).then((got) => {
      isThere = true;
      return got;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await stateOf(inner)).toEqual(after);
    expect(isThere).toBe(false);
    expect(await answered).toEqual(answer);
  });

  it('is well again when the plan says so', async () => {
    const { store, plan } = await filled({ [verb]: 'throw' });
    expect(() => calls[verb](store)).toThrow();
    delete plan[verb];
    expect(await calls[verb](store)).toEqual((await wellOf(verb))[0]);
  });
});

describe.each(writes)('%s', (verb) => {
  it('is lost, and says what it would have said', async () => {
    const { inner, store } = await filled({ [verb]: 'lose' });
    const before = await stateOf(inner);
    expect(await calls[verb](store)).toEqual((await wellOf(verb))[0]);
    expect(await stateOf(inner)).toEqual(before);
  });

  it('is done, and its answer is lost', async () => {
    const { inner, store } = await filled({ [verb]: 'write-then-reject' });
    await expect(calls[verb](store)).rejects.toThrow(`the store failed: ${verb}`);
    expect(await stateOf(inner)).toEqual((await wellOf(verb))[1]);
  });
});

it('advance that is lost still refuses what is above the ceiling', async () => {
  const { store, plan, inner } = await filled();
  await inner.advance(KEY, { ...STEP, by: 4 }, NOW);
  plan.advance = 'lose';
  expect(await store.advance(KEY, STEP, NOW)).toEqual({ ok: false, value: 4 });
  expect(await store.advance(KEY, { ...STEP, by: -1 }, NOW)).toEqual({ ok: true, value: 3 });
  expect(await store.advance(KEY, { ...STEP, by: 1 }, NOW)).toEqual({ ok: true, value: 5 });
});

describe('a stale read', () => {
  it('answers what was so when the store last was well, fresh or not, and however often', async () => {
    const { inner, store, plan } = await filled();
    await store.read(KEY, NOW);
    await store.list(ADA, { limit: 10 }, NOW);
    await store.epoch(ADA);
    Object.assign(plan, { read: 'stale', list: 'stale', epoch: 'stale' } satisfies FaultPlan);
    await inner.endAll(ADA, NOW);
    const record = storedOf(recordOf(ADA, NOW));
    for (const options of [undefined, { fresh: true }]) {
      expect(await store.read(KEY, NOW, options)).toEqual(record);
      expect(await store.epoch(ADA, options)).toBe(0);
      expect(await store.list(ADA, { limit: 10 }, NOW)).toEqual({ records: [{ ...record, id: '1' }], next: undefined });
    }
  });

  it('knows nothing of what it was never asked', async () => {
    const { inner, store } = await filled({ read: 'stale', list: 'stale', epoch: 'stale' });
    await inner.endAll(ADA, NOW, '1');
    expect(await store.read(KEY, NOW)).toBeUndefined();
    expect(await store.list(ADA, { limit: 10 }, NOW)).toEqual({ records: [], next: undefined });
    expect(await store.epoch(ADA)).toBe(0);
  });

  it('goes by the clock of who asks', async () => {
    const { store, plan } = await filled();
    await store.read(KEY, NOW);
    await store.list(ADA, { limit: 10 }, NOW);
    Object.assign(plan, { read: 'stale', list: 'stale' } satisfies FaultPlan);
    expect(await store.read(KEY, NOW + LIFE - 1)).toBeDefined();
    expect(await store.read(KEY, NOW + LIFE)).toBeUndefined();
    expect(await store.list(ADA, { limit: 10 }, NOW + LIFE)).toEqual({ records: [], next: undefined });
  });

  it('knows what had gone before, and tells one page and one subject from another', async () => {
    const { inner, store, plan } = await filled();
    await add(inner, ADA, '2', NOW);
    await store.read(KEY, NOW);
    await inner.delete(KEY, NOW);
    await store.read(KEY, NOW);
    const { next } = await store.list(ADA, { limit: 1 }, NOW);
    await add(inner, ADA, '3', NOW);
    await store.list(ADA, { limit: 1, after: next }, NOW);
    Object.assign(plan, { read: 'stale', list: 'stale' } satisfies FaultPlan);
    expect(await store.read(KEY, NOW)).toBeUndefined();
    expect(await store.list(ADA, { limit: 1 }, NOW)).toMatchObject({ records: [{ id: '2' }] });
    expect(await store.list({ ...ADA, subject: 'adam' }, { limit: 1 }, NOW)).toMatchObject({ records: [] });
  });
});

describe('faultyStore()', () => {
  it('claims what the store claims', async () => {
    const { inner, store } = await filled();
    expect(store.capabilities).toBe(inner.capabilities);
    const needed: Store<'atomic' | 'counters'> = store;
    expect(needed).toBe(store);
  });

  it.each([
    [{ fetch: 'throw' }, {}, "no verb 'fetch'"],
    [{ capabilities: 'throw' }, {}, "no verb 'capabilities'"],
    [{ __proto__: null, toString: 'throw' }, {}, "no verb 'toString'"],
    [{ read: 'explode' }, {}, "'explode' is no fault of read; there are throw, reject, hang, late, stale"],
    [{ read: 'lose' }, {}, "'lose' is no fault of read"],
    [{ delete: 'stale' }, {}, "'stale' is no fault of delete"],
    [{}, { lateBy: -1 }, 'lateBy must be seconds'],
    [{}, { lateBy: '1' }, 'lateBy must be seconds'],
    [{}, { delay: 1 }, "no option 'delay'"],
  ])('refuses %j with %j', (plan, options, names) => {
    const make = () => faultyStore(memoryStore(), plan as FaultPlan, options as FaultyStoreOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(names);
  });

  it('refuses a fault that was put into the plan later, at the call', async () => {
    const { store, plan } = await filled();
    Object.assign(plan, { read: 'lose' });
    expect(() => store.read(KEY, NOW)).toThrow(TypeError);
  });
});
