import { encodeBase64url } from '../crypto/base64url.ts';
import { type AlgorithmParts, partsOf } from './algorithms.ts';
import type { Algorithm, Jwk } from './key.ts';
import { thumbprint } from './thumbprint.ts';

/**
 * Makes a key for an algorithm, as a private JWK to be kept where secrets are: `importPrivateJwk` takes it. What may be published
 * is that key's `publicJwk`.
 *
 * @param alg RSA keys have 3072 bits (128 bits of security, NIST SP 800-57), secrets as many as the hash.
 * @returns With its thumbprint as `kid`.
 * @throws TypeError On an unknown algorithm.
 *
 * @example
 * ```ts
 * import { generateJwk, importPrivateJwk } from 'countersign/jwt';
 *
 * const key = importPrivateJwk(await generateJwk('ES256'));
 * JSON.stringify({ keys: [key.publicJwk] }); // for others who verify
 * ```
 */
export async function generateJwk(alg: Algorithm): Promise<Jwk> {
  const { kty, bits, webCrypto } = partsOf(alg) ?? ({} as AlgorithmParts);
  if (!kty) throw new TypeError('alg: unknown');
  if (kty === 'oct') {
    const k = encodeBase64url(crypto.getRandomValues(new Uint8Array(bits / 8)));
    return { kty, k, alg, kid: thumbprint({ kty, k }), use: 'sig' };
  }
  const rsa = kty === 'RSA' && { modulusLength: 3072, publicExponent: new Uint8Array([1, 0, 1]) };
  const pair = (await crypto.subtle.generateKey({ ...webCrypto, ...rsa }, true, ['sign', 'verify'])) as CryptoKeyPair;
  const { key_ops: _, ext: __, ...jwk } = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey;
  return { ...(jwk as Jwk), alg, kid: thumbprint(jwk as Jwk), use: 'sig' };
}
