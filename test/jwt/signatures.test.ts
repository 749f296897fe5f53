import { createPrivateKey, type JsonWebKey, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createContext } from '../../src/index.ts';
import { importJwk, jwt } from '../../src/tokens/jwt.ts';
import { bothWays } from '../support/both-ways.ts';
import { inputOf, signByNode } from '../support/sign-by-node.ts';
import { CLAIMS, type MadeOnNode, madeOnNode } from '../vectors/made-on-node.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const inputFor = (alg: string, more: object = {}): string => inputOf({ alg, typ: 'at+jwt' }, { ...CLAIMS, ...more });
const text = (...bytes: readonly Uint8Array[]): string => Buffer.concat(bytes).toString('base64url');
const of = (...algs: readonly string[]): readonly MadeOnNode[] => madeOnNode.filter(({ alg }) => algs.includes(alg));
const familyOf = (name: RegExp): readonly MadeOnNode[] => madeOnNode.filter(({ alg }) => name.test(alg));

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const bytesOf = (value: bigint, size: number): Buffer => Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex');

/** A signature in other spellings of the same bytes: those that exist for its length and its characters. */
function spellingsOf(signature: string): readonly string[] {
  const standard = Buffer.from(signature, 'base64url').toString('base64');
  const free = [0, 0, 16, 4][signature.length % 4] as number;
  const last = ALPHABET.indexOf(signature.at(-1) as string);
  return [
    ...Array.from({ length: free }, (_, bits) => signature.slice(0, -1) + ALPHABET[last + bits]),
    ...[standard, standard.replace(/=+$/, ''), signature.replace('-', '+'), signature.replace('_', '/')],
    ...['=', '==', '===', '====', ' ', '\n', '\r\n', '\t', '\0', '\u00a0', '!', '.', '%3D', 'é'].flatMap((more) => [
      signature + more,
      more + signature,
      signature.slice(0, 9) + more + signature.slice(9),
    ]),
  ].filter((each) => each !== signature);
}

