import { type Context, createContext } from '../../src/index.ts';
import type { Store, StoreRecord } from '../../src/stores/contract.ts';
import { jwtAccess } from '../../src/tokens/access-tokens.ts';
import { importSecret } from '../../src/tokens/jwt.ts';
import { type RefreshEvent, type RefreshTokens, refreshTokens } from '../../src/tokens/refresh-tokens.ts';
import { equal, ok } from '../runtimes/expect.ts';

/** One store, or two handles of one: what is said of one family goes through both. */
export type RefreshHandles = readonly [Store, Store?];

export interface RefreshCasesOptions {
  /** How often a race is run. */
  readonly rounds: number;
  /** How many users refresh 50 times each, all at once. */
  readonly users: number;
}

export type RefreshCase = readonly [string, (open: () => Promise<RefreshHandles>) => Promise<void>];

const START = 1_800_000_000;
const LEEWAY = 30;
const SKEW = 5;
const OLD_ENOUGH = 2 * LEEWAY + SKEW;
const AUDIENCE = 'https://api.example';
const secrets = { a: 'a secret of refresh tokens, 32 b.' };
const access = jwtAccess({ key: importSecret('a signing key for tests, 32 bytes'), issuer: 'https://id.example' });
type Families = RefreshTokens<undefined, string>;

const at = (seconds: number): Context => createContext({ now: START + seconds });
const familiesOn = (store: Store, onEvent?: (event: RefreshEvent) => unknown): Families =>
  refreshTokens({ store, secrets, access, audience: AUDIENCE, leeway: LEEWAY, skew: SKEW, onEvent });

/** Families over each handle, taken in turns. */
function inTurns([one, two = one]: RefreshHandles, onEvent?: (event: RefreshEvent) => unknown): () => Families {
  const both = [familiesOn(one, onEvent), familiesOn(two, onEvent)] as const;
  let turn = 0;
  return () => both[turn++ % 2 ? 1 : 0];
}

