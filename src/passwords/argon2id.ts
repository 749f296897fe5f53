/**
 * Passwords by Argon2id (RFC 9106): what to choose where nothing speaks against it.
 *
 * @module countersign/argon2id
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { assertWhole } from '../core/assert-whole.ts';
import { deriveArgon2id } from './derive-argon2id.ts';
import { derivedHasher, NUMBER } from './derived-hasher.ts';
import type { PasswordHasher } from './hasher.ts';

export type { HashVerifier, PasswordHasher } from './hasher.ts';

export interface Argon2idOptions {
  /** In KiB. Default 19,456: {@link OWASP_19_MIB}. */
  readonly memory?: number | undefined;
  /** How often it goes over the memory. Default 2. */
  readonly passes?: number | undefined;
  /** Lanes. Default 1; portable code computes them one after another. */
  readonly parallelism?: number | undefined;
  /** The memory that a stored hash may ask for, in KiB. Default: 131,072 (128 MiB), or `memory` if that is more. */
  readonly maxMemory?: number | undefined;
  /** How many times the work of new hashes (of the default ones, if they are weaker) a stored hash may cost. Default 8. */
  readonly maxWork?: number | undefined;
  /** Says that less than OWASP asks for is meant: for tests. */
  readonly weakerThanOwasp?: boolean | undefined;
}

/** OWASP Password Storage Cheat Sheet, as of August 2026: of equal strength, from much memory and little time to the reverse. */
export const OWASP_46_MIB: Argon2idOptions = { memory: 47_104, passes: 1 };
export const OWASP_19_MIB: Argon2idOptions = { memory: 19_456, passes: 2 };
export const OWASP_12_MIB: Argon2idOptions = { memory: 12_288, passes: 3 };
export const OWASP_9_MIB: Argon2idOptions = { memory: 9216, passes: 4 };
export const OWASP_7_MIB: Argon2idOptions = { memory: 7168, passes: 5 };
/** RFC 9106 §4, the second recommendation: for servers that have native Argon2 and memory to spare. */
export const RFC9106_64_MIB: Argon2idOptions = { memory: 65_536, passes: 3, parallelism: 4 };

/**
 * Makes and verifies `$argon2id$v=19$m=19456,t=2,p=1$…$…`.
 *
 * Native and off the event loop where `node:crypto` has `argon2` (Node 24.7, Bun): about 22 ms for the default. Elsewhere
 * portable code gives the same hashes in about 150 ms, during which the process does nothing else, so that never more than one
 * holds its memory there. Node 20 and 22, and Deno, have native scrypt instead (`countersign/scrypt`). On Cloudflare Workers
 * the 150 ms are CPU time: far beyond the 10 ms of the free plan.
 *
 * What it does not read: Argon2i, Argon2d, version 16, and hashes with `keyid` or `data`.
 *
 * @param options Parameters, such as {@link OWASP_46_MIB}. All of them may be left out.
 * @returns What `passwords` takes as `hasher`, and among `verifiers`.
 * @throws TypeError On a bad option, and on less than OWASP's minimum unless `weakerThanOwasp`.
 *
 * @example
 * ```ts
 * import { argon2id, OWASP_19_MIB } from 'countersign/argon2id';
 * import { passwords } from 'countersign/passwords';
 *
 * const hashing = passwords({ hasher: argon2id(OWASP_19_MIB) });
 * const made = await hashing.hash('correct horse battery staple');
 * console.log(made.ok && made.hash.slice(0, 31)); // $argon2id$v=19$m=19456,t=2,p=1$
 * ```
 */
export function argon2id({
  memory = 19_456,
  passes = 2,
  parallelism = 1,
  maxMemory = Math.max(131_072, memory),
  maxWork = 8,
  weakerThanOwasp,
  ...others
}: Argon2idOptions = {}): PasswordHasher {
  assertNoOthers(others);
  assertWhole('parallelism', parallelism, 1, 16);
  assertWhole('memory', memory, 8 * parallelism, 2 ** 21);
  assertWhole('passes', passes, 1, 1000);
  assertWhole('maxMemory', maxMemory, memory, 2 ** 21);
  assertWhole('maxWork', maxWork, 1, 1000);
  if (!weakerThanOwasp && (memory < 7168 || memory * passes < 7168 * 5)) {
    throw new TypeError(
      'memory: with passes, less than OWASP’s minimum (19456 KiB, 2 passes); weakerThanOwasp: true for tests',
    );
  }
  const dearest = maxWork * Math.max(memory * passes, 19_456 * 2);

  return derivedHasher<readonly [number, number, number]>({
    prefix: '$argon2id$',
    pattern: `v=19\\$m=${NUMBER},t=${NUMBER},p=${NUMBER}`,
    current: [memory, passes, parallelism],
    write: ([m, t, p]) => `v=19$m=${m},t=${t},p=${p}`,
    // RFC 9106 §3.1
    minSalt: 8,
    work: ([m, t]) => m * t,
    allows: ([m, t, p]) => p <= 16 && m >= 8 * p && m <= maxMemory && m * t <= dearest,
    within(work) {
      const m = Math.floor(work / passes);
      return m < 8 * parallelism ? undefined : [m, passes, parallelism];
    },
    derive: deriveArgon2id,
  });
}
