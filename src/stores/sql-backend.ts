import type { MaybePromise } from '../core/chain.ts';
import type { SqlStatement, SqlValues } from './sql-compile.ts';
import type { SqlStatements } from './sql-statements.ts';

export type SqlRow = Readonly<Record<string, unknown>>;

/** For how many rows a statement wrote, and what it told of the last. */
export interface SqlWritten {
  readonly count: number;
  readonly told: number;
}

/** A database behind its driver. Each call is a transaction of its own. */
export interface SqlBackend {
  readonly statements: SqlStatements;
  rows(statement: SqlStatement, values: SqlValues): MaybePromise<readonly SqlRow[]>;
  write(statement: SqlStatement, values: SqlValues): MaybePromise<SqlWritten>;
  /** Raises the epoch and lifts a record in one step. @returns The new epoch. */
  endOthers(values: SqlValues): MaybePromise<number>;
  createTables(): MaybePromise<unknown>;
  /** Text as it was handed in. */
  text(value: unknown): string;
  /** A key is taken: nothing was written. */
  isTaken(error: unknown): boolean;
  /** Another transaction was in the way: nothing was written, and it may be tried again. */
  isTransient(error: unknown): boolean;
}
