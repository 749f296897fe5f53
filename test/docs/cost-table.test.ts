import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Cost, costOf, type Design, type Load, withCostTable } from '../../scripts/cost-table.mjs';
import type { RequestLike } from '../../src/core/context.ts';
import type { Effect } from '../../src/core/effects.ts';
import { createContext } from '../../src/runtime.ts';
import { sealedSession } from '../../src/schemes/sealed-session.ts';
import { session } from '../../src/schemes/session.ts';
import { cachedStore } from '../../src/stores/cached.ts';
import type { Store } from '../../src/stores/contract.ts';
import { eachVerb } from '../../src/stores/each-verb.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { randomOf } from '../../src/testing/store-contract/delayed.ts';

const guide = readFileSync(new URL('../../docs/guides/scaling.md', import.meta.url), 'utf8');
/** The second a minute begins. */
const START = 1_800_000_000;
const WARM_UP = 120;
const COUNTED = 1800;

/** A store that counts what it is asked, and the bytes of that and of its answers. */
function counting(store: Store): { store: Store; count: { reads: number; writes: number; bytes: number } } {
  const count = { reads: 0, writes: 0, bytes: 0 };
  const counted = eachVerb(store, ({ verb, given, make }) => {
    const answer = make();
    // A renewal that another process was faster with writes nothing.
    const isRead = verb === 'read' || verb === 'epoch' || verb === 'list' || answer === false;
    count[isRead ? 'reads' : 'writes']++;
    // Not the options of a read, which stay in the process.
    const asked = verb === 'read' ? given.slice(0, 2) : verb === 'epoch' ? given.slice(0, 1) : given;
    count.bytes += JSON.stringify([asked, answer]).length;
    return answer;
  }) as Store;
  return { store: counted, count };
}

/** What the design asks of its store a second, counted while people use it. */
async function measured(design: Design, load: Load): Promise<Cost> {
  const random = randomOf(1);
  const upTo = (end: number): number => Math.floor(random() * end);
  const { store, count } = counting(memoryStore());
  const processes = Array.from({ length: load.processes }, () => {
    const { maxAge, pollEvery } = design.cache ?? {};
    const options = pollEvery ? { maxAge, pollEvery } : { maxAge, feed: false as const };
    const common = {
      secret: 'not a secret: an example of 32 bytes',
      store: design.cache ? cachedStore(store, options) : store,
      load: ({ subject }: { subject: string }) => ({ subject }),
      lifetime: { idle: load.idle, absolute: 30 * 86_400 },
    };
    return design.keeps === 'stored'
      ? session(common)
      : sealedSession({ ...common, maxStaleness: design.maxStaleness });
  });

  const cookies: string[] = [];
  const requestOf = (person: number): RequestLike => ({
    method: 'GET',
    url: 'https://app.example/',
    headers: { get: (name) => (name === 'cookie' ? (cookies[person] ?? null) : null) },
  });
  const keep = (person: number, effects: readonly Effect[] = []): void => {
    const set = effects.find(({ header }) => header === 'set-cookie');
    if (set) cookies[person] = set.value.split(';')[0] as string;
  };
  const processOf = (person: number) =>
    processes[design.isSticky ? person % load.processes : upTo(load.processes)] as (typeof processes)[number];
  let issued = 0;
  const signIn = async (person: number, now: number): Promise<void> => {
    const subject = `person-${String(++issued).padStart(9, '0')}`;
    delete cookies[person];
    const { effects } = await processOf(person).issue(requestOf(person), { subject }, createContext({ now }));
    keep(person, effects);
  };

  for (let person = 0; person < load.sessions; person++) await signIn(person, START);
  let before = { ...count };
  let ended = 0;
  for (let request = 0; request < (WARM_UP + COUNTED) * load.rate; request++) {
    const passed = request / load.rate;
    const now = START + passed;
    if (request === WARM_UP * load.rate) before = { ...count };
    if (passed * load.ends > ended) {
      ended++;
      const person = upTo(load.sessions);
      await processOf(person).signOut(requestOf(person), {}, createContext({ now }));
      await signIn(person, now);
    }
    const person = upTo(load.sessions);
    const outcome = await processOf(person).authenticate(requestOf(person), createContext({ now }));
    if (outcome.kind !== 'accepted') throw new Error(`refused: ${outcome.kind}`);
    keep(person, outcome.effects);
  }
  const since = (name: keyof Cost): number => (count[name] - before[name]) / COUNTED;
  return { reads: since('reads'), writes: since('writes'), bytes: since('bytes') };
}

const WEEK = 7 * 86_400;
/** Small, so that counting is quick; in each of them something else weighs. */
const LOADS: readonly (readonly [string, Load])[] = [
  ['at rest', { rate: 12, sessions: 60, processes: 3, ends: 0.02, idle: WEEK }],
  ['busy with renewals', { rate: 6, sessions: 60, processes: 2, ends: 1 / 300, idle: 1200 }],
  ['busy with sign-outs', { rate: 6, sessions: 200, processes: 2, ends: 0.2, idle: WEEK }],
];
const DESIGNS: readonly Design[] = [
  { name: 'stored', keeps: 'stored' },
  { name: 'sealed', keeps: 'sealed' },
  { name: 'sealed, for a while', keeps: 'sealed', maxStaleness: 30 },
  { name: 'cached', keeps: 'stored', cache: { maxAge: 20 } },
  { name: 'cached with a feed', keeps: 'stored', cache: { maxAge: 20, pollEvery: 2 } },
  { name: 'cached with a feed, seldom', keeps: 'stored', cache: { maxAge: 20, pollEvery: 10 } },
  { name: 'cached with a feed, sticky', keeps: 'stored', cache: { maxAge: 20, pollEvery: 2 }, isSticky: true },
];

describe('the cost table', () => {
  test('in the guide is what the script computes', () => {
    expect(withCostTable(guide)).toBe(guide);
  });

  describe.each(LOADS)('is computed as it is counted, %s:', (_, load) => {
    test.each(DESIGNS.map((design) => [design.name, design] as const))(
      '%s',
      { timeout: 60_000 },
      async (_name, design) => {
        const computed = costOf(design, load);
        const counted = await measured(design, load);
        for (const name of ['reads', 'writes', 'bytes'] as const) {
          expect(Math.abs(computed[name] / counted[name] - 1), name).toBeLessThan(0.1);
        }
      },
    );
  });
});
