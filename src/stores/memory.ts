/**
 * A store in this process's memory: for tests, first steps, and servers of one process.
 *
 * @module countersign/memory-store
 */
import type { Page, PageRequest, RecordKey, Store, StoreRecord } from './contract.ts';
import { memoryCounters } from './memory-counters.ts';

export type * from './contract.ts';

export interface MemoryStoreOptions {
  /** How many records of all kinds it holds at most, and how many counters. One more is a throw, hence a 503: dropping a living one would sign somebody out. */
  readonly maxRecords?: number | undefined;
}

/** One kind's records. */
interface Space {
  readonly records: Map<string, Held>;
  /** Ids by subject. */
  readonly owned: Map<string, Set<string>>;
  /** Of the subjects that ever ended everything. They stay: a few dozen bytes for each. */
  readonly epochs: Map<string, number>;
  /** Walks over the records for ever, a few steps with each `create`, to find dead ones. */
  sweeper: Iterator<[string, Held]>;
}

interface Held extends StoreRecord {
  readonly partition: string;
}

/** A sweep of two records a `create` is round before the store has grown by half. */
const SWEEP_STEPS = 2;

/**
 * Keeps records in memory. Everything is forgotten when the process ends, and no other process sees it.
 *
 * Bounded: dead records are swept a few at a time when others are created, without a timer; what is not dead is never
 * dropped. Answers at once, without promises.
 *
 * @param options `maxRecords`, default 100,000.
 * @throws TypeError On a `maxRecords` that is not a whole number from 1.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { memoryStore } from 'countersign/memory-store';
 * import { session } from 'countersign/session';
 *
 * const sessions = session({
 *   secret: 'not a secret: an example of 32 bytes',
 *   store: memoryStore(),
 *   load: ({ subject }) => ({ name: subject }),
 * });
 * export default { fetch: protect(sessions, (_request, { principal }) => new Response(principal.name)) };
 * ```
 */
