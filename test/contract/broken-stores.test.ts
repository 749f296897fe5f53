import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory.ts';
import { delayed, randomOf } from '../../src/testing/store-contract/delayed.ts';
import { type StoreHandles, storeCases } from '../../src/testing/store-contract/store-contract.ts';
import { brokenStores } from './broken-stores.ts';

const ROUNDS = 25;
const names = storeCases(memoryStore).map(([name]) => name);

/** Those of the named cases that a store fails. */
async function failuresOf(
  createStore: () => StoreHandles | Promise<StoreHandles>,
  asked: readonly string[],
): Promise<string[]> {
  const failures: string[] = [];
  for (const [name, run] of storeCases(createStore, { rounds: ROUNDS })) {
    if (asked.includes(name)) await run().catch(() => failures.push(name));
  }
  return failures;
}

describe('the contract catches', () => {
  it.each(brokenStores)('%s', async (_, createStore, caught) => {
    expect(caught).not.toEqual([]);
    expect((await failuresOf(createStore, caught)).sort()).toEqual([...caught].sort());
  });

  it('something by each of its cases', () => {
    const needed = new Set(brokenStores.flatMap(([, , caught]) => caught));
    expect(names.filter((name) => !needed.has(name))).toEqual([]);
  });
});

it('no two cases have one name, and no two broken stores', () => {
  for (const all of [names, brokenStores.map(([what]) => what)]) expect(new Set(all).size).toBe(all.length);
});

it.each([
  ['answers at once', () => memoryStore()],
  ['answers later', () => delayed(memoryStore(), randomOf(1))],
  ['is made later', async () => memoryStore()],
  [
    'has three handles, of which two are far away',
    (): StoreHandles => {
      const store = memoryStore();
      return [store, delayed(store, randomOf(1)), delayed(store, randomOf(2))];
    },
  ],
])('a store that %s passes them all', async (_, createStore) => {
  expect(await failuresOf(createStore, names)).toEqual([]);
});
