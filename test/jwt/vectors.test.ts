import { createHmac, createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { importJwk, importPrivateJwk, jwt, thumbprint, UNSAFE_ANY_AUDIENCE } from '../../src/tokens/jwt.ts';
import { bothWays } from '../support/both-ways.ts';
import { contextOf } from '../support/context.ts';
import type { JwsVector } from '../vectors/jws-vector.ts';
import { rfc7515 } from '../vectors/rfc7515.ts';
import { rfc7520 } from '../vectors/rfc7520.ts';
import { rfc8037 } from '../vectors/rfc8037.ts';
import { thumbprints } from '../vectors/thumbprints.ts';

/** What others say of a vector: a typing mistake in it would be ours. */
function isGoodForNode({ alg, key, input, signature }: JwsVector): boolean {
  const bits = +alg.slice(2);
  const bytes = Buffer.from(signature, 'base64url');
  if (key.kty === 'oct') {
    const secret = Buffer.from(key.k as string, 'base64url');
    return createHmac(`sha${bits}`, secret).update(input).digest().equals(bytes);
  }
  const padding = alg.startsWith('PS') && { padding: 6, saltLength: bits / 8 };
  const publicKey = createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
  const options = { key: publicKey, dsaEncoding: 'ieee-p1363', ...padding } as const;
  return verify(key.kty === 'OKP' ? null : `sha${bits}`, Buffer.from(input), options, bytes);
}

describe.each([...rfc7515, ...rfc7520, ...rfc8037])('$section ($alg)', (vector) => {
  const { alg, key, input, signature, isDeterministic } = vector;

  it('verifies both ways, and with a bit changed it does not', async () => {
    expect(isGoodForNode(vector)).toBe(true);
    const verifyIt = await bothWays(alg, key);
    expect(await verifyIt(input, signature)).toBe(true);
    expect(await verifyIt(`${input.slice(0, -1)}${input.endsWith('A') ? 'B' : 'A'}`, signature)).toBe(false);
    const other = signature.startsWith('A') ? 'B' : 'A';
    expect(await verifyIt(input, other + signature.slice(1))).toBe(false);
  });

  it('is signed here, too: to the letter, where the algorithm has one answer', async () => {
    const signed = await importPrivateJwk(key, alg).sign(input);
    expect(signed === signature).toBe(isDeterministic);
    expect(isGoodForNode({ ...vector, signature: signed })).toBe(true);
  });
});

describe.each(rfc7515.slice(0, 3))('$section as a token', ({ alg, key, input, signature }) => {
  const tokens = jwt({ issuer: 'joe', audience: UNSAFE_ANY_AUDIENCE, tolerance: 0, keys: importJwk(key, alg) });
  const at = async (now: number) => tokens.verify(`${input}.${signature}`, contextOf({ now }));

  it('is good to the last second before its end', async () => {
    const claims = { iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true };
    expect(await at(1_300_819_379)).toMatchObject({ principal: claims, expiresAt: 1_300_819_380 });
    expect(await at(1_300_819_380)).toBe('expired');
  });

  it('has to be for somebody, unless that is given up', async () => {
    const strict = jwt({ issuer: 'joe', audience: 'https://api.example', keys: importJwk(key, alg) });
    expect(await strict.verify(`${input}.${signature}`, contextOf({ now: 1_300_819_000 }))).toBe('invalid');
  });
});

describe('what is signed in RFC 7515, A.4 and RFC 7520', () => {
  it('are no claims, and so it is no token', async () => {
    for (const { alg, key, input, signature } of [...rfc7515.slice(3), ...rfc7520]) {
      const tokens = jwt({ issuer: 'joe', audience: UNSAFE_ANY_AUDIENCE, keys: importJwk(key, alg) });
      expect(await tokens.verify(`${input}.${signature}`, contextOf())).toBe('malformed');
    }
  });
});

describe('the thumbprint', () => {
  it.each(thumbprints)('of $section', ({ key, thumbprint: expected }) => {
    expect(thumbprint(key)).toBe(expected);
    expect(thumbprint({ kid: 'other', use: 'sig', ...key, d: 'AA' })).toBe(expected);
    expect(thumbprint({ ...key, n: `${key.n}A`, x: `${key.x}A` })).not.toBe(expected);
  });
});
