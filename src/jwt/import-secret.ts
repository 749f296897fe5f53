import { chain, type MaybePromise } from '../core/chain.ts';
import { encodeBase64url } from '../crypto/base64url.ts';
import { constantTimeEqual } from '../crypto/constant-time-equal.ts';
import { digest } from '../crypto/digest.ts';
import { findNodeCrypto } from '../runtime.ts';
import type { SigningKey } from './key.ts';

/**
 * A shared secret as a key (HS256, HS384, HS512). Whoever verifies with it can sign, too: for tokens that one party issues and
 * checks.
 *
 * HS256 is computed at once on every runtime; the others where the platform has a synchronous HMAC, and by WebCrypto elsewhere.
 *
 * @param secret At random, and at least as long as the hash: 32, 48 or 64 bytes (RFC 7518 §3.2). Text counts as UTF-8. No
 *   password of a person's (RFC 8725 §3.5): one captured token is enough to try them all.
 * @param options `kid` for tokens of several keys.
 * @throws TypeError On a shorter one, on the text of a public key, which is no secret, and on another algorithm.
 *
 * @example
 * ```ts
 * import { importSecret, signJwt } from 'countersign/jwt';
 *
 * const key = importSecret('not a secret: an example of 32 bytes');
 * await signJwt(key, { iss: 'https://id.example', aud: 'https://api.example', sub: 'ada' }, { expiresIn: 300 });
 * ```
 */
export function importSecret(
  secret: string | Uint8Array,
  alg: 'HS256' | 'HS384' | 'HS512' = 'HS256',
  { kid }: { readonly kid?: string | undefined } = {},
): SigningKey {
  const bits = { HS256: 256, HS384: 384, HS512: 512 }[alg];
  // A key that calls itself RS256 would verify what was signed with the public one: the same confusion.
  if (!bits) throw new TypeError('alg: HS256, HS384, HS512');
  // Of what is not bytes, zeros might be made: a secret that everybody knows.
  const bytes =
    typeof secret === 'string'
      ? new TextEncoder().encode(secret)
      : Uint8Array.from(ArrayBuffer.isView(secret) ? secret : []);
  // An RSA key that is public would verify tokens that anybody can sign (CVE-2015-9235 and its many fixes, CVE-2023-48223).
  // Our keys are of one type each, so it takes this mistake to get there; what looks like one is refused wherever it begins.
  if (!(bytes.length * 8 >= bits) || /---- ?BEGIN|ssh-|ecdsa-|"kty"/.test(new TextDecoder().decode(bytes))) {
    throw new TypeError(`secret: needs ${bits / 8} random bytes, and no public key`);
  }
  const mac = macOf(bytes as Uint8Array<ArrayBuffer>, bits);
  return {
    algs: [alg],
    kid,
    publicJwk: undefined,
    // As text: so a signature in another spelling is another signature.
    verify: (input, signature) => chain(mac(input), (expected) => constantTimeEqual(signature, expected)),
    sign: async (input) => mac(input),
  };
}

function macOf(key: Uint8Array<ArrayBuffer>, bits: number): (input: string) => MaybePromise<string> {
  if (bits === 256) return byTwoHashes(key.length > 64 ? digest(key, 'latin1') : String.fromCharCode(...key));
  const createHmac = findNodeCrypto()?.createHmac;
  return createHmac ? (input) => createHmac(`sha${bits}`, key).update(input).digest('base64url') : bySubtle(key, bits);
}

/**
 * HMAC-SHA-256 of text, which counts as UTF-8. In `hmacSha256` a character is a byte, and U+0141 counts as `A`, as it does in
 * Node's decoder: two tokens would be one. Two hashes, since on Node they are faster than its own HMAC, also of long texts.
 */
function byTwoHashes(key: string): (input: string) => string {
  const encoder = new TextEncoder();
  // Beyond the key's end its characters are NaN, which counts as 0.
  const padded = (pad: number, length: number) => Uint8Array.from({ length }, (_, at) => key.charCodeAt(at) ^ pad);
  const outer = padded(0x5c, 96);
  let inner = new Uint8Array(0);
  return (input) => {
    const most = 64 + 3 * input.length;
    if (inner.length < most) inner = padded(0x36, most);
    const { written } = encoder.encodeInto(input, inner.subarray(64));
    const hash = digest(inner.subarray(0, 64 + written), 'latin1');
    for (let at = 0; at < 32; at++) outer[64 + at] = hash.charCodeAt(at);
    return digest(outer, 'base64url');
  };
}

function bySubtle(key: Uint8Array<ArrayBuffer>, bits: number): (input: string) => Promise<string> {
  let imported: CryptoKey | undefined;
  return async (input) => {
    // The key is kept, and not the promise of it: on Workers nothing that one request started may be awaited by another.
    imported ??= await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: `SHA-${bits}` }, false, ['sign']);
    return encodeBase64url(new Uint8Array(await crypto.subtle.sign('HMAC', imported, new TextEncoder().encode(input))));
  };
}