describe.each(madeOnNode)('$alg', ({ alg, key, token }) => {
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const input = `${header}.${payload}`;

  it('a signature by node:crypto is good both ways, of texts of any length', async () => {
    const verify = await bothWays(alg, key);
    expect(await verify(input, signature)).toBe(true);
    for (const length of [0, 1, 63, 64, 235, 236, 237, 299, 300, 301, 8000]) {
      const long = 'x'.repeat(length);
      expect(await verify(long, text(signByNode(alg, key, long))), `${length} characters`).toBe(true);
      expect(await verify(`${long}x`, text(signByNode(alg, key, long)))).toBe(false);
    }
  });

  it('and of no other text, and with no bit changed', async () => {
    const verify = await bothWays(alg, key);
    expect(await verify(input.slice(1), signature)).toBe(false);
    expect(await verify('', signature)).toBe(false);
    const bytes = Buffer.from(signature, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 61) {
      const other = Buffer.from(bytes);
      other[bit >> 3] = (other[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(await verify(input, text(other)), `bit ${bit}`).toBe(false);
    }
  });

  it('a signature of another length is none: shorter, longer, twice, without zeros in front, with more of them', async () => {
    const verify = await bothWays(alg, key);
    const bytes = Buffer.from(signature, 'base64url');
    const zero = Buffer.alloc(1);
    for (const other of [
      ...[0, 1, 31, bytes.length / 2, bytes.length - 1].map((length) => text(bytes.subarray(0, length))),
      ...[text(bytes.subarray(1)), text(bytes, zero), text(zero, bytes), text(zero, zero, bytes), text(bytes, bytes)],
      'A'.repeat(8192),
    ]) {
      expect(await verify(input, other), other).toBe(false);
    }
    expect(await verify(input, text(Buffer.alloc(bytes.length)))).toBe(false);
    expect(await verify(input, text(Buffer.alloc(bytes.length, 255)))).toBe(false);
  });

  it('a signature in another spelling is none (fast-jwt 6.2.3)', async () => {
    const verify = await bothWays(alg, key);
    let seen = 0;
    for (let round = 0; round < 4; round++) {
      const signed = inputFor(alg, { round });
      const good = text(signByNode(alg, key, signed));
      expect(await verify(signed, good)).toBe(true);
      for (const other of spellingsOf(good)) {
        expect(await verify(signed, other), JSON.stringify(other)).toBe(false);
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(160);
  });
});

/** The character whose lower byte is that one: Node's decoder takes it for it. No header can bring it, a query or a form can. */
const twinOf = (character: string): string => String.fromCharCode(character.charCodeAt(0) + 0x100);

describe.each(madeOnNode)('a token with a character whose lower byte is the right one: $alg', ({ alg, key, token }) => {
  const { iss: issuer, aud: audience } = CLAIMS;
  const format = jwt({ issuer, audience, keys: importJwk(key, alg) });
  const ask = async (each: string) => format.verify(each, { ...createContext(), now: CLAIMS.iat });

  it('is refused, wherever it stands', async () => {
    // What Node makes of them; else there would be nothing to refuse.
    expect(Buffer.from(twinOf('Q').repeat(4), 'base64url')).toEqual(Buffer.from('QQQQ', 'base64url'));
    expect(await ask(token)).toMatchObject({ subject: CLAIMS.sub });
    const dots = [token.indexOf('.'), token.lastIndexOf('.')] as [number, number];
    for (const at of [0, 3, dots[0] - 1, dots[0] + 1, dots[1] - 1, dots[1] + 1, token.length - 1]) {
      const other = token.slice(0, at) + twinOf(token[at] as string) + token.slice(at + 1);
      expect(await ask(other), `at ${at}`).toMatch(/^(malformed|invalid)$/);
    }
  });
});

describe('the two numbers of an ECDSA signature (CVE-2022-21449)', () => {
  /** FIPS 186-4, D.1.2: how many points there are. */
  const ORDERS: Readonly<Record<string, string>> = {
    ES256: 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
    ES384: `${'f'.repeat(48)}c7634d81f4372ddf581a0db248b0a77aecec196accc52973`,
    ES512: `1${'f'.repeat(64)}a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`,
  };

  it.each(of('ES256', 'ES384', 'ES512'))('$alg: neither is 0, the order, or beyond it', async ({ alg, key, token }) => {
    const verify = await bothWays(alg, key);
    const input = token.slice(0, token.lastIndexOf('.'));
    const bytes = Buffer.from(token.slice(input.length + 1), 'base64url');
    const size = bytes.length / 2;
    const order = BigInt(`0x${ORDERS[alg]}`);
    const [r, s] = [numberOf(bytes.subarray(0, size)), numberOf(bytes.subarray(size))];
    const join = (one: bigint, other: bigint): string => text(bytesOf(one, size), bytesOf(other, size));
    expect(await verify(input, join(r, s))).toBe(true);
    const wrong = [0n, order, order + 1n, 2n ** BigInt(8 * size) - 1n];
    const pairs = [...wrong, r].flatMap((one) => [...wrong, s].map((other) => [one, other] as const)).slice(0, -1);
    // The same numbers once more, where they fit: in 66 bytes there is room above 521 bits.
    if (alg === 'ES512') pairs.push([r + order, s], [r, s + order], [r + order, s + order]);
    pairs.push([s, r]);
    expect(pairs).toHaveLength(alg === 'ES512' ? 28 : 25);
    for (const [one, other] of pairs) expect(await verify(input, join(one, other)), `${one}, ${other}`).toBe(false);
  });

  it.each(of('ES256', 'ES384', 'ES512'))('$alg: as DER it is none', async ({ alg, key }) => {
    const verify = await bothWays(alg, key);
    for (let round = 0; round < 8; round++) {
      const input = inputFor(alg, { round });
      expect(await verify(input, text(signByNode(alg, key, input, 'der')))).toBe(false);
    }
  });
});

describe('an RSA signature is the number below the modulus', () => {
  it.each(familyOf(/^[RP]S/))('$alg: and not the same one above it', async ({ alg, key }) => {
    const verify = await bothWays(alg, key);
    const modulus = numberOf(Buffer.from(key.n as string, 'base64url'));
    let seen = 0;
    for (let round = 0; round < 20 || !seen; round++) {
      const input = inputFor(alg, { round });
      const above = numberOf(signByNode(alg, key, input)) + modulus;
      if (above >= 2n ** 2048n) continue;
      seen++;
      expect(await verify(input, text(bytesOf(above, 256)))).toBe(false);
    }
  });

  it.each(familyOf(/^PS/))('$alg: and its salt is as long as the hash, no longer and no shorter', async (made) => {
    const { alg, key } = made;
    const verify = await bothWays(alg, key);
    const input = inputFor(alg);
    const bits = +alg.slice(2);
    for (const saltLength of [0, 20, 32, 48, 64, 190]) {
      const options = { key: createPrivateKey({ key: key as JsonWebKey, format: 'jwk' }), padding: 6, saltLength };
      const signature = text(sign(`sha${bits}`, Buffer.from(input), options));
      expect(await verify(input, signature), `${saltLength}`).toBe(saltLength === bits / 8);
    }
  });

  it('by another hash, or in the other way, it is another algorithm\u2019s', async () => {
    const algs = familyOf(/^[RP]S/);
    const input = inputFor('RS256');
    for (const { alg, key } of algs) {
      const verify = await bothWays(alg, key);
      for (const by of algs) expect(await verify(input, text(signByNode(by.alg, key, input)))).toBe(by.alg === alg);
    }
  });
});

describe('an Ed25519 signature', () => {
  it.each(of('Ed25519', 'EdDSA'))('$alg: has one number, and not the same one above the order', async (made) => {
    const verify = await bothWays(made.alg, made.key);
    const input = made.token.slice(0, made.token.lastIndexOf('.'));
    const bytes = Buffer.from(made.token.slice(input.length + 1), 'base64url');
    // RFC 8032 §5.1, and §5.1.7 which refuses it: its numbers begin with the lowest byte.
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = numberOf(Buffer.from(bytes.subarray(32)).reverse());
    const join = (number: bigint): string => text(bytes.subarray(0, 32), bytesOf(number, 32).reverse());
    expect(await verify(input, join(s))).toBe(true);
    for (const other of [0n, order, s + order, 2n ** 256n - 1n]) expect(await verify(input, join(other))).toBe(false);
  });
});

describe('a key whose numbers are no point of its curve (CVE-2023-25653)', () => {
  it.each(of('ES256', 'ES384', 'ES512'))('$alg: is an outage, and verifies nothing', async ({ alg, key, token }) => {
    const input = token.slice(0, token.lastIndexOf('.'));
    const other = importJwk({ ...key, y: key.x }, alg);
    await expect((async () => other.verify(input, token.slice(input.length + 1)))()).rejects.toThrow();
    // A signature of another length costs nothing: the key is not looked at for it (a rule of length before any crypto).
    for (const short of ['', 'AAAA', 'A'.repeat(8000)]) expect(other.verify(input, short)).toBe(false);
  });
});
