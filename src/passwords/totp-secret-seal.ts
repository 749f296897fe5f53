import { assertNoOthers } from '../core/assert-no-others.ts';
import type { Context } from '../core/context.ts';
import { aesGcm } from '../crypto/aes-gcm.ts';
import { digest } from '../crypto/digest.ts';
import { keyring, type Secret } from '../crypto/keyring.ts';
import { createContext } from '../runtime.ts';

export interface TotpSecretSealOptions {
  /**
   * 32 bytes or more, kept apart from the database; or several: the first seals, all of them open. On Workers a function. May be the
   * secret of sessions: each purpose has a key of its own.
   */
  readonly secret: Secret | ((context: Context) => Secret);
}

export interface TotpSecretSeal {
  /**
   * A TOTP secret as it may stand in the user table: about 140 characters of base64url.
   *
   * @param subject Whose it is. For anybody else it does not open, so that who may write into the table can't put their own second
   *   factor into somebody's row.
   * @throws TypeError Without a subject, and on a secret that is no text.
   */
  seal(totpSecret: string, subject: string, context?: Context): Promise<string>;
  /**
   * The TOTP secret.
   *
   * @throws Error On what was not sealed here for this subject, or under a secret that is gone. It throws because it is an outage and
   *   no answer: whoever took "can't be opened" for "has no second factor" would let everybody in with a password alone.
   */
  open(sealed: string, subject: string, context?: Context): Promise<string>;
}

/** Of the hash of the subject, as base64url. */
const OWNER = 43;

/**
 * Encrypts TOTP secrets for the user table (AES-256-GCM), since who reads them makes codes for ever: unlike passwords they can't be
 * hashed. What it does not do: hide them from who has the table and the secret.
 *
 * @param options `secret`.
 * @throws TypeError On a secret under 32 bytes.
 *
 * @example
 * ```ts
 * import { totpSecretSeal } from 'countersign/totp';
 *
 * const seal = totpSecretSeal({ secret: 'not a secret: an example of 32 bytes' });
 *
 * const column = await seal.seal('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ', 'ada');
 * console.log(await seal.open(column, 'ada')); // GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ
 * ```
 */
export function totpSecretSeal({ secret, ...others }: TotpSecretSealOptions): TotpSecretSeal {
  assertNoOthers(others);
  const seals = keyring(secret, 'totp secret', aesGcm);

  return {
    async seal(totpSecret, subject, context = createContext()) {
      if (!subject) throw new TypeError('subject: needed');
      if (typeof totpSecret !== 'string' || !totpSecret) throw new TypeError('totpSecret: text');
      return seals(context)[0].seal(digest(subject, 'base64url') + totpSecret, context.random(12));
    },

    async open(sealed, subject, context = createContext()) {
      if (typeof sealed === 'string' && /^[\w-]+$/.test(sealed)) {
        for (const key of seals(context)) {
          const text = await key.open(sealed);
          if (text?.slice(0, OWNER) === digest(subject, 'base64url')) return text.slice(OWNER);
        }
      }
      throw new Error('totp secret: not sealed for this subject, or under another secret');
    },
  };
}
