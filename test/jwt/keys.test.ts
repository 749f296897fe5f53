import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  type Algorithm,
  importJwk,
  importJwkSet,
  importPrivateJwk,
  importSecret,
  type Jwk,
} from '../../src/tokens/jwt.ts';
import { madeOnNode } from '../vectors/made-on-node.ts';

const jwkOf = (alg: Algorithm): Jwk => ({ ...(madeOnNode.find((made) => made.alg === alg)?.key as Jwk) });
const [RSA, P256, P384, P521, ED, OCT] = (['RS256', 'ES256', 'ES384', 'ES512', 'Ed25519', 'HS512'] as const).map(
  jwkOf,
) as [Jwk, Jwk, Jwk, Jwk, Jwk, Jwk];
const rsaOf = (modulusLength: number): Jwk =>
  generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ format: 'jwk' }) as Jwk;
const X25519 = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' }) as Jwk;
const ED448 = generateKeyPairSync('ed448').privateKey.export({ format: 'jwk' }) as Jwk;
const K256 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey.export({ format: 'jwk' }) as Jwk;
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
/** The same bytes, and others in front of or behind them. */
const longer = (value: string | undefined, front: number, behind = 0): string =>
  base64url(Buffer.concat([Buffer.alloc(front), Buffer.from(value as string, 'base64url'), Buffer.alloc(behind)]));
const js = (value: unknown): never => value as never;

/** What is wrong, the key, the algorithm that is named for it. */
const REFUSED: readonly (readonly [what: string, key: Jwk, alg?: Algorithm])[] = [
  ['RSA of 1024 bits', rsaOf(1024), 'RS256'],
  ['RSA of 2047 bits', rsaOf(2047), 'PS256'],
  ['RSA of 2047 bits, with zeros in front of them', { ...RSA, n: longer(rsaOf(2047).n, 40) }, 'RS256'],
  ['RSA without a modulus', { ...RSA, n: undefined }, 'RS256'],
  ['RSA whose modulus is zero', { ...RSA, n: base64url(Buffer.alloc(256)) }, 'RS256'],
  ['RSA with an exponent of 1', { ...RSA, e: 'AQ' }, 'RS256'],
  ['RSA with an exponent of 1, after zeros', { ...RSA, e: 'AAAB' }, 'RS256'],
  ['RSA with an exponent of 0', { ...RSA, e: 'AA' }, 'RS256'],
  ['RSA with an even exponent', { ...RSA, e: 'AQAA' }, 'RS256'],
  ['RSA without an exponent', { ...RSA, e: undefined }, 'RS256'],
  ['RSA with an empty exponent', { ...RSA, e: '' }, 'RS256'],
  ['RSA without an algorithm', RSA],
  ['RSA for encryption', { ...RSA, alg: 'RSA-OAEP' }],
  ['RSA that says RS256, taken for RS512', { ...RSA, alg: 'RS256' }, 'RS512'],
  ['RSA that says PS256, taken for RS256', { ...RSA, alg: 'PS256' }, 'RS256'],
  ['RSA in padded base64', { ...RSA, n: `${RSA.n}==` }, 'RS256'],
  ['RSA in base64', { ...RSA, n: Buffer.from(RSA.n as string, 'base64url').toString('base64') }, 'RS256'],
  ['RSA with a line break', { ...RSA, n: `${RSA.n?.slice(0, 64)}\n${RSA.n?.slice(64)}` }, 'RS256'],
  ['RSA whose exponent is a number', { ...RSA, e: js(65537) }, 'RS256'],
  ['P-256 for ES384', P256, 'ES384'],
  ['P-384 for ES256', P384, 'ES256'],
  ['P-521 for ES256', P521, 'ES256'],
  ['P-256 that says ES384', { ...P256, alg: 'ES384' }],
  ['P-256 that says RS256', { ...P256, alg: 'RS256' }],
  ['secp256k1', K256],
  ['secp256k1 for ES256', K256, 'ES256'],
  ['secp256k1 that calls itself P-256 without its point', { ...K256, crv: 'P-256', y: undefined }],
  ['a curve of another name', { ...P256, crv: 'p-256' }, 'ES256'],
  ['a curve whose name every object has', { ...P256, crv: 'constructor' }],
  ['no curve', { ...P256, crv: undefined }, 'ES256'],
  ['a point without y', { ...P256, y: undefined }],
  ['a point without x', { ...P256, x: undefined }],
  ['a point, compressed', { ...P256, x: base64url(Buffer.concat([Buffer.from([2]), Buffer.alloc(32, 7)])) }],
  ['a coordinate with a byte less', { ...P256, x: base64url(randomBytes(31)) }],
  ['a coordinate with a zero more', { ...P256, y: longer(P256.y, 1) }],
  ['a coordinate of P-521 with its zero cut off', { ...P521, x: base64url(randomBytes(65)) }],
  ['a coordinate in another spelling', { ...P256, x: `${P256.x?.slice(0, -1)}V` }],
  ['X25519', X25519],
  ['X25519 for EdDSA', X25519, 'EdDSA'],
  ['Ed448', ED448],
  ['Ed448 for EdDSA', ED448, 'EdDSA'],
  ['Ed25519 of 31 bytes', { ...ED, x: base64url(randomBytes(31)) }],
  ['Ed25519 of 33 bytes', { ...ED, x: longer(ED.x, 0, 1) }],
  ['Ed25519 as an EC key', { ...ED, kty: 'EC' }],
  ['Ed25519 for ES256', ED, 'ES256'],
  ['RSA for ES256', RSA, 'ES256'],
  ['EC for RS256', P256, 'RS256'],
  ['EC for HS256', P256, 'HS256'],
  ['RSA for HS256', RSA, 'HS256'],
  ['Ed25519 for HS512', ED, 'HS512'],
  ['a secret for RS256', OCT, 'RS256'],
  ['a secret for EdDSA', OCT, 'EdDSA'],
  ['a secret without an algorithm', OCT],
  ['a secret that is not there', { kty: 'oct' }, 'HS256'],
  ['a secret that is empty', { kty: 'oct', k: '' }, 'HS256'],
  ['a secret that is no text', { kty: 'oct', k: js(null) }, 'HS256'],
  ['a secret in base64', { kty: 'oct', k: '+'.repeat(88) }, 'HS256'],
  ...([256, 384, 512] as const).map(
    (bits) =>
      [
        `a secret of ${bits / 8 - 1} bytes`,
        { kty: 'oct', k: base64url(randomBytes(bits / 8 - 1)) },
        `HS${bits}`,
      ] as const,
  ),
  ['RSA with a secret beside it, for HS256', { ...RSA, k: OCT.k }, 'HS256'],
  ['for encryption', { ...P256, use: 'enc' }],
  ['for another use', { ...P256, use: '' }],
  ['for signing only', { ...P256, d: undefined, key_ops: ['sign'] }],
  ['for deriving', { ...P256, key_ops: ['deriveBits'] }],
  ['for nothing', { ...P256, key_ops: [] }],
  ['no key type', { ...P256, kty: undefined }],
  ['a key type of another name', { ...P256, kty: 'ec' }],
  ['an algorithm that is none', { ...RSA, alg: 'none' }],
  ['an algorithm that is none, by name', OCT, js('none')],
  ['an algorithm of another case', { ...P256, alg: 'es256' }],
  ['an algorithm with a blank', { ...P256, alg: 'ES256 ' }],
  ['ES256K', { ...P256, alg: 'ES256K' }],
  ['RS1', { ...RSA, alg: 'RS1' }],
  ['nothing at all', {}],
];

