import type { MaybePromise } from '../core/chain.ts';

/**
 * What every store promises, in prose; the types only say the shapes. `storeCases` of `countersign/testing` says it as a suite.
 *
 * - **Not found is not an error.** Unknown, expired, ended, malformed: `undefined` or `false`. A throw (or a rejected promise)
 *   means that the store failed, and becomes a 503. A store never answers "not found" because it could not look.
 * - **The caller's clock counts.** A record is alive while `expiresAt > now`, by the `now` that is handed in. A backend's own
 *   expiry may only sweep what is dead by every clock.
 * - **`create` never overwrites; `touch` and `swap` never create.** So a renewal that races a sign-out loses, and an id that
 *   is taken is never somebody else's.
 * - **Each verb is one atomic step.** Of any number of callers who `delete` a record, or `swap` one version of it, exactly one
 *   is told `true`.
 * - **An epoch ends what came before it.** Each record belongs to the epoch its subject had; `endAll` raises the epoch by one
 *   write, and whatever belongs to an earlier one is dead from then on, for every verb.
 * - **Ids and data are text that the store never looks into.** Ids are hashes: a leaked table opens nothing. Names such as
 *   `__proto__` are names like any other. Kinds, partitions and ids have 255 characters at most, subjects 1,024 bytes of UTF-8.
 * - **Counters are apart from records.** They have no subject and no epoch, and a record of the same key is another thing.
 * - **What a store cannot promise, it says.** See {@link StoreCapability}; a claim that is not true is a defect of the store.
 *
 * Times are whole seconds since 1970.
 *
 * @typeParam C What is needed of a store: whoever takes a `Store<'atomic'>` has no use for counters. Without it, everything.
 */
export interface Store<C extends StoreCapability = StoreCapability> {
  /**
   * `true` for what the store promises. For what it does not, a sentence that says why, and what would do; whoever needs it
   * refuses the store at construction with that sentence.
   */
  readonly capabilities: Readonly<Record<C, true> & Partial<Record<StoreCapability, true | string>>>;
  /**
   * Adds a record that belongs to `record.epoch`: dead from the start where the subject's has gone on since it was read.
   *
   * @returns `false`, and nothing is changed, where a living record has the key.
   */
  create(key: RecordKey, record: NewRecord, now: number): MaybePromise<boolean>;
  /**
   * Finds a living record, its subject's epoch considered, in one round trip.
   *
   * @param options `fresh`: not from a cache or a replica that may lag behind.
   */
  read(key: RecordKey, now: number, options?: ReadOptions): MaybePromise<StoreRecord | undefined>;
  /**
   * Replaces what may change of a living record, if it still has that version, and counts the version up.
   *
   * @param newId The record moves to this id in the same step; the old id is unknown from then on.
   * @returns `false` where it is gone, has another version, or a living record has the new id.
   */
  swap(key: RecordKey, version: number, next: RecordChange, now: number, newId?: string): MaybePromise<boolean>;
  /**
   * Moves `usedAt` and `expiresAt` of a living record forward, if it was last touched at `ifBefore` or earlier. Leaves the
   * version alone: a touch must not make a concurrent `swap` fail.
   *
   * @returns Whether it wrote: of many callers with one `ifBefore`, one.
   */
  touch(key: RecordKey, touch: Touch): MaybePromise<boolean>;
  /** Removes a record. @returns `true` for exactly one caller. */
  delete(key: RecordKey, now: number): MaybePromise<boolean>;
  /** The living records of a subject, newest first, in pages. */
  list(owner: SubjectKey, page: PageRequest, now: number): MaybePromise<Page>;
  /**
   * Ends all records of a subject, and whatever else was issued under its epoch, by raising the epoch.
   *
   * @param exceptId This one is lifted into the new epoch in the same step, if it is alive.
   * @returns The new epoch.
   */
  endAll(owner: SubjectKey, now: number, exceptId?: string): MaybePromise<number>;
  /** The subject's epoch; 0 for one that never ended anything. */
  epoch(owner: SubjectKey, options?: ReadOptions): MaybePromise<number>;
  /**
   * Counts, up to a ceiling: the greater of the counter and `floor`, plus `by`, is the new value, unless it is above `ceiling`;
   * then nothing changes. Never below `floor`, so a negative `by` gives back no more than was taken. A counter that is unknown
   * or has expired is at `floor`.
   *
   * @returns Whether it counted; and the new value, or else the present one, which may be of a moment before or after.
   */
  advance(key: RecordKey, step: CounterStep, now: number): MaybePromise<Counted>;
}

/**
 * What not every store can promise.
 *
 * - `atomic`: each verb is one step for all processes. Without it two callers may both be told `true`.
 * - `consistent`: a read that is `fresh` sees every write that was acknowledged before it began. Without it what was ended may
 *   live on for a while.
 * - `counters`: `advance` counts, each call once, also of many at the same time.
 */
export type StoreCapability = 'atomic' | 'consistent' | 'counters';

/** Names a record. */
export interface RecordKey {
  /** What sort of record, such as `session`: each sort has ids, subjects and epochs of its own. */
  readonly kind: string;
  /**
   * Keeps a subject's records and their index together: the hash tag of a Redis cluster, the name of a Durable Object, a
   * prefix. It follows from the subject (or, for records without one, from the id), so one id is never in two of them.
   */
  readonly partition: string;
  readonly id: string;
}

/** Names the records of one kind that belong to one subject. */
export interface SubjectKey {
  readonly kind: string;
  readonly partition: string;
  readonly subject: string;
}

export interface StoreRecord {
  readonly subject: string;
  readonly epoch: number;
  readonly createdAt: number;
  /** When it was last known to be used. */
  readonly usedAt: number;
  /** Dead from here on, unless it is touched. */
  readonly expiresAt: number;
  /** No touch goes beyond this. The caller sees to it; a store only keeps the number. */
  readonly endsAt: number;
  /** 1 for a new record, one more with each swap. */
  readonly version: number;
  readonly data: string;
  /** When it was read at its source, where a cache answers. Absent: just now. */
  readonly readAt?: number | undefined;
}

/** A new record was last used when it was created. */
export type NewRecord = Omit<StoreRecord, 'version' | 'usedAt' | 'readAt'>;

export type RecordChange = Pick<StoreRecord, 'usedAt' | 'expiresAt' | 'data'>;

export interface Touch {
  /** The new `usedAt`, and the `now` by which the record must be alive. */
  readonly at: number;
  readonly ifBefore: number;
  readonly expiresAt: number;
}

export interface ReadOptions {
  readonly fresh?: boolean | undefined;
}

export interface PageRequest {
  /** What the page before gave as `next`. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface Page {
  readonly records: readonly (StoreRecord & { readonly id: string })[];
  /** Asks for the next page; absent on the last. */
  readonly next?: string | undefined;
}

/** Whole numbers to 2^53 - 1, of whatever unit. */
export interface CounterStep {
  readonly floor: number;
  /** 0 to look. */
  readonly by: number;
  readonly ceiling: number;
  /** When the counter may be forgotten. Kept if the step counts. */
  readonly expiresAt: number;
}

export interface Counted {
  readonly ok: boolean;
  readonly value: number;
}
