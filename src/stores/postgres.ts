/**
 * A store in PostgreSQL.
 *
 * @module countersign/postgres-store
 */

import type { SqlBackend, SqlRow } from './sql-backend.ts';
import { compileSql, type SqlValue, type SqlValues } from './sql-compile.ts';
import { type SqlStoreOptions, type SqlTables, sqlOptions, sqlTables } from './sql-options.ts';
import { printSchema, type SqlTypes, sqlSchema } from './sql-schema.ts';
import { type SqlDialect, sqlStatements, upserts } from './sql-statements.ts';
import { type SqlStore, sqlStore } from './sql-store.ts';
import { escapeText, unescapeText } from './sql-text.ts';

export type * from './contract.ts';
export type { SqlStoreOptions } from './sql-options.ts';
export type { SqlStore } from './sql-store.ts';

/** A pool or a client of `pg`, PGlite, and whatever else has this `query`. */
export interface PostgresClient {
  query(text: string, values: (string | number)[]): PromiseLike<{ readonly rows: readonly object[] }>;
}

/** What `postgres()` returns. */
export interface PostgresSql {
  unsafe(text: string, values: (string | number)[]): PromiseLike<readonly object[]>;
}

const dialect: SqlDialect = {
  numbered: true,
  encode: escapeText,
  deleteFrom: (table, as) => `DELETE FROM ${table} AS ${as}`,
  returning: (column = '1') => ` RETURNING ${column} AS told`,
  telling: (expression) => expression,
  // Two brooms never wait for one another, nor for whoever writes.
  sweep: (table) => `DELETE FROM ${table} WHERE ctid = ANY (ARRAY (SELECT ctid FROM ${table} WHERE expires_at <= :now
    ORDER BY expires_at LIMIT :limit FOR UPDATE SKIP LOCKED)) RETURNING 1 AS told`,
  writes: (tables, parts) => ({
    ...upserts(tables, parts),
    move: `UPDATE ${tables.records} AS r SET id = :newId, used_at = :usedAt, expires_at = :expiresAt, data = :data,
      version = r.version + 1 WHERE ${parts.found} AND r.version = :version RETURNING 1 AS told`,
  }),
};

/**
 * Raises an epoch and lifts a record, in one statement. That sees the tables as they were when it began, but for the rows that
 * it waited for. So it does nothing where the epoch has gone on since: a record that the other one lifted would be seen as it
 * was, taken for dead, and ended. Then it is to be run again.
 */
const endOthersIn = ({ records, epochs }: SqlTables): string => `WITH raised AS (
    INSERT INTO ${epochs} AS e (kind, subject, epoch) VALUES (:kind, :subject, 1)
    ON CONFLICT (kind, subject) DO UPDATE SET epoch = e.epoch + 1
    WHERE e.epoch = (SELECT s.epoch FROM ${epochs} AS s WHERE s.kind = :kind AND s.subject = :subject)
    RETURNING epoch
  ), lifted AS (
    UPDATE ${records} AS r SET epoch = raised.epoch FROM raised
    WHERE r.kind = :kind AND r.id = :id AND r.partition_key = :partition AND r.subject = :subject
    AND r.expires_at > :now AND r.epoch >= raised.epoch - 1
  ) SELECT epoch AS told FROM raised`;

/** So many others would have to raise one epoch just then: each time that it does nothing, another one did. */
const MAX_TRIES = 1000;

const TYPES: SqlTypes = {
  // Byte order, whatever the locale of the database: cheaper, and the same everywhere.
  text: () => 'TEXT COLLATE "C"',
  data: 'TEXT',
  integer: 'BIGINT',
  after: '',
  separateIndexes: true,
};

