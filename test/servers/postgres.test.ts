import { Pool } from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresStore, type SqlStore } from '../../src/stores/postgres.ts';
import { storeCases } from '../../src/testing/store-contract/store-contract.ts';
import { recordPostgres } from '../stores/recording-clients.ts';
import { sqlCases } from '../stores/sql-cases.ts';
import { type PostgresServer, startPostgres } from './start-postgres.ts';

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 5);
let server: PostgresServer;
let pool: Pool;
let sql: postgres.Sql;

beforeAll(async () => {
  server = await startPostgres();
  pool = new Pool({ connectionString: server.url, max: 10 });
  pool.on('error', () => {});
  sql = postgres(server.url, { max: 10 });
});
afterAll(async () => {
  await Promise.allSettled([pool?.end(), sql?.end({ timeout: 1 })]);
  await server?.stop();
});

describe.each<[string, () => SqlStore]>([
  ['pg', () => postgresStore(pool)],
  ['postgres', () => postgresStore(sql)],
])('the contract, on PostgreSQL by %s', (_, createStore) => {
  const emptyStore = async () => {
    const store = createStore();
    await store.createTables();
    await pool.query('TRUNCATE countersign_records, countersign_epochs, countersign_counters');
    return store;
  };
  for (const [name, run] of storeCases(emptyStore, { rounds: ROUNDS })) it(name, () => run());
});

describe('on PostgreSQL', () => {
  it.each(sqlCases)('%s', async (_, run) => {
    const { client, calls } = recordPostgres(pool);
    const store = postgresStore(client);
    await store.createTables();
    await pool.query('TRUNCATE countersign_records, countersign_epochs, countersign_counters');
    await run({ store, calls });
  });

  it('createTables makes the tables once where many processes do it at once', async () => {
    const prefix = 'at_once_';
    const stores = Array.from({ length: 20 }, (_, index) => postgresStore(index % 2 ? pool : sql, { prefix }));
    await Promise.all(stores.map((store) => store.createTables()));
    expect(await stores[0]?.epoch({ kind: 'session', partition: 'of-ada', subject: 'ada' })).toBe(0);
  });
});
