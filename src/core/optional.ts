import { compose } from './any.ts';
import type { Authenticator } from './authenticator.ts';
import { leavesOf } from './composition.ts';
import type { Accepted, Anonymous } from './outcome.ts';

/**
 * Lets in whoever presents nothing, as {@link Anonymous} with the principal `null`.
 *
 * A refused cookie counts as nothing: an expired session must not lock anyone out of the home page, and its effects
 * (clearing it) still travel. A refused *explicit* credential stays a refusal: a client that sends a token wants to know
 * that it is bad. "Good, but not enough" stays a refusal too.
 *
 * @param authenticator The whole composition: `optional(any(…))`. As a part of `all` it may be left out by the client; as
 *   a part of `any` it does not compile, since it would end the search.
 */
export function optional<A extends Accepted>(authenticator: Authenticator<A>): Authenticator<A | Anonymous> {
  return compose(leavesOf([authenticator]), true) as Authenticator<A | Anonymous>;
}
