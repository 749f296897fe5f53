import { describe, expect, it } from 'vitest';
import {
  type Algorithm,
  generateJwk,
  importJwk,
  importPrivateJwk,
  type Jwk,
  thumbprint,
} from '../../src/tokens/jwt.ts';
import { madeOnNode } from '../vectors/made-on-node.ts';

const jwkOf = (alg: Algorithm): Jwk => madeOnNode.find((made) => made.alg === alg)?.key as Jwk;
const [P256, P384, P521, ED, OCT] = (['ES256', 'ES384', 'ES512', 'Ed25519', 'HS512'] as const).map(jwkOf) as [
  Jwk,
  Jwk,
  Jwk,
  Jwk,
  Jwk,
];
const js = (value: unknown): never => value as never;

describe('a key that is good', () => {
  it('takes what it is of from the curve, and a private one may say no more than that it signs', () => {
    for (const [key, alg] of [
      [P256, 'ES256'],
      [P384, 'ES384'],
      [P521, 'ES512'],
      [ED, 'Ed25519'],
    ] as const) {
      expect(importJwk(key).algs[0]).toBe(alg);
      expect(importJwk({ ...key, key_ops: ['sign'] }).algs[0]).toBe(alg);
      expect(importJwk({ ...key, d: undefined, key_ops: ['verify'], use: 'sig' }).algs[0]).toBe(alg);
    }
  });

  it('publishes nothing that is private, and of a secret nothing at all', async () => {
    for (const alg of ['RS256', 'PS512', 'ES256', 'EdDSA'] as const) {
      const key = { ...jwkOf(alg), kid: '1', k: OCT.k };
      for (const { publicJwk } of [importJwk(key, alg), importPrivateJwk(key, alg)]) {
        const names = Object.keys(publicJwk ?? {}).filter((name) => publicJwk?.[name as 'n'] !== undefined);
        expect(names.sort().join()).toMatch(/^(alg,e,kid,kty,n,use|alg,crv,kid,kty,use,x(,y)?)$/);
        expect(importJwk(publicJwk as Jwk).algs).toEqual(importJwk(key, alg).algs);
      }
    }
    expect(importJwk(OCT, 'HS256').publicJwk).toBeUndefined();
  });

  it('signs only when it is private', () => {
    for (const alg of ['RS256', 'ES256', 'EdDSA'] as const) {
      expect(() => importPrivateJwk(importJwk(jwkOf(alg), alg).publicJwk as Jwk)).toThrow('key: not a private one');
    }
  });

  it('has two names if it is of Ed25519, and else one', () => {
    for (const { alg, key } of madeOnNode) {
      const names = { Ed25519: ['Ed25519', 'EdDSA'], EdDSA: ['EdDSA', 'Ed25519'] }[alg as 'EdDSA'] ?? [alg];
      expect(importJwk(key, alg).algs).toEqual(names);
      for (const name of names) expect(importJwk({ ...key, alg: name }, alg).algs).toEqual(names);
    }
  });

  it('that is generated is as strong as it is said to be, and is taken', async () => {
    for (const alg of ['HS256', 'HS384', 'HS512', 'RS256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'] as const) {
      const key = await generateJwk(alg);
      expect(key).toMatchObject({ alg, use: 'sig', kid: thumbprint(key) });
      const imported = importPrivateJwk(key);
      expect(imported.algs[0]).toBe(alg);
      expect(await imported.verify('text', await imported.sign('text'))).toBe(true);
      if (key.n) expect(Buffer.from(key.n, 'base64url')).toHaveLength(384);
      if (key.k) expect(Buffer.from(key.k, 'base64url')).toHaveLength(+alg.slice(2) / 8);
    }
    await expect(generateJwk(js('none'))).rejects.toThrow(TypeError);
  });

  it('has a thumbprint if it is of a known type and whole', () => {
    for (const key of [{}, { kty: 'EC' }, { kty: 'ec', crv: 'P-256', x: 'a', y: 'b' }, { ...P256, y: js(1) }]) {
      expect(() => thumbprint(key)).toThrow('key: no thumbprint');
    }
    for (const kty of ['__proto__', 'constructor', 'toString']) {
      expect(() => thumbprint({ ...P256, kty }), kty).toThrow('key: no thumbprint');
    }
  });
});