/**
 * Keeps records in PostgreSQL, through the driver that you have: a pool of `pg`, `postgres`, PGlite, or what else has their
 * `query`.
 *
 * Each verb is one statement, with two exceptions that need another: an id that is taken, and a counter that is full. Expired
 * rows go as others are created. It relies on READ COMMITTED, which is PostgreSQL's default.
 *
 * Not checked: that the client asks the primary (through a replica what has ended may live on until that has caught up), and that
 * `synchronous_commit` is on, as it is by default (else a crash undoes what was acknowledged). A pool of `pg` tells of
 * connections that broke by an `error` event: without a listener it takes the process down. `timeout` ends the wait, not the
 * work: what waits in the pool meanwhile is bounded by its own options (`connectionTimeoutMillis` of `pg`), what runs in the
 * server by `statement_timeout`.
 *
 * @param db Yours: it is neither opened nor closed here.
 * @param options `timeout`, in seconds: also of the wait for a connection of the pool. `prefix`, which may name a schema.
 * @returns A store that promises everything, with `createTables` and `sweep`.
 * @throws TypeError On a bad option, or a client of another kind.
 *
 * @example
 * ```ts
 * import { PGlite } from '@electric-sql/pglite';
 * import { postgresStore } from 'countersign/postgres-store';
 * import { session } from 'countersign/session';
 *
 * const store = postgresStore(new PGlite()); // or: new Pool({ connectionString }), or: postgres(url)
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
export function postgresStore(db: PostgresClient | PostgresSql, options: SqlStoreOptions = {}): SqlStore {
  const { timeout, tables } = sqlOptions('postgresStore', options, true);
  return sqlStore(backendOf(tables, queryOf(db)), timeout);
}

/**
 * The tables as SQL, for a migration of your own.
 *
 * @param prefix As the option of the store.
 * @throws TypeError On a prefix that is no beginning of a name.
 *
 * @example
 * ```ts
 * import { postgresSchema } from 'countersign/postgres-store';
 *
 * console.log(postgresSchema('auth.countersign_')); // CREATE TABLE IF NOT EXISTS auth.countersign_records (…
 * ```
 */
export function postgresSchema(prefix?: string): string {
  return printSchema(sqlSchema(sqlTables('postgresSchema', prefix, true), TYPES));
}

type Query = (text: string, values: SqlValue[]) => PromiseLike<readonly SqlRow[]>;

function queryOf(db: PostgresClient | PostgresSql): Query {
  if ('unsafe' in db && typeof db.unsafe === 'function') {
    return async (text, values) => (await db.unsafe(text, values)) as readonly SqlRow[];
  }
  if ('query' in db && typeof db.query === 'function') {
    return async (text, values) => (await db.query(text, values)).rows as readonly SqlRow[];
  }
  throw new TypeError(
    'postgresStore(): db must be a pool of pg, what postgres() returns, or have their query(text, values)',
  );
}

function backendOf(tables: SqlTables, query: Query): SqlBackend {
  const endOthers = compileSql(endOthersIn(tables), true, escapeText);
  const rows: SqlBackend['rows'] = (statement, values) => {
    const { sql, args } = statement(values);
    return query(sql, args);
  };
  return {
    statements: sqlStatements(tables, dialect),
    rows,
    async write(statement, values) {
      const written = await rows(statement, values);
      return { count: written.length, told: Number(written[0]?.told) };
    },
    async endOthers(values: SqlValues) {
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const [raised] = await rows(endOthers, values);
        if (raised) return Number(raised.told);
      }
      throw new Error('the epoch was raised by others each time');
    },
    createTables: () => query(applyOnce(sqlSchema(tables, TYPES)), []),
    text: (value) => unescapeText(String(value)),
    isTaken: (error) => codeOf(error) === '23505',
    // Deadlock, and what only stricter levels of isolation than the default say.
    isTransient: (error) => codeOf(error) === '40P01' || codeOf(error) === '40001',
  };
}

/** Two processes that create a table at once fail, whatever IF NOT EXISTS says, so they take turns. And no notice each time. */
function applyOnce(schema: readonly string[]): string {
  return `DO $tables$ BEGIN
  PERFORM set_config('client_min_messages', 'warning', true), pg_advisory_xact_lock(6713048420571263);
  ${schema.join(';\n  ')};
END $tables$`;
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | undefined)?.code;
}
