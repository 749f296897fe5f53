import { checkStoreOptions } from './check-options.ts';

export interface SqlStoreOptions {
  /** How long the database may take for one verb, in seconds. Later is a throw, hence a 503. Default 5. */
  readonly timeout?: number | undefined;
  /** What the names of the tables begin with. Default `countersign_`. */
  readonly prefix?: string | undefined;
}

export interface SqlTables {
  readonly records: string;
  readonly epochs: string;
  readonly counters: string;
  /** What the names of the indexes begin with: those have no schema in front. */
  readonly index: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/;
const NAME_IN_A_SCHEMA = /^[A-Za-z_][A-Za-z0-9_]{0,39}(\.[A-Za-z_][A-Za-z0-9_]{0,39})?$/;

/**
 * Checks the options of a store and fills them in.
 *
 * @param factory Whose they are, for the message.
 * @param inSchema Whether a prefix may name a schema: `auth.` and what follows.
 * @throws TypeError
 */
export function sqlOptions(
  factory: string,
  { timeout = 5, prefix, ...others }: SqlStoreOptions,
  inSchema: boolean,
): { readonly timeout: number; readonly tables: SqlTables } {
  checkStoreOptions(`${factory}()`, others, timeout, 86_400);
  return { timeout, tables: sqlTables(factory, prefix, inSchema) };
}

/** The names of the tables. @throws TypeError On a prefix that would be more than a name: it becomes part of every statement. */
export function sqlTables(factory: string, prefix = 'countersign_', inSchema = false): SqlTables {
  if (typeof prefix !== 'string' || !(inSchema ? NAME_IN_A_SCHEMA : NAME).test(prefix)) {
    const example = inSchema ? "'countersign_' or 'auth.countersign_'" : "'countersign_'";
    throw new TypeError(`${factory}(): prefix must be the beginning of a name, such as ${example}`);
  }
  return {
    records: `${prefix}records`,
    epochs: `${prefix}epochs`,
    counters: `${prefix}counters`,
    index: prefix.slice(prefix.indexOf('.') + 1),
  };
}
