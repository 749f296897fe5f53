import { assertNoOthers } from '../core/assert-no-others.ts';
import { assertWhole } from '../core/assert-whole.ts';
import { assertLimit, type Limit, type LimitOptions } from './limit.ts';

export interface RateLimitOptions extends LimitOptions {
  /** In how many seconds; may be a fraction. */
  readonly per: number;
  /** How many may come at once. Default `requests`. */
  readonly burst?: number | undefined;
}

/**
 * So many requests in so many seconds, evenly: after a burst each request makes room for one more as its share of the time
 * passes. There is no window whose edge lets twice as many through. It is the Generic Cell Rate Algorithm (ITU-T I.371): one
 * number a caller, the time at which all that was let in will have been paid for.
 *
 * @param options `name`, `requests` and `per` at least.
 * @throws TypeError On a bad option; it names the option.
 *
 * @example
 * ```ts
 * import { rateLimit } from 'countersign/limits';
 *
 * // Ten a second on average, up to 50 at once, for each customer.
 * export const steady = rateLimit({ name: 'steady', requests: 10, per: 1, burst: 50, by: 'subject' });
 * ```
 */
export function rateLimit({ per, burst, ...options }: RateLimitOptions): Limit {
  const { name, requests, by = 'credential', includeRefused = false, ...others } = options;
  assertNoOthers(others);
  assertLimit(options);
  if (typeof per !== 'number' || !(per >= 0.001 && per <= 31_536_000)) {
    throw new TypeError('per: seconds, 0.001 to 31536000 (a year)');
  }
  const most = burst ?? requests;
  assertWhole('burst', most, 1, 1e9);
  // Whole microseconds: those since 1970 are within 2^53 until 2255. Rounded up, so that no more than promised are let in.
  const interval = Math.ceil((per * 1e6) / requests);
  const tolerance = most * interval;
  if (tolerance > 1e15) throw new TypeError('burst: more than 30 years of requests');
  const microseconds = (now: number): number => Math.floor(now * 1e6);
  const seconds = (time: number): number => Math.ceil(Math.max(0, time) / 1e6);

  return {
    name,
    by,
    includeRefused,
    policy: `"${name}";q=${most};w=${seconds(tolerance)}`,
    step(now) {
      const floor = microseconds(now);
      const ceiling = floor + tolerance;
      // Afterwards it is at its floor, as if it had never been.
      return { window: '', step: { floor, by: interval, ceiling, expiresAt: Math.ceil(ceiling / 1e6) } };
    },
    state({ value }, now) {
      const ahead = Math.max(0, value - microseconds(now));
      return {
        remaining: Math.max(0, Math.floor((tolerance - ahead) / interval)),
        reset: seconds(ahead),
        retryAfter: seconds(ahead + interval - tolerance),
      };
    },
  };
}
