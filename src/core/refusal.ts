import type { MaybePromise } from './chain.ts';
import type { Context, RequestLike } from './context.ts';
import type { Effect } from './effects.ts';
import type { Absent, Insufficient, Needed, Rejected } from './outcome.ts';

/** A refusal before it is a response. */
export interface Refusal extends Needed {
  readonly kind: (Absent | Rejected | Insufficient)['kind'] | 'cross_site' | 'outage';
  readonly status: 400 | 401 | 403 | 407 | 429 | 503;
  /**
   * Where there is more to say than `kind`. Keep it off the wire: `expired` apart from `invalid` tells a stranger that a
   * guess was close.
   */
  readonly reason?: (Absent | Rejected | Insufficient)['reason'];
  readonly scheme?: string | undefined;
  /** Where the credentials were good, and not enough. */
  readonly subject?: string | undefined;
  readonly effects?: readonly Effect[] | undefined;
  /**
   * In order, the refusing scheme's first. They are added to what `refuse` returns where its status is 400 or more and it
   * has no `WWW-Authenticate` of its own.
   */
  readonly challenges: readonly string[];
}

/**
 * Makes the response of a refusal. Status, body and headers are the application's; `Cache-Control: no-store`, `Vary`, cookies
 * to clear and, where its status is 400 or more, the challenges are added to what it returns.
 *
 * @returns `undefined` for the plain answer: the status, no body.
 */
export type RefusalResponder = (
  refusal: Refusal,
  request: RequestLike,
  context: Context,
) => MaybePromise<Response | undefined>;
