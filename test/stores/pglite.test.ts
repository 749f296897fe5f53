import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresClient, postgresSchema, postgresStore, type SqlStoreOptions } from '../../src/stores/postgres.ts';
import { ADA, keyOf, recordOf } from '../../src/testing/store-contract/fixture.ts';
import { storeCases } from '../../src/testing/store-contract/store-contract.ts';
import { recordPostgres } from './recording-clients.ts';
import { sqlCases } from './sql-cases.ts';
import { expectIndexes, explainPostgres } from './sql-plans.ts';
import { fillTables } from './sql-rows.ts';

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 3);
const NOW = 1_800_000_000;
const EMPTY = 'TRUNCATE countersign_records, countersign_epochs, countersign_counters';
/** One database for all, since each takes seconds to start: emptied before each case. */
const db = new PGlite();
beforeAll(() => postgresStore(db).createTables(), 60_000);
afterAll(() => db.close());

async function emptyStore() {
  await db.exec(EMPTY);
  return postgresStore(db);
}

describe('the contract, on PGlite', () => {
  for (const [name, run] of storeCases(emptyStore, { rounds: ROUNDS })) it(name, () => run(), 30_000);
});

describe('on PGlite', () => {
  it.each(sqlCases)(
    '%s',
    async (_, run) => {
      await db.exec(EMPTY);
      const { client, calls } = recordPostgres(db);
      await run({ store: postgresStore(client), calls });
    },
    30_000,
  );

  it('finds by an index whatever it looks for', async () => {
    for (const each of [EMPTY, ...fillTables(5000), 'ANALYZE']) await db.exec(each);
    const { client, calls } = recordPostgres(db);
    const store = postgresStore(client);
    await expectIndexes({ store, calls, explain: explainPostgres(db), primary: (table) => `${table}_pkey` }, 5000);
  });
});

describe('postgresStore()', () => {
  it('keeps to the tables of its prefix, in a schema of its own', async () => {
    await db.exec('CREATE SCHEMA auth');
    const store = postgresStore(db, { prefix: 'auth.people_' });
    await store.createTables();
    await store.createTables();
    expect(await store.create(keyOf(ADA, 'in auth'), recordOf(ADA, NOW), NOW)).toBe(true);
    expect(await store.endAll(ADA, NOW, 'in auth')).toBe(1);
    expect(await store.sweep(NOW)).toBe(0);
    expect((await db.query('SELECT subject, epoch FROM auth.people_records')).rows).toEqual([
      { subject: 'ada', epoch: 1 },
    ]);
    expect(await postgresStore(db).read(keyOf(ADA, 'in auth'), NOW)).toBeUndefined();
  });

  it('prints its tables, for a tool to make', async () => {
    await db.exec(postgresSchema('printed_'));
    const store = postgresStore(db, { prefix: 'printed_' });
    expect(await store.create(keyOf(ADA, '1'), recordOf(ADA, NOW), NOW)).toBe(true);
    expect(await store.advance(keyOf(ADA, '1'), { floor: 0, by: 1, ceiling: 1, expiresAt: NOW }, NOW)).toMatchObject({
      ok: true,
    });
    await store.createTables();
    const asked = "SELECT count(*) AS count FROM pg_indexes WHERE tablename LIKE 'printed\\_%'";
    expect((await db.query(asked)).rows).toEqual([{ count: 6 }]);
  });

  it('leaves ordinary text as it is, so that a person finds it', async () => {
    const store = await emptyStore();
    await store.create(keyOf(ADA, '1'), recordOf(ADA, NOW, { data: '{"name":"\u00c4da"}' }), NOW);
    const { rows } = await db.query(
      "SELECT data::json ->> 'name' AS name FROM countersign_records WHERE subject = 'ada'",
    );
    expect(rows).toEqual([{ name: '\u00c4da' }]);
  });

  it('throws where it could not look', async () => {
    const store = postgresStore(db, { prefix: 'missing_' });
    await expect(store.read(keyOf(ADA, '1'), NOW)).rejects.toThrow('missing_');
    await expect(store.create(keyOf(ADA, '1'), recordOf(ADA, NOW), NOW)).rejects.toThrow('missing_');
  });

  it.each<[string, object]>([
    ['prefix', { prefix: 'a.b.c' }],
    ['prefix', { prefix: '.b' }],
    ['prefix', { prefix: 'a.' }],
    ['prefix', { prefix: 'a b' }],
    ['timeout', { timeout: -1 }],
    ["no option 'schema'", { schema: 'auth' }],
  ])('refuses with %s: %j', (names, options) => {
    expect(() => postgresStore(db, options as SqlStoreOptions)).toThrow(TypeError);
    expect(() => postgresStore(db, options as SqlStoreOptions)).toThrow(names);
  });

  it('refuses another client', () => {
    expect(() => postgresStore({} as PostgresClient)).toThrow(TypeError);
    expect(() => postgresStore({} as PostgresClient)).toThrow('pool of pg');
  });
});
