/**
 * Passwords by scrypt (RFC 7914): native wherever `node:crypto` is.
 *
 * @module countersign/scrypt
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { assertWhole } from '../core/assert-whole.ts';
import { deriveScrypt } from './derive-scrypt.ts';
import { derivedHasher, NUMBER } from './derived-hasher.ts';
import type { PasswordHasher } from './hasher.ts';

export type { HashVerifier, PasswordHasher } from './hasher.ts';

export interface ScryptOptions {
  /** Binary logarithm of N. Default 17: {@link OWASP_128_MIB}. */
  readonly logN?: number | undefined;
  /** Default 8. Memory is 128 bytes times N times r. */
  readonly blockSize?: number | undefined;
  /** p: how often it is done, one after another. Default 1. */
  readonly parallelism?: number | undefined;
  /** The memory that a stored hash may ask for, in KiB. Default: 131,072 (128 MiB), or what new hashes need if that is more. */
  readonly maxMemory?: number | undefined;
  /** How many times the work of new hashes (of the default ones, if they are weaker) a stored hash may cost. Default 8. */
  readonly maxWork?: number | undefined;
  /** Says that less than OWASP asks for is meant: for tests. */
  readonly weakerThanOwasp?: boolean | undefined;
}

/** OWASP Password Storage Cheat Sheet, as of August 2026: of comparable strength, from much memory to little. */
export const OWASP_128_MIB: ScryptOptions = { logN: 17, parallelism: 1 };
export const OWASP_64_MIB: ScryptOptions = { logN: 16, parallelism: 2 };
export const OWASP_32_MIB: ScryptOptions = { logN: 15, parallelism: 3 };
export const OWASP_16_MIB: ScryptOptions = { logN: 14, parallelism: 5 };
export const OWASP_8_MIB: ScryptOptions = { logN: 13, parallelism: 10 };

/**
 * Makes and verifies `$scrypt$ln=17,r=8,p=1$…$…`.
 *
 * Native and off the event loop on Node, Deno and Bun: about 300 ms for the default, and 128 MiB for each that is at work, of
 * which Node runs four at a time. {@link OWASP_16_MIB} takes half the time and an eighth of the memory. Without `node:crypto`,
 * as on Cloudflare Workers without `nodejs_compat`, portable code gives the same hashes in half again the time, during which
 * the process does nothing else; an isolate has 128 MiB in all, so choose less there.
 *
 * @param options Parameters, such as {@link OWASP_16_MIB}. All of them may be left out.
 * @returns What `passwords` takes as `hasher`, and among `verifiers`.
 * @throws TypeError On a bad option, and on less than OWASP's minimum unless `weakerThanOwasp`.
 *
 * @example
 * ```ts
 * import { passwords } from 'countersign/passwords';
 * import { OWASP_16_MIB, scrypt } from 'countersign/scrypt';
 *
 * const hashing = passwords({ hasher: scrypt(OWASP_16_MIB) });
 * const made = await hashing.hash('correct horse battery staple');
 * console.log(made.ok && made.hash.slice(0, 22)); // $scrypt$ln=14,r=8,p=5$
 * ```
 */
export function scrypt({
  logN = 17,
  blockSize = 8,
  parallelism = 1,
  maxMemory = Math.max(131_072, memoryOf(logN, blockSize)),
  maxWork = 8,
  weakerThanOwasp,
  ...others
}: ScryptOptions = {}): PasswordHasher {
  assertNoOthers(others);
  assertWhole('logN', logN, 1, 24);
  assertWhole('blockSize', blockSize, 1, 32);
  assertWhole('parallelism', parallelism, 1, 64);
  assertWhole('maxMemory', maxMemory, Math.ceil(memoryOf(logN, blockSize)), 2 ** 22);
  assertWhole('maxWork', maxWork, 1, 1000);
  const work = ([ln, r, p]: readonly [number, number, number]): number => 2 ** ln * r * p;
  if (!weakerThanOwasp && (memoryOf(logN, blockSize) < 8192 || work([logN, blockSize, parallelism]) < 5 * 2 ** 17)) {
    throw new TypeError('logN: with the others, less than OWASP’s minimum (17, 8, 1); weakerThanOwasp: true for tests');
  }
  const dearest = maxWork * Math.max(work([logN, blockSize, parallelism]), 2 ** 20);

  return derivedHasher<readonly [number, number, number]>({
    prefix: '$scrypt$',
    pattern: `ln=${NUMBER},r=${NUMBER},p=${NUMBER}`,
    current: [logN, blockSize, parallelism],
    write: ([ln, r, p]) => `ln=${ln},r=${r},p=${p}`,
    minSalt: 1,
    work,
    allows: ([ln, r, p]) =>
      // RFC 7914 §6 has N < 2^(16 r).
      ln < 16 * r && memoryOf(ln, r) <= maxMemory && p <= 64 && work([ln, r, p]) <= dearest,
    within(most) {
      const ln = Math.min(logN, Math.floor(Math.log2(most / blockSize)));
      return ln < 1 ? undefined : [ln, blockSize, Math.min(64, Math.floor(most / blockSize / 2 ** ln))];
    },
    derive: deriveScrypt,
  });
}

/** In KiB. */
function memoryOf(logN: number, blockSize: number): number {
  return (2 ** logN * blockSize) / 8;
}
