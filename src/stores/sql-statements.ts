import { compileSql, type SqlStatement } from './sql-compile.ts';
import type { SqlTables } from './sql-options.ts';

/** What databases say differently. */
export interface SqlDialect {
  /** `$1`, or `?`. */
  readonly numbered: boolean;
  /** What is done to text on its way into the database. */
  encode?(text: string): string;
  /** How rows of a table that is called by a short name are deleted. */
  deleteFrom(table: string, as: string): string;
  /** What ends a statement that writes, so that it tells for how many rows it did. @param column What else it tells, if any. */
  returning(column?: string): string;
  /** A value that is written and told. */
  telling(expression: string): string;
  /** Deletes some rows that expired. */
  sweep(table: string): string;
  /** Those of {@link SqlStatements} that are the dialect's own. */
  readonly writes: (tables: SqlTables, parts: SqlParts) => Readonly<Record<SqlWrite, string>>;
}

/**
 * - `create`: adds a record. Over a dead one, or else it fails since the key is taken; then `clear` is run, and it again.
 * - `move`: as `create`, for a record that gets a new id.
 * - `raise`: raises an epoch, and tells it.
 * - `count`: counts, if the new value is not above the ceiling, and tells it.
 * - `begin`: adds a counter, where `count` doesn't.
 */
export type SqlWrite = 'create' | 'move' | 'raise' | 'count' | 'begin';

export type SqlStatements = Readonly<
  Record<
    SqlWrite | 'read' | 'touch' | 'swap' | 'delete' | 'clear' | 'list' | 'epoch' | 'look' | 'give' | 'lift',
    SqlStatement
  > & { readonly sweeps: readonly SqlStatement[] }
>;

/** What several statements say. */
export interface SqlParts {
  /** A record `r` is alive: by the clock, and by the epoch of its subject. */
  readonly alive: string;
  /** A living record `r` has the key. */
  readonly found: string;
  /** What a counter `c` is before and after a step that takes. */
  readonly next: string;
  readonly counterKey: string;
  readonly newRecord: string;
  readonly newCounter: string;
}

/** One set of statements for all databases. */
export function sqlStatements(tables: SqlTables, dialect: SqlDialect): SqlStatements {
  const { records, epochs, counters } = tables;
  const parts = partsOf(tables);
  const { alive, found, counterKey } = parts;
  const { deleteFrom, returning, telling, writes } = dialect;
  const columns = 'r.subject, r.epoch, r.created_at, r.used_at, r.expires_at, r.ends_at, r.version, r.data';
  const given = 'CASE WHEN c.value + :by > :floor THEN c.value + :by ELSE :floor END';
  const compile = (text: string): SqlStatement => compileSql(text, dialect.numbered, dialect.encode);
  const { create, move, raise, count, begin } = writes(tables, parts);
  return {
    create: compile(create),
    move: compile(move),
    raise: compile(raise),
    count: compile(count),
    begin: compile(begin),
    read: compile(`SELECT ${columns} FROM ${records} AS r WHERE ${found}`),
    // The version is left alone, and a clock that is behind writes nothing.
    touch: compile(`UPDATE ${records} AS r SET used_at = :now,
      expires_at = CASE WHEN r.expires_at > :expiresAt THEN r.expires_at ELSE :expiresAt END
      WHERE ${found} AND r.used_at <= :ifBefore AND r.used_at < :now${returning()}`),
    swap: compile(`UPDATE ${records} AS r SET used_at = :usedAt, expires_at = :expiresAt, data = :data,
      version = r.version + 1 WHERE ${found} AND r.version = :version${returning()}`),
    delete: compile(`${deleteFrom(records, 'r')} WHERE ${found}${returning()}`),
    clear: compile(
      `${deleteFrom(records, 'r')} WHERE r.kind = :kind AND r.id = :newId AND NOT (${alive})${returning()}`,
    ),
    // By position, not by offset: what ends meanwhile moves nothing.
    list: compile(`SELECT r.id, ${columns} FROM ${records} AS r WHERE r.kind = :kind AND r.subject = :subject
      AND r.created_at <= :createdAt AND (r.created_at < :createdAt OR r.id > :id) AND ${alive}
      ORDER BY r.created_at DESC, r.id LIMIT :limit`),
    epoch: compile(`SELECT e.epoch FROM ${epochs} AS e WHERE e.kind = :kind AND e.subject = :subject`),
    lift: compile(`UPDATE ${records} AS r SET epoch = 1 + COALESCE((SELECT e.epoch FROM ${epochs} AS e
      WHERE e.kind = :kind AND e.subject = :subject), 0) WHERE ${found} AND r.subject = :subject${returning()}`),
    look: compile(`SELECT c.value, c.expires_at FROM ${counters} AS c WHERE ${counterKey}`),
    give: compile(`UPDATE ${counters} AS c SET value = ${telling(given)}, expires_at = :expiresAt
      WHERE ${counterKey} AND c.expires_at > :now AND c.value > :floor AND ${given} <= :ceiling${returning('value')}`),
    sweeps: [records, counters].map((table) => compile(dialect.sweep(table))),
  };
}

function partsOf({ records, epochs, counters }: SqlTables): SqlParts {
  const alive = `r.expires_at > :now AND NOT EXISTS (SELECT 1 FROM ${epochs} AS e
    WHERE e.kind = r.kind AND e.subject = r.subject AND e.epoch > r.epoch)`;
  const names = 'kind, id, partition_key, subject, epoch, created_at, used_at, expires_at, ends_at, version, data';
  const values = ':kind, :id, :partition, :subject, :epoch, :createdAt, :createdAt, :expiresAt, :endsAt, 1, :data';
  return {
    alive,
    found: `r.kind = :kind AND r.id = :id AND r.partition_key = :partition AND ${alive}`,
    next: 'CASE WHEN c.expires_at > :now AND c.value > :floor THEN c.value + :by ELSE :floor + :by END',
    counterKey: 'c.kind = :kind AND c.partition_key = :partition AND c.id = :id',
    newRecord: `${records} AS r (${names}) VALUES (${values})`,
    newCounter: `${counters} AS c (kind, partition_key, id, value, expires_at) VALUES (:kind, :partition, :id, :first, :expiresAt)`,
  };
}

/** The writes of databases that know `ON CONFLICT` and `RETURNING`. */
export function upserts(
  { epochs }: SqlTables,
  { alive, newRecord, newCounter, next }: SqlParts,
): Record<Exclude<SqlWrite, 'move'>, string> {
  const replaced = 'partition_key subject epoch created_at used_at expires_at ends_at version data'
    .split(' ')
    .map((column) => `${column} = excluded.${column}`);
  return {
    create: `INSERT INTO ${newRecord} ON CONFLICT (kind, id) DO UPDATE SET ${replaced.join(', ')}
      WHERE NOT (${alive}) RETURNING 1 AS told`,
    raise: `INSERT INTO ${epochs} AS e (kind, subject, epoch) VALUES (:kind, :subject, 1)
      ON CONFLICT (kind, subject) DO UPDATE SET epoch = e.epoch + 1 RETURNING epoch AS told`,
    count: `INSERT INTO ${newCounter} ON CONFLICT (kind, partition_key, id)
      DO UPDATE SET value = ${next}, expires_at = excluded.expires_at WHERE ${next} <= :ceiling RETURNING value AS told`,
    begin: `INSERT INTO ${newCounter} ON CONFLICT (kind, partition_key, id) DO NOTHING RETURNING value AS told`,
  };
}