export function memoryStore({ maxRecords = 100_000, ...others }: MemoryStoreOptions = {}): Store {
  for (const name of Object.keys(others)) throw new TypeError(`memoryStore(): no option '${name}'`);
  if (!Number.isInteger(maxRecords) || maxRecords < 1) {
    throw new TypeError('memoryStore(): maxRecords must be a whole number from 1');
  }
  const spaces = new Map<string, Space>();
  let size = 0;
  let sweptAt = Number.NEGATIVE_INFINITY;

  const spaceOf = (kind: string): Space => {
    let space = spaces.get(kind);
    if (!space) {
      const records = new Map<string, Held>();
      space = { records, owned: new Map(), epochs: new Map(), sweeper: records.entries() };
      spaces.set(kind, space);
    }
    return space;
  };

  const find = ({ kind, partition, id }: RecordKey, now: number): Held | undefined => {
    const space = spaces.get(kind);
    const held = space?.records.get(id);
    return space && held && held.partition === partition && isAlive(space, held, now) ? held : undefined;
  };

  const put = ({ records, owned }: Space, id: string, held: Held): void => {
    const ids = owned.get(held.subject);
    if (ids) ids.add(id);
    else owned.set(held.subject, new Set([id]));
    if (!records.has(id)) size++;
    records.set(id, held);
  };

  const remove = ({ records, owned }: Space, id: string, { subject }: Held): void => {
    records.delete(id);
    size--;
    const ids = owned.get(subject);
    ids?.delete(id);
    if (!ids?.size) owned.delete(subject);
  };

  const sweep = (space: Space, now: number, steps: number): void => {
    for (let step = 0; step < steps; step++) {
      const { done, value } = space.sweeper.next();
      if (done) space.sweeper = space.records.entries();
      else if (!isAlive(space, value[1], now)) remove(space, ...value);
    }
  };

  const makeRoom = (space: Space, now: number): void => {
    sweep(space, now, SWEEP_STEPS);
    if (size < maxRecords) return;
    // Once a second at most: a stranger who makes the store full must not make every request look at all of it.
    if (now > sweptAt) for (const each of spaces.values()) sweep(each, now, each.records.size + 1);
    sweptAt = Math.max(now, sweptAt);
    if (size >= maxRecords) {
      throw new Error(`the memory store is full: ${maxRecords} records; raise maxRecords or use a database`);
    }
  };

  return {
    capabilities: { atomic: true, consistent: true, counters: true },

    create(key, { subject, epoch, createdAt, expiresAt, endsAt, data }, now) {
      const space = spaceOf(key.kind);
      const taken = space.records.get(key.id);
      if (taken && isAlive(space, taken, now)) return false;
      if (taken) remove(space, key.id, taken);
      makeRoom(space, now);
      // Member by member: what a rest pattern makes is a slow object, 1 µs a read more, and a larger one.
      put(space, key.id, {
        subject,
        epoch,
        createdAt,
        usedAt: createdAt,
        expiresAt,
        endsAt,
        version: 1,
        data,
        partition: key.partition,
      });
      return true;
    },

    read(key, now) {
      const held = find(key, now);
      return held && recordOf(held);
    },

    swap(key, version, next, now, newId = key.id) {
      const held = find(key, now);
      if (held?.version !== version) return false;
      const space = spaceOf(key.kind);
      if (newId !== key.id) {
        const taken = space.records.get(newId);
        if (taken && isAlive(space, taken, now)) return false;
        if (taken) remove(space, newId, taken);
        remove(space, key.id, held);
        // Also lets go of what the map has outgrown, which its sweeper would hold on to.
        sweep(space, now, SWEEP_STEPS);
      }
      const { usedAt, expiresAt, data } = next;
      put(space, newId, { ...held, usedAt, expiresAt, data, version: version + 1 });
      return true;
    },

    touch(key, { at, ifBefore, expiresAt }) {
      const held = find(key, at);
      if (!held || held.usedAt > ifBefore || held.usedAt >= at) return false;
      const later = { usedAt: at, expiresAt: Math.max(held.expiresAt, expiresAt) };
      spaceOf(key.kind).records.set(key.id, { ...held, ...later });
      return true;
    },

    delete(key, now) {
      const held = find(key, now);
      if (held) remove(spaceOf(key.kind), key.id, held);
      return !!held;
    },

    list: ({ kind, subject }, page, now) => pageOf(spaceOf(kind), subject, page, now),

    endAll({ kind, partition, subject }, now, exceptId) {
      const space = spaceOf(kind);
      const spared = exceptId === undefined ? undefined : find({ kind, partition, id: exceptId }, now);
      const epoch = epochOf(space, subject) + 1;
      space.epochs.set(subject, epoch);
      if (spared?.subject === subject) space.records.set(exceptId as string, { ...spared, epoch });
      return epoch;
    },

    epoch: ({ kind, subject }) => epochOf(spaceOf(kind), subject),

    advance: memoryCounters(maxRecords),
  };
}

function epochOf({ epochs }: Space, subject: string): number {
  return epochs.get(subject) ?? 0;
}

function isAlive(space: Space, { expiresAt, subject, epoch }: Held, now: number): boolean {
  return expiresAt > now && epoch >= epochOf(space, subject);
}

/** A copy: what a caller does to it must not happen to the store. Member by member, as in `create`. */
function recordOf({ subject, epoch, createdAt, usedAt, expiresAt, endsAt, version, data }: Held): StoreRecord {
  return { subject, epoch, createdAt, usedAt, expiresAt, endsAt, version, data };
}

function pageOf(space: Space, subject: string, { after, limit }: PageRequest, now: number): Page {
  const living = [...(space.owned.get(subject) ?? [])]
    .map((id) => [id, space.records.get(id) as Held] as const)
    .filter(([, held]) => isAlive(space, held, now))
    .map(([id, held]) => ({ ...recordOf(held), id }))
    .sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? -1 : 1));
  // By what the last one of the page was, not by how many came before: a record that ends meanwhile moves nothing.
  const rest = after === undefined ? living : living.filter((record) => position(record) > after);
  const records = rest.slice(0, limit);
  const last = records.at(-1);
  return { records, next: last && rest.length > limit ? position(last) : undefined };
}

/** Sorts as the list does: newest first, then by id. */
function position({ createdAt, id }: { readonly createdAt: number; readonly id: string }): string {
  return `${String(1e12 - createdAt).padStart(13, '0')} ${id}`;
}
