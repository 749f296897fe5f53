import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Algorithm, importJwk, importPrivateJwk, pemToJwk } from '../../src/tokens/jwt.ts';
import { EC_CERTIFICATE, RSA_CERTIFICATE } from '../vectors/certificates.ts';

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const RSA = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ED25519 = generateKeyPairSync('ed25519');
const ecOf = (namedCurve: string): Pair => generateKeyPairSync('ec', { namedCurve });
const EC: Readonly<Record<string, Pair>> = { ES256: ecOf('P-256'), ES384: ecOf('P-384'), ES512: ecOf('P-521') };

const ALGORITHMS = [
  ...(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const).map((alg) => ({ alg, pair: RSA })),
  ...(['ES256', 'ES384', 'ES512'] as const).map((alg) => ({ alg, pair: EC[alg] as Pair })),
  ...(['Ed25519', 'EdDSA'] as const).map((alg) => ({ alg, pair: ED25519 })),
];

const spki = ({ publicKey }: Pair): string => publicKey.export({ type: 'spki', format: 'pem' }) as string;
const pkcs8 = ({ privateKey }: Pair): string => privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

/** What is said of a text that is no key. It quotes nothing of it, in no part of the error. */
async function refusalOf(pem: string, alg: string): Promise<string> {
  const error = await pemToJwk(pem, alg as Algorithm).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TypeError)) throw new Error(`${alg}: ${error} for\n${pem}`);
  const said = `${error.message}\n${error.cause}\n${JSON.stringify(error)}`;
  for (const line of String(pem).split(/\s+/)) if (line.length > 15) expect(said).not.toContain(line.slice(0, 16));
  return error.message;
}

describe.each(ALGORITHMS)('$alg', ({ alg, pair }) => {
  const [text, secret] = [spki(pair), pkcs8(pair)];

  it('a public key and a private one become a JWK each: what Node makes of them', async () => {
    expect(await pemToJwk(text, alg)).toEqual({ ...pair.publicKey.export({ format: 'jwk' }), alg });
    expect(await pemToJwk(secret, alg)).toEqual({ ...pair.privateKey.export({ format: 'jwk' }), alg });
  });

  it('what one of them signs the other one verifies', async () => {
    const signature = await importPrivateJwk(await pemToJwk(secret, alg)).sign('text');
    expect(await importJwk(await pemToJwk(text, alg)).verify('text', signature)).toBe(true);
    expect(await importJwk(await pemToJwk(text, alg)).verify('texts', signature)).toBe(false);
  });

  it('blanks and line breaks around it, and lines of any length, change nothing', async () => {
    const good = await pemToJwk(text, alg);
    const other = [
      `\ufeff${text}`,
      `\n\n  ${text}\n\n`,
      text.trim(),
      text.replaceAll('\n', '\r\n'),
      text.replaceAll('\n', ''),
      text.replaceAll('\n', '\n\t'),
    ];
    for (const each of other) expect(await pemToJwk(each, alg), JSON.stringify(each)).toEqual(good);
  });

  it('a body that is broken is no key, public or private', async () => {
    for (const pem of [text, secret]) {
      const [first, ...lines] = pem.trim().split('\n') as [string, ...string[]];
      const last = lines.pop() as string;
      const body = lines.join('');
      const bodies = [
        ...[body.slice(4), body.slice(0, -8), `AAAA${body}`, `${body.slice(0, 8)}AAAA${body.slice(8)}`],
        ...['AAAA', '====', `${body.slice(0, 9)}=${body.slice(9)}`, `${body}=`, 'A'.repeat(5000), ' ', `${body}\u00a0`],
      ];
      for (const other of bodies) expect(await refusalOf(`${first}\n${other}\n${last}`, alg)).toMatch(/^pem: /);
    }
  });

  it('a key of another kind is none, and one says it is not of that algorithm', async () => {
    for (const { alg: other, pair: others } of ALGORITHMS.filter(({ pair: each }) => each !== pair)) {
      for (const pem of [spki(others), pkcs8(others)])
        expect(await refusalOf(pem, alg), other).toBe(`pem: not a key of ${alg}`);
    }
  });
});

