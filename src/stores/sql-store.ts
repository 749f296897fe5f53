import type { MaybePromise } from '../core/chain.ts';
import type { Page, PageRequest, Store, StoreRecord, SubjectKey } from './contract.ts';
import type { SqlBackend, SqlRow } from './sql-backend.ts';
import type { SqlStatement, SqlValues } from './sql-compile.ts';
import { advanceIn } from './sql-counters.ts';
import { withTimeout } from './with-timeout.ts';

export interface SqlStore extends Store {
  /**
   * Makes the tables and indexes that are missing. Safe to repeat, and by many processes at once. It never changes a table
   * that is there.
   *
   * @throws Where the database refuses, such as a user who may not create tables: then print the schema and let one who may
   *   apply it.
   */
  createTables(): Promise<void>;
  /**
   * Deletes what has expired. Nobody has to call it: `create` and `advance` do for a few rows now and then. A cron job may,
   * where many expire and few are created.
   *
   * @param now In seconds since 1970. What expires then or earlier goes.
   * @param limit How many records at most, and how many counters. Default 1000.
   * @returns How many went.
   */
  sweep(now: number, limit?: number): Promise<number>;
}

/** With one of so many creations and counts, so many rows are swept: more than came. */
const SWEEP_EVERY = 50;
const SWEEP_LIMIT = 200;
/** Seconds that a row is left after it has expired: the clocks of those who use the store differ. */
const SWEEP_AFTER = 3600;
/** After every record: no time is greater. */
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

/** The verbs of the contract, for any database. @param timeout In seconds. */
export function sqlStore(database: SqlBackend, timeout: number): SqlStore {
  const backend = patient(database, timeout);
  const { statements, rows, write } = backend;

  const sweep = async (now: number, limit: number): Promise<number> => {
    let swept = 0;
    for (const each of statements.sweeps) swept += (await write(each, { now, limit })).count;
    return swept;
  };

  /** What was written stays written, and is told so, also where the broom breaks. */
  const sweepNowAndThen = async (id: string, now: number): Promise<void> => {
    if (!isTurn(id, now)) return;
    await withTimeout(sweep(now - SWEEP_AFTER, SWEEP_LIMIT), timeout).catch(() => {});
  };

  const wrote = async (statement: SqlStatement, values: SqlValues): Promise<boolean> =>
    (await write(statement, values)).count > 0;

  /** Where the id is taken by a dead record, that one goes. Twice taken is taken by a living one. */
  const overDead = async (statement: SqlStatement, values: SqlValues): Promise<boolean> => {
    for (let tries = 0; tries < 2; tries++) {
      try {
        return await wrote(statement, values);
      } catch (error) {
        if (!backend.isTaken(error)) throw error;
        if (tries === 0) await write(statements.clear, values);
      }
    }
    return false;
  };

  const bounded = <Answer>(answer: Promise<Answer>): Promise<Answer> => withTimeout(answer, timeout);

  return {
    capabilities: { atomic: true, consistent: true, counters: true },

    async create(key, { subject, epoch, createdAt, expiresAt, endsAt, data }, now) {
      const record = { subject, epoch, createdAt, expiresAt, endsAt, data };
      const created = await bounded(overDead(statements.create, { ...named(key), ...record, now, newId: key.id }));
      await sweepNowAndThen(key.id, now);
      return created;
    },

    async read(key, now) {
      const [row] = await bounded(Promise.resolve(rows(statements.read, { ...named(key), now })));
      return row && recordOf(row, backend);
    },

    swap(key, version, { usedAt, expiresAt, data }, now, newId = key.id) {
      const values = { ...named(key), version, usedAt, expiresAt, data, now, newId };
      return bounded(newId === key.id ? wrote(statements.swap, values) : overDead(statements.move, values));
    },

    touch: (key, { at: now, ifBefore, expiresAt }) =>
      bounded(wrote(statements.touch, { ...named(key), now, ifBefore, expiresAt })),

    delete: (key, now) => bounded(wrote(statements.delete, { ...named(key), now })),

    list: (owner, page, now) => bounded(pageOf(backend, owner, page, now)),

    async endAll({ kind, partition, subject }, now, exceptId) {
      if (exceptId === undefined)
        return (await bounded(Promise.resolve(write(statements.raise, { kind, subject })))).told;
      return bounded(Promise.resolve(backend.endOthers({ kind, partition, subject, id: exceptId, now })));
    },

    async epoch({ kind, subject }) {
      const [row] = await bounded(Promise.resolve(rows(statements.epoch, { kind, subject })));
      return row ? Number(row.epoch) : 0;
    },

    async advance(key, step, now) {
      const counted = await bounded(advanceIn(backend, key, step, now));
      if (counted.ok && step.by > 0) await sweepNowAndThen(key.id, now);
      return counted;
    },

    async createTables() {
      await bounded(Promise.resolve(backend.createTables()));
    },

    sweep: (now, limit = 1000) => bounded(sweep(now, limit)),
  };
}

