import { assertNoOthers } from '../core/assert-no-others.ts';
import type { Context } from '../core/context.ts';
import { readCookie } from '../http/cookie.ts';
import { formatSetCookie } from '../http/set-cookie.ts';
import { opaqueTokens } from '../tokens/opaque-tokens.ts';
import type { Refused } from './answer.ts';
import type { Door, SecondStep, SignInUser } from './sign-in-types.ts';

const NAME = '__Host-Http-sign-in';

/** A sign-in that waits for its second factor. */
export interface Waiting {
  readonly subject: string;
  /** As it was before the password was looked at. */
  readonly epoch: number;
  readonly remember: boolean;
  readonly returnTo: string | undefined;
  /** Who gets tokens in place of a session. */
  readonly client: string | undefined;
}

type Checked<U> =
  | { readonly ok: true; readonly user: U; readonly waiting: Waiting; readonly cleared: string }
  | { readonly ok: false; readonly refused: Refused; readonly reason: string; readonly subject?: string | undefined };

export interface SecondStepOfDoor<U> {
  /** @returns The cookie of a sign-in that waits. It is no session, and nothing else takes it for one. */
  begin(waiting: Waiting, context: Context): Promise<string>;
  /** Whether the code is good, for a sign-in that waits: of many at once with one code, one is told so. */
  check(request: Request, code: string, context: Context): Promise<Checked<U>>;
}

export function secondStepOf<S extends string, P, D, U extends SignInUser>(
  { options: { users } }: Door<S, P, D, U>,
  { store, isNeeded, verify, throttle, expiresIn = 300, ...others }: SecondStep<U>,
): SecondStepOfDoor<U> {
  assertNoOthers(others);
  for (const [name, given] of Object.entries({ isNeeded, verify })) {
    if (typeof given !== 'function') throw new TypeError(`secondStep.${name}: a function`);
  }
  if (!throttle?.begin) throw new TypeError('secondStep.throttle: what signInThrottle() made');
  // A kind of its own: a token of it is nothing to sessions, keys or other tokens, in the same store too.
  const tokens = opaqueTokens<Omit<Waiting, 'subject'>>({ store, prefix: 'signin', expiresIn });
  const cookie = (value: string, maxAge: number): string =>
    formatSetCookie({ name: NAME, value, path: '/', maxAge, secure: true, httpOnly: true, sameSite: 'lax' });
  const expired = (reason: string, subject?: string): Checked<U> => ({
    ok: false,
    refused: { error: 'expired', status: 401 },
    reason,
    subject,
  });

  return {
    async begin({ subject, ...data }, context) {
      const { token } = await tokens.issue({ subject, data }, context);
      return cookie(token, expiresIn);
    },

    async check(request, code, context) {
      const token = readCookie(request.headers.get('cookie'), NAME) ?? '';
      const found = await tokens.verify(token, context);
      if (typeof found !== 'object') return expired(found ?? 'absent');
      const { subject, data } = found.principal;
      // By user, not by sign-in: whoever has the password could begin as often as they like.
      const attempt = await throttle.begin(subject, context);
      if (!attempt.allowed) {
        const { retryAfter, limit } = attempt;
        return {
          ok: false,
          refused: { error: 'too_many_attempts', status: 429, retryAfter },
          reason: `limited_${limit}`,
          subject,
        };
      }
      const user = await users.findBySubject(subject, context);
      if (!user || user.disabled) return expired('disabled', subject);
      const said = await verify(user, code, context);
      // An object that says no is not a yes.
      if ((typeof said === 'object' ? said?.ok : said) !== true) {
        return { ok: false, refused: { error: 'invalid_code', status: 401 }, reason: 'invalid_code', subject };
      }
      // Once: of two at the same time one is told so.
      if (!(await tokens.revokeToken(token, context))) return expired('replayed', subject);
      await attempt.succeed();
      return { ok: true, user, waiting: { subject, ...data }, cleared: cookie('', 0) };
    },
  };
}
