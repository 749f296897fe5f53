import { assertNoOthers } from '../core/assert-no-others.ts';
import type { Authenticator } from '../core/authenticator.ts';
import type { Accepted } from '../core/outcome.ts';
import { require as only } from '../core/require.ts';
import { assertWords } from '../http/assert-words.ts';

/** What a sign-in must be like: one of both at least. */
export interface StepUpOptions {
  /** Greatest age of the sign-in (`authTime`), in whole seconds from 1 on. */
  readonly maxAge?: number | undefined;
  /** Authentication context classes that will do (`acr`), best first. Not ordered: name each that is good enough. */
  readonly acr?: readonly [string, ...string[]] | undefined;
}

/**
 * The same authenticator, for those who signed in lately, or well enough. Others are known, and asked to sign in anew: a 401
 * `insufficient_user_authentication` with `max_age` and `acr_values` (RFC 9470 §3).
 *
 * Credentials that do not say when or how somebody signed in are refused. A handler may ask for the same by what it returns:
 * `insufficient({ maxAge: 300 })`.
 *
 * What it does not check: that whoever says so is to be believed about it; that is who issued the credentials.
 *
 * @param authenticator Whose acceptances are tested.
 * @param options `maxAge`, `acr` or both.
 * @throws TypeError On neither, and on a value that can't be sent.
 *
 * @example
 * ```ts
 * import { accept, type Accepted, type Authenticator, createContext, protect } from 'countersign';
 * import { stepUp } from 'countersign/guards';
 *
 * const signedInAnHourAgo: Authenticator<Accepted<'robot', string>> = {
 *   schemes: ['robot'],
 *   carriers: [],
 *   authenticate: (_request, { now }) => accept('robot', 'R2', { authTime: now - 3600 }),
 *   challenge: () => [],
 * };
 * const pay = protect(stepUp(signedInAnHourAgo, { maxAge: 300 }), () => new Response('paid'));
 * console.log((await pay(new Request('https://app.example/'))).status); // 401
 * ```
 */
export function stepUp<A extends Accepted>(
  authenticator: Authenticator<A>,
  { maxAge, acr, ...others }: StepUpOptions,
): Authenticator<A> {
  assertNoOthers(others);
  if (acr) assertWords('acr', acr);
  // Nobody's sign-in is 0 seconds ago when it is looked at: that would ask for ever.
  if (maxAge === undefined ? !acr : !(Number.isSafeInteger(maxAge) && maxAge > 0)) {
    throw new TypeError('maxAge: needs whole seconds, unless acr is there');
  }
  return only(
    authenticator,
    (accepted, { now }) =>
      // The distance, since a time in milliseconds would lie far ahead, and be fresh for good. NaN is not within anything.
      (maxAge === undefined || Math.abs(now - (accepted.authTime ?? Number.NaN)) <= maxAge) &&
      (!acr || acr.includes(accepted.acr as string)),
    { maxAge, acr },
  );
}
