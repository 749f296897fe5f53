import type { Algorithm, Jwk, VerificationKey } from './key.ts';
import { publicKey } from './public-key.ts';

/**
 * The keys of a set (RFC 7517 §5) that verify. Those it can't use are left out, as the RFC asks: of other types and uses, weak
 * ones, secrets.
 *
 * @param set A JWK Set, parsed.
 * @param rsaAlgorithm Of RSA keys that name no algorithm. Default RS256.
 * @returns Maybe none.
 *
 * @example
 * ```ts
 * import { importJwkSet, jwt } from 'countersign/jwt';
 *
 * const set = { keys: [{ kty: 'OKP', crv: 'Ed25519', kid: '1', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }] };
 * export const tokens = jwt({ issuer: 'https://id.example', audience: 'https://api.example', keys: importJwkSet(set) });
 * ```
 */
export function importJwkSet(
  { keys }: { readonly keys: readonly Jwk[] },
  rsaAlgorithm: Algorithm = 'RS256',
): readonly VerificationKey[] {
  return keys.flatMap((jwk) => {
    try {
      // A secret in a published set is not one, and not a public key either.
      return publicKey(jwk, jwk.kty === 'RSA' && jwk.alg === undefined ? rsaAlgorithm : undefined);
    } catch {
      return [];
    }
  });
}
