import { digest } from '../crypto/digest.ts';
import type { Jwk } from './key.ts';

/**
 * The SHA-256 thumbprint of a key (RFC 7638): a name that everybody gives it.
 *
 * @param jwk Public or private: the public members count, and are the same in both.
 * @returns 43 characters of base64url.
 * @throws TypeError On a type of key that has none here.
 *
 * @example
 * ```ts
 * import { thumbprint } from 'countersign/jwt';
 *
 * thumbprint({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' });
 * // kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k
 * ```
 */
export function thumbprint({ kty, crv, e, k, n, x, y }: Jwk): string {
  // In the order of the alphabet, without blanks, and nothing else (§3.2, RFC 8037 §2).
  const members = {
    __proto__: null,
    RSA: { e, kty, n },
    EC: { crv, kty, x, y },
    OKP: { crv, kty, x },
    oct: { k, kty },
  }[kty as 'RSA'];
  if (!members || Object.values(members).some((value) => typeof value !== 'string'))
    throw new TypeError('key: no thumbprint');
  return digest(JSON.stringify(members), 'base64url');
}
