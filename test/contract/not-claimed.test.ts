import { describe, expect, it } from 'vitest';
import type { Store, StoreCapability } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { type StoreCasesOptions, storeCases } from '../../src/testing/index.ts';

const WHY = 'This one cannot; memoryStore() would do.';
const uncounted: Pick<Store, 'advance'> = {
  advance: () => {
    throw new Error(WHY);
  },
};

/** A store that says of itself what is told, and does all the same what memory does. */
function saying(capabilities: object, change: Partial<Store> = uncounted) {
  return (): Store => {
    const store = memoryStore();
    return { ...store, ...change, capabilities: { ...store.capabilities, ...capabilities } };
  };
}

async function failuresOf(createStore: () => Store, options: StoreCasesOptions): Promise<ReadonlyMap<string, string>> {
  const failures = new Map<string, string>();
  for (const [name, run] of storeCases(createStore, { rounds: 2, ...options })) {
    await run().catch(({ message }: Error) => failures.set(name, message));
  }
  return failures;
}

const namesOf = (options: StoreCasesOptions = {}) => storeCases(saying({}), options).map(([name]) => name);

describe.each<[StoreCapability, number]>([
  ['atomic', 34],
  ['consistent', 8],
  ['counters', 13],
])('%s, not claimed', (capability, count) => {
  const options = { notClaimed: [capability] };
  const mark = ` (not claimed: ${capability})`;
  const change = capability === 'counters' ? uncounted : {};

  it('is in the name of each case that needs it, and no case is left out', () => {
    const names = namesOf(options);
    expect(names.map((name) => name.replace(mark, ''))).toEqual(namesOf());
    expect(names.filter((name) => name.endsWith(mark))).toHaveLength(count);
  });

  it('is well where the store says why', async () => {
    expect(await failuresOf(saying({ [capability]: WHY }, change), options)).toEqual(new Map());
  });

  it.each([[true], [false], [undefined], ['no'], ['']])('is not well where the store says %j', async (claim) => {
    const failures = await failuresOf(saying({ [capability]: claim }, change), options);
    expect([...failures.keys()].filter((name) => name.endsWith(mark))).toHaveLength(count);
    expect([...failures.values()].at(-1)).toContain(`capabilities.${capability} is ${JSON.stringify(claim)}, expected`);
  });

  it('by the store, while the suite is told otherwise, fails each of them, and says what to tell it', async () => {
    const failures = await failuresOf(saying({ [capability]: WHY }, change), {});
    expect([...failures.keys()].map((name) => name + mark)).toEqual(
      namesOf(options).filter((name) => name.endsWith(mark)),
    );
    const advice = `capabilities.${capability} is "${WHY}", expected true; tell storeCases(): notClaimed: ['${capability}']`;
    expect([...new Set(failures.values())]).toEqual([advice]);
  });
});

it('counters that count all the same are half a promise', async () => {
  const failures = await failuresOf(saying({ counters: WHY }, {}), { notClaimed: ['counters'] });
  expect(failures.size).toBe(13);
  expect([...new Set(failures.values())]).toEqual(['that it counts all the same is true, expected false']);
});

describe('storeCases()', () => {
  it.each([
    [{ rounds: 0 }, 'rounds'],
    [{ rounds: '5' }, 'rounds'],
    [{ notClaimed: ['speed'] }, "notClaimed: no capability 'speed'"],
    [{ without: ['counters'] }, "no option 'without'"],
  ])('refuses %j', (options, names) => {
    const make = () => storeCases(() => memoryStore(), options as StoreCasesOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(names);
  });

  it('hands what a case is handed to whoever makes the store', async () => {
    const handed: unknown[] = [];
    const cases = storeCases(
      (one: number, other: string) => {
        handed.push(one, other);
        return memoryStore();
      },
      { rounds: 1 },
    );
    await cases[0]?.[1](1, 'two');
    expect(handed).toEqual([1, 'two']);
  });
});
