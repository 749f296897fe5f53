import type {
  NewRecord,
  Page,
  RecordChange,
  RecordKey,
  Store,
  StoreRecord,
  SubjectKey,
} from '../../stores/contract.ts';
import { equal, ok } from './expect.ts';

/** A case that has no store yet: it gets an empty one, the time, and all handles onto that store, itself the first. */
export type Behaviour = readonly [
  name: string,
  run: (store: Store, now: number, handles: readonly Store[]) => Promise<void>,
];

export const ADA: SubjectKey = { kind: 'session', partition: 'of-ada', subject: 'ada' };
export const EVE: SubjectKey = { kind: 'session', partition: 'of-eve', subject: 'eve' };

/** How long a record of these cases lives, unless it is said. */
export const LIFE = 100;

export function keyOf({ kind, partition }: SubjectKey, id: string): RecordKey {
  return { kind, partition, id };
}

export function recordOf({ subject }: SubjectKey, now: number, change: Partial<NewRecord> = {}): NewRecord {
  const times = { createdAt: now, expiresAt: now + LIFE, endsAt: now + 1000 };
  return { subject, epoch: 0, ...times, data: '{"cart":[1,2]}', ...change };
}

/** What a new record is, read back. */
export function storedOf(record: NewRecord): StoreRecord {
  return { ...record, usedAt: record.createdAt, version: 1 };
}

export function changeOf(now: number, change: Partial<RecordChange> = {}): RecordChange {
  return { usedAt: now, expiresAt: now + LIFE, data: '{"cart":[]}', ...change };
}

/** Adds a record, which must succeed, and names it. */
export async function add(
  store: Store,
  owner: SubjectKey,
  id: string,
  now: number,
  change: Partial<NewRecord> = {},
): Promise<RecordKey> {
  const key = keyOf(owner, id);
  equal(await store.create(key, recordOf(owner, now, change), now), true, `create of ${JSON.stringify(id)}`);
  return key;
}

/** Reads a record and compares all that the contract names. */
export async function holds(
  store: Store,
  key: RecordKey,
  now: number,
  expected: StoreRecord | undefined,
): Promise<void> {
  equal(membersOf(await store.read(key, now)), membersOf(expected), `record ${JSON.stringify(key.id)} is`);
}

/** In one order, and without what a store adds of its own. */
export function membersOf(record: StoreRecord | undefined): StoreRecord | undefined {
  if (!record) return record;
  const { subject, epoch, createdAt, usedAt, expiresAt, endsAt, version, data } = record;
  return { subject, epoch, createdAt, usedAt, expiresAt, endsAt, version, data };
}

/** A whole list, page by page. */
export async function walk(
  store: Store,
  owner: SubjectKey,
  now: number,
  limit = 100,
  between?: (pages: number) => Promise<unknown>,
): Promise<Page['records']> {
  const found: Page['records'][number][] = [];
  let after: string | undefined;
  for (let pages = 1; pages <= 1000; pages++) {
    const { records, next } = await store.list(owner, { limit, after }, now);
    ok(records.length <= limit, `a page of ${limit} has ${records.length} records`);
    found.push(...records);
    if (next === undefined) return found;
    after = next;
    await between?.(pages);
  }
  throw new Error('the list has no end');
}

/** The ids in a subject's list, in its order. */
export async function idsOf(store: Store, owner: SubjectKey, now: number, limit?: number): Promise<readonly string[]> {
  return (await walk(store, owner, now, limit)).map(({ id }) => id);
}
