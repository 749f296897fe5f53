import type { MaybePromise } from '../core/chain.ts';
import { strictBase64url } from '../crypto/base64url.ts';
import { findNodeCrypto } from '../runtime.ts';
import { type AlgorithmParts, partsOf } from './algorithms.ts';
import type { Algorithm, Jwk } from './key.ts';

type Verify = (data: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>) => MaybePromise<boolean>;

/**
 * Checks signatures of one public key: at once where the platform has a synchronous check of it, else by WebCrypto. Nothing is
 * imported before the first signature.
 */
export function publicVerifier(alg: Algorithm, jwk: Jwk): (input: string, signature: string) => MaybePromise<boolean> {
  const parts = partsOf(alg) as AlgorithmParts;
  const decode = strictBase64url();
  let verify: Verify | undefined;
  return (input, signature) => {
    // Node decodes U+0141 as `A`, which comes by queries and forms.
    const bytes = /^[\w-]+$/.test(signature) && decode(signature);
    // Of fixed length where the algorithm has one (RFC 7518 §3.4): never DER.
    if (!bytes || (parts.size && bytes.length !== 2 * parts.size)) return false;
    verify ??= nodeVerify(parts, jwk) ?? subtleVerify(parts, jwk);
    return verify(new TextEncoder().encode(input), bytes);
  };
}

function nodeVerify({ bits, webCrypto }: AlgorithmParts, jwk: Jwk): Verify | undefined {
  const node = findNodeCrypto();
  if (!node?.verify || !node.createPublicKey) return undefined;
  try {
    const key = node.createPublicKey({ key: jwk, format: 'jwk' });
    const hash = bits ? `sha${bits}` : null;
    const isPss = webCrypto.name === 'RSA-PSS';
    const options = {
      key,
      dsaEncoding: 'ieee-p1363',
      // RSA_PKCS1_PSS_PADDING, and a salt as long as the hash (RFC 7518 §3.5).
      ...(isPss && { padding: 6, saltLength: bits / 8 }),
    } as const;
    const { verify } = node;
    return (data, signature) => verify(hash, data, options, signature);
  } catch {
    // The platform has the function and not this kind of key: another one of its own has.
    return undefined;
  }
}

function subtleVerify({ webCrypto }: AlgorithmParts, { kty, crv, n, e, x, y }: Jwk): Verify {
  let imported: CryptoKey | undefined;
  return async (data, signature) => {
    // The key is kept, and not the promise of it: on Workers nothing that one request started may be awaited by another.
    imported ??= await crypto.subtle.importKey('jwk', { kty, crv, n, e, x, y } as JsonWebKey, webCrypto, false, [
      'verify',
    ]);
    return crypto.subtle.verify(webCrypto, imported, signature, data);
  };
}
