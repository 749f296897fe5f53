/**
 * A store in Cloudflare D1.
 *
 * @module countersign/d1-store
 */

import type { SqlRow } from './sql-backend.ts';
import { type SqlStoreOptions, sqlOptions, sqlTables } from './sql-options.ts';
import { printSchema } from './sql-schema.ts';
import { type SqlStore, sqlStore } from './sql-store.ts';
import { sqliteBackend, sqliteStatementsOfSchema } from './sqlite-backend.ts';

export type * from './contract.ts';
export type { SqlStoreOptions } from './sql-options.ts';
export type { SqlStore } from './sql-store.ts';

/** A D1 binding, as far as it is used. */
export interface D1Binding {
  prepare(sql: string): D1Statement;
  batch(statements: D1Statement[]): Promise<readonly D1Answer[]>;
}

export interface D1Statement {
  bind(...values: (string | number)[]): D1Statement;
  all(): Promise<D1Answer>;
}

export interface D1Answer {
  readonly results: readonly object[];
}

/**
 * Keeps records in Cloudflare D1. Each verb is one statement, `endAll` that spares a record one batch. Expired rows go as
 * others are created.
 *
 * Not checked: that the binding asks the primary, as it does unless you made it a session (`withSession`) of a database with
 * replicas.
 *
 * @param db The binding.
 * @param options `timeout`, in seconds, and `prefix`.
 * @returns A store that promises everything, with `createTables` and `sweep`.
 * @throws TypeError On a bad option, or a client of another kind.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { d1Store, type D1Binding } from 'countersign/d1-store';
 * import { session } from 'countersign/session';
 *
 * const sessions = session({
 *   secret: 'not a secret: an example of 32 bytes',
 *   // The binding arrives with the request.
 *   store: ({ bindings }) => d1Store((bindings as { readonly DB: D1Binding }).DB),
 *   load: ({ subject }) => ({ name: subject }),
 * });
 * export default { fetch: protect(sessions, (_request, { principal }) => new Response(principal.name)) };
 * ```
 */
export function d1Store(db: D1Binding, options: SqlStoreOptions = {}): SqlStore {
  const { timeout, tables } = sqlOptions('d1Store', options, false);
  if (typeof db?.prepare !== 'function' || typeof db.batch !== 'function') {
    throw new TypeError('d1Store(): db must be a D1 binding, such as env.DB');
  }
  const backend = sqliteBackend(
    tables,
    {
      all: async (sql, values) =>
        (
          await db
            .prepare(sql)
            .bind(...values)
            .all()
        ).results as readonly SqlRow[],
      async both(first, second) {
        const answers = await db.batch([first, second].map(({ sql, args }) => db.prepare(sql).bind(...args)));
        return (answers[1]?.results ?? []) as readonly SqlRow[];
      },
      apply: (statements) => db.batch(statements.map((sql) => db.prepare(sql))),
    },
    // D1 writes one after the other.
    () => false,
  );
  return sqlStore(backend, timeout);
}

/**
 * The tables as SQL, for `wrangler d1 migrations`.
 *
 * @param prefix As the option of the store.
 * @throws TypeError On a prefix that is no beginning of a name.
 *
 * @example
 * ```ts
 * import { d1Schema } from 'countersign/d1-store';
 *
 * console.log(d1Schema()); // CREATE TABLE IF NOT EXISTS countersign_records (…
 * ```
 */
export function d1Schema(prefix?: string): string {
  return printSchema(sqliteStatementsOfSchema(sqlTables('d1Schema', prefix)));
}
