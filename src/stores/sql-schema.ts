import type { SqlTables } from './sql-options.ts';

/** What the types of columns are called. */
export interface SqlTypes {
  /** Text that is compared byte by byte: no folding of case, no padding, no normal forms. @param bytes At most so many. */
  text(bytes: number): string;
  /** Text of any length that is never compared. */
  readonly data: string;
  /** Whole numbers to 2^53 - 1 at least. */
  readonly integer: string;
  /** What follows a table. */
  readonly after: string;
  /** Whether `CREATE INDEX IF NOT EXISTS` can be said; else indexes are part of the table. */
  readonly separateIndexes: boolean;
}

/** 255 characters of UTF-16 are at most so many bytes of UTF-8. */
const NAME_BYTES = 765;
const SUBJECT_BYTES = 1024;

/** The statements that make the tables and indexes where they are missing, each ending without a semicolon. */
export function sqlSchema({ records, epochs, counters, index }: SqlTables, types: SqlTypes): readonly string[] {
  const { data, integer, after, separateIndexes } = types;
  const [name, subject] = [types.text(NAME_BYTES), types.text(SUBJECT_BYTES)];
  const statements: string[] = [];
  const table = (called: string, columns: readonly string[], indexes: readonly [string, string][]) => {
    const inside = separateIndexes ? [] : indexes.map(([of, on]) => `INDEX ${index}${of} (${on})`);
    statements.push(`CREATE TABLE IF NOT EXISTS ${called} (\n  ${[...columns, ...inside].join(',\n  ')}\n)${after}`);
    if (!separateIndexes) return;
    for (const [of, on] of indexes) statements.push(`CREATE INDEX IF NOT EXISTS ${index}${of} ON ${called} (${on})`);
  };
  table(
    records,
    [
      `kind ${name} NOT NULL`,
      `id ${name} NOT NULL`,
      `partition_key ${name} NOT NULL`,
      `subject ${subject} NOT NULL`,
      `epoch ${integer} NOT NULL`,
      `created_at ${integer} NOT NULL`,
      `used_at ${integer} NOT NULL`,
      `expires_at ${integer} NOT NULL`,
      `ends_at ${integer} NOT NULL`,
      `version ${integer} NOT NULL`,
      `data ${data} NOT NULL`,
      'PRIMARY KEY (kind, id)',
    ],
    [
      ['records_by_subject', 'kind, subject, created_at DESC, id'],
      ['records_by_expiry', 'expires_at'],
    ],
  );
  const epochColumns = [`kind ${name} NOT NULL`, `subject ${subject} NOT NULL`, `epoch ${integer} NOT NULL`];
  table(epochs, [...epochColumns, 'PRIMARY KEY (kind, subject)'], []);
  table(
    counters,
    [
      `kind ${name} NOT NULL`,
      `partition_key ${name} NOT NULL`,
      `id ${name} NOT NULL`,
      `value ${integer} NOT NULL`,
      `expires_at ${integer} NOT NULL`,
      'PRIMARY KEY (kind, partition_key, id)',
    ],
    [['counters_by_expiry', 'expires_at']],
  );
  return statements;
}

/** As a person reads it, and a database's own tools. */
export function printSchema(statements: readonly string[]): string {
  return statements.map((statement) => `${statement};\n`).join('\n');
}
