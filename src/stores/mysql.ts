/**
 * A store in MySQL or MariaDB.
 *
 * @module countersign/mysql-store
 */

import type { SqlBackend, SqlRow, SqlWritten } from './sql-backend.ts';
import { compileSql, type SqlStatement, type SqlValue, type SqlValues } from './sql-compile.ts';
import { type SqlStoreOptions, type SqlTables, sqlOptions, sqlTables } from './sql-options.ts';
import { printSchema, type SqlTypes, sqlSchema } from './sql-schema.ts';
import { type SqlDialect, sqlStatements } from './sql-statements.ts';
import { type SqlStore, sqlStore } from './sql-store.ts';

export type * from './contract.ts';
export type { SqlStoreOptions } from './sql-options.ts';
export type { SqlStore } from './sql-store.ts';

/** A pool of `mysql2/promise`. */
export interface MysqlPool extends MysqlQueryable {
  getConnection(): Promise<MysqlConnection>;
}

export interface MysqlQueryable {
  execute(sql: string, values: (string | number)[]): Promise<readonly [result: unknown, fields: unknown]>;
}

export interface MysqlConnection extends MysqlQueryable {
  beginTransaction(): Promise<unknown>;
  commit(): Promise<unknown>;
  release(): unknown;
  destroy(): unknown;
}

const dialect: SqlDialect = {
  numbered: false,
  // MySQL and MariaDB agree on no other form with a short name.
  deleteFrom: (table, as) => `DELETE ${as} FROM ${table} AS ${as}`,
  returning: () => '',
  // The one thing that a write can tell.
  telling: (expression) => `LAST_INSERT_ID(${expression})`,
  sweep: (table) => `DELETE FROM ${table} WHERE expires_at <= :now ORDER BY expires_at LIMIT :limit`,
  writes: ({ records, epochs, counters }, { found, newRecord, newCounter, next, counterKey }) => ({
    // Not by ON DUPLICATE KEY UPDATE: whether it did something depends on a flag of the connection.
    create: `INSERT INTO ${newRecord.replace(' AS r ', ' ')}`,
    move: `UPDATE ${records} AS r SET id = :newId, used_at = :usedAt, expires_at = :expiresAt, data = :data,
      version = r.version + 1 WHERE ${found} AND r.version = :version`,
    raise: `INSERT INTO ${epochs} (kind, subject, epoch) VALUES (:kind, :subject, LAST_INSERT_ID(1))
      ON DUPLICATE KEY UPDATE epoch = LAST_INSERT_ID(epoch + 1)`,
    // The value first: what comes after it in SET sees the new one.
    count: `UPDATE ${counters} AS c SET value = LAST_INSERT_ID(${next}), expires_at = :expiresAt
      WHERE ${counterKey} AND ${next} <= :ceiling`,
    // Not by IGNORE: that would also cut what is too long, and two names would count as one.
    begin: `INSERT INTO ${newCounter.replace(' AS c ', ' ')}`,
  }),
};

const TYPES: SqlTypes = {
  // Bytes: of the collations that both have, each folds case, accents or blanks at the end, so that 'ada ' would be 'ada'.
  text: (bytes) => `VARBINARY(${bytes})`,
  data: 'LONGTEXT',
  integer: 'BIGINT',
  after: ' ENGINE = InnoDB, DEFAULT CHARACTER SET = utf8mb4',
  separateIndexes: false,
};

/**
 * Keeps records in MySQL or MariaDB, through a pool of `mysql2/promise`.
 *
 * Each verb is one statement, but for an id that is taken, a counter that is new or full, and `endAll` that spares a record,
 * which is a transaction. Ids and subjects are columns of bytes: `WHERE subject = 'ada'` finds them, and
 * `CONVERT(subject USING utf8mb4)` shows them. Expired rows go as others are created.
 *
 * Not checked: that the pool asks the primary (through a replica what has ended may live on until that has caught up), that its
 * `charset` is utf8mb4, which is mysql2's default, and that the server refuses what is too long (`STRICT_TRANS_TABLES`, which
 * is the default).
 *
 * @param pool Yours: it is neither opened nor closed here.
 * @param options `timeout`, in seconds: also of the wait for a connection of the pool. `prefix`, which may name a database.
 * @returns A store that promises everything, with `createTables` and `sweep`.
 * @throws TypeError On a bad option, or a client of another kind.
 *
 * @example
 * ```ts
 * import { createPool } from 'mysql2/promise';
 * import { mysqlStore } from 'countersign/mysql-store';
 * import { session } from 'countersign/session';
 *
 * const store = mysqlStore(createPool('mysql://app@127.0.0.1/app'));
 * const sessions = session({
 *   secret: 'not a secret: an example of 32 bytes',
 *   store,
 *   load: ({ subject }) => ({ name: subject }),
 * });
 * console.log(store.capabilities.atomic); // true
 * ```
 */
