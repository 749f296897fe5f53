import type { Context } from '../core/context.ts';
import { digest } from '../crypto/digest.ts';
import type { RecordKey, Store } from '../stores/contract.ts';
import type { Limit } from './limit.ts';

/** How long failures of one pair are remembered after the last of them, in seconds, beyond the longest wait. */
const MEMORY = 86_400;
const ALL = Number.MAX_SAFE_INTEGER;

/** What was counted for an attempt. */
export interface Taken {
  /** As if the attempt had never been. */
  giveBack(): Promise<unknown>;
  /** As after a good password. */
  succeed(): Promise<unknown>;
}

/** Why there is no attempt, in seconds from now. */
export interface Wait {
  readonly retryAfter: number;
}

/** The counters of one throttle at one time. */
export interface Counters {
  /** One of what a limit allows. A good password gives it back, and nothing else that was taken. */
  takeOf(limit: Limit, ...who: readonly string[]): Promise<Taken | Wait>;
  /**
   * One guess of those that cost no waiting, and then one at a time, each followed by a wait twice as long as the one before. A
   * good password ends the waiting.
   */
  takeDelayed(free: number, maxDelay: number, ...who: readonly string[]): Promise<Taken | Wait>;
  knows(...who: readonly string[]): Promise<boolean>;
  remember(seconds: number, ...who: readonly string[]): Promise<unknown>;
}

export function countersOf(store: Store<'counters'>, kind: string, { now }: Context): Counters {
  const seconds = Math.floor(now);

  /** Hashed: names and addresses of people have no business in counters, and may be of any length. As JSON, no two become one. */
  const keyOf = (what: string, who: readonly string[]): RecordKey => {
    const id = digest(JSON.stringify([what, ...who]), 'base64url');
    return { kind, partition: id.slice(0, 12), id };
  };
  const count = async (key: RecordKey, by: number, ceiling: number, lasts: number) =>
    store.advance(key, { floor: 0, by, ceiling, expiresAt: seconds + lasts }, seconds);

  return {
    async takeOf(limit, ...who) {
      const key = keyOf(limit.name, who);
      const { step } = limit.step(now);
      const counted = await store.advance(key, step, seconds);
      if (!counted.ok) return { retryAfter: Math.max(1, limit.state(counted, now).retryAfter) };
      const giveBack = async () => store.advance(key, { ...step, by: -step.by }, seconds);
      return { giveBack, succeed: giveBack };
    },

    async takeDelayed(free, maxDelay, ...who) {
      const failures = keyOf('failures', who);
      const gate = keyOf('gate', who);
      const lasts = MEMORY + maxDelay;
      // None of them left in the end, not merely one less: others of the same network have nothing to pay for.
      const forget = () => count(failures, -ALL, ALL, lasts);
      const { ok, value } = await count(failures, 1, free - 1, lasts);
      if (ok) return { giveBack: () => count(failures, -1, ALL, lasts), succeed: forget };

      // Closed behind whoever goes through, in the same step: of many at once one does. In microseconds.
      const floor = Math.floor(now * 1e6);
      const by = Math.min(maxDelay, 2 ** Math.min(30, Math.max(0, value + 1 - free))) * 1e6;
      const expiresAt = Math.ceil((floor + by) / 1e6);
      const passed = await store.advance(gate, { floor, by, ceiling: floor + by, expiresAt }, seconds);
      if (!passed.ok) return { retryAfter: Math.max(1, Math.ceil((passed.value - floor) / 1e6)) };
      await count(failures, 1, ALL, lasts);
      const open = async () => store.advance(gate, { floor, by: -by, ceiling: ALL, expiresAt }, seconds);
      return {
        giveBack: () => Promise.all([open(), count(failures, -1, ALL, lasts)]),
        succeed: () => Promise.all([open(), forget()]),
      };
    },

    async knows(...who) {
      return (await count(keyOf('known', who), 0, ALL, 0)).value > 0;
    },

    remember: (lasts, ...who) => count(keyOf('known', who), 1, ALL, lasts),
  };
}
