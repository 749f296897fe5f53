/**
 * A store behind a cache, with a feed that tells all caches what has ended.
 *
 * @module countersign/cached-store
 */
import { checkStoreOptions } from './check-options.ts';
import type { ReadOptions, RecordKey, Store, StoreRecord } from './contract.ts';
import { type Copy, copies } from './copies.ts';
import { revocationFeed } from './revocation-feed.ts';
import { withTimeout } from './with-timeout.ts';

export type * from './contract.ts';

/** All times in whole seconds. Processes that share a store have the same options. */
export interface CachedStoreOptions {
  /** How old a copy may be. Default 60, at most 86,400. */
  readonly maxAge?: number | undefined;
  /**
   * Where the processes tell each other what has ended, or `false` for nowhere. Default: the store itself. It must be
   * consistent, and its `list` no less than its `read`.
   */
  readonly feed?: Store<'consistent'> | false | undefined;
  /** How old what was heard from the feed may be until it is asked again. Default 2, at most 30 and half of `maxAge`. */
  readonly pollEvery?: number | undefined;
  /** How many copies are held, and how many hints from the feed. Default 10,000. */
  readonly maxRecords?: number | undefined;
  /** By how much clocks may differ, and how old the `now` of a call may be, together. Default 5, at most 60. */
  readonly tolerance?: number | undefined;
  /** How long it may take to end something, its entry in the feed included. More is a throw. Default 5, at most 60. */
  readonly timeout?: number | undefined;
}

/**
 * Answers `read` from memory where it can. Everything else, and a `read` that is `fresh`, goes to the store.
 *
 * What was ended or changed, by whichever process through a store made here, is not answered from memory any more
 *
 * - in that process: once the call that ended it has answered;
 * - in others: `2 * pollEvery` seconds later, by the `now` of who reads, or `maxAge` seconds where `feed` is `false`;
 * - for a `read` that is `fresh`: at once.
 *
 * For that, `delete`, `swap` and `endAll` write an entry to the feed first: one write more each. A process asks the feed when
 * it has a copy to answer with and has not asked for `pollEvery` seconds. An entry makes others look a subject's records up; it
 * refuses nobody. Where the feed can't be read, everything is looked up.
 *
 * What it does not do: remember what was not found (a session that was made elsewhere works at once), an `epoch`, or a `list`;
 * hear of what ends past it, by another store or by hand: that lives on for `maxAge`; or hold clocks to `tolerance`. With
 * clocks that differ by more, `maxAge` is all that is promised; with one that is set back, what it was set back by comes on
 * top. What fails or is late may have happened: call it again.
 *
 * @param store What it promises, the returned one promises.
 * @param options See {@link CachedStoreOptions}.
 * @returns A store whose records have `readAt` where they came from memory: they are as they were then.
 * @throws TypeError On a bad option; on a store for the feed that is not consistent.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { cachedStore } from 'countersign/cached-store';
 * import { memoryStore } from 'countersign/memory-store';
 * import { session } from 'countersign/session';
 *
 * const database = memoryStore(); // Yours: PostgreSQL, Redis, D1, a Durable Object.
 * const sessions = session({
 *   secret: 'not a secret: an example of 32 bytes',
 *   store: cachedStore(database, { maxAge: 300, pollEvery: 2 }),
 *   load: ({ subject }) => ({ name: subject }),
 * });
 * export default { fetch: protect(sessions, (_request, { principal }) => new Response(principal.name)) };
 * ```
 */
