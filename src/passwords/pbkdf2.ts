/**
 * Passwords by PBKDF2-HMAC-SHA-256 (RFC 8018): native on every runtime, and the weakest against those who guess by hardware.
 *
 * @module countersign/pbkdf2
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { assertWhole } from '../core/assert-whole.ts';
import { derivePbkdf2 } from './derive-pbkdf2.ts';
import { derivedHasher, NUMBER } from './derived-hasher.ts';
import type { PasswordHasher } from './hasher.ts';

export type { HashVerifier, PasswordHasher } from './hasher.ts';

export interface Pbkdf2Options {
  /** Default 600,000: {@link OWASP_600_000}. */
  readonly iterations?: number | undefined;
  /** How many times the work of new hashes (of the default ones, if they are weaker) a stored hash may cost. Default 8. */
  readonly maxWork?: number | undefined;
  /** Says that less than OWASP asks for is meant. */
  readonly weakerThanOwasp?: boolean | undefined;
}

/** OWASP Password Storage Cheat Sheet, as of August 2026. */
export const OWASP_600_000: Pbkdf2Options = { iterations: 600_000 };
/**
 * The most that WebCrypto does on Cloudflare Workers: a sixth of what OWASP asks for, about 17 ms of CPU time. The last resort,
 * where `argon2id` costs more CPU time than the plan has; not without a `pepper`, which a stolen table does not have in it.
 */
export const WORKERS_100_000: Pbkdf2Options = { iterations: 100_000, weakerThanOwasp: true };

/**
 * Makes and verifies `$pbkdf2-sha256$i=600000$…$…`; what others write with the length, `i=600000,l=32`, is read.
 *
 * By WebCrypto, off the event loop: about 100 ms for the default. Cloudflare Workers refuse more than 100,000 iterations; there
 * portable code gives the same hashes in about 650 ms of CPU time.
 *
 * @param options All of them may be left out.
 * @returns What `passwords` takes as `hasher`, and among `verifiers`.
 * @throws TypeError On a bad option, and on less than OWASP's minimum unless `weakerThanOwasp`.
 *
 * @example
 * ```ts
 * import { passwords } from 'countersign/passwords';
 * import { pbkdf2, WORKERS_100_000 } from 'countersign/pbkdf2';
 *
 * const hashing = passwords({
 *   hasher: pbkdf2(WORKERS_100_000),
 *   // Of at least 32 bytes, from the platform's secrets.
 *   pepper: { a: (context) => (context.bindings as { PEPPER: string }).PEPPER },
 * });
 * ```
 */
export function pbkdf2({
  iterations = 600_000,
  maxWork = 8,
  weakerThanOwasp,
  ...others
}: Pbkdf2Options = {}): PasswordHasher {
  assertNoOthers(others);
  assertWhole('iterations', iterations, 1, 2 ** 27);
  assertWhole('maxWork', maxWork, 1, 1000);
  if (!weakerThanOwasp && iterations < 600_000) {
    throw new TypeError('iterations: less than OWASP’s minimum, 600000; weakerThanOwasp: true if that is meant');
  }
  const dearest = maxWork * Math.max(iterations, 600_000);

  return derivedHasher<readonly number[] & readonly [number]>({
    prefix: '$pbkdf2-sha256$',
    pattern: `i=${NUMBER}(?:,l=${NUMBER})?`,
    current: [iterations],
    write: ([i]) => `i=${i}`,
    minSalt: 1,
    // Each 32 bytes of the digest are iterations of their own.
    work: ([i]) => i,
    allows: ([i, length], digestLength) =>
      (length || digestLength) === digestLength && i * (digestLength > 32 ? 2 : 1) <= dearest,
    within: (work) => [Math.floor(work)],
    derive: derivePbkdf2,
  });
}
