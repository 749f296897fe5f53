/** What is handed to a database: ids, subjects and data are text, times and counts whole numbers. */
export type SqlValue = string | number;

/** By the name that a statement calls them by. */
export type SqlValues = Readonly<Record<string, SqlValue>>;

/** A statement with the values for it, as drivers take it. */
export interface SqlCall {
  readonly sql: string;
  readonly args: SqlValue[];
}

/** A statement that waits for its values. */
export type SqlStatement = (values: SqlValues) => SqlCall;

/**
 * Turns `:name` into what drivers take, when it is first called: a store that is made for one request uses one statement. No
 * statement has text in quotes, so every colon names a value.
 *
 * @param numbered `$1`, one for each name; else `?`, one for each time a name is used.
 * @param encode What is done to text.
 */
export function compileSql(
  text: string,
  numbered: boolean,
  encode: (text: string) => string = (same) => same,
): SqlStatement {
  const names: string[] = [];
  let sql: string | undefined;
  const compile = (): string =>
    text.replace(/\s+/g, ' ').replace(/:(\w+)/g, (_, name: string) => {
      const known = names.indexOf(name);
      if (numbered && known >= 0) return `$${known + 1}`;
      names.push(name);
      return numbered ? `$${names.length}` : '?';
    });
  return (values) => {
    sql ??= compile();
    const args = names.map((name) => {
      const value = values[name] as SqlValue;
      return typeof value === 'string' ? encode(value) : value;
    });
    return { sql, args };
  };
}
