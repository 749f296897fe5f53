import { expect } from 'vitest';
import type { Store } from '../../src/stores/contract.ts';
import type { PostgresClient } from '../../src/stores/postgres.ts';
import type { SqlCall } from '../../src/stores/sql-compile.ts';
import type { SqlStore } from '../../src/stores/sql-store.ts';
import type { LibsqlClient } from '../../src/stores/sqlite.ts';
import { changeOf } from '../../src/testing/store-contract/fixture.ts';
import { START } from '../support/sessions.ts';
import { rowOf } from './sql-rows.ts';

export function explainSqlite(db: LibsqlClient): Planner['explain'] {
  return async ({ sql, args }) => {
    const { rows } = await db.execute({ sql: `EXPLAIN QUERY PLAN ${sql}`, args });
    return rows.map((row) => (row as { readonly detail: string }).detail).join('\n');
  };
}

export function explainPostgres(db: PostgresClient): Planner['explain'] {
  return async ({ sql, args }) => {
    const { rows } = await db.query(`EXPLAIN ${sql}`, args);
    return rows.map((row) => (row as { readonly 'QUERY PLAN': string })['QUERY PLAN']).join('\n');
  };
}

export interface Planner {
  readonly store: SqlStore;
  /** What its driver has been asked so far. */
  readonly calls: SqlCall[];
  /** What the database says that it does for a statement, a step a line. */
  explain(call: SqlCall): Promise<string>;
  /** What the index of a table's primary key is called. */
  primary(table: string): string;
  readonly prefix?: string;
}

/** That each verb finds its rows by the index that is meant for it, and that nothing is sorted, or looked through as a whole. */
export async function expectIndexes(planner: Planner, count: number): Promise<void> {
  const { store, calls, explain, primary, prefix = 'countersign_' } = planner;
  const wanted = {
    records: primary(`${prefix}records`),
    epochs: primary(`${prefix}epochs`),
    counters: primary(`${prefix}counters`),
    subject: `${prefix}records_by_subject`,
    expiry: `${prefix}(records|counters)_by_expiry`,
  };
  for (const [index, [verb, act, names]] of actsOn(store, count).entries()) {
    calls.length = 0;
    await act();
    expect(calls.length).toBeGreaterThan(0);
    for (const call of [...calls]) {
      const plan = await explain(call);
      const about = `${index} ${verb}: ${call.sql}\n${plan}`;
      for (const name of names) expect(plan, about).toMatch(new RegExp(`\\b${wanted[name]}\\b`));
      expect(plan, about).not.toMatch(/\bSCAN \w|Seq Scan|TEMP B-TREE|\bSort\b/);
    }
  }
}

type Index = 'records' | 'epochs' | 'counters' | 'subject' | 'expiry';
type Act = readonly [verb: keyof Store | 'sweep', act: () => unknown, indexes: readonly Index[]];

function actsOn(store: SqlStore, count: number): readonly Act[] {
  const now = START + 100_000;
  const [{ id, subject }, other] = [rowOf(7, count), rowOf(8, count)];
  const owner = { kind: 'session', partition: 'of-a-subject' };
  const key = { ...owner, id };
  const counter = { floor: 0, by: 1, ceiling: 9, expiresAt: now + 10 };
  const record = { subject, epoch: 1, createdAt: now, expiresAt: now + 10, endsAt: now + 10, data: '' };
  const after = `${START + 5} ${id}`;
  return [
    ['read', () => store.read(key, now), ['records', 'epochs']],
    ['touch', () => store.touch(key, { at: now, ifBefore: now, expiresAt: now + 700_000 }), ['records', 'epochs']],
    ['swap', () => store.swap(key, 1, changeOf(now), now), ['records', 'epochs']],
    ['swap', () => store.swap({ ...owner, id: other.id }, 1, changeOf(now), now, 'new'), ['records', 'epochs']],
    ['delete', () => store.delete(key, now), ['records', 'epochs']],
    ['list', () => store.list({ ...owner, subject }, { limit: 5 }, now), ['subject', 'epochs']],
    ['list', () => store.list({ ...owner, subject }, { after, limit: 5 }, now), ['subject', 'epochs']],
    ['epoch', () => store.epoch({ ...owner, subject }), ['epochs']],
    ['create', () => store.create(key, record, now), []],
    ['endAll', () => store.endAll({ ...owner, subject }, now), []],
    ['advance', () => store.advance(key, counter, now), []],
    ['advance', () => store.advance(key, { ...counter, by: -1 }, now), ['counters']],
    ['advance', () => store.advance(key, { ...counter, by: 0 }, now), ['counters']],
    // By when half of them have expired.
    ['sweep', () => store.sweep(START + 604_800 + 43_200), ['expiry']],
  ];
}
