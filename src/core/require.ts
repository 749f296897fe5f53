import type { Authenticator } from './authenticator.ts';
import { chain, type MaybePromise } from './chain.ts';
import type { Context } from './context.ts';
import { type Accepted, insufficient, type Needed } from './outcome.ts';
import { wrap } from './wrap.ts';

/**
 * The same authenticator, for those only who satisfy a condition: everybody else is known, and refused with a 403.
 *
 * @param authenticator Whose acceptances are tested.
 * @param predicate Gets the acceptance and the context. A type guard narrows what the handler gets.
 * @param needed What would be enough, for the challenge: scopes, or (RFC 9470, a 401 then) `acr` and `maxAge`.
 *
 * @example
 * ```ts
 * import { protect, require as only } from 'countersign';
 * import { basic } from 'countersign/basic';
 *
 * const staff = basic({
 *   realm: 'Staff',
 *   users: [
 *     { username: 'ada', plaintextPassword: 'correct horse', role: 'admin' },
 *     { username: 'bob', plaintextPassword: 'battery staple', role: 'reader' },
 *   ],
 * });
 * const admins = only(staff, ({ principal }) => principal.role === 'admin');
 * export default { fetch: protect(admins, () => new Response('the vault')) };
 * ```
 */
export function require<A extends Accepted, B extends A>(
  authenticator: Authenticator<A>,
  predicate: (accepted: A, context: Context) => accepted is B,
  needed?: Needed,
): Authenticator<B>;
export function require<A extends Accepted>(
  authenticator: Authenticator<A>,
  predicate: (accepted: A, context: Context) => MaybePromise<boolean>,
  needed?: Needed,
): Authenticator<A>;
export function require<A extends Accepted>(
  authenticator: Authenticator<A>,
  predicate: (accepted: A, context: Context) => MaybePromise<boolean>,
  needed?: Needed,
): Authenticator<A> {
  return wrap(authenticator, (accepted, context) =>
    chain(predicate(accepted as A, context), (satisfied) =>
      // Only `true` lets in: an `undefined` from a forgotten `return` must not.
      satisfied === true
        ? accepted
        : { ...insufficient(needed, accepted.scheme), subject: accepted.subject, effects: accepted.effects },
    ),
  ) as unknown as Authenticator<A>;
}