export function mysqlStore(pool: MysqlPool, options: SqlStoreOptions = {}): SqlStore {
  const { timeout, tables } = sqlOptions('mysqlStore', options, true);
  if (typeof pool?.execute !== 'function' || typeof pool.getConnection !== 'function') {
    throw new TypeError('mysqlStore(): pool must be a pool of mysql2/promise');
  }
  return sqlStore(backendOf(tables, pool), timeout);
}

/**
 * The tables as SQL, for a migration of your own.
 *
 * @param prefix As the option of the store.
 * @throws TypeError On a prefix that is no beginning of a name.
 *
 * @example
 * ```ts
 * import { mysqlSchema } from 'countersign/mysql-store';
 *
 * console.log(mysqlSchema()); // CREATE TABLE IF NOT EXISTS countersign_records (…
 * ```
 */
export function mysqlSchema(prefix?: string): string {
  return printSchema(sqlSchema(sqlTables('mysqlSchema', prefix, true), TYPES));
}

function backendOf(tables: SqlTables, pool: MysqlPool): SqlBackend {
  const statements = sqlStatements(tables, dialect);
  const lock = compileSql(
    `SELECT r.epoch FROM ${tables.records} AS r
      WHERE r.kind = :kind AND r.id = :id AND r.partition_key = :partition AND r.subject = :subject FOR UPDATE`,
    false,
  );
  const lift = compileSql(
    `UPDATE ${tables.records} AS r SET epoch = :epoch WHERE r.kind = :kind AND r.id = :id AND r.partition_key = :partition
      AND r.subject = :subject AND r.expires_at > :now AND r.epoch >= :epoch - 1`,
    false,
  );
  return {
    statements,
    rows: async (statement, values) => (await resultOf(pool, statement, values)) as readonly SqlRow[],
    write: (statement, values) => writeIn(pool, statement, values),
    endOthers: (values) =>
      inTransaction(pool, async (connection) => {
        // The record first, then the epoch, as whoever renews it locks them: else each would wait for the other.
        await resultOf(connection, lock, values);
        const { told: epoch } = await writeIn(connection, statements.raise, values);
        await writeIn(connection, lift, { ...values, epoch });
        return epoch;
      }),
    async createTables() {
      for (const each of sqlSchema(tables, TYPES)) await pool.execute(each, []);
    },
    text: (value) =>
      typeof value === 'string' ? value : new TextDecoder('utf-8', { ignoreBOM: true }).decode(value as Uint8Array),
    isTaken: (error) => errnoOf(error) === 1062,
    // Deadlock, and a lock that was not given in time.
    isTransient: (error) => errnoOf(error) === 1213 || errnoOf(error) === 1205,
  };
}

async function resultOf(at: MysqlQueryable, statement: SqlStatement, values: SqlValues): Promise<unknown> {
  const { sql, args } = statement(values);
  const [result] = await at.execute(sql, args);
  return result;
}

async function writeIn(at: MysqlQueryable, statement: SqlStatement, values: SqlValues): Promise<SqlWritten> {
  const result = await resultOf(at, statement, values);
  const { affectedRows, insertId } = result as { readonly affectedRows: number; readonly insertId: SqlValue };
  const told = Number(insertId);
  // A connection may be set to count changed rows, not found ones: what was told was written, also over its like.
  return { count: affectedRows || Number(told > 0), told };
}

/** @throws What failed. The connection is given up then: whether it could still roll back is unknown, without it the server does. */
async function inTransaction<Answer>(
  pool: MysqlPool,
  act: (connection: MysqlConnection) => Promise<Answer>,
): Promise<Answer> {
  const connection = await pool.getConnection();
  try {
    await connection.beginTransaction();
    const answer = await act(connection);
    await connection.commit();
    connection.release();
    return answer;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

function errnoOf(error: unknown): unknown {
  return (error as { readonly errno?: unknown } | undefined)?.errno;
}
