import type { Algorithm } from './key.ts';

/** What an algorithm is made of. */
export interface AlgorithmParts {
  /** The key type that fits it (RFC 7518 §6, RFC 8037 §2). */
  readonly kty: 'oct' | 'RSA' | 'EC' | 'OKP';
  readonly crv: string | undefined;
  /** Of the hash, in bits; 0 where the algorithm has none to choose. */
  readonly bits: number;
  /** Of a coordinate, in bytes: a signature has two of them. */
  readonly size: number;
  /** As WebCrypto wants it: for import, signing and verifying alike. */
  readonly webCrypto: {
    readonly name: string;
    readonly hash?: string;
    readonly namedCurve?: string;
    readonly saltLength?: number;
  };
}

const CURVES: Readonly<Record<number, readonly [name: string, size: number]>> = {
  256: ['P-256', 32],
  384: ['P-384', 48],
  512: ['P-521', 66],
};
const NAMES: Readonly<Record<string, string>> = { HS: 'HMAC', RS: 'RSASSA-PKCS1-v1_5', PS: 'RSA-PSS', ES: 'ECDSA' };

/** @returns `undefined` for what is no algorithm of ours; `none` is none. */
export function partsOf(alg: string): AlgorithmParts | undefined {
  if (alg === 'Ed25519' || alg === 'EdDSA') {
    return { kty: 'OKP', crv: 'Ed25519', bits: 0, size: 32, webCrypto: { name: 'Ed25519' } };
  }
  if (!/^(HS|RS|PS|ES)(256|384|512)$/.test(alg)) return undefined;
  const family = alg.slice(0, 2);
  const bits = +alg.slice(2);
  const [crv, size] = family === 'ES' ? (CURVES[bits] as [string, number]) : [undefined, 0];
  return {
    kty: family === 'HS' ? 'oct' : crv ? 'EC' : 'RSA',
    crv,
    bits,
    size,
    webCrypto: {
      name: NAMES[family] as string,
      hash: `SHA-${bits}`,
      ...(crv && { namedCurve: crv }),
      saltLength: bits / 8,
    },
  };
}

/** The names of one algorithm: a key of either verifies tokens of both, since they are the same. */
export function namesOf(alg: Algorithm): readonly [Algorithm, ...Algorithm[]] {
  if (alg === 'Ed25519') return [alg, 'EdDSA'];
  return alg === 'EdDSA' ? [alg, 'Ed25519'] : [alg];
}
