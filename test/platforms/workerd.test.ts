import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory.ts';
import { storeCases } from '../../src/testing/index.ts';
import { startWorkerd, type Workerd } from './start-workerd.ts';
import { NOT_CLAIMED } from './workerd-worker.ts';

/** A few, since each of a round's calls is a request to another isolate. */
const ROUNDS = Number(process.env.RACE_ROUNDS ?? 2);
const TIME_LIMIT = 30_000 + ROUNDS * 5000;

let workerd: Workerd;
beforeAll(async () => {
  workerd = await startWorkerd();
}, 30_000);
afterAll(() => workerd?.stop());

describe.each(Object.entries(NOT_CLAIMED))('the contract in workerd, on %s', (name, notClaimed) => {
  const store = name as keyof typeof NOT_CLAIMED;
  // The names follow from the options alone; what runs is inside.
  for (const [run] of storeCases(() => memoryStore(), { rounds: ROUNDS, notClaimed })) {
    it(run, async () => expect(await workerd.ask({ store, run, rounds: ROUNDS })).toBe(''), TIME_LIMIT);
  }
});
