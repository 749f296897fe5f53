import { encodeBase64url, strictBase64url } from '../crypto/base64url.ts';
import { constantTimeEqualBytes } from '../crypto/constant-time-equal-bytes.ts';
import type { PasswordHasher } from './hasher.ts';

/** In bytes: what hashes are made with. */
const SALT = 16;
const DIGEST = 32;

/** A function from password, salt and cost to bytes, and how its hashes are written. */
export interface Derivation<P extends readonly number[]> {
  /** How all of its hashes begin: `$scrypt$`. */
  readonly prefix: string;
  /** A regular expression of the parameters, up to the salt, with a group for each. */
  readonly pattern: string;
  /** The parameters of new hashes. */
  readonly current: P;
  write(parameters: P): string;
  /** Least bytes of a salt. */
  readonly minSalt: number;
  /** In any unit; what a derivation costs is proportional to it. */
  work(parameters: P): number;
  /** Whether these may be computed: within the algorithm's bounds and the caller's. */
  allows(parameters: P, digestLength: number): boolean;
  /** Parameters of at most this work and at least half of it, without more memory than `current`; none if it is too little. */
  within(work: number): P | undefined;
  derive(password: Uint8Array, salt: Uint8Array, parameters: P, length: number): Promise<Uint8Array>;
}

/** A number as the PHC format has it: no sign, no leading zero. */
export const NUMBER = '([1-9][0-9]{0,9})';

/** Hashes in the PHC string format: `$scrypt$ln=17,r=8,p=1$<salt>$<digest>`, base64 without padding. */
export function derivedHasher<P extends readonly number[]>(kind: Derivation<P>): PasswordHasher {
  const { prefix, current, work } = kind;
  const begin = `${prefix}${kind.write(current)}$`;
  // A digest under 16 bytes would be one that somebody cut off: guessable. Bounded, so that garbage of any length costs little.
  const whole = new RegExp(
    `^\\${prefix.slice(0, -1)}\\$${kind.pattern}\\$([A-Za-z0-9+/]{1,86})\\$([A-Za-z0-9+/]{22,86})$`,
  );
  const decode = strictBase64url();
  const bytesOf = (base64: string) => decode(base64.replace(/\+/g, '-').replace(/\//g, '_'));
  const format = (salt: Uint8Array, digest: Uint8Array): string => `${begin}${base64Of(salt)}$${base64Of(digest)}`;
  const decoyHash = format(new Uint8Array(SALT), new Uint8Array(DIGEST));

  const parse = (hash: string) => {
    const groups = whole.exec(hash)?.slice(1);
    const [salt, digest] = groups?.splice(-2).map(bytesOf) ?? [];
    if (!groups || !salt || !digest || salt.length < kind.minSalt) return undefined;
    const parameters = groups.map(Number) as readonly number[] as P;
    return kind.allows(parameters, digest.length) ? { parameters, salt, digest } : undefined;
  };

  /** A hash of fewer iterations must not answer sooner than one of now: that would tell who has not signed in for long. */
  const makeUp = async (missing: number, password: Uint8Array, salt: Uint8Array): Promise<void> => {
    for (let left = missing; left > work(current) / 64; ) {
      const next = kind.within(left);
      if (!next) return;
      await kind.derive(password, salt, next, DIGEST);
      left -= work(next);
    }
  };

  return {
    reads: (hash) => hash.startsWith(prefix),
    async verify(password, hash) {
      const stored = parse(hash);
      if (!stored) return undefined;
      const { parameters, salt, digest } = stored;
      const bytes = new TextEncoder().encode(password);
      const derived = await kind.derive(bytes, salt, parameters, digest.length);
      if (constantTimeEqualBytes(derived, digest)) return true;
      await makeUp(work(current) - work(parameters), bytes, salt);
      return false;
    },
    async hash(password, { random }) {
      const salt = random(SALT);
      return format(salt, await kind.derive(new TextEncoder().encode(password), salt, current, DIGEST));
    },
    isCurrent: (hash) => hash.startsWith(begin) && hash.length === decoyHash.length,
    decoyHash,
  };
}

function base64Of(bytes: Uint8Array): string {
  return encodeBase64url(bytes).replace(/-/g, '+').replace(/_/g, '/');
}
