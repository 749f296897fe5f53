import type { MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';

/** Verifies stored hashes of one kind. Yours, for the hashes of an old system. */
export interface HashVerifier {
  /** Whether a stored hash is of this kind, by how it begins. Nothing is computed. */
  reads(hash: string): boolean;
  /**
   * Whether a password is the one that was hashed. Compare with `constantTimeEqual` of `countersign/crypto`.
   *
   * @param password As `passwords` prepared it: not empty, no control characters, bounded.
   * @param hash One that {@link HashVerifier.reads} says yes to.
   * @returns `undefined` of a hash that is malformed, or dearer than may be computed: then nothing was computed.
   */
  verify(password: string, hash: string): MaybePromise<boolean | undefined>;
}

/** Makes hashes of one kind, with parameters and salt inside, and verifies them. */
export interface PasswordHasher extends HashVerifier {
  /** @returns A string that begins with `$`. */
  hash(password: string, context: Context): MaybePromise<string>;
  /** Whether a hash that was verified is what {@link PasswordHasher.hash} would make now: the same parameters and lengths. */
  isCurrent(hash: string): boolean;
  /** A hash of no one's password, with the parameters of now. It is verified where there is no other. */
  readonly decoyHash: string;
  /** Bytes of UTF-8 that are hashed at most, where the algorithm has such a limit. */
  readonly maxBytes?: number | undefined;
}
