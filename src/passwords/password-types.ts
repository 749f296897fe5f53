import type { MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import type { HashVerifier, PasswordHasher } from './hasher.ts';
import type { PepperOption } from './peppers.ts';

export interface PasswordsOptions {
  /** What new hashes are made by: `argon2id()`, `scrypt()`, `pbkdf2()`, `bcrypt(…)`, or one of your own. */
  readonly hasher: PasswordHasher;
  /** What else stored hashes may be: those same, or what reads the hashes of an old system. Asked after `hasher`, in order. */
  readonly verifiers?: readonly HashVerifier[] | undefined;
  /**
   * Secrets of at least 32 bytes, kept where the table is not: what is hashed is HMAC-SHA-256 of the password under the first of
   * them. A stolen table can then not even be guessed at. The name stands in the hash; to change a secret put another in front,
   * `{ b: young, a: old }`, and keep the old one until nobody has it. Without it all of its passwords are lost.
   */
  readonly pepper?: PepperOption | undefined;
  /**
   * Least length of a new password, in code points. Default 15, which NIST SP 800-63B-4 asks for where a password is the only
   * factor; 8 where there is always another. Never asked of one that is verified.
   */
  readonly minLength?: number | undefined;
  /** Most bytes of a password in UTF-8, 256 to 4096. Default 1024. A longer one is never hashed. */
  readonly maxBytes?: number | undefined;
  /**
   * Whether a new password is in a list of those that were leaked, or are too common. Asked last, before it is hashed. If it
   * throws, so does `hash`.
   */
  readonly isBreached?: ((password: string, context: Context) => MaybePromise<boolean>) | undefined;
  /** How many passwords may be at work at once in this process; beyond that it throws, which is a 503. Default 32. */
  readonly maxConcurrent?: number | undefined;
}

/** What became of a new password. */
export type HashedPassword =
  | { readonly ok: true; readonly hash: string }
  | {
      readonly ok: false;
      /**
       * - `malformed`: empty, no text, control characters, lone surrogates.
       * - `too_short`, `too_long`: `minLength`, `maxBytes`, or what the hasher takes.
       * - `breached`: `isBreached` says so.
       */
      readonly reason: 'malformed' | 'too_short' | 'too_long' | 'breached';
    };

/** Whether a password is the right one. */
export type VerifiedPassword =
  | {
      readonly ok: true;
      /**
       * There where the hash is not what would be made now: other parameters, another algorithm, another pepper. Makes the new
       * one, which takes as long as verifying. Store it only in place of the hash that was verified (compare-and-swap).
       */
      readonly rehash?: ((context?: Context) => Promise<string>) | undefined;
    }
  | {
      readonly ok: false;
      /**
       * For logs; an answer must be the same for all.
       *
       * - `invalid`: another password.
       * - `absent`: there was no hash: no such user, or one without a password.
       * - `unreadable`: a hash that nothing here reads, is malformed, asks for too much work, or for a pepper that is not here.
       *   Nothing of it was computed. Somebody should look at it.
       * - `malformed`, `too_long`: no password can be that.
       */
      readonly reason: 'invalid' | 'absent' | 'unreadable' | 'malformed' | 'too_long';
    };

/** `context` is what `createContext` makes, and may be left out where no pepper is a function of it. */
export interface Passwords {
  /** A hash of a new password, unless it is refused. */
  hash(password: string, context?: Context): Promise<HashedPassword>;
  /**
   * Whether a password is the one that was hashed. Without a hash, with one that can't be read, and with a password that can't
   * be one, the work is the same, and the answer no.
   *
   * @param hash As it is stored; `undefined`, `null` or empty where there is none.
   * @throws Error When too many are at work, or a verifier of the application's throws.
   */
  verify(password: string, hash: string | null | undefined, context?: Context): Promise<VerifiedPassword>;
  /**
   * The same for the option `passwords` of `basic`, which can't rehash. A hash that can't be read is a throw there, and a pepper
   * that is a function gets a context without the platform's bindings.
   */
  readonly forBasic: {
    verify(password: string, passwordHash: string): Promise<boolean>;
    readonly decoyHash: string;
  };
}