describe('no key in PEM', () => {
  let refused: readonly (readonly [what: string, pem: string])[];
  beforeAll(() => {
    const [text, secret] = [spki(RSA), pkcs8(RSA)];
    const sec1 = EC.ES256?.privateKey.export({ type: 'sec1', format: 'pem' }) as string;
    const [cipher, passphrase] = ['aes-256-cbc', 'not a secret'];
    refused = [
      ['PKCS#1, public', RSA.publicKey.export({ type: 'pkcs1', format: 'pem' }) as string],
      ['PKCS#1, private', RSA.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string],
      ['SEC1', sec1],
      ['a certificate', RSA_CERTIFICATE],
      ['a certificate that calls itself a key', RSA_CERTIFICATE.replaceAll('CERTIFICATE', 'PUBLIC KEY')],
      ['a certificate of an elliptic curve', EC_CERTIFICATE],
      ['encrypted', RSA.privateKey.export({ type: 'pkcs8', format: 'pem', cipher, passphrase }) as string],
      [
        'PKCS#1 under another name',
        (RSA.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string).replaceAll('RSA ', ''),
      ],
      ['SEC1 under another name', sec1.replaceAll('EC ', '')],
      ['a private one that calls itself public', secret.replaceAll('PRIVATE', 'PUBLIC')],
      ['a public one that calls itself private', text.replaceAll('PUBLIC', 'PRIVATE')],
      ['two', text + text],
      ['two of two kinds', text + secret],
      ['another end', text.replace('END PUBLIC', 'END PRIVATE')],
      ['no end', text.slice(0, -30)],
      ['no beginning', text.slice(30)],
      ['text before it', `the key:\n${text}`],
      ['text after it', `${text}x`],
      ['headers', text.replace('\n', '\nComment: a key\n\n')],
      ['line breaks that are written out', text.replaceAll('\n', '\\n')],
      ['its body alone', text.replaceAll(/-----.*-----\n/g, '')],
      ['base64url', text.replaceAll('+', '-').replaceAll('/', '_')],
      ['a JWK', JSON.stringify(RSA.publicKey.export({ format: 'jwk' }))],
      ['nothing', ''],
      ['nothing between its lines', '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----'],
      ['a long one', `-----BEGIN PUBLIC KEY-----${'A\n'.repeat(100_000)}`],
      ...[undefined, null, 0, {}, ['x']].map((value) => [String(value), value as never] as const),
    ];
  });

  it('is refused, and nothing of it is said', async () => {
    for (const [what, pem] of refused) {
      for (const alg of ['RS256', 'ES256', 'EdDSA']) expect(await refusalOf(pem, alg), what).toMatch(/^pem: /);
    }
    expect(refused.length).toBeGreaterThan(30);
  });

  it('is of an algorithm without public keys, or without a name', async () => {
    for (const alg of ['HS256', 'none', 'RS1', 'toString', '', undefined as never]) {
      for (const pem of [spki(RSA), pkcs8(RSA)]) expect(await refusalOf(pem, alg)).toMatch(/^pem: needs PUBLIC KEY/);
    }
  });

  it('is of a curve or a kind that is none of ours', async () => {
    const others = [
      generateKeyPairSync('ed448'),
      generateKeyPairSync('x25519'),
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
    ];
    for (const other of others) {
      for (const { alg } of ALGORITHMS) {
        for (const pem of [spki(other), pkcs8(other)])
          expect(await refusalOf(pem, alg)).toBe(`pem: not a key of ${alg}`);
      }
    }
  });

  it('that is weak becomes a JWK, and no key', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    for (const pem of [spki(weak), pkcs8(weak)]) {
      const jwk = await pemToJwk(pem, 'RS256');
      expect(() => importJwk(jwk)).toThrow('key: RSA under 2048 bits, or broken');
    }
    expect(createPublicKey(spki(weak)).asymmetricKeyType).toBe('rsa');
  });
});
