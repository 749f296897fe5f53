/**
 * Recovery codes: what is left to sign in with when a second factor is lost.
 *
 * @module countersign/recovery-codes
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { assertWhole } from '../core/assert-whole.ts';
import type { Context } from '../core/context.ts';
import { digest } from '../crypto/digest.ts';
import { createContext } from '../runtime.ts';
import type { SubjectKey } from '../stores/contract.ts';
import { type StoreOption, storeOf } from '../stores/store-of.ts';
import { formatRecoveryCode, makeRecoveryCode, parseRecoveryCode } from './recovery-code-text.ts';

export type * from '../stores/contract.ts';

export interface RecoveryCodesOptions {
  /**
   * Where their hashes are kept: a store that is atomic and consistent, and that forgets nothing; not a Redis that evicts. On Workers a
   * function: bindings arrive with the request.
   */
  readonly store: StoreOption<'atomic' | 'consistent'>;
  /** How many are made at once: 1 to 50. Default 10. */
  readonly count?: number | undefined;
}

/** What came of a code. The reason is for logs. */
export type RecoveryResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** `malformed`: no code of this kind. `invalid`: none of this subject's, or used, or replaced by new ones. */
      readonly reason: 'malformed' | 'invalid';
    };

/** All of them throw what the store throws, and a TypeError without a subject. None takes a subject from a request. */
export interface RecoveryCodes {
  /**
   * Makes new codes, and ends all that the subject had before. Show them this once: nobody can find them out again. Of two who
   * ask at the same time, the codes of one are good.
   *
   * Where it throws, the old ones may have ended and the new ones are unknown: ask again.
   *
   * @returns Such as `7ZQ4-0VXK-93TB-HM1D-EW5N-C8RA`: letters and digits, in groups of four.
   */
  issue(subject: string, context?: Context): Promise<readonly string[]>;
  /**
   * Uses a code up: of any number of callers with one code, one is told that it is good. One round trip.
   *
   * @param code What was typed, of any type. Case, spaces and dashes count for nothing; I and L are 1, O is 0, U is V.
   */
  redeem(subject: string, code: unknown, context?: Context): Promise<RecoveryResult>;
  /** How many are left: to say so on a settings page, and to offer new ones in time. */
  remaining(subject: string, context?: Context): Promise<number>;
  /** Ends all of them: with the second factor, or with the account. */
  revokeAll(subject: string, context?: Context): Promise<void>;
}

const KIND = 'recovery-code';
/** Far beyond every clock, and of ten digits. */
const NEVER = 9_999_999_999;

/**
 * Codes of 120 random bits, each good once, for its subject only.
 *
 * The store gets SHA-256 of code and subject, and the subject: a leaked table opens nothing. From 112 bits on a plain hash is what
 * NIST SP 800-63B and OWASP ASVS 6.5.2 ask for: no guessing gets through 2^120, and a slow hash would only make every wrong code cost
 * its owner's server something. Nor need guesses be limited for their sake.
 *
 * What it does not do: ask who is calling. `issue` and `revokeAll` are for somebody who has just signed in with both factors;
 * `redeem` for the second step of a sign-in, in place of the code of an app. Tell the owner when one was used.
 *
 * @param options `store` at least.
 * @throws TypeError On a bad option, and on a store that is not consistent: with the sentence it says of itself.
 *
 * @example
 * ```ts
 * import { memoryStore } from 'countersign/memory-store';
 * import { recoveryCodes } from 'countersign/recovery-codes';
 *
 * const recovery = recoveryCodes({ store: memoryStore() });
 *
 * // On the settings page: ada prints them.
 * const [first = ''] = await recovery.issue('ada');
 *
 * // Without her telephone:
 * console.log((await recovery.redeem('ada', first.toLowerCase().replaceAll('-', ' '))).ok); // true
 * console.log(await recovery.redeem('ada', first)); // { ok: false, reason: 'invalid' }
 * console.log(await recovery.remaining('ada')); // 9
 * ```
 */
export function recoveryCodes({ store, count = 10, ...others }: RecoveryCodesOptions): RecoveryCodes {
  assertNoOthers(others);
  assertWhole('count', count, 1, 50);
  const storeIn = storeOf(store);

  return {
    async issue(subject, context = createContext()) {
      const owner = ownerOf(subject);
      const createdAt = Math.floor(context.now);
      const codes = Array.from({ length: count }, () => makeRecoveryCode(context));
      // Each of them belongs to this epoch: whoever asks again meanwhile ends it, also what is not yet written of it.
      const epoch = await storeIn(context).endAll(owner, createdAt);
      const record = { subject, epoch, createdAt, expiresAt: NEVER, endsAt: NEVER, data: '' };
      const made = await Promise.all(
        codes.map((code) => storeIn(context).create({ ...owner, id: idOf(subject, code) }, record, createdAt)),
      );
      // Twice the same: dice that stand still, and codes that anybody knows.
      if (made.includes(false)) throw new Error('recovery codes: taken');
      return codes.map(formatRecoveryCode);
    },

    async redeem(subject, typed, context = createContext()) {
      const { kind, partition } = ownerOf(subject);
      const code = parseRecoveryCode(typed);
      if (code === undefined) return { ok: false, reason: 'malformed' };
      const key = { kind, partition, id: idOf(subject, code) };
      const ok = await storeIn(context).delete(key, Math.floor(context.now));
      return ok ? { ok } : { ok, reason: 'invalid' };
    },

    async remaining(subject, context = createContext()) {
      const page = await storeIn(context).list(ownerOf(subject), { limit: 50 }, Math.floor(context.now));
      return page.records.length;
    },

    async revokeAll(subject, context = createContext()) {
      await storeIn(context).endAll(ownerOf(subject), Math.floor(context.now));
    },
  };
}

function ownerOf(subject: string): SubjectKey {
  if (typeof subject !== 'string' || !subject) throw new TypeError('subject: needed');
  return { kind: KIND, subject, partition: digest(subject, 'base64url').slice(0, 12) };
}

/** With the subject in it: somebody else's code is nobody's. A code has one length, so where the subject begins is plain. */
function idOf(subject: string, code: string): string {
  return digest(`${code} ${subject}`, 'base64url');
}
