import { createPool, type Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type MysqlPool, mysqlSchema, mysqlStore, type SqlStoreOptions } from '../../src/stores/mysql.ts';
import { ADA, keyOf, recordOf } from '../../src/testing/store-contract/fixture.ts';
import { storeCases } from '../../src/testing/store-contract/store-contract.ts';
import { recordMysql } from '../stores/recording-clients.ts';
import { sqlCases } from '../stores/sql-cases.ts';
import { type MariadbServer, startMariadb } from './start-mariadb.ts';

const ROUNDS = Number(process.env.RACE_ROUNDS ?? 5);
const TABLES = ['records', 'epochs', 'counters'].map((name) => `countersign_${name}`);
let server: MariadbServer;
let pool: Pool;

beforeAll(async () => {
  server = await startMariadb();
  pool = createPool({ uri: server.url, connectionLimit: 10 });
});
afterAll(async () => {
  await pool?.end();
  await server?.stop();
});

async function emptyStore() {
  const store = mysqlStore(pool);
  await store.createTables();
  // Faster here than TRUNCATE, which makes each table anew.
  for (const table of TABLES) await pool.query(`DELETE FROM ${table}`);
  return store;
}

describe('the contract, on MariaDB', () => {
  for (const [name, run] of storeCases(emptyStore, { rounds: ROUNDS })) it(name, () => run());
});

describe('on MariaDB', () => {
  it.each(sqlCases)('%s', async (_, run) => {
    await emptyStore();
    const { client, calls } = recordMysql(pool);
    await run({ store: mysqlStore(client), calls });
  });

  it('keeps to the tables of its prefix, in a database of its own, which its schema makes as well', async () => {
    await pool.query('CREATE DATABASE auth');
    for (const each of mysqlSchema('auth.people_').split(/;\n+/)) if (each) await pool.query(each);
    const store = mysqlStore(pool, { prefix: 'auth.people_' });
    await store.createTables();
    expect(await store.create(keyOf(ADA, '1'), recordOf(ADA, 100), 100)).toBe(true);
    expect(await store.endAll(ADA, 100, '1')).toBe(1);
    const [rows] = await pool.query(
      "SELECT CONVERT(id USING utf8mb4) AS id FROM auth.people_records WHERE subject = 'ada'",
    );
    expect(rows).toEqual([{ id: '1' }]);
  });

  it('tells whoever is told by changed rows, not by found ones, the same', async () => {
    const other = createPool({ uri: server.url, flags: ['-FOUND_ROWS'] });
    try {
      await emptyStore();
      const cases = storeCases(() => mysqlStore(other), { rounds: 1 });
      for (const [name, run] of cases) {
        if (/^(create|touch|advance|endAll|exceptId|swap): /.test(name)) {
          await emptyStore();
          await run();
        }
      }
    } finally {
      await other.end();
    }
  });

  it('refuses a single connection, and what is no option', () => {
    const connection: unknown = { execute: pool.execute };
    expect(() => mysqlStore(connection as MysqlPool)).toThrow('pool of mysql2/promise');
    expect(() => mysqlStore(pool, { prefix: 'a-b' })).toThrow('prefix');
    expect(() => mysqlStore(pool, { charset: 'latin1' } as SqlStoreOptions)).toThrow("no option 'charset'");
  });
});
