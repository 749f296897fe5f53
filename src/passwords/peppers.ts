import type { Context } from '../core/context.ts';
import { hmacSha256 } from '../crypto/hmac-sha256.ts';
import { keyring, type Secret } from '../crypto/keyring.ts';

/** Peppers by name: a lower-case letter, then letters and digits. The first hashes, all of them verify. */
export type PepperOption = Readonly<Record<string, Secret | ((context: Context) => Secret)>>;

/** A pepper, or none. */
export interface Pepper {
  /** Stands in front of the hash: `$hmac-sha256$k=a`. */
  readonly prefix: string;
  /** What is hashed in place of the password. */
  apply(password: string, context: Context): string;
}

const NONE: Pepper = { prefix: '', apply: (password) => password };
const PREFIX = '$hmac-sha256$';

/** @throws TypeError On no pepper, a bad name, and a secret under 32 bytes; of one that is a function, when it is called. */
export function peppersOf(option: PepperOption | undefined): {
  readonly current: Pepper;
  /** A stored hash apart from its pepper; `undefined` where that is not known. */
  open(stored: string): { readonly pepper: Pepper; readonly hash: string } | undefined;
} {
  const peppers = new Map<string, Pepper>();
  for (const [name, secret] of Object.entries(option ?? {})) {
    // Names that are numbers are listed first, whatever the order they were written in.
    if (!/^[a-z][a-z0-9]{0,15}$/.test(name))
      throw new TypeError('pepper: named by a lower-case letter, then letters and digits');
    const keys = keyring<(message: string) => string, Context>(secret, 'password pepper', hmacSha256);
    peppers.set(name, {
      prefix: `${PREFIX}k=${name}`,
      // Base64url: 43 characters without NUL, which bcrypt can take.
      apply: (password, context) => keys(context)[0](String.fromCharCode(...new TextEncoder().encode(password))),
    });
  }
  const [current = NONE] = peppers.values();
  if (option && current === NONE) throw new TypeError('pepper: needs one');

  return {
    current,
    open(stored) {
      if (!stored.startsWith(PREFIX)) return { pepper: NONE, hash: stored };
      const [, name, hash] = /^\$hmac-sha256\$k=([a-z0-9]{1,16})(\$.+)$/.exec(stored) ?? [];
      const pepper = peppers.get(name ?? '');
      return pepper && hash ? { pepper, hash } : undefined;
    },
  };
}
