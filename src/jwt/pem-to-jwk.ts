import { type AlgorithmParts, partsOf } from './algorithms.ts';
import type { Algorithm, Jwk } from './key.ts';

/**
 * A key in PEM (RFC 7468) as a JWK, for `importJwk` and `importPrivateJwk`. What is in it is found out by reading it, and not by
 * the look of the text: a key that is not of this algorithm is refused.
 *
 * @param pem `PUBLIC KEY` (SPKI) or `PRIVATE KEY` (PKCS #8), one of them. Not `RSA PUBLIC KEY`, `EC PRIVATE KEY` or a certificate:
 *   `openssl pkey` turns the former into these.
 * @param alg Which algorithm the key is for.
 * @throws TypeError On anything else, and on a key that is not of that algorithm.
 *
 * @example
 * ```ts
 * import { importJwk, pemToJwk } from 'countersign/jwt';
 *
 * const pem = `-----BEGIN PUBLIC KEY-----
 * MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
 * -----END PUBLIC KEY-----`;
 * importJwk(await pemToJwk(pem, 'Ed25519'));
 * ```
 */
export async function pemToJwk(pem: string, alg: Algorithm): Promise<Jwk> {
  const { kty, webCrypto } = partsOf(alg) ?? ({} as AlgorithmParts);
  const match = /^\s*-----BEGIN (PUBLIC|PRIVATE) KEY-----([A-Za-z\d+/=\s]+)-----END \1 KEY-----\s*$/.exec(pem);
  if (!match || !kty || kty === 'oct')
    throw new TypeError('pem: needs PUBLIC KEY or PRIVATE KEY, of a public-key algorithm');
  const isPublic = match[1] === 'PUBLIC';
  try {
    const der = Uint8Array.from(atob(match[2] as string), (character) => character.charCodeAt(0));
    const use = [isPublic ? 'verify' : 'sign'] as KeyUsage[];
    const key = await crypto.subtle.importKey(isPublic ? 'spki' : 'pkcs8', der, webCrypto, true, use);
    const { key_ops: _, ext: __, ...jwk } = (await crypto.subtle.exportKey('jwk', key)) as JsonWebKey;
    return { ...(jwk as Jwk), alg };
  } catch {
    // Not the platform's reason: it may quote the key.
    throw new TypeError(`pem: not a key of ${alg}`);
  }
}
