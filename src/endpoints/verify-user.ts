import type { Context } from '../core/context.ts';
import { notify } from '../core/notify.ts';
import type { Door, SignInUser } from './sign-in-types.ts';

export type VerifiedUser<U> =
  | {
      readonly ok: true;
      readonly user: U;
      readonly epoch: number;
      /** What stands in the table now, as far as it was this sign-in that wrote there. */
      readonly passwordHash: string | null | undefined;
    }
  | { readonly ok: false; readonly reason: string; readonly retryAfter?: number | undefined };

export interface VerifyUserOptions {
  readonly device?: string | undefined;
  readonly epochs?: { epoch(subject: string, context: Context): Promise<number> } | undefined;
}

/**
 * Whether a password is somebody's, and everything that must be so whoever that is: unknown, suspended, without a password and with
 * a wrong one take the same steps.
 *
 * @param who Whom attempts are counted for.
 * @param find The user, if there is one.
 * @param options `device`: see `signInThrottle`. `epochs`: of what is to be issued; default the sessions'.
 */
export async function verifyUser<S extends string, P, D, U extends SignInUser>(
  { options: { sessions, passwords, throttle, users, onError }, tell }: Door<S, P, D, U>,
  request: Request,
  who: string,
  find: () => Promise<U | null | undefined>,
  password: string,
  context: Context,
  { device, epochs = sessions }: VerifyUserOptions = {},
): Promise<VerifiedUser<U>> {
  // Before anything is looked up or hashed: of 500 guesses at once no more are hashed than one after the other.
  const attempt = await throttle.begin(who, context, { device });
  if (!attempt.allowed) return { ok: false, reason: `limited_${attempt.limit}`, retryAfter: attempt.retryAfter };
  const user = (await find()) ?? undefined;
  // Before the password is looked at: should it be changed, or everything be ended meanwhile, what is issued is dead from the start.
  const epoch = await epochs.epoch(user?.subject ?? who, context);
  const verified = await passwords.verify(password, user?.passwordHash, context);
  if (!verified.ok || !user || user.disabled) {
    return { ok: false, reason: verified.ok ? 'disabled' : verified.reason };
  }
  await attempt.succeed();
  let { passwordHash } = user;
  if (verified.rehash) {
    try {
      const rehashed = await verified.rehash(context);
      if (await users.updatePasswordHash(user, rehashed, context)) {
        passwordHash = rehashed;
        tell(context, { type: 'rehashed', subject: user.subject });
      }
    } catch (error) {
      // The password was good: an old hash that stays is no reason to turn anybody away.
      notify(context, onError, error, request);
    }
  }
  return { ok: true, user, epoch, passwordHash };
}
