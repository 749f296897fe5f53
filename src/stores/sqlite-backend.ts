import type { MaybePromise } from '../core/chain.ts';
import type { SqlBackend, SqlRow } from './sql-backend.ts';
import type { SqlCall, SqlValue } from './sql-compile.ts';
import type { SqlTables } from './sql-options.ts';
import { type SqlTypes, sqlSchema } from './sql-schema.ts';
import { type SqlDialect, sqlStatements, upserts } from './sql-statements.ts';
import { escapeText, unescapeText } from './sql-text.ts';

/** What is asked of a driver for SQLite. */
export interface SqliteDriver {
  all(sql: string, parameters: readonly SqlValue[]): MaybePromise<readonly SqlRow[]>;
  /** Two statements that give rows, in one transaction that writes. @returns The rows of the second. */
  both(first: SqlCall, second: SqlCall): MaybePromise<readonly SqlRow[]>;
  /** Statements without parameters or rows, in one transaction. */
  apply(statements: readonly string[]): MaybePromise<unknown>;
}

const dialect: SqlDialect = {
  numbered: false,
  encode: escapeText,
  deleteFrom: (table, as) => `DELETE FROM ${table} AS ${as}`,
  returning: (column = '1') => ` RETURNING ${column} AS told`,
  telling: (expression) => expression,
  sweep: (table) => `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE expires_at <= :now
    ORDER BY expires_at LIMIT :limit) RETURNING 1 AS told`,
  writes: (tables, parts) => ({
    ...upserts(tables, parts),
    // A dead record at the new id gives way by OR REPLACE; a living one stops it.
    move: `UPDATE OR REPLACE ${tables.records} AS r SET id = :newId, used_at = :usedAt, expires_at = :expiresAt, data = :data,
      version = r.version + 1 WHERE ${parts.found} AND r.version = :version AND NOT EXISTS (SELECT 1
      FROM ${tables.records} AS t WHERE t.kind = :kind AND t.id = :newId AND ${parts.alive.replaceAll('r.', 't.')})
      RETURNING 1 AS told`,
  }),
};

const TYPES: SqlTypes = {
  text: () => 'TEXT',
  data: 'TEXT',
  integer: 'INTEGER',
  after: '',
  separateIndexes: true,
};

export const sqliteStatementsOfSchema = (tables: SqlTables): readonly string[] => sqlSchema(tables, TYPES);

/** SQLite, and what speaks as it does. @param isTransient Whether an error of the driver says that another was writing. */
export function sqliteBackend(
  tables: SqlTables,
  driver: SqliteDriver,
  isTransient: (error: unknown) => boolean,
): SqlBackend {
  const statements = sqlStatements(tables, dialect);
  const rows: SqlBackend['rows'] = (statement, values) => {
    const { sql, args } = statement(values);
    return driver.all(sql, args);
  };
  return {
    statements,
    rows,
    async write(statement, values) {
      const written = await rows(statement, values);
      return { count: written.length, told: Number(written[0]?.told) };
    },
    // Lifted first: for that it must be alive by the old epoch.
    async endOthers(values) {
      const [raised] = await driver.both(statements.lift(values), statements.raise(values));
      return Number(raised?.told);
    },
    createTables: () => driver.apply(sqliteStatementsOfSchema(tables)),
    text: (value) => unescapeText(String(value)),
    isTaken: () => false,
    isTransient,
  };
}
