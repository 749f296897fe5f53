import type { MysqlPool } from '../../src/stores/mysql.ts';
import type { PostgresClient } from '../../src/stores/postgres.ts';
import type { SqlCall } from '../../src/stores/sql-compile.ts';
import type { LibsqlClient } from '../../src/stores/sqlite.ts';

/** A client of a driver, and what it has been asked so far. */
export interface Recorded<Client> {
  readonly client: Client;
  readonly calls: SqlCall[];
}

export function recordLibsql(client: LibsqlClient): Recorded<LibsqlClient> {
  const calls: SqlCall[] = [];
  return {
    calls,
    client: {
      execute(statement) {
        calls.push(statement);
        return client.execute(statement);
      },
      batch(statements, mode) {
        calls.push(...statements);
        return client.batch(statements, mode);
      },
    },
  };
}

export function recordPostgres(client: PostgresClient): Recorded<PostgresClient> {
  const calls: SqlCall[] = [];
  const query: PostgresClient['query'] = (sql, args) => {
    calls.push({ sql, args });
    return client.query(sql, args);
  };
  return { calls, client: { query } };
}

/** But for what is asked in transactions. */
export function recordMysql(pool: MysqlPool): Recorded<MysqlPool> {
  const calls: SqlCall[] = [];
  const execute: MysqlPool['execute'] = (sql, args) => {
    calls.push({ sql, args });
    return pool.execute(sql, args);
  };
  return { calls, client: { execute, getConnection: () => pool.getConnection() } };
}