/** By chance, which ids are full of. Not by a count: on Workers a store may live for one request. */
function isTurn(id: string, now: number): boolean {
  let sum = now;
  for (let index = 0; index < id.length; index++) sum += id.charCodeAt(index);
  return sum % SWEEP_EVERY === 0;
}

/** Tries again where another transaction was in the way, until the time is over. */
function patient(backend: SqlBackend, timeout: number): SqlBackend {
  const again =
    <Given extends readonly unknown[], Answer>(call: (...given: Given) => MaybePromise<Answer>) =>
    async (...given: Given): Promise<Answer> => {
      // A verb that has failed for its caller must not be done after all, seconds later.
      const end = performance.now() + timeout * 1000;
      for (let wait = 1; ; wait = Math.min(2 * wait, 50)) {
        try {
          return await call(...given);
        } catch (error) {
          if (!backend.isTransient(error) || performance.now() + wait >= end) throw error;
          await new Promise((resolve) => setTimeout(resolve, wait));
        }
      }
    };
  const { rows, write, endOthers, createTables } = backend;
  return {
    ...backend,
    rows: again(rows),
    write: again(write),
    endOthers: again(endOthers),
    createTables: again(createTables),
  };
}

function named({ kind, partition, id }: { readonly kind: string; readonly partition: string; readonly id: string }) {
  return { kind, partition, id };
}

/** Numbers of 64 bits come as text from some drivers. */
function recordOf(row: SqlRow, { text }: SqlBackend): StoreRecord {
  return {
    subject: text(row.subject),
    epoch: Number(row.epoch),
    createdAt: Number(row.created_at),
    usedAt: Number(row.used_at),
    expiresAt: Number(row.expires_at),
    endsAt: Number(row.ends_at),
    version: Number(row.version),
    data: text(row.data),
  };
}

async function pageOf(
  backend: SqlBackend,
  { kind, subject }: SubjectKey,
  { after, limit }: PageRequest,
  now: number,
): Promise<Page> {
  const from = after === undefined ? ([END_OF_TIME, ''] as const) : positionIn(after);
  // A cursor that nobody gave: nothing comes after it.
  if (!from) return { records: [] };
  const [createdAt, id] = from;
  const rows = await backend.rows(backend.statements.list, { kind, subject, createdAt, id, now, limit: limit + 1 });
  const records = rows.slice(0, limit).map((row) => ({ ...recordOf(row, backend), id: backend.text(row.id) }));
  const last = records.at(-1);
  return { records, next: last && rows.length > limit ? `${last.createdAt} ${last.id}` : undefined };
}

function positionIn(cursor: string): readonly [createdAt: number, id: string] | undefined {
  const [, createdAt, id] = /^(-?\d{1,15}) (.*)$/s.exec(cursor) ?? [];
  return createdAt === undefined || id === undefined ? undefined : [Number(createdAt), id];
}
