import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type D1Binding, type D1Statement, d1Schema, d1Store } from '../../src/stores/d1.ts';
import type { SqlCall } from '../../src/stores/sql-compile.ts';
import { ADA, keyOf, recordOf } from '../../src/testing/store-contract/fixture.ts';
import { sqlCases } from '../stores/sql-cases.ts';
import { startWorkerd, type Workerd } from './start-workerd.ts';

const NOW = 1_800_000_000;
const KEY = keyOf(ADA, '1');

let workerd: Workerd;
let db: D1Binding;
let made = 0;
/** A beginning of names that no other test has. */
const prefix = (): string => `t${made++}_`;

beforeAll(async () => {
  workerd = await startWorkerd();
  db = workerd.bindings.DB;
}, 30_000);
afterAll(() => workerd?.stop());

/** A binding, and what it has been asked so far: how many statements a request had, and each of them. */
function recordD1() {
  const requests: number[] = [];
  const calls: SqlCall[] = [];
  const record = (...batch: readonly SqlCall[]): void => {
    requests.push(batch.length);
    calls.push(...batch);
  };
  const made = new Map<D1Statement, { readonly statement: D1Statement; readonly call: SqlCall }>();
  const recorded = (statement: D1Statement, call: SqlCall): D1Statement => {
    const outer: D1Statement = {
      bind: (...args) => recorded(statement.bind(...args), { sql: call.sql, args }),
      all() {
        record(call);
        return statement.all();
      },
    };
    made.set(outer, { statement, call });
    return outer;
  };
  const binding: D1Binding = {
    prepare: (sql) => recorded(db.prepare(sql), { sql, args: [] }),
    batch(statements) {
      const batch = statements.flatMap((each) => made.get(each) ?? []);
      record(...batch.map(({ call }) => call));
      return db.batch(batch.map(({ statement }) => statement));
    },
  };
  return { binding, requests, calls };
}

describe('on D1', () => {
  it.each(sqlCases)(
    '%s',
    async (_, run) => {
      const { binding, calls } = recordD1();
      // From outside, and 500 at once: each call is a request to workerd.
      const store = d1Store(binding, { prefix: prefix(), timeout: 60 });
      await store.createTables();
      await run({ store, calls });
    },
    120_000,
  );

  it('ends all but one by one request, a batch', async () => {
    const { binding, requests } = recordD1();
    const store = d1Store(binding, { prefix: prefix() });
    await store.createTables();
    for (const id of ['1', '2']) await store.create(keyOf(ADA, id), recordOf(ADA, NOW), NOW);
    requests.length = 0;
    expect(await store.endAll(ADA, NOW, '1')).toBe(1);
    expect(requests).toEqual([2]);
    expect((await store.list(ADA, { limit: 9 }, NOW)).records.map(({ id }) => id)).toEqual(['1']);
  });

  it('prints its tables, for a migration to make', async () => {
    const own = prefix();
    for (const statement of d1Schema(own).split(';\n').slice(0, -1)) await db.prepare(statement).all();
    const store = d1Store(db, { prefix: own });
    expect(await store.create(KEY, recordOf(ADA, NOW), NOW)).toBe(true);
    expect(await store.read(KEY, NOW)).toMatchObject({ subject: 'ada' });
  });

  it('throws where it could not look', async () => {
    const store = d1Store(db, { prefix: 'missing_' });
    const step = { floor: 0, by: 1, ceiling: 1, expiresAt: NOW + 1 };
    for (const call of [
      () => store.create(KEY, recordOf(ADA, NOW), NOW),
      () => store.read(KEY, NOW),
      () => store.delete(KEY, NOW),
      () => store.list(ADA, { limit: 1 }, NOW),
      () => store.endAll(ADA, NOW),
      () => store.endAll(ADA, NOW, '1'),
      () => store.epoch(ADA),
      () => store.advance(KEY, step, NOW),
    ]) {
      await expect(call()).rejects.toThrow('no such table: missing_');
    }
  });
});

describe('d1Store()', () => {
  it.each([undefined, null, {}, 'DB', { prepare: () => {} }])('refuses %j for a binding', (other) => {
    expect(() => d1Store(other as unknown as D1Binding)).toThrow(TypeError);
    expect(() => d1Store(other as unknown as D1Binding)).toThrow('a D1 binding, such as env.DB');
  });

  it.each([
    [{ timeout: 0 }, 'timeout'],
    [{ prefix: 'a; DROP TABLE users; --' }, 'prefix'],
    [{ table: 'x' }, "no option 'table'"],
  ])('refuses %j', (options, message) => {
    expect(() => d1Store(db, options as object)).toThrow(TypeError);
    expect(() => d1Store(db, options as object)).toThrow(message);
  });
});
