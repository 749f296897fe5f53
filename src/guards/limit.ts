import { assertWhole } from '../core/assert-whole.ts';
import type { Context } from '../core/context.ts';
import type { Accepted } from '../core/outcome.ts';
import type { Counted, CounterStep } from '../stores/contract.ts';
import { assertName } from './assert-name.ts';

/**
 * Who shares a limit.
 *
 * - `credential`: each key, token or session by itself (`credentialId`; where a scheme states none, as `subject`).
 * - `subject`: all credentials of one user or customer together.
 * - `address`: all that comes from one client address, which the adapter must know (the option `context` of `protect`): an
 *   address of IPv4, or a network of 64 bits of IPv6, since a customer has one of those at least.
 * - A function names whoever shares it; `undefined`: the limit does not apply.
 *
 * The first two do not apply to the anonymous of `optional`.
 */
export type LimitBy =
  | 'credential'
  | 'subject'
  | 'address'
  | ((accepted: Accepted, context: Context) => string | undefined);

export interface LimitOptions {
  /** Its name in response headers and in the store: a letter, then up to 31 letters, digits, `-` and `_`. */
  readonly name: string;
  /** How many requests. */
  readonly requests: number;
  /** Who shares it. Default `credential`. */
  readonly by?: LimitBy | undefined;
  /**
   * Counts requests whose credentials were bad or not enough, too: against those who guess. Only for `address`, since nothing
   * else is known of them. Requests without credentials never count. Default `false`.
   */
  readonly includeRefused?: boolean | undefined;
}

/** What is left of a limit. */
export interface LimitState {
  readonly remaining: number;
  /** When all of it is there again, in seconds from now. */
  readonly reset: number;
  /** When one more request is, in seconds from now. */
  readonly retryAfter: number;
}

/** A limit as {@link rateLimit} and {@link quota} make it. */
export interface Limit {
  readonly name: string;
  readonly by: LimitBy;
  readonly includeRefused: boolean;
  /** As `RateLimit-Policy` has it. */
  readonly policy: string;
  /** The counter's step for one request, and which counter of those that one caller has over time. */
  step(now: number): { readonly step: CounterStep; readonly window: string };
  state(counted: Counted, now: number): LimitState;
}

/** @throws TypeError Naming the option. */
export function assertLimit({ name, requests, by = 'credential', includeRefused = false }: LimitOptions): void {
  assertName(name);
  assertWhole('requests', requests, 1, 1e9);
  if (typeof by !== 'function' && !['credential', 'subject', 'address'].includes(by)) {
    throw new TypeError("by: 'credential', 'subject', 'address', or a function");
  }
  if (includeRefused && by !== 'address') throw new TypeError("includeRefused: only by 'address'");
}
