import { assertNoOthers } from '../core/assert-no-others.ts';
import { assertLimit, type Limit, type LimitOptions } from './limit.ts';

export interface QuotaOptions extends LimitOptions {
  /** By the calendar in UTC: from the full hour, from midnight, from the first of the month. */
  readonly period: 'hour' | 'day' | 'month';
}

const SECONDS = { hour: 3600, day: 86_400 } as const;

/**
 * So many requests in an hour, a day or a month, as plans are sold. All of them may come in its first second, and as many again
 * when the next begins: put a {@link rateLimit} beside it.
 *
 * @param options `name`, `requests` and `period` at least.
 * @throws TypeError On a bad option; it names the option.
 *
 * @example
 * ```ts
 * import { quota } from 'countersign/limits';
 *
 * export const plan = quota({ name: 'plan', requests: 100_000, period: 'month', by: 'subject' });
 * ```
 */
export function quota({ period, ...options }: QuotaOptions): Limit {
  const { name, requests, by = 'credential', includeRefused = false, ...others } = options;
  assertNoOthers(others);
  assertLimit(options);
  if (!['hour', 'day', 'month'].includes(period)) throw new TypeError("period: 'hour', 'day' or 'month'");

  return {
    name,
    by,
    includeRefused,
    policy: `"${name}";q=${requests};w=${period === 'month' ? 2_592_000 : SECONDS[period]}`,
    step(now) {
      const { from, to } = windowOf(period, now);
      // A window's counter is another one than the next one's: clocks that differ around midnight share each.
      return { window: `${from}`, step: { floor: 0, by: 1, ceiling: requests, expiresAt: to } };
    },
    state({ value }, now) {
      const reset = Math.ceil(windowOf(period, now).to - now);
      return { remaining: Math.max(0, requests - value), reset, retryAfter: reset };
    },
  };
}

/** In seconds since 1970. */
function windowOf(period: QuotaOptions['period'], now: number): { readonly from: number; readonly to: number } {
  if (period !== 'month') {
    const from = now - (now % SECONDS[period]);
    return { from, to: from + SECONDS[period] };
  }
  const date = new Date(now * 1000);
  const first = (month: number): number => Date.UTC(date.getUTCFullYear(), month) / 1000;
  return { from: first(date.getUTCMonth()), to: first(date.getUTCMonth() + 1) };
}
