/**
 * Time-based one-time passwords: the six digits of an authenticator app, as a second factor.
 *
 * @module countersign/totp
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { assertWhole } from '../core/assert-whole.ts';
import type { Context } from '../core/context.ts';
import { constantTimeEqual } from '../crypto/constant-time-equal.ts';
import { digest } from '../crypto/digest.ts';
import { createContext } from '../runtime.ts';
import type { RecordKey } from '../stores/contract.ts';
import { countingStoreOf, type StoreOption } from '../stores/store-of.ts';
import { decodeBase32, encodeBase32 } from './base32.ts';
import { HASH_LENGTHS, importTotpKey, oneTimeCode, type TotpAlgorithm } from './totp-code.ts';
import { assertLabel, totpUri } from './totp-uri.ts';

export type { Secret } from '../crypto/keyring.ts';
export type * from '../stores/contract.ts';
export type { TotpAlgorithm } from './totp-code.ts';
export { type TotpSecretSeal, type TotpSecretSealOptions, totpSecretSeal } from './totp-secret-seal.ts';

export interface TotpOptions {
  /** Who asks for the code, as the app shows it: the service's name. Up to 200 characters, none of them a colon. */
  readonly issuer: string;
  /**
   * Where it is remembered which codes were used: a store with the capability `counters`. On Workers a function: bindings arrive
   * with the request.
   */
  readonly store: StoreOption<'counters'>;
  /** Default `SHA-1`. Several apps ignore what the URI says and use SHA-1; as an HMAC it has no known weakness (RFC 6194 §3.3). */
  readonly algorithm?: TotpAlgorithm | undefined;
  /** Default 6. */
  readonly digits?: 6 | 8 | undefined;
  /** For how many seconds an app shows a code: a whole number, 15 to 120. Default 30. */
  readonly period?: number | undefined;
  /**
   * How many periods earlier and later than the present one a code may be, for clocks that are off and people who type slowly: 0 to
   * 4. Default 1, what RFC 6238 §5.2 recommends at most: of a million codes three are good at any time.
   */
  readonly window?: number | undefined;
  /** The shortest secret that is taken, in bits, 80 to 512. Default 128 (RFC 4226 R6); some old systems have made 80. */
  readonly minSecretBits?: number | undefined;
}

/** What came of a code. The reason is for logs; a person is told "wrong code", whichever it is. */
export type TotpResult =
  | {
      readonly ok: true;
      /** The period that the code is of, counted from 1970: none up to this one is accepted again. */
      readonly step: number;
    }
  | {
      readonly ok: false;
      /**
       * - `malformed`: not that many digits.
       * - `invalid`: the code of no period within the window.
       * - `replayed`: a good one that was used, or that a later one has overtaken. Somebody may be looking over a shoulder: tell the
       *   owner.
       */
      readonly reason: 'malformed' | 'invalid' | 'replayed';
    };

export interface Totp {
  /**
   * A new secret: as base32, and as the `otpauth:` URI that a QR code shows. As long as the hash, 160 bits for SHA-1.
   *
   * Keep it as not yet confirmed, and ask for a code before it counts: an app that was not set up right locks its owner out.
   *
   * @param account Whose it is, as the app shows it: up to 200 characters, none of them a colon.
   * @throws TypeError On another account.
   */
  create(account: string, context?: Context): { readonly secret: string; readonly uri: string };
  /** The same URI for a secret that was made before. It holds the secret: no log, no link, no image made elsewhere. */
  uri(secret: string, account: string): string;
  /**
   * Whether a code is good now, and was not used before. Compares in constant time with the codes of all periods within the window.
   *
   * Of any number of callers with one code, in any number of processes, one is told that it is good (RFC 6238 §5.2): what is accepted
   * moves a counter of the store, by one step that is atomic, to a period that it has not reached. So an earlier code is not
   * accepted after a later one, and a second sign-in within a period waits for the next code.
   *
   * @param secret Of the user table: base32 in either case, with or without spaces, hyphens and padding.
   * @param code What was typed, of any type. White space counts for nothing.
   * @throws TypeError On a secret that is none, or is too short: a defect of the table, and no wrong code. It never says which text.
   * @throws unknown What the store throws. A code whose use was written before the answer was lost is used.
   */
  verify(secret: string, code: unknown, context?: Context): Promise<TotpResult>;
  /** The code of the moment, as an app shows it: for tests, and for command lines. Uses nothing up. @throws TypeError As `verify`. */
  code(secret: string, context?: Context): Promise<string>;
}

