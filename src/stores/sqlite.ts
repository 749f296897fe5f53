/**
 * A store in SQLite: for one machine.
 *
 * @module countersign/sqlite-store
 */

import type { SqlRow } from './sql-backend.ts';
import { type SqlStoreOptions, sqlOptions, sqlTables } from './sql-options.ts';
import { printSchema } from './sql-schema.ts';
import { type SqlStore, sqlStore } from './sql-store.ts';
import { type SqliteDriver, sqliteBackend, sqliteStatementsOfSchema } from './sqlite-backend.ts';

export type * from './contract.ts';
export type { SqlStoreOptions } from './sql-options.ts';
export type { SqlStore } from './sql-store.ts';

/** `better-sqlite3`, `node:sqlite` and `bun:sqlite`: drivers that answer at once. */
export interface SyncSqlite {
  prepare(sql: string): SyncSqliteStatement;
  exec(sql: string): unknown;
}

export interface SyncSqliteStatement {
  all(...parameters: (string | number)[]): unknown;
}

/** `@libsql/client`. */
export interface LibsqlClient {
  execute(statement: LibsqlStatement): Promise<LibsqlResult>;
  batch(statements: LibsqlStatement[], mode: 'write'): Promise<readonly LibsqlResult[]>;
}

export interface LibsqlStatement {
  sql: string;
  args: (string | number)[];
}

export interface LibsqlResult {
  readonly rows: readonly object[];
}

/**
 * Keeps records in SQLite, through the driver that you have: `@libsql/client`, `better-sqlite3`, `node:sqlite`, `bun:sqlite`.
 *
 * All processes of one machine may share a file. Use `PRAGMA journal_mode = WAL`, so that reading does not wait for writing.
 * Where another process is writing, this waits and tries again until `timeout`, without holding up other requests; a
 * `busy_timeout` of a driver that answers at once would hold up the whole process: `new Database(file, { timeout: 0 })` of
 * `better-sqlite3`. `@libsql/client` needs its own,
 * `createClient({ url, timeout: 5000 })`: a connection that was refused once may refuse every write from then on, until it is
 * made anew (tursodatabase/libsql-client-ts#352). Expired rows go as others are created.
 *
 * Not checked: that a libsql client answers from the primary. With an embedded replica (`syncUrl`) what another machine has
 * ended may live here until the next sync.
 *
 * @param db Yours: it is neither opened nor closed here. A driver that answers at once must not be inside a transaction
 *   when the store is called.
 * @param options `timeout`, in seconds, and `prefix`. A driver that answers at once cannot be interrupted: there, `timeout`
 *   limits the waiting for other processes.
 * @returns A store that promises everything, with `createTables` and `sweep`.
 * @throws TypeError On a bad option, or a client of another kind.
 *
 * @example
 * ```ts
 * import { createClient } from '@libsql/client';
 * import { sqliteStore } from 'countersign/sqlite-store';
 * import { session } from 'countersign/session';
 *
 * const store = sqliteStore(createClient({ url: ':memory:', timeout: 5000 }));
 * await store.createTables();
 * const sessions = session({
 *   secret: 'not a secret: an example of 32 bytes',
 *   store,
 *   load: ({ subject }) => ({ name: subject }),
 * });
 * await sessions.issue(new Request('https://app.example/'), { subject: 'ada' });
 * console.log((await sessions.list('ada')).sessions.length); // 1
 * ```
 */
export function sqliteStore(db: SyncSqlite | LibsqlClient, options: SqlStoreOptions = {}): SqlStore {
  const { timeout, tables } = sqlOptions('sqliteStore', options, false);
  return sqlStore(sqliteBackend(tables, driverOf(db), isBusy), timeout);
}

/**
 * The tables as SQL, for a migration of your own.
 *
 * @param prefix As the option of the store.
 * @throws TypeError On a prefix that is no beginning of a name.
 *
 * @example
 * ```ts
 * import { sqliteSchema } from 'countersign/sqlite-store';
 *
 * console.log(sqliteSchema()); // CREATE TABLE IF NOT EXISTS countersign_records (…
 * ```
 */
export function sqliteSchema(prefix?: string): string {
  return printSchema(sqliteStatementsOfSchema(sqlTables('sqliteSchema', prefix)));
}

function driverOf(db: SyncSqlite | LibsqlClient): SqliteDriver {
  if ('execute' in db && typeof db.execute === 'function') return libsqlDriver(db);
  if ('prepare' in db && typeof db.prepare === 'function' && typeof db.exec === 'function') return syncDriver(db);
  throw new TypeError(
    'sqliteStore(): db must be a client of @libsql/client, better-sqlite3, node:sqlite or bun:sqlite',
  );
}

function libsqlDriver(client: LibsqlClient): SqliteDriver {
  return {
    async all(sql, args) {
      const statement = { sql, args: [...args] };
      if (sql.startsWith('SELECT')) return (await client.execute(statement)).rows as readonly SqlRow[];
      // As a transaction: on a connection that was busy once, the client answers a write by itself that it has not committed
      // (tursodatabase/libsql-client-ts#352). A transaction fails there, which is a throw.
      return ((await client.batch([statement], 'write'))[0]?.rows ?? []) as readonly SqlRow[];
    },
    async both(first, second) {
      const results = await client.batch([first, second], 'write');
      return (results[1]?.rows ?? []) as readonly SqlRow[];
    },
    apply: (statements) =>
      client.batch(
        statements.map((sql) => ({ sql, args: [] })),
        'write',
      ),
  };
}

function syncDriver(db: SyncSqlite): SqliteDriver {
  // The statements of a store are few, so each is prepared once.
  const prepared = new Map<string, SyncSqliteStatement>();
  const all: SqliteDriver['all'] = (sql, parameters) => {
    let statement = prepared.get(sql);
    if (!statement) {
      statement = db.prepare(sql);
      prepared.set(sql, statement);
    }
    return statement.all(...parameters) as readonly SqlRow[];
  };
  const transaction = <Answer>(act: () => Answer): Answer => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const answer = act();
      db.exec('COMMIT');
      return answer;
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  };
  return {
    all,
    both: (first, second) =>
      transaction(() => {
        all(first.sql, first.args);
        return all(second.sql, second.args);
      }),
    apply: (statements) =>
      transaction(() => {
        for (const each of statements) db.exec(each);
      }),
  };
}

/** SQLITE_BUSY and its kin, as the drivers tell them: another process is writing. */
function isBusy(error: unknown): boolean {
  const { code, errcode } = (error ?? {}) as { readonly code?: unknown; readonly errcode?: unknown };
  return (
    (typeof errcode === 'number' && (errcode & 0xff) === 5) || (typeof code === 'string' && /^SQLITE_BUSY/.test(code))
  );
}
