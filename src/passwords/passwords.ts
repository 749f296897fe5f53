/**
 * Passwords: hashed by one algorithm, verified by several, and hashed anew when they are old.
 *
 * @module countersign/passwords
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { assertWhole } from '../core/assert-whole.ts';
import type { MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import { createContext } from '../runtime.ts';
import { atMost } from './at-most.ts';
import type { HashedPassword, Passwords, PasswordsOptions, VerifiedPassword } from './password-types.ts';
import { type Pepper, peppersOf } from './peppers.ts';
import { bytesOf, preparePassword } from './prepare-password.ts';

export type { MaybePromise } from '../core/chain.ts';
export type { Context } from '../core/context.ts';
export type { Secret } from '../crypto/keyring.ts';
export type { HashVerifier, PasswordHasher } from './hasher.ts';
export type * from './password-types.ts';
export type { PepperOption } from './peppers.ts';

/** Verified in place of what no password can be, so that the time is the same. */
const SOME_PASSWORD = 'no password';
/** Longer than any hash that has a place in a table. */
const MAX_HASH = 1024;

/**
 * What a sign-in does with a password, and a sign-up. Passwords are compared as RFC 8265 §4.2 has them: in Unicode NFC, with
 * spaces of other scripts as U+0020. Hashes are PHC strings; which algorithm, at which cost, with which pepper stands in them.
 *
 * An unknown user costs what a known one costs, if all hashes are of one algorithm: of one with lower parameters than now the
 * missing work is made up (of scrypt with another memory to within a tenth, else closer). Hashes of *another* algorithm take the
 * time that algorithm takes, until their owner signs in; so do those that are dearer than new ones.
 *
 * What it does not do: limit guesses, which everybody needs (each costs the server more than the guesser), store anything,
 * keep passwords out of memory, or verify what was hashed from another spelling: an old hash of `a` with NBSP, or in NFD.
 *
 * @param options `hasher` at least.
 * @throws TypeError On a bad option; it names the option, never a secret.
 *
 * @example
 * ```ts
 * import { argon2id } from 'countersign/argon2id';
 * import { passwords } from 'countersign/passwords';
 * import { scrypt } from 'countersign/scrypt';
 *
 * const hashing = passwords({ hasher: argon2id(), verifiers: [scrypt()] });
 *
 * // Sign-up
 * const made = await hashing.hash('correct horse battery staple');
 * const table = new Map([['ada', made.ok ? made.hash : made.reason]]);
 * console.log((await hashing.hash('hunter2')).ok); // false: too_short
 *
 * // Sign-in
 * const stored = table.get('ada');
 * const verified = await hashing.verify('correct horse battery staple', stored);
 * console.log(verified.ok); // true
 * if (verified.ok && verified.rehash) {
 *   const hash = await verified.rehash();
 *   // UPDATE users SET hash = $hash WHERE name = 'ada' AND hash = $stored
 *   if (table.get('ada') === stored) table.set('ada', hash);
 * }
 *
 * // Nobody of that name: the same work.
 * console.log((await hashing.verify('correct horse battery staple', table.get('bob'))).ok); // false
 * ```
 */
export function passwords({
  hasher,
  verifiers = [],
  pepper,
  minLength = 15,
  maxBytes = 1024,
  isBreached,
  maxConcurrent = 32,
  ...others
}: PasswordsOptions): Passwords {
  assertNoOthers(others);
  if (!hasher?.decoyHash?.startsWith('$')) throw new TypeError('hasher: such as argon2id(); its hashes begin with $');
  if (!verifiers.every((each) => typeof each?.reads === 'function')) {
    throw new TypeError('verifiers: each with reads and verify');
  }
  assertWhole('minLength', minLength, 8, 64);
  assertWhole('maxBytes', maxBytes, 256, 4096);
  assertWhole('maxConcurrent', maxConcurrent, 1, 1_000_000);
  const { current, open } = peppersOf(pepper);
  const readers = [hasher, ...verifiers];
  const work = atMost(maxConcurrent);
  const decoy: Target = { pepper: current, hash: hasher.decoyHash, reader: hasher };

  interface Target {
    readonly pepper: Pepper;
    readonly hash: string;
    readonly reader: (typeof readers)[number];
  }
  const find = (stored: unknown): Target | undefined => {
    if (typeof stored !== 'string' || stored.length > MAX_HASH) return undefined;
    const opened = open(stored);
    const reader = opened && readers.find((each) => each.reads(opened.hash));
    return reader && { ...opened, reader };
  };
  const check = (
    password: string,
    { pepper: by, hash, reader }: Target,
    context: Context,
  ): MaybePromise<boolean | undefined> => reader.verify(by.apply(password, context), hash);
  const make = async (password: string, context: Context): Promise<string> =>
    current.prefix + (await work(context.now, () => hasher.hash(current.apply(password, context), context)));
  const fits = (password: string): boolean => !!pepper || bytesOf(password) <= (hasher.maxBytes ?? maxBytes);

  const verify: Passwords['verify'] = (given, stored, context = createContext()) =>
    work(context.now, async (): Promise<VerifiedPassword> => {
      const { text, reason } = preparePassword(given, maxBytes);
      const target = stored ? find(stored) : undefined;
      const password = text ?? SOME_PASSWORD;
      const found = target && (await check(password, target, context));
      // Nothing was computed yet: somebody who is timing the answer must not see that.
      if (found === undefined) await check(password, decoy, context);
      if (reason) return { ok: false, reason };
      if (!target || found === undefined) return { ok: false, reason: stored ? 'unreadable' : 'absent' };
      // What a verifier of the application's returns may be anything that is true enough.
      if (found !== true) return { ok: false, reason: 'invalid' };
      const isCurrent = target.pepper === current && target.reader === hasher && hasher.isCurrent(target.hash);
      if (isCurrent || !fits(password)) return { ok: true };
      return { ok: true, rehash: (later = context) => make(password, later) };
    });

  return {
    async hash(given, context = createContext()): Promise<HashedPassword> {
      const { text, reason } = preparePassword(given, maxBytes);
      if (reason) return { ok: false, reason };
      if ([...text].length < minLength) return { ok: false, reason: 'too_short' };
      if (!fits(text)) return { ok: false, reason: 'too_long' };
      if (await isBreached?.(text, context)) return { ok: false, reason: 'breached' };
      return { ok: true, hash: await make(text, context) };
    },
    verify,
    forBasic: {
      decoyHash: current.prefix + hasher.decoyHash,
      async verify(password, passwordHash) {
        const verified = await verify(password, passwordHash);
        if (!verified.ok && verified.reason === 'unreadable') throw new Error('passwordHash: unreadable');
        return verified.ok;
      },
    },
  };
}
