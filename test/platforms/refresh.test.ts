import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/stores/contract.ts';
import { eachVerb, type StoreVerb } from '../../src/stores/each-verb.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { refreshCases } from '../contract/refresh-cases.ts';
import { startWorkerd, type Workerd } from './start-workerd.ts';

/** Inside one request of the Worker; and from outside, where each call is a request of its own. */
const INSIDE = {
  D1: { rounds: Number(process.env.RACE_ROUNDS ?? 200), users: 20 },
  'Durable Objects': { rounds: Number(process.env.RACE_ROUNDS ?? 1000), users: 20 },
} as const;
const OUTSIDE = { rounds: Number(process.env.RACE_ROUNDS ?? 20), users: 2 };
const TIME_LIMIT = 900_000;

let workerd: Workerd;
beforeAll(async () => {
  workerd = await startWorkerd();
}, 30_000);
afterAll(() => workerd?.stop());

describe.each(['D1', 'Durable Objects'] as const)('families on %s, inside workerd', (store) => {
  const options = INSIDE[store];
  for (const [refresh] of refreshCases(options)) {
    it(refresh, async () => expect(await workerd.ask({ store, refresh, options })).toBe(''), TIME_LIMIT);
  }
});

let made = 0;
/** A store inside, each of whose calls is a request of its own to the Worker. */
async function openOutside(store: 'D1' | 'Durable Objects'): Promise<Store> {
  const name = `refresh${made++}_`;
  const ask = async (verb: StoreVerb | 'createTables', given: readonly unknown[]): Promise<unknown> => {
    const told = await workerd.ask({ store, name, verb, given });
    // What went wrong is no JSON.
    if (!told.startsWith('{')) throw new Error(told);
    return JSON.parse(told).answer;
  };
  if (store === 'D1') await ask('createTables', []);
  return eachVerb(memoryStore(), ({ verb, given }) => ask(verb, given));
}

describe.each(['D1', 'Durable Objects'] as const)('families on %s, by separate requests', (store) => {
  for (const [name, run] of refreshCases(OUTSIDE))
    it(name, () => run(async () => [await openOutside(store)]), TIME_LIMIT);
});
