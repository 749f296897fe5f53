import { createClient } from '@libsql/client';
import { sqliteStore } from '../../src/stores/sqlite.ts';
import type { Opened } from './two-processes.ts';

/** A store in a file of SQLite, made if it is not there. @param url As `file:/tmp/a.db`. */
export async function open(url: string): Promise<Opened> {
  // A client of libsql that is told "busy" once keeps a lock: it must wait inside instead.
  const client = createClient({ url, timeout: 30_000 });
  await client.execute('PRAGMA journal_mode = WAL');
  const store = sqliteStore(client, { timeout: 30 });
  await store.createTables();
  return { store, close: () => client.close() };
}
