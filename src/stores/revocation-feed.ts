import type { RecordKey, Store, StoreRecord, SubjectKey } from './contract.ts';
import { withTimeout } from './with-timeout.ts';

export type FeedStore = Pick<Store<'consistent'>, 'create' | 'list'>;

export interface RevocationFeed {
  /** Is called before anything else at that time. A process that has long heard nothing relies on no copy it had. */
  wake(now: number): void;
  /** Whether nothing that this process has heard speaks against a copy of that partition, read at that time. */
  isTrusted(partition: string, readAt: number): boolean;
  /** Whether this process has heard enough lately to rely on copies. Where a poll is due, it is made first, and awaited. */
  isCurrent(now: number): boolean | Promise<boolean>;
  /** From here on this process looks everything of that partition up, until whatever is under way has ended. */
  suspect(partition: string, now: number): void;
  /** Tells the other processes the same. Once it has resolved, each of their next polls finds it. */
  announce(partition: string, now: number): Promise<unknown>;
}

/** All in seconds, but for the number of hints. */
export interface FeedOptions {
  readonly pollEvery: number;
  /** How long a copy is kept. */
  readonly maxAge: number;
  /** How long announcing and ending take together, at most. */
  readonly timeout: number;
  readonly tolerance: number;
  /** How many hints are remembered, and how many entries one poll looks at. With more, everything is looked up. */
  readonly maxHints: number;
}

const KIND = 'revocation-feed';
/** So many seconds of entries have one subject, hence one partition. */
const BUCKET = 60;
/** Who has not polled for so long begins anew, and misses nothing: entries need not be kept as long as copies. */
const KEPT = 60;
const PAGE = 500;
/** A key's partition is 12 characters if it is ours; of a longer one this much goes into an entry's id. */
const MARK = 200;

/**
 * What was ended or changed lately, as hints that processes with copies give each other through a store.
 *
 * A hint names a partition, hence a subject, and never a record. It is no verdict: whoever finds one asks the store. So a
 * false one costs a read, and no one can be signed out by it.
 *
 * An entry is written before what it announces. It counts against every copy that was read until `margin` after its time:
 * whoever reads between the entry and the end gets what is still alive, and must not keep it.
 *
 * @param store Without one, the hints are this process's own.
 */
export function revocationFeed(
  store: FeedStore | undefined,
  { pollEvery, maxAge, timeout, tolerance, maxHints }: FeedOptions,
): RevocationFeed {
  // One second for what whole seconds cut off.
  const margin = Math.ceil(timeout) + tolerance + 1;
  /** Partitions, and until when a copy of them must have been read to be suspect. The older ones first, more or less. */
  const hints = new Map<string, number>();
  /** Copies that were read at this time or before are suspect, whatever they are of. */
  let floor = Number.NEGATIVE_INFINITY;
  let polledAt = Number.NEGATIVE_INFINITY;
  let claimedAt = Number.NEGATIVE_INFINITY;

  const overflow = (now: number): void => {
    hints.clear();
    // No entry that is in the store by now counts for longer: its writer's clock is ahead by `tolerance` at most.
    floor = Math.max(floor, now + tolerance + 1 + margin);
  };

  const note = (mark: string, until: number, now: number): void => {
    for (const [oldest, end] of hints) {
      // Copies from before that are too old by themselves.
      if (end + maxAge + tolerance >= now) break;
      hints.delete(oldest);
    }
    // What the floor says already: else polls that find the same entries again would never end an overflow.
    if (Math.max(floor, hints.get(mark) ?? floor) >= until) return;
    hints.delete(mark);
    hints.set(mark, until);
    // An attacker who signs in and out for ever costs look-ups, not memory.
    if (hints.size > maxHints) overflow(now);
  };

  const readBucket = async (feed: FeedStore, bucket: number, from: number, now: number): Promise<void> => {
    let after: string | undefined;
    let seen = 0;
    do {
      const page = await feed.list(bucketKey(bucket), { after, limit: PAGE }, now);
      for (const { id, createdAt, endsAt } of page.records) {
        if (createdAt < from) return;
        note(markOf(id), endsAt, now);
      }
      after = page.next;
      seen += page.records.length;
    } while (after !== undefined && seen <= maxHints);
    if (after !== undefined) overflow(now);
  };

  const poll = async (feed: FeedStore, now: number): Promise<void> => {
    claimedAt = now;
    // What was being written at the last poll may have been too late for it, and bear an earlier time.
    const from = polledAt - margin;
    const last = bucketOf(now + tolerance + 1);
    const reads: Promise<void>[] = [];
    for (let bucket = bucketOf(from); bucket <= last; bucket++) reads.push(readBucket(feed, bucket, from, now));
    await withTimeout(Promise.all(reads), timeout);
    // When it began, not when it ended: what was written meanwhile it may not have seen.
    polledAt = Math.max(polledAt, now);
  };

  return {
    wake(now) {
      const age = now - polledAt;
      // Also where the clock was set back.
      if (!store || (age <= KEPT && age >= -tolerance)) return;
      // Copies that are made from now on are as good as if a poll had just found nothing.
      floor = Math.min(Math.max(floor, now - 1), now + tolerance + 1 + margin);
      polledAt = now;
    },

    isTrusted(partition, readAt) {
      const until = hints.get(partition.slice(0, MARK)) ?? Number.NEGATIVE_INFINITY;
      return readAt > floor && readAt > until;
    },

    isCurrent(now) {
      const age = now - polledAt;
      if (!store || age < pollEvery) return true;
      const claimed = now - claimedAt;
      // Another request polls, or its poll failed. Where I/O is bound to a request its promise must not be awaited, and it may
      // have been cancelled: so a claim is a time, and who comes meanwhile does with what is known, or asks the store.
      if (claimed >= -tolerance && claimed < pollEvery) return age < 2 * pollEvery;
      const isHeard = (): boolean => now - polledAt < 2 * pollEvery;
      return poll(store, now).then(isHeard, isHeard);
    },

    suspect(partition, now) {
      note(partition.slice(0, MARK), now + margin, now);
    },

    async announce(partition, now) {
      const expiresAt = now + KEPT + 2 * margin;
      const record = { subject: '', epoch: 0, createdAt: now, expiresAt, endsAt: now + margin, data: '' };
      // One that is there already says the same, of the same second.
      return store?.create(...entryOf(partition, record), now);
    },
  };
}

type Entry = Omit<StoreRecord, 'version' | 'usedAt' | 'readAt'>;

function entryOf(partition: string, entry: Entry): [key: RecordKey, record: Entry] {
  const { subject, ...bucket } = bucketKey(bucketOf(entry.createdAt));
  const id = `${entry.createdAt.toString(36)}.${partition.slice(0, MARK)}`;
  return [
    { ...bucket, id },
    { ...entry, subject },
  ];
}

function markOf(id: string): string {
  return id.slice(id.indexOf('.') + 1);
}

function bucketOf(time: number): number {
  return Math.floor(time / BUCKET);
}

function bucketKey(bucket: number): SubjectKey {
  return { kind: KIND, partition: `${bucket}`, subject: `${bucket}` };
}
