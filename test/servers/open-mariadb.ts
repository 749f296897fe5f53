import { createPool } from 'mysql2/promise';
import { mysqlStore } from '../../src/stores/mysql.ts';
import type { Opened } from '../contract/two-processes.ts';

/** A store in the tables that begin with the URL's hash; they are made where they are not. */
export async function open(url: string): Promise<Opened> {
  const { hash } = new URL(url);
  const pool = createPool({ uri: url.slice(0, url.length - hash.length), connectionLimit: 10 });
  const store = mysqlStore(pool, { prefix: hash.slice(1) });
  await store.createTables();
  return { store, close: () => pool.end() };
}
