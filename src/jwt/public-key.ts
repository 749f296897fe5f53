import { strictBase64url } from '../crypto/base64url.ts';
import { namesOf, partsOf } from './algorithms.ts';
import type { Algorithm, Jwk, VerificationKey } from './key.ts';
import { publicVerifier } from './public-verifier.ts';

/**
 * A public key; apart from shared secrets, so that whoever takes keys of others only does not carry what those need.
 *
 * @throws TypeError As `importJwk` does.
 */
export function publicKey(jwk: Jwk, given?: Algorithm): VerificationKey {
  const alg = algorithmOf(jwk, given);
  const publicJwk = publicPart(jwk, alg);
  return { algs: namesOf(alg), kid: jwk.kid, publicJwk, verify: publicVerifier(alg, publicJwk) };
}

/** Which algorithm a key is of; the key's own word and the caller's must agree. */
export function algorithmOf(jwk: Jwk, given?: Algorithm, operation: 'sign' | 'verify' = 'verify'): Algorithm {
  const ofCurve = (['ES256', 'ES384', 'ES512', 'Ed25519'] as const).find((name) => partsOf(name)?.crv === jwk.crv);
  const alg = (given ?? jwk.alg ?? ofCurve) as Algorithm | undefined;
  if (!alg) throw new TypeError('alg: needed, e.g. RS256');
  const parts = partsOf(alg);
  const isOther = jwk.alg !== undefined && !namesOf(alg).includes(jwk.alg as Algorithm);
  if (!parts || isOther || jwk.kty !== parts.kty || jwk.crv !== parts.crv) throw new TypeError(`key: not of ${alg}`);
  const { use = 'sig', key_ops = [operation] } = jwk;
  // A private key may say no more than that it signs.
  if (use !== 'sig' || !(key_ops.includes(operation) || (jwk.d && key_ops.includes('sign')))) {
    throw new TypeError('key: not for signatures');
  }
  return alg;
}

/** The members that are public (RFC 7518 §6), checked for strength and form. */
function publicPart({ kty, crv, n, e, x, y, kid }: Jwk, alg: Algorithm): Jwk {
  const decode = strictBase64url();
  const bytesOf = (text: unknown): Uint8Array => (typeof text === 'string' && decode(text)) || new Uint8Array(0);
  const size = partsOf(alg)?.size;
  const isGood =
    kty === 'RSA'
      ? // An even exponent is none, and 1 signs nothing (RFC 7518 §3.3 wants 2048 bits).
        bitsIn(bytesOf(n)) >= 2048 && bitsIn(bytesOf(e)) > 1 && (bytesOf(e).at(-1) as number) % 2
      : // Nothing public has a coordinate of no size: a secret is refused here.
        size && bytesOf(x).length === size && (kty === 'OKP' || bytesOf(y).length === size);
  if (!isGood) throw new TypeError('key: RSA under 2048 bits, or broken');
  return { kty, crv, n, e, x, y, alg, kid, use: 'sig' };
}

/** Without the zeros in front. */
function bitsIn(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte > 0);
  return first < 0 ? 0 : (bytes.length - first) * 8 - Math.clz32(bytes[first] as number) + 24;
}
