import { encodeBase64url, strictBase64url } from '../crypto/base64url.ts';
import { type AlgorithmParts, partsOf } from './algorithms.ts';
import { importSecret } from './import-secret.ts';
import type { Algorithm, Jwk, SigningKey, VerificationKey } from './key.ts';
import { algorithmOf, publicKey } from './public-key.ts';

/**
 * A JSON Web Key that verifies (RFC 7517). It is of one algorithm, its own or the one that is named here, for good.
 *
 * @param jwk Public, private (its public part is taken) or `oct`.
 * @param alg Where the key names none. An elliptic curve has only one, which is the default then.
 * @throws TypeError On a key that does not fit the algorithm, that is weak (RSA under 2048 bits, a secret shorter than its hash),
 *   or that is for something else (`use`, `key_ops`). Not on a point that is not on its curve: the platform refuses that one
 *   when it first verifies.
 *
 * @example
 * ```ts
 * import { importJwk, jwt } from 'countersign/jwt';
 *
 * const key = importJwk({
 *   kty: 'OKP',
 *   crv: 'Ed25519',
 *   x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
 * });
 * export const tokens = jwt({ issuer: 'https://id.example', audience: 'https://api.example', keys: key });
 * ```
 */
export function importJwk(jwk: Jwk, alg?: Algorithm): VerificationKey {
  return jwk.kty === 'oct' ? secretOf(jwk, algorithmOf(jwk, alg)) : publicKey(jwk, alg);
}

/**
 * A private JSON Web Key, or an `oct` one: signs, and verifies what it signed.
 *
 * @param jwk With `d` or `k`; `generateJwk` makes one.
 * @param alg Where the key names none.
 * @throws TypeError As {@link importJwk}, and on a public key.
 *
 * @example
 * ```ts
 * import { generateJwk, importPrivateJwk, signJwt } from 'countersign/jwt';
 *
 * const key = importPrivateJwk(await generateJwk('Ed25519'));
 * await signJwt(key, { iss: 'https://id.example', aud: 'https://api.example', sub: 'ada' }, { expiresIn: 300 });
 * ```
 */
export function importPrivateJwk(jwk: Jwk, alg?: Algorithm): SigningKey {
  const name = algorithmOf(jwk, alg, 'sign');
  if (jwk.kty === 'oct') return secretOf(jwk, name);
  if (!jwk.d) throw new TypeError('key: not a private one');
  const { webCrypto } = partsOf(name) as AlgorithmParts;
  // Without what would have to agree with WebCrypto's own names.
  const { alg: _, use: __, key_ops: ___, kid: ____, ...bare } = jwk;
  let imported: CryptoKey | undefined;
  return {
    ...publicKey(jwk, name),
    async sign(input) {
      imported ??= await crypto.subtle.importKey('jwk', bare as JsonWebKey, webCrypto, false, ['sign']);
      const bytes = new Uint8Array(await crypto.subtle.sign(webCrypto, imported, new TextEncoder().encode(input)));
      return encodeBase64url(bytes);
    },
  };
}

function secretOf({ k, kid }: Jwk, alg: Algorithm): SigningKey {
  return importSecret(strictBase64url()(k as string) ?? '', alg as 'HS256', { kid });
}