/** What comes of many at once: how many of each answer, and which refresh tokens are handed out. */
async function all(asked: readonly (() => ReturnType<Families['refresh']>)[]) {
  const results = await Promise.all(asked.map((ask) => ask()));
  const counts: Record<string, number> = {};
  for (const result of results) {
    const name = result.ok ? result.answer : result.reason;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  const handedOut = new Set(results.flatMap((result) => (result.ok ? (result.refreshToken ?? []) : [])));
  const byName = Object.fromEntries(Object.entries(counts).sort(([one], [two]) => (one < two ? 1 : -1)));
  return { counts: byName, handedOut: [...handedOut] };
}

/** The cases that every store has to pass which families are kept in. */
export function refreshCases({ rounds, users }: RefreshCasesOptions): readonly RefreshCase[] {
  return [
    [
      `64 refreshes at once: one new generation, 64 answers, ${rounds} rounds`,
      async (open) => {
        const next = inTurns(await open());
        let { refreshToken: token } = await next().issue({ subject: 'ada' }, at(0));
        for (let round = 1; round <= rounds; round++) {
          const context = at(round * OLD_ENOUGH);
          const asked = Array.from({ length: 64 }, () => () => next().refresh(token, {}, context));
          const { counts, handedOut } = await all(asked);
          equal(counts, { rotated: 1, repeated: 63 }, `round ${round}`);
          equal(handedOut.length, 1, `round ${round}: successors`);
          token = handedOut[0] as string;
          const { families } = await next().list('ada', {}, context);
          equal([families.length, families[0]?.generation], [1, round], `round ${round}: the row`);
        }
      },
    ],

    [
      'a process that dies between the swap and the answer: the same attempt, or another tab in time, gets the answer',
      async (open) => {
        const [store, other = store] = await open();
        const dying = familiesOn(dyingAfterSwap(store));
        const families = familiesOn(other);
        for (const [attempt, retry, after, answer] of [
          ['attempt-of-22-characters', 'attempt-of-22-characters', 0, 'repeated'],
          [undefined, undefined, LEEWAY, 'repeated'],
          ['attempt-of-22-characters', 'attempt-of-22-characters', 30_000, 'repeated'],
          ['attempt-of-22-characters', undefined, 30_000, 'replayed'],
        ] as const) {
          const { refreshToken } = await families.issue({ subject: 'ada' }, at(0));
          const died = await dying.refresh(refreshToken, { attempt }, at(OLD_ENOUGH)).then(
            () => false,
            () => true,
          );
          ok(died, 'the process has answered');
          const retried = await families.refresh(refreshToken, { attempt: retry }, at(OLD_ENOUGH + after));
          equal(retried.ok ? retried.answer : retried.reason, answer, `after ${after}`);
          if (!retried.ok) continue;
          const then = await families.refresh(retried.refreshToken ?? '', {}, at(OLD_ENOUGH + after + OLD_ENOUGH));
          equal(then.ok && then.answer, 'rotated', 'the successor');
        }
      },
    ],

    [
      `an old token, 64 times at once: its family ends, told of once, and no other, ${rounds} rounds`,
      async (open) => {
        const events: RefreshEvent[] = [];
        const next = inTurns(await open(), (event) => events.push(event));
        const { refreshToken: untouched } = await next().issue({ subject: 'ada' }, at(0));
        for (let round = 0; round < rounds; round++) {
          const { refreshToken: first } = await next().issue({ subject: 'ada' }, at(0));
          const { handedOut } = await all([() => next().refresh(first, {}, at(OLD_ENOUGH))]);
          const late = at(OLD_ENOUGH + LEEWAY + 1);
          const thieves = Array.from({ length: 32 }, () => () => next().refresh(first, {}, late));
          const owners = Array.from({ length: 32 }, () => () => next().refresh(handedOut[0] ?? '', {}, late));
          const { counts } = await all([...thieves, ...owners]);
          equal(
            Object.keys(counts).filter((each) => !['replayed', 'revoked', 'kept'].includes(each)),
            [],
            `round ${round}`,
          );
          equal((await all([...thieves, ...owners])).counts, { revoked: 64 }, `round ${round}: afterwards`);
          equal(events.filter(({ type }) => type === 'reused').length, round + 1, 'told');
        }
        const kept = await next().refresh(untouched, {}, at(1));
        ok(kept.ok, 'another sign-in has ended');
      },
    ],

    [
      'reads that lag: an honest user is served or told to try again, and never signed out',
      async (open) => {
        const [store] = await open();
        const dice = diceOf(1);
        const lagging = familiesOn(laggingStore(store, () => dice() < 0.4));
        const never = familiesOn(laggingStore(store, () => true));
        const families = familiesOn(store);
        const { refreshToken } = await families.issue({ subject: 'ada' }, at(0));
        let token = refreshToken;
        let outages = 0;
        for (let step = 1, now = 0; step <= 100; step++) {
          now += OLD_ENOUGH;
          for (const each of [lagging, families, lagging]) {
            const result = await each.refresh(token, {}, at(now)).catch((error: Error) => error.message);
            if (typeof result === 'string') {
              equal(result, 'refresh token: taken', `step ${step}`);
              outages++;
              continue;
            }
            ok(result.ok, `step ${step}: ${result.ok || result.reason}`);
            token = result.refreshToken ?? token;
          }
        }
        ok(outages < 50, `${outages} outages of 300`);
        // One that never catches up is an outage, which says so.
        const seen = await never.refresh(token, {}, at(1e6));
        const moved = await families.refresh((seen.ok && seen.refreshToken) || '', {}, at(2e6));
        ok(seen.ok && moved.ok && moved.refreshToken, 'it is not rotated');
        const failure = await never
          .refresh(moved.refreshToken, {}, at(2e6))
          .then(String, (error: Error) => error.message);
        equal(failure, 'refresh token: taken', 'one that never catches up');
        ok((await families.refresh(moved.refreshToken, {}, at(2e6))).ok, 'it has signed the user out');
      },
    ],

    [
      `random histories end as the rules say, ${rounds} of them`,
      async (open) => {
        const next = inTurns(await open());
        for (let seed = 1; seed <= rounds; seed++) await history(next, seed);
      },
    ],

    [
      `${users} users refresh 50 times each, all at once: nobody gets another's token`,
      async (open) => {
        const next = inTurns(await open());
        const subjects = Array.from({ length: users }, (_, index) => `user${index}`);
        const tokens = await Promise.all(subjects.map((subject) => next().issue({ subject }, at(0))));
        const wait = () => new Promise<void>((resolve) => setTimeout(resolve, Math.random() * 20));
        const context = at(OLD_ENOUGH);
        const asked = tokens.flatMap(({ refreshToken, family }) =>
          Array.from({ length: 50 }, async () => {
            await wait();
            const result = await next().refresh(refreshToken, {}, context);
            ok(result.ok, `refused: ${result.ok || result.reason}`);
            const payload = JSON.parse(
              atob((result.accessToken.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/')),
            );
            equal([payload.sub, payload.sid, result.family.id], [family.subject, family.id, family.id]);
            ok(result.refreshToken?.includes(family.id), 'the refresh token is of another family');
            return result.refreshToken;
          }),
        );
        equal(new Set(await Promise.all(asked)).size, users, 'successors');
      },
    ],
  ];
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function diceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

function changed(store: Store, change: Partial<Store>): Store {
  return new Proxy(store, { get: (target, verb: keyof Store) => change[verb] ?? bound(target, verb) });
}

function bound(store: Store, verb: keyof Store): unknown {
  const value = store[verb];
  return typeof value === 'function' ? value.bind(store) : value;
}

/** Does a swap, and is gone. */
function dyingAfterSwap(store: Store): Store {
  return changed(store, {
    async swap(...given) {
      await store.swap(...given);
      throw new Error('killed');
    },
  });
}

/** A store whose reads may be as the record was before: against the contract, as a pool does that asks a replica all the same. */
function laggingStore(store: Store, isLagging: () => boolean): Store {
  const seen = new Map<string, StoreRecord[]>();
  return changed(store, {
    async read(key, now, options) {
      const record = await store.read(key, now, options);
      const states = seen.get(key.id) ?? [];
      seen.set(key.id, states);
      if (record && states.at(-1)?.version !== record.version) states.push(record);
      return (isLagging() && states.at(-2)) || record;
    },
  });
}

/** How long the clock stands still at most before a step, in seconds. */
const PAUSES = [3, 20, 40, 90, 40_000];

/** A family, and whoever has its tokens: one after the other, and sometimes a few at once. */
async function history(next: () => Families, seed: number): Promise<void> {
  const dice = diceOf(seed);
  const attempts = [undefined, 'attempt-one-22-characters', 'attempt-two-22-characters'] as const;
  let now = 0;
  const tokens = [(await next().issue({ subject: `seed${seed}` }, at(now))).refreshToken];
  let madeAt = now;
  let unanswered: string | undefined;
  let ended = false;
  for (let step = 0; step < 30; step++) {
    now += Math.floor(dice() * (PAUSES[Math.floor(dice() * PAUSES.length)] ?? 0));
    const back = Math.floor(dice() ** 3 * 3);
    const attempt = attempts[Math.floor(dice() * 3)];
    const times = dice() < 0.3 ? 4 : 1;
    const present = tokens.length - 1;
    const index = Math.max(present - back, 0);
    const age = now - madeAt;
    const isLost = attempt !== undefined && attempt === unanswered;
    const expected = ended
      ? 'revoked'
      : index === present
        ? age < OLD_ENOUGH
          ? 'kept'
          : 'rotated'
        : index === present - 1 && (age <= LEEWAY || isLost)
          ? 'repeated'
          : 'replayed';
    const asked = Array.from({ length: times }, () => () => next().refresh(tokens[index] ?? '', { attempt }, at(now)));
    const { counts, handedOut } = await all(asked);
    const what = `seed ${seed}, step ${step}: ${tokens.length} tokens, ${index} after ${age}`;
    if (expected === 'rotated') {
      equal(counts, times > 1 ? { rotated: 1, repeated: times - 1 } : { rotated: 1 }, what);
      tokens.push(handedOut[0] as string);
      madeAt = now;
      unanswered = attempt;
    } else if (expected === 'replayed') {
      // Whoever comes second finds it gone.
      equal((counts.replayed ?? 0) + (counts.revoked ?? 0), times, what);
      ok(counts.replayed, what);
      ended = true;
    } else {
      equal(counts, { [expected]: times }, what);
      if (expected === 'repeated') equal(handedOut, [tokens[present]], what);
      if (expected === 'kept') unanswered = undefined;
    }
  }
}
