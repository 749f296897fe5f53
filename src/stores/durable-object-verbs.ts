import type {
  Counted,
  CounterStep,
  NewRecord,
  Page,
  PageRequest,
  RecordChange,
  StoreRecord,
  Touch,
} from './contract.ts';
import { listPosition, parsePosition } from './list-position.ts';

/** What is called of `ctx.storage.sql`. */
export interface ObjectSql {
  exec(query: string, ...bindings: (string | number)[]): { toArray(): object[] };
}

/** A key and an owner without their partition: that is the object's own name. */
interface ObjectKey {
  readonly kind: string;
  readonly id: string;
}
interface ObjectOwner {
  readonly kind: string;
  readonly subject: string;
}

/** Safe to repeat. Columns are named as the members are, so that a row is a record. */
export const OBJECT_TABLES = `
  create table if not exists countersign_records (
    kind text, id text, subject text, epoch integer, createdAt integer, usedAt integer, expiresAt integer, endsAt integer,
    version integer, data text, primary key (kind, id)
  ) without rowid;
  create index if not exists countersign_by_subject on countersign_records (kind, subject, createdAt desc, id);
  create table if not exists countersign_epochs (
    kind text, subject text, epoch integer, primary key (kind, subject)
  ) without rowid;
  create table if not exists countersign_counters (
    kind text, id text, value integer, expiresAt integer, primary key (kind, id)
  ) without rowid`;

/** The living of one kind, by one clock. */
const LIVING = `select r.id, r.subject, r.epoch, r.createdAt, r.usedAt, r.expiresAt, r.endsAt, r.version, r.data
  from countersign_records r left join countersign_epochs e on e.kind = r.kind and e.subject = r.subject
  where r.kind = ? and r.expiresAt > ? and r.epoch >= coalesce(e.epoch, 0)`;
const PAGE = `${LIVING} and r.subject = ? and r.createdAt <= ? and (r.createdAt < ? or r.id > ?)
  order by r.createdAt desc, r.id limit ?`;

/**
 * The verbs inside an object. Nothing here waits for anything, and an object runs one call at a time: so each verb is one step.
 */
export interface ObjectVerbs {
  create(key: ObjectKey, record: NewRecord, now: number): boolean;
  read(key: ObjectKey, now: number): StoreRecord | undefined;
  swap(key: ObjectKey, version: number, next: RecordChange, now: number, newId: string): boolean;
  touch(key: ObjectKey, touch: Touch): boolean;
  delete(key: ObjectKey, now: number): boolean;
  list(owner: ObjectOwner, page: PageRequest, now: number): Page;
  endAll(owner: ObjectOwner, now: number, exceptId?: string | null): number;
  epoch(owner: ObjectOwner): number;
  advance(key: ObjectKey, step: CounterStep, now: number): Counted;
}

export function objectVerbs(sql: ObjectSql): ObjectVerbs {
  const ask = <Row>(query: string, ...bindings: (string | number)[]) => sql.exec(query, ...bindings).toArray() as Row[];

  const find = ({ kind, id }: ObjectKey, now: number): StoreRecord | undefined => {
    const [row] = ask<StoreRecord & { id?: string }>(`${LIVING} and r.id = ?`, kind, now, id);
    delete row?.id;
    return row;
  };

  const epoch = ({ kind, subject }: ObjectOwner): number =>
    ask<{ epoch: number }>('select epoch from countersign_epochs where kind = ? and subject = ?', kind, subject)[0]
      ?.epoch ?? 0;

  return {
    create({ kind, id }, { subject, epoch, createdAt, expiresAt, endsAt, data }, now) {
      if (find({ kind, id }, now)) return false;
      ask(
        'insert or replace into countersign_records values (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)',
        ...[kind, id, subject, epoch, createdAt, createdAt, expiresAt, endsAt, data],
      );
      return true;
    },

    read: find,

    swap({ kind, id }, version, { usedAt, expiresAt, data }, now, newId) {
      if (find({ kind, id }, now)?.version !== version) return false;
      if (newId !== id) {
        if (find({ kind, id: newId }, now)) return false;
        ask('delete from countersign_records where kind = ? and id = ?', kind, newId);
      }
      ask(
        `update countersign_records set id = ?, usedAt = ?, expiresAt = ?, data = ?, version = version + 1
          where kind = ? and id = ?`,
        ...[newId, usedAt, expiresAt, data, kind, id],
      );
      return true;
    },

    touch({ kind, id }, { at, ifBefore, expiresAt }) {
      const held = find({ kind, id }, at);
      if (!held || held.usedAt > ifBefore || held.usedAt >= at) return false;
      ask(
        'update countersign_records set usedAt = ?, expiresAt = max(expiresAt, ?) where kind = ? and id = ?',
        ...[at, expiresAt, kind, id],
      );
      return true;
    },

    delete({ kind, id }, now) {
      if (!find({ kind, id }, now)) return false;
      ask('delete from countersign_records where kind = ? and id = ?', kind, id);
      return true;
    },

    list({ kind, subject }, { after, limit }, now) {
      const { createdAt, id } = parsePosition(after);
      const rows = ask<StoreRecord & { id: string }>(PAGE, kind, now, subject, createdAt, createdAt, id, limit + 1);
      const records = rows.slice(0, limit);
      const last = records.at(-1);
      return { records, next: last && rows.length > limit ? listPosition(last) : undefined };
    },

    endAll({ kind, subject }, now, exceptId) {
      const spared = typeof exceptId === 'string' ? find({ kind, id: exceptId }, now) : undefined;
      const next = epoch({ kind, subject }) + 1;
      ask('insert or replace into countersign_epochs values (?, ?, ?)', kind, subject, next);
      if (spared?.subject === subject) {
        ask('update countersign_records set epoch = ? where kind = ? and id = ?', next, kind, exceptId as string);
      }
      return next;
    },

    epoch,

    advance({ kind, id }, { floor, by, ceiling, expiresAt }, now) {
      const [counter] = ask<{ value: number }>(
        'select value from countersign_counters where kind = ? and id = ? and expiresAt > ?',
        ...[kind, id, now],
      );
      const value = Math.max(floor, counter?.value ?? floor);
      const next = Math.max(floor, value + by);
      if (next > ceiling) return { ok: false, value };
      // Whoever only looks, or gives back what is forgotten, makes none.
      if (next > value || (counter && next < value)) {
        ask('insert or replace into countersign_counters values (?, ?, ?, ?)', kind, id, next, expiresAt);
      }
      return { ok: true, value: next };
    },
  };
}
