import { Pool } from 'pg';
import { postgresStore } from '../../src/stores/postgres.ts';
import type { Opened } from '../contract/two-processes.ts';

/** A store in the tables that begin with the URL's hash; they are made where they are not. */
export async function open(url: string): Promise<Opened> {
  const { hash } = new URL(url);
  const pool = new Pool({ connectionString: url.slice(0, url.length - hash.length), max: 10 });
  pool.on('error', () => {});
  const store = postgresStore(pool, { prefix: hash.slice(1) });
  await store.createTables();
  return { store, close: () => pool.end() };
}