describe('a key that does not verify is refused when it is imported:', () => {
  it.each(REFUSED.map(([what, key, alg]) => ({ what, key, alg })))('$what', ({ key, alg }) => {
    for (const make of [importJwk, importPrivateJwk]) expect(() => make(key, alg)).toThrow(TypeError);
  });

  it('and those of a set that verify are taken without it', () => {
    // There RSA keys that say nothing are for RS256.
    const keys = REFUSED.flatMap(([, key, alg]) => (alg === undefined && key !== RSA ? [key] : []));
    expect(keys.length).toBeGreaterThan(25);
    expect(importJwkSet({ keys: [...keys, { ...ED, kid: 'one' }, { ...RSA, kid: 'two' }] })).toMatchObject([
      { kid: 'one', algs: ['Ed25519', 'EdDSA'] },
      { kid: 'two', algs: ['RS256'] },
    ]);
    expect(importJwkSet({ keys: [{ ...OCT, alg: 'HS256' }] })).toEqual([]);
  });

  it.each([undefined, null, 0, '', false, true, 'text', [], () => P256])('%o', (key) => {
    for (const alg of [undefined, 'HS256', 'RS256', 'ES256'] as const) {
      expect(() => importJwk(js(key), alg)).toThrow(TypeError);
      expect(() => importPrivateJwk(js(key), alg)).toThrow(TypeError);
    }
    expect(importJwkSet({ keys: [js(key), P256] })).toHaveLength(1);
  });

  it.each([256, 384, 512] as const)('a secret under %d bits, bytes or text', (bits) => {
    const alg = `HS${bits}` as const;
    const bytes = bits / 8;
    for (const short of ['', 'x'.repeat(bytes - 1), randomBytes(bytes - 1), new Uint8Array(0)]) {
      expect(() => importSecret(short, alg)).toThrow(`secret: needs ${bytes} random bytes`);
    }
    for (const good of [
      'x'.repeat(bytes),
      randomBytes(bytes),
      '\u20ac'.repeat(Math.ceil(bytes / 3)),
      randomBytes(4096),
    ]) {
      expect(importSecret(good, alg)).toMatchObject({ algs: [alg], publicJwk: undefined });
    }
  });

  it('what is no secret in JavaScript, though it could be taken for zeros or for text', () => {
    const texts = Array.from({ length: 64 }, () => 'secret');
    for (const other of [undefined, null, 0, false, true, 64, {}, { length: 64 }, texts, new String('x'.repeat(64))]) {
      expect(() => importSecret(js(other)), JSON.stringify(other)).toThrow('secret: needs 32 random bytes');
    }
  });

  it('a secret for an algorithm that has none', () => {
    for (const alg of [
      'none',
      'RS256',
      'ES256',
      'PS512',
      'Ed25519',
      'HS1',
      'HS224',
      '256',
      'hs256',
      'HS',
      'toString',
    ]) {
      expect(() => importSecret(randomBytes(64), js(alg)), alg).toThrow(TypeError);
    }
  });
});
