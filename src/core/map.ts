import type { Authenticator } from './authenticator.ts';
import { chain, type MaybePromise } from './chain.ts';
import type { Context } from './context.ts';
import type { Accepted } from './outcome.ts';
import { wrap } from './wrap.ts';

/** `A` with another principal; scheme literals stay. */
export type Mapped<A extends Accepted, P> = A extends Accepted<infer S, unknown> ? Accepted<S, P> : never;

/**
 * The same authenticator with another principal, for example the row that belongs to a user name.
 *
 * @param authenticator Whose acceptances are changed.
 * @param principal Gets the acceptance and the context; its answer, awaited, is the new principal. A throw is an outage (a
 *   503), not a refusal: to refuse, use {@link require}.
 */
export function map<A extends Accepted, P>(
  authenticator: Authenticator<A>,
  principal: (accepted: A, context: Context) => MaybePromise<P>,
): Authenticator<Mapped<A, P>> {
  return wrap(authenticator, (accepted, context) =>
    chain(principal(accepted as A, context), (mapped) => ({ ...accepted, principal: mapped })),
  ) as unknown as Authenticator<Mapped<A, P>>;
}
