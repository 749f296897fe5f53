/**
 * Passwords by bcrypt, through a package of the application's: for tables that have such hashes, or must stay readable by
 * others.
 *
 * @module countersign/bcrypt
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { assertWhole } from '../core/assert-whole.ts';
import { constantTimeEqual } from '../crypto/constant-time-equal.ts';
import type { PasswordHasher } from './hasher.ts';

export type { HashVerifier, PasswordHasher } from './hasher.ts';

/** What is used of a package: `bcryptjs`, which is portable, and `bcrypt`, which is native, fit. */
export interface BcryptPackage {
  /** @param salt `$2b$`, the cost, `$`, and 22 characters. */
  hash(password: string, salt: string): Promise<string>;
}

export interface BcryptOptions {
  /** Binary logarithm of the rounds. Default 10, OWASP's minimum. */
  readonly cost?: number | undefined;
  /** The greatest cost that a stored hash may have. Default 13, or `cost` if that is more. Each one more doubles the time. */
  readonly maxCost?: number | undefined;
  /** Says that less than OWASP asks for is meant: for tests. */
  readonly weakerThanOwasp?: boolean | undefined;
}

/** Bytes that bcrypt reads of a password; what follows it ignores. */
const MAX_BYTES = 72;
const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const HASH = /^\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;

/**
 * Makes `$2b$10$…`; verifies `$2a$`, `$2b$` and `$2y$`, which are one algorithm for every password it takes. `$2x$` and `$2$`,
 * of old and broken code, are not read.
 *
 * Bcrypt ignores what follows the 72nd byte of a password, and some packages what follows a NUL. So a longer password is
 * never right (CVE-2025-22228), also where an old system hashed its beginning: that user resets the password. A new one is
 * `too_long`; with a `pepper` there is no such limit, since what is hashed then are 43 characters. Hashing the password first
 * without a key is not offered: stolen hashes of another system would be tried as passwords.
 *
 * What it does not do: run off the event loop, if the package is `bcryptjs` (about 60 ms at cost 10).
 *
 * @param bcrypt A package, as it is imported.
 * @param options All of them may be left out.
 * @returns What `passwords` takes as `hasher`, and among `verifiers`.
 * @throws TypeError On a bad option, and on less than OWASP's minimum unless `weakerThanOwasp`.
 *
 * @example
 * ```ts
 * import bcryptjs from 'bcryptjs';
 * import { argon2id } from 'countersign/argon2id';
 * import { bcrypt } from 'countersign/bcrypt';
 * import { passwords } from 'countersign/passwords';
 *
 * // New hashes are Argon2id's; those of the old system are verified, and replaced when their owner signs in.
 * const hashing = passwords({ hasher: argon2id(), verifiers: [bcrypt(bcryptjs)] });
 * const old = '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
 * const verified = await hashing.verify('U*U', old);
 * console.log(verified.ok && (await verified.rehash?.())?.slice(0, 10)); // $argon2id$
 * ```
 */
export function bcrypt(
  bcrypt: BcryptPackage,
  { cost = 10, maxCost = Math.max(13, cost), weakerThanOwasp, ...others }: BcryptOptions = {},
): PasswordHasher {
  assertNoOthers(others);
  if (typeof bcrypt?.hash !== 'function') throw new TypeError('bcrypt: a package with hash(password, salt)');
  assertWhole('cost', cost, weakerThanOwasp ? 4 : 10, 31);
  assertWhole('maxCost', maxCost, cost, 31);
  const begin = beginOf(cost);

  /** @returns 31 characters. */
  const derive = async (password: string, rounds: number, salt: string): Promise<string> => {
    // Always `$2b$`: `bcrypt` of npm does not know `$2y$`, and gives `$2a$` a flaw of its own above 255 bytes.
    const hash = await bcrypt.hash(password, beginOf(rounds) + salt);
    if (!HASH.test(hash)) throw new Error('bcrypt: the package gave no hash');
    return hash.slice(-31);
  };

  return {
    reads: (hash) => /^\$2[a-z]?\$/.test(hash),
    async verify(password, hash) {
      const [, rounds, salt, digest] = HASH.exec(hash) ?? [];
      if (!rounds || !salt || !digest || +rounds > maxCost) return undefined;
      const derived = await derive(password, +rounds, salt);
      // After the work, which a long password must not skip (CVE-2025-22234).
      if (constantTimeEqual(derived, digest) && fits(password)) return true;
      // As long as a hash of now, so that nobody sees who has not signed in for long: 2^4 + 2^4 + 2^5 + … is 2^cost.
      for (let more = +rounds; more < cost; more++) await derive(password, more, salt);
      return false;
    },
    async hash(password, { random }) {
      if (!fits(password)) throw new TypeError('password: bcrypt takes 72 bytes, none of them NUL');
      const salt = saltOf(random(16));
      return `${begin}${salt}${await derive(password, cost, salt)}`;
    },
    isCurrent: (hash) => hash.startsWith(begin),
    decoyHash: `${begin}${'.'.repeat(53)}`,
    maxBytes: MAX_BYTES,
  };
}

function beginOf(cost: number): string {
  return `$2b$${`${cost}`.padStart(2, '0')}$`;
}

function fits(password: string): boolean {
  return new TextEncoder().encode(password).length <= MAX_BYTES && !password.includes('\0');
}

/** 16 bytes in bcrypt's own base64: another alphabet, no padding. */
function saltOf(bytes: Uint8Array): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  bits <<= 4n;
  let salt = '';
  for (let place = 126n; place >= 0n; place -= 6n) salt += ALPHABET.charAt(Number((bits >> place) & 63n));
  return salt;
}
