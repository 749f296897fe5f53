import { afterEach, describe, expect, it, vi } from 'vitest';
import type { NewRecord, RecordKey, Store } from '../../src/stores/contract.ts';
import { eachVerb } from '../../src/stores/each-verb.ts';
import { randomOf } from '../../src/testing/store-contract/delayed.ts';
import { type Departure, runHistory } from './feed-history.ts';
import { virtualTime } from './virtual-time.ts';

const START = 1_800_000_000;
/** In how many of them a departure must have been found. */
const FEW = 3000;
const HISTORIES = Number(process.env.HISTORIES ?? 10_000);

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Runs one history after the other, until one finds fault; `violations` then says in which, and what. */
async function simulate(histories: number, departure?: Departure) {
  const total = { accepted: 0, fromMemory: 0, refused: 0, failed: 0 };
  for (let seed = 1; seed <= histories; seed++) {
    // Some of them across the end of a minute, where the feed begins another bucket.
    const time = virtualTime(START + (seed % 60));
    vi.stubGlobal('setTimeout', time.setTimeout);
    vi.stubGlobal('clearTimeout', time.clearTimeout);
    const { violations, ...counts } = await runHistory(time, randomOf(seed), departure);
    for (const name of ['accepted', 'fromMemory', 'refused', 'failed'] as const) total[name] += counts[name];
    if (violations.length) return { total, violations: [`history ${seed}`, ...violations] };
  }
  return { total, violations: [] };
}

/** A feed that lets calls through but for one verb. */
const feedWith = (change: (store: Store) => Partial<Store>): Departure => ({
  feed: (store) => ({ ...(eachVerb(store, ({ make }) => make()) as Store), ...change(store) }),
});

const departures: readonly (readonly [what: string, departure: Departure])[] = [
  ['no entry is written', feedWith(() => ({ create: () => true }))],
  [
    'the entry comes after the end',
    {
      feed: (store, time) => ({
        ...store,
        create(...given: [RecordKey, NewRecord, number]) {
          time
            .sleep(2)
            .then(() => store.create(...given))
            .catch(() => undefined);
          return true;
        },
      }),
    },
  ],
  ['no poll takes place', feedWith(() => ({ list: () => ({ records: [] }) }))],
  [
    'a poll looks only at what was written since the last one',
    feedWith((store) => {
      let last = 0;
      return {
        async list(owner, page, now) {
          const { records, next } = await store.list(owner, page, now);
          const since = last;
          last = now;
          return { records: records.filter(({ createdAt }) => createdAt >= since), next };
        },
      };
    }),
  ],
  [
    'an entry counts only against what was read before it',
    feedWith((store) => ({
      async list(owner, page, now) {
        const { records, next } = await store.list(owner, page, now);
        return { records: records.map((record) => ({ ...record, endsAt: record.createdAt })), next };
      },
    })),
  ],
  [
    'a poll that fails counts as one that found nothing',
    feedWith((store) => ({
      list: async (...given) => {
        try {
          return await store.list(...given);
        } catch {
          return { records: [] };
        }
      },
    })),
  ],
  ['there is no feed', { feed: () => false }],
  ['clocks differ by more than is allowed', { options: (options) => ({ ...options, tolerance: 0 }) }],
  ['the bound is said to be one poll', { bound: ({ pollEvery }) => pollEvery }],
];

describe('processes with clocks, delays and partitions of their own, in front of one store', () => {
  it(`keep the bound, and refuse nobody, in ${HISTORIES} histories`, { timeout: 120_000 }, async () => {
    const { total, violations } = await simulate(HISTORIES);
    expect(violations).toEqual([]);
    for (const count of Object.values(total)) expect(count).toBeGreaterThan(HISTORIES);
  });

  it.each(departures)('do not where %s', { timeout: 60_000 }, async (_, departure) => {
    const { violations } = await simulate(FEW, departure);
    expect(violations).not.toEqual([]);
  });

  it('keep maxAge as the bound without a feed', { timeout: 60_000 }, async () => {
    const departure: Departure = { feed: () => false, bound: ({ maxAge }) => maxAge };
    expect((await simulate(FEW, departure)).violations).toEqual([]);
  });
});