export function cachedStore<S extends Store<'consistent'>>(
  store: S,
  options?: CachedStoreOptions,
): Store<never> & { readonly capabilities: S['capabilities'] };
/** A store that is not consistent has no feed in itself: hand in one that is, or `false`. */
export function cachedStore<S extends Store<never>>(
  store: S,
  options: CachedStoreOptions & { readonly feed: Store<'consistent'> | false },
): Store<never> & { readonly capabilities: S['capabilities'] };
export function cachedStore(store: Store<never>, options: CachedStoreOptions = {}): Store<never> {
  const { feed: feedStore, ...settings } = settingsOf(store, options);
  const { maxAge, maxRecords, tolerance, timeout } = settings;
  const feed = revocationFeed(feedStore || undefined, { ...settings, maxHints: maxRecords });
  const held = copies(maxRecords, maxAge);

  /** A copy that may be answered with, as far as this process has heard. */
  const find = (key: RecordKey, now: number): Copy | undefined => {
    const copy = held.get(key);
    if (!copy) return undefined;
    const age = now - copy.readAt;
    // Dead by its own account, it may have been touched elsewhere: the store knows.
    if (copy.expiresAt > now && age < maxAge && age >= -tolerance && feed.isTrusted(key.partition, copy.readAt)) {
      return copy;
    }
    held.delete(key);
    return undefined;
  };

  const lookUp = async (key: RecordKey, now: number): Promise<StoreRecord | undefined> => {
    // Fresh, whoever asks: a copy of what a replica still had would outlive what the feed said of it.
    const record = await store.read(key, now, { fresh: true });
    // As old as when it was asked for, not as when it came. What ended meanwhile has left a hint that is later.
    if (record) held.set(key, Object.freeze({ ...record, readAt: now }));
    else held.delete(key);
    return record;
  };

  /** @param act Ends or changes something of that partition. */
  const announced = async <T>(partition: string, now: number, act: () => T | PromiseLike<T>): Promise<T> => {
    feed.suspect(partition, now);
    let isLate = false;
    const both = async (): Promise<T> => {
      await feed.announce(partition, now);
      // The caller was told that it failed, and others stop suspecting what they read: not now any more.
      if (isLate) throw new Error('too late');
      return act();
    };
    try {
      return await withTimeout(both(), timeout);
    } catch (error) {
      isLate = true;
      throw error;
    }
  };

  return {
    capabilities: store.capabilities,

    async create(key, record, now) {
      const created = await store.create(key, record, now);
      // Of a dead one that had the id.
      held.delete(key);
      return created;
    },

    read(key, now, { fresh }: ReadOptions = {}) {
      feed.wake(now);
      const copy = fresh ? undefined : find(key, now);
      if (!copy) return lookUp(key, now);
      const isCurrent = feed.isCurrent(now);
      if (isCurrent === true) return copy;
      if (!isCurrent) return lookUp(key, now);
      return isCurrent.then((heard) => (heard && find(key, now)) || lookUp(key, now));
    },

    swap: (key, version, next, now, newId) =>
      announced(key.partition, now, () => store.swap(key, version, next, now, newId)),

    async touch(key, touch) {
      const touched = await store.touch(key, touch);
      // Where somebody else was first, too: with the old `usedAt` each request would try again.
      held.delete(key);
      return touched;
    },

    delete: (key, now) => announced(key.partition, now, () => store.delete(key, now)),

    list: (owner, page, now) => store.list(owner, page, now),

    endAll: (owner, now, exceptId) => announced(owner.partition, now, () => store.endAll(owner, now, exceptId)),

    // Not remembered: no `now` comes with it, so that nothing could tell how old a copy is.
    epoch: (owner, options) => store.epoch(owner, options),

    advance: (key, step, now) => store.advance(key, step, now),
  };
}

type Settings = { readonly [Name in keyof CachedStoreOptions]-?: Exclude<CachedStoreOptions[Name], undefined> };

function settingsOf(
  store: Store<never>,
  {
    maxAge = 60,
    feed = store as Store<'consistent'>,
    pollEvery = Math.min(2, Math.floor(maxAge / 2)),
    maxRecords = 10_000,
    tolerance = 5,
    timeout = 5,
    ...others
  }: CachedStoreOptions,
): Settings {
  checkStoreOptions('cachedStore()', others, timeout, 60);
  assertWhole('maxAge', maxAge, 1, 86_400);
  assertWhole('maxRecords', maxRecords, 2, 2 ** 24);
  assertWhole('tolerance', tolerance, 0, 60);
  if (feed) {
    if (maxAge < 2) throw new TypeError('cachedStore(): a maxAge of 1 leaves the feed nothing to do; set feed: false');
    assertWhole('pollEvery', pollEvery, 1, Math.min(30, Math.floor(maxAge / 2)));
    const promised: true | string | undefined = feed.capabilities?.consistent;
    if (promised !== true) {
      throw new TypeError(`cachedStore(): feed needs a store that is consistent, or false for none: ${promised}`);
    }
  }
  return { maxAge, feed, pollEvery, maxRecords, tolerance, timeout };
}

function assertWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new TypeError(`cachedStore(): ${name} must be a whole number from ${least} to ${most}`);
  }
}
