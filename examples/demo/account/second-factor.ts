import type { SecondStep } from '../../../src/endpoints/sign-in.ts';
import { signInThrottle } from '../../../src/guards/sign-in-throttle.ts';
import type { Context } from '../../../src/index.ts';
import { type RecoveryCodes, recoveryCodes } from '../../../src/passwords/recovery-codes.ts';
import { totp, totpSecretSeal } from '../../../src/passwords/totp.ts';
import type { SqlStore } from '../../../src/stores/sqlite.ts';
import type { People, User } from '../people/people.ts';

export interface SecondFactor {
  /** For the door: whoever has switched it on is asked for a code. */
  readonly step: SecondStep<User>;
  readonly recovery: RecoveryCodes;
  /** Makes a secret that waits for its first code; one that waited before is void. */
  begin(user: User, context?: Context): Promise<void>;
  /** The secret that waits, as text and as the URI that apps read. `undefined` where none does. */
  pendingOf(user: User): Promise<{ readonly secret: string; readonly uri: string } | undefined>;
  /** Switches it on with the first code. @returns Recovery codes, to be shown this once; `undefined` with a wrong code. */
  confirm(user: User, code: string, context?: Context): Promise<readonly string[] | undefined>;
  /** Switches it off, recovery codes along with it. */
  end(subject: string, context?: Context): Promise<void>;
}

/**
 * Codes of an app, and recovery codes where the app is lost.
 *
 * @param secret Seals the apps' secrets: who reads the table alone makes no codes.
 */
export function createSecondFactor(store: SqlStore, secret: Uint8Array<ArrayBuffer>, people: People): SecondFactor {
  const codes = totp({ issuer: 'countersign demo', store });
  const recovery = recoveryCodes({ store });
  const seal = totpSecretSeal({ secret });

  return {
    recovery,
    step: {
      store,
      isNeeded: ({ totpSecret }) => totpSecret !== undefined,
      async verify({ subject, totpSecret = '' }, code, context) {
        const said = await codes.verify(await seal.open(totpSecret, subject, context), code, context);
        return said.ok ? said : recovery.redeem(subject, code, context);
      },
      throttle: signInThrottle({ store, name: 'second-step' }),
    },

    async begin({ subject, username }, context) {
      const { secret: made } = codes.create(username, context);
      await people.setPending(subject, await seal.seal(made, subject, context));
    },

    async pendingOf({ subject, username, totpPending }) {
      if (totpPending === undefined) return undefined;
      const opened = await seal.open(totpPending, subject);
      return { secret: opened, uri: codes.uri(opened, username) };
    },

    async confirm(user, code, context) {
      const pending = user.totpPending && (await seal.open(user.totpPending, user.subject, context));
      // An app that was not set up right would lock its owner out.
      if (!pending || !(await codes.verify(pending, code, context)).ok) return undefined;
      return (await people.confirmPending(user)) ? recovery.issue(user.subject, context) : undefined;
    },

    async end(subject, context) {
      await people.removeSecondFactor(subject);
      await recovery.revokeAll(subject, context);
    },
  };
}