/**
 * One-time passwords by time (TOTP, RFC 6238).
 *
 * The store gets a SHA-256 of the secret and the number of a period, for a day and the window; nothing that makes a code.
 *
 * What it does not do: **limit guesses**. There are a million codes and three are good at any time, so whoever may try 100 a second is
 * in within the hour, more likely than not: count failures by account, not by address alone, before calling `verify`. Nor does it
 * draw the QR code, keep the secret (`totpSecretSeal` encrypts it for the user table), or find out whether there should be one: a
 * sign-in without a second factor is the application's decision. A code can be phished; passkeys can't.
 *
 * @param options `issuer` and `store` at least.
 * @throws TypeError On a bad option, and on a store that does not count: with the sentence it says of itself.
 *
 * @example
 * ```ts
 * import { memoryStore } from 'countersign/memory-store';
 * import { totp } from 'countersign/totp';
 *
 * const codes = totp({ issuer: 'Acme', store: memoryStore() });
 *
 * // On the settings page: ada scans `uri` as a QR code, and types the first code.
 * const { secret, uri } = codes.create('ada@acme.example');
 * console.log(uri.slice(0, 44)); // otpauth://totp/Acme:ada%40acme.example?secre
 *
 * const typed = await codes.code(secret);
 * console.log((await codes.verify(secret, `${typed.slice(0, 3)} ${typed.slice(3)}`)).ok); // true
 * console.log(await codes.verify(secret, typed)); // { ok: false, reason: 'replayed' }
 * ```
 */
export function totp({
  issuer,
  store,
  algorithm = 'SHA-1',
  digits = 6,
  period = 30,
  window = 1,
  minSecretBits = 128,
  ...others
}: TotpOptions): Totp {
  assertNoOthers(others);
  assertLabel('issuer', issuer);
  if (!Object.hasOwn(HASH_LENGTHS, algorithm)) throw new TypeError('algorithm: SHA-1, SHA-256 or SHA-512');
  if (digits !== 6 && digits !== 8) throw new TypeError('digits: 6 or 8');
  assertWhole('period', period, 15, 120);
  assertWhole('window', window, 0, 4);
  assertWhole('minSecretBits', minSecretBits, 80, 512);
  const storeIn = countingStoreOf(store);
  const parameters = { issuer, algorithm, digits, period };

  const bytesOf = (secret: string): Uint8Array<ArrayBuffer> => {
    const bytes = typeof secret === 'string' ? decodeBase32(secret) : undefined;
    if (!bytes || bytes.length * 8 < minSecretBits) throw new TypeError(`secret: base32 of ${minSecretBits} bits`);
    return bytes;
  };
  const stepOf = ({ now }: Context): number => Math.floor(now / period);

  /** The latest of the periods whose code it is: of two with one code, using the earlier would leave the later one to be used. */
  const matchOf = async (secret: Uint8Array<ArrayBuffer>, code: string, now: number): Promise<number | undefined> => {
    const key = await importTotpKey(secret, algorithm);
    const steps = Array.from({ length: 2 * window + 1 }, (_, index) => now - window + index).filter(
      (step) => step >= 0,
    );
    const expected = await Promise.all(steps.map((step) => oneTimeCode(key, step, digits)));
    // All of them, so that time does not tell which one.
    const equal = expected.map((each) => constantTimeEqual(each, code));
    return steps[equal.lastIndexOf(true)];
  };

  return {
    create(account, context = createContext()) {
      assertLabel('account', account);
      const length = Math.max(HASH_LENGTHS[algorithm], Math.ceil(minSecretBits / 8));
      const bytes = context.random(length);
      if (bytes.length !== length) throw new Error('totp: random gave another number of bytes');
      const secret = encodeBase32(bytes);
      return { secret, uri: totpUri(parameters, account, secret) };
    },

    uri(secret, account) {
      assertLabel('account', account);
      return totpUri(parameters, account, encodeBase32(bytesOf(secret)));
    },

    async verify(secret, presented, context = createContext()) {
      const bytes = bytesOf(secret);
      const code = codeOf(presented, digits);
      if (code === undefined) return { ok: false, reason: 'malformed' };
      const step = await matchOf(bytes, code, stepOf(context));
      if (step === undefined) return { ok: false, reason: 'invalid' };
      // The counter is one more than the last period that was used. From where it is, or else from this period, one up is this one's
      // mark, or above the ceiling. No clock has a part in it but in forgetting: a day after the code is of no use any more.
      const expiresAt = (step + window + 1) * period + 86_400;
      const mark = { floor: step, by: 1, ceiling: step + 1, expiresAt };
      const { ok } = await storeIn(context).advance(usedKey(bytes), mark, Math.floor(context.now));
      return ok ? { ok, step } : { ok: false, reason: 'replayed' };
    },

    async code(secret, context = createContext()) {
      return oneTimeCode(await importTotpKey(bytesOf(secret), algorithm), stepOf(context), digits);
    },
  };
}

/** By the secret's bytes: another spelling of it, or another account that was given it, has no codes of its own. */
function usedKey(secret: Uint8Array): RecordKey {
  const id = digest(secret, 'base64url');
  return { kind: 'totp', partition: id.slice(0, 12), id };
}

/** What was typed, without white space, if it is that many digits of ASCII. */
function codeOf(presented: unknown, digits: number): string | undefined {
  if (typeof presented !== 'string' || presented.length > 32) return undefined;
  const code = presented.replace(/\s/g, '');
  return code.length === digits && /^\d+$/.test(code) ? code : undefined;
}
