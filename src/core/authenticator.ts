import type { MaybePromise } from './chain.ts';
import type { Context, RequestLike } from './context.ts';
import type { Accepted, Failure, Outcome } from './outcome.ts';

/** Where credentials travel. */
export type Carrier =
  /** An HTTP authentication scheme (RFC 9110 §11.1); `any` reads `Authorization` once for all of them. */
  | { readonly header: 'authorization'; readonly scheme: string; readonly isIn?: never }
  /** A request header of its own, in lower case, or `cookie`. */
  | { readonly header: Lowercase<string>; readonly scheme?: never; readonly isIn?: never }
  /** Anywhere else, such as a parameter of the URL's query: whether they are in a request. Must be cheap. */
  | { isIn(request: RequestLike): boolean; readonly header?: never; readonly scheme?: never };

/**
 * One way to find out who is asking. Two members matter: `authenticate` decides, `challenge` says what to ask for and is
 * called only while a refusal is being built. Neither touches a response.
 *
 * @example
 * ```ts
 * import { ABSENT, type Accepted, accept, type Authenticator, reject } from 'countersign';
 * import { constantTimeEqual, sha256 } from 'countersign/crypto';
 * import { formatChallenge } from 'countersign/http';
 *
 * export function robotKey(key: string): Authenticator<Accepted<'robot', { name: string }>> {
 *   const expected = sha256(key);
 *   return {
 *     schemes: ['robot'],
 *     carriers: [{ header: 'x-robot-key' }],
 *     authenticate(request) {
 *       const presented = request.headers.get('x-robot-key');
 *       if (presented === null) return ABSENT;
 *       return constantTimeEqual(sha256(presented), expected)
 *         ? accept('robot', { name: 'robot' })
 *         : reject('robot', 'invalid');
 *     },
 *     challenge: () => [formatChallenge('Robot', { realm: 'robots' })],
 *   };
 * }
 * ```
 */
export interface Authenticator<A extends Accepted = Accepted> {
  /**
   * Scheme names that may stand on its outcomes, alone or joined by `+`. No two parts of a composition may share one, and
   * `anonymous` and `all` are taken.
   */
  readonly schemes: readonly string[];
  /**
   * Where its credentials travel. They decide the order of asking. A header or a query parameter is *explicit*: the client
   * chose to send it; `any` looks there before it asks, asks such a part first, and takes its refusal for final. Cookies
   * only, or nothing at all (a client certificate), is *ambient*: a browser sends it unasked; asked last, and the search
   * goes on after a refusal. Not to be confused with {@link Accepted.ambient}: Basic is explicit here and ambient there.
   */
  readonly carriers: readonly Carrier[];
  /**
   * Decides. Bad credentials of any shape are an outcome. A store or key source that fails is a throw (or a rejected
   * promise): it becomes a 503 and no other scheme is tried.
   */
  authenticate(request: RequestLike, context: Context): MaybePromise<Outcome<A>>;
  /**
   * What to ask for, each challenge written by `formatChallenge` of `countersign/http`. Bare when `failure` is `absent`, and
   * then the same each time: a composition asks once and keeps it. A nonce is an effect, not part of a bare challenge. Else
   * with the scheme's `error` where it is this scheme's own refusal; empty where no other credentials would help either.
   */
  challenge(failure: Failure, context: Context): readonly string[];
  /** Set by `any`: its parts, so that an `any` inside an `any` is one list and the order of asking holds in it. */
  readonly members?: readonly Authenticator[] | undefined;
}

/** What an authenticator accepts. */
export type AcceptedBy<T> = T extends Authenticator<infer A> ? A : never;

/** The principal of an authenticator. */
export type PrincipalOf<T> = AcceptedBy<T>['principal'];
