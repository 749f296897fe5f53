/**
 * Runs the contract on a SQLite that is part of a runtime, `bun:sqlite` or `node:sqlite`, or on `better-sqlite3`. Bundled and started
 * by sqlite-runtimes.test.ts, with the name of a file that is to be a database, and of the package's main file; says what it found as JSON.
 */
import { type SyncSqlite, sqliteStore } from '../../src/stores/sqlite.ts';
import { ADA, keyOf, recordOf } from '../../src/testing/store-contract/fixture.ts';
import { storeCases } from '../../src/testing/store-contract/store-contract.ts';

declare const Bun: unknown;

async function openerOf(): Promise<(file: string) => SyncSqlite> {
  // Names that no bundler looks into: neither module is everywhere.
  const names = { bun: 'bun:sqlite', node: 'node:sqlite', package: process.argv[3] };
  if (names.package) {
    const { default: Database } = (await import(names.package)) as {
      readonly default: new (file: string, options: { readonly timeout: number }) => SyncSqlite;
    };
    // Its own is 5,000 ms, in which the process waits.
    return (file) => new Database(file, { timeout: 0 });
  }
  if (typeof Bun !== 'undefined') {
    const { Database } = (await import(names.bun)) as { readonly Database: new (file: string) => SyncSqlite };
    return (file) => new Database(file);
  }
  const { DatabaseSync } = (await import(names.node)) as { readonly DatabaseSync: new (file: string) => SyncSqlite };
  return (file) => new DatabaseSync(file);
}

const open = await openerOf();
const emptyStore = async () => {
  const store = sqliteStore(open(':memory:'));
  await store.createTables();
  return store;
};
const failures: Record<string, string> = {};
const cases = storeCases(emptyStore, { rounds: Number(process.env.RACE_ROUNDS ?? 5) });
for (const [name, run] of cases) {
  await run().catch((error: unknown) => {
    failures[name] = String(error);
  });
}

/** What becomes of a record while another connection writes: of one whose time is over before, and of one who waits. */
async function whileAnotherWrites(file: string) {
  const [db, writer] = [open(file), open(file)];
  const store = sqliteStore(db);
  await store.createTables();
  const add = async (id: string, by = store) => by.create(keyOf(ADA, id), recordOf(ADA, 100), 100);
  writer.exec('BEGIN IMMEDIATE');
  const impatient = await add('never', sqliteStore(db, { timeout: 0.1 })).catch(() => 'failed');
  const added = add('later');
  await new Promise((resolve) => setTimeout(resolve, 100));
  writer.exec('COMMIT');
  const patient = await added;
  const { records } = await store.list(ADA, { limit: 9 }, 100);
  return { impatient, patient, records: records.map(({ id }) => id) };
}

const busy = await whileAnotherWrites(process.argv[2] as string);
console.log(JSON.stringify({ cases: cases.length, failures, busy }));
