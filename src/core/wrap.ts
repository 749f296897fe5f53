import { compose } from './any.ts';
import type { Authenticator } from './authenticator.ts';
import { chain, type MaybePromise } from './chain.ts';
import { composite, leavesOf } from './composition.ts';
import type { Context } from './context.ts';
import type { Accepted, Outcome } from './outcome.ts';

/**
 * The same authenticator with every acceptance passed through `then`. An `any` is wrapped part by part, so that explicit
 * still comes before ambient when it stands inside another `any`.
 */
export function wrap(
  authenticator: Authenticator,
  then: (accepted: Accepted, context: Context) => MaybePromise<Outcome>,
): Authenticator {
  const leaves = leavesOf([authenticator]).map((leaf) =>
    composite([leaf], (request, context) =>
      chain(leaf.authenticate(request, context), (outcome) =>
        outcome.kind === 'accepted' ? then(outcome, context) : outcome,
      ),
    ),
  );
  return authenticator.members ? compose(leaves) : (leaves[0] as Authenticator);
}
