import type { MaybePromise } from '../core/chain.ts';

/** Seconds after which work counts as gone: on Workers a request that is cancelled never says that its work has ended. */
const LONGEST = 60;

/**
 * Does some work, unless so much is being done already. Turned away and not made to wait: who waits for another's request
 * waits for ever on Workers, and a queue of sign-ins is what an attacker wants.
 *
 * @param limit How many at once.
 * @returns A function that throws when there are too many: an outage, and no answer about the password.
 */
export function atMost(limit: number): <T>(now: number, work: () => MaybePromise<T>) => Promise<T> {
  let started: readonly number[] = [];
  return async (now, work) => {
    started = started.filter((at) => at > now - LONGEST);
    if (started.length >= limit) throw new Error(`passwords: ${limit} are being hashed already (maxConcurrent)`);
    started = [...started, now];
    try {
      return await work();
    } finally {
      const index = started.indexOf(now);
      started = started.filter((_, place) => place !== index);
    }
  };
}
