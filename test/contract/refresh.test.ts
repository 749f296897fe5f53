import { describe, it } from 'vitest';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { slowStore } from '../support/sessions.ts';
import { withTwoConnections } from '../support/two-connections.ts';
import { refreshCases } from './refresh-cases.ts';

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 1000);

describe('families in memory, by calls that take their time', () => {
  for (const [name, run] of refreshCases({ rounds: ROUNDS, users: 200 })) {
    it(name, () => run(async () => [slowStore(memoryStore())]), 120_000);
  }
});

describe('families in SQLite, by two connections', () => {
  for (const [name, run] of refreshCases({ rounds: Number(process.env.RACE_ROUNDS ?? 20), users: 20 })) {
    it(name, () => withTwoConnections((stores) => run(async () => stores as [Store, Store])), 600_000);
  }
});
