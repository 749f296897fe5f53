import { createHmac, createPrivateKey, type JsonWebKey, sign } from 'node:crypto';
import type { Algorithm, Jwk } from '../../src/jwt/key.ts';

/** A signature that is none of our own making: by node:crypto. */
export function signByNode(
  alg: Algorithm,
  key: Jwk,
  input: string,
  dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363',
): Buffer {
  const bits = +alg.slice(2);
  if (key.kty === 'oct') return macByNode(bits, Buffer.from(key.k as string, 'base64url'), input);
  const padding = alg.startsWith('PS') && { padding: 6, saltLength: bits / 8 };
  const options = { key: createPrivateKey({ key: key as JsonWebKey, format: 'jwk' }), dsaEncoding, ...padding };
  return sign(key.kty === 'OKP' ? null : `sha${bits}`, Buffer.from(input), options);
}

/** What somebody sends who takes a text for the secret. */
export function macByNode(bits: number, secret: string | Uint8Array, input: string): Buffer {
  return createHmac(`sha${bits}`, secret).update(input).digest();
}

/** Header and payload of a token, as they are signed. */
export function inputOf(header: unknown, payload: unknown): string {
  return [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}
