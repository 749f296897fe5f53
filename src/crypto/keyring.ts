import { digest } from './digest.ts';
import { hmacSha256 } from './hmac-sha256.ts';

/** A secret of at least 32 bytes (text counts as UTF-8), or several: the first writes, all of them are read. */
export type Secret = string | Uint8Array | readonly (string | Uint8Array)[];

/**
 * Keys for one purpose, the first of them for writing. Each purpose has its own, so that what was written for one slot is
 * garbage in every other (CVE-2023-48309).
 *
 * @param make Gets each key: 256 bits, as 43 characters of base64url. What it makes is kept while the secret is the same.
 * @throws TypeError On no secret, and on one under 32 bytes; it never says which text. For a function, when it is called.
 */
export function keyring<Key, Context>(
  secret: Secret | ((context: Context) => Secret),
  purpose: string,
  make: (key: string) => Key,
): (context: Context) => readonly [Key, ...Key[]] {
  const derive = (given: unknown): [Key, ...Key[]] => {
    const secrets = [given].flat();
    // None at all is one that is too short.
    return (secrets.length ? secrets : ['']).map((each) => {
      const bytes = typeof each === 'string' ? new TextEncoder().encode(each) : (each as Uint8Array | undefined);
      if (!bytes || !(bytes.length >= 32)) throw new TypeError('secret: needs 32 bytes');
      return make(hmacSha256(digest(bytes, 'latin1'))(purpose));
    }) as [Key, ...Key[]];
  };
  if (typeof secret !== 'function') {
    const keys = derive(secret);
    return () => keys;
  }
  // No secret, so that a missing one is not taken for the one of before.
  let last: unknown = derive;
  let keys: [Key, ...Key[]];
  return (context) => {
    const given = secret(context);
    if (given !== last) keys = derive(given);
    last = given;
    return keys;
  };
}
