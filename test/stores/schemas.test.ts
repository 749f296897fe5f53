import { describe, expect, it } from 'vitest';
import { d1Schema } from '../../src/stores/d1.ts';
import { mysqlSchema } from '../../src/stores/mysql.ts';
import { postgresSchema } from '../../src/stores/postgres.ts';
import { sqliteSchema } from '../../src/stores/sqlite.ts';

const statementsOf = (schema: string) => schema.split(/;\n+/).filter(Boolean);

/** They are applied for real elsewhere; here is what a person reads. */
describe('the schema, as it is printed', () => {
  it('has three tables and three indexes, in SQLite, D1 and PostgreSQL', () => {
    for (const schema of [sqliteSchema(), d1Schema(), postgresSchema()]) {
      const names = statementsOf(schema).map((each) =>
        each
          .split(/[ (]\(?/)
          .slice(0, 6)
          .join(' '),
      );
      expect(names).toEqual([
        'CREATE TABLE IF NOT EXISTS countersign_records',
        'CREATE INDEX IF NOT EXISTS countersign_records_by_subject',
        'CREATE INDEX IF NOT EXISTS countersign_records_by_expiry',
        'CREATE TABLE IF NOT EXISTS countersign_epochs',
        'CREATE TABLE IF NOT EXISTS countersign_counters',
        'CREATE INDEX IF NOT EXISTS countersign_counters_by_expiry',
      ]);
    }
    expect(d1Schema()).toBe(sqliteSchema());
  });

  it('has its indexes inside the tables in MySQL, which knows no IF NOT EXISTS for them', () => {
    const [records, epochs, counters, ...more] = statementsOf(mysqlSchema());
    expect(more).toEqual([]);
    expect(records).toContain('INDEX countersign_records_by_subject (kind, subject, created_at DESC, id)');
    expect(records).toContain('INDEX countersign_records_by_expiry (expires_at)');
    expect(counters).toContain('INDEX countersign_counters_by_expiry (expires_at)');
    expect(epochs).not.toContain('INDEX');
    expect(records).toContain('subject VARBINARY(1024) NOT NULL');
  });

  it('compares text byte by byte, whatever the locale', () => {
    expect(postgresSchema()).toContain('id TEXT COLLATE "C" NOT NULL');
    expect(mysqlSchema()).toContain('id VARBINARY(765) NOT NULL');
  });

  it('may stand in a schema or a database of its own, and its indexes have no such name in front', () => {
    for (const schema of [postgresSchema('auth.c_'), mysqlSchema('auth.c_')]) {
      expect(schema).toContain('CREATE TABLE IF NOT EXISTS auth.c_records (');
      expect(schema).toMatch(/INDEX (IF NOT EXISTS )?c_records_by_expiry/);
    }
  });

  it.each(['', '1a', 'a b', 'a;drop', 'a"', 'a.b.c_', 'a'.repeat(41), '__proto__; --'])(
    'a prefix that is no beginning of a name is refused: %s',
    (prefix) => {
      for (const schema of [sqliteSchema, d1Schema, postgresSchema, mysqlSchema]) {
        expect(() => schema(prefix)).toThrow(TypeError);
      }
    },
  );
});
