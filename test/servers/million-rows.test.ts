import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresStore } from '../../src/stores/postgres.ts';
import type { SqlStore } from '../../src/stores/sql-store.ts';
import { sqliteStore } from '../../src/stores/sqlite.ts';
import { recordLibsql, recordPostgres } from '../stores/recording-clients.ts';
import { expectIndexes, explainPostgres, explainSqlite, type Planner } from '../stores/sql-plans.ts';
import { fillTables, rowOf, SESSIONS_EACH } from '../stores/sql-rows.ts';
import { START } from '../support/sessions.ts';
import { type PostgresServer, startPostgres } from './start-postgres.ts';

const SIZES = { small_: 10_000, large_: 1_000_000 } as const;
const CALLS = 2000;
/** How much longer a call may take in a hundred times as many rows. */
const FLAT = 2;
const NOW = START + 100_000;
const owner = { kind: 'session', partition: 'of-a-subject' };

type LookUp = (store: SqlStore, index: number, count: number) => Promise<number>;

/** How many records each finds of the row of a number, and how many there are. */
const lookUps: Readonly<Record<string, readonly [act: LookUp, found: number]>> = {
  'a look-up': [
    async (store, index, count) => ((await store.read({ ...owner, id: rowOf(index, count).id }, NOW)) ? 1 : 0),
    1,
  ],
  'the list of a subject': [
    async (store, index, count) =>
      (await store.list({ ...owner, subject: rowOf(index, count).subject }, { limit: 50 }, NOW)).records.length,
    SESSIONS_EACH,
  ],
};

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] as number;

/** Medians in microseconds, of calls that alternate: what else the machine does falls on both. */
async function measure(
  [act, wanted]: (typeof lookUps)[string],
  storeOf: (prefix: string) => SqlStore,
): Promise<{ readonly small: number; readonly large: number; readonly ratio: number }> {
  const sizes = Object.entries(SIZES).map(([prefix, count]) => ({
    store: storeOf(prefix),
    count,
    times: [] as number[],
  }));
  for (let call = -100; call < CALLS; call++) {
    for (const { store, count, times } of sizes) {
      const index = Math.floor(Math.random() * count);
      const began = performance.now();
      const found = await act(store, index, count);
      const took = (performance.now() - began) * 1000;
      expect(found).toBe(wanted);
      if (call >= 0) times.push(took);
    }
  }
  const [small = 0, large = 0] = sizes.map(({ times }) => median(times));
  return { small, large, ratio: large / small };
}

/** A database with both sizes in it. */
interface Filled {
  storeOf(prefix: string): SqlStore;
  planner(prefix: string): Planner;
  close(): Promise<unknown>;
}

async function fillSqlite(): Promise<Filled> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-million-'));
  const url = `file:${folder}/sessions.db`;
  // The client leaves a statement that was explained in progress, so others explain.
  const [db, explainer] = [createClient({ url }), createClient({ url })];
  for (const [prefix, count] of Object.entries(SIZES)) {
    await sqliteStore(db, { prefix }).createTables();
    await db.batch([...fillTables(count, prefix)], 'write');
  }
  return {
    storeOf: (prefix) => sqliteStore(db, { prefix }),
    planner(prefix) {
      const { client, calls } = recordLibsql(db);
      const primary = (table: string) => `sqlite_autoindex_${table}_1`;
      return { store: sqliteStore(client, { prefix }), calls, explain: explainSqlite(explainer), primary, prefix };
    },
    async close() {
      db.close();
      explainer.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function fillPostgres(): Promise<Filled> {
  const server: PostgresServer = await startPostgres();
  const pool = new Pool({ connectionString: server.url });
  pool.on('error', () => {});
  for (const [prefix, count] of Object.entries(SIZES)) {
    await postgresStore(pool, { prefix }).createTables();
    for (const each of fillTables(count, prefix)) await pool.query(each);
  }
  // As the server does by itself, a minute later.
  await pool.query('VACUUM ANALYZE');
  return {
    storeOf: (prefix) => postgresStore(pool, { prefix }),
    planner(prefix) {
      const { client, calls } = recordPostgres(pool);
      const primary = (table: string) => `${table}_pkey`;
      return { store: postgresStore(client, { prefix }), calls, explain: explainPostgres(pool), primary, prefix };
    },
    async close() {
      await pool.end();
      await server.stop();
    },
  };
}

describe.each([
  ['SQLite', fillSqlite],
  ['PostgreSQL', fillPostgres],
])('a million sessions in %s', (database, fill) => {
  let filled: Filled;
  beforeAll(async () => {
    filled = await fill();
  }, 180_000);
  afterAll(() => filled?.close());

  it.each(Object.entries(lookUps))(
    '%s takes no longer than twice what it does in ten thousand',
    async (name, lookUp) => {
      const { small, large, ratio } = await measure(lookUp, filled.storeOf);
      console.log(`${database}, ${name}: ${small.toFixed(0)} µs, ${large.toFixed(0)} µs, ratio ${ratio.toFixed(2)}`);
      expect(ratio).toBeLessThanOrEqual(FLAT);
    },
  );

  it.each(Object.entries(SIZES))('finds by an index whatever it looks for, in %s', async (prefix, count) => {
    await expectIndexes(filled.planner(prefix), count);
  });
});
