import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  importJwk,
  importJwkSet,
  importSecret,
  type Jwk,
  type JwtOptions,
  jwt,
  type KeySource,
  pemToJwk,
  type TokenFormat,
} from '../../src/tokens/jwt.ts';
import { contextOf } from '../support/context.ts';
import { publicKeys } from '../support/public-key-forms.ts';
import { inputOf, macByNode, signByNode } from '../support/sign-by-node.ts';
import { CLAIMS, madeOnNode } from '../vectors/made-on-node.ts';

const [ISSUER, AUDIENCE] = [CLAIMS.iss, CLAIMS.aud];
const context = contextOf({ now: CLAIMS.iat });
const HMACS = ['HS256', 'HS384', 'HS512'] as const;
const js = (value: unknown): never => value as never;

const takes = (keys: unknown): TokenFormat<unknown> =>
  jwt({ issuer: ISSUER, audience: AUDIENCE, keys } as JwtOptions<unknown>);
/** A token that is signed with something that is no secret, taken for one. */
function forged(alg: string, secret: string | Uint8Array, more: object = {}): string {
  const input = inputOf({ alg, typ: 'at+jwt', ...more }, CLAIMS);
  return `${input}.${macByNode(+alg.slice(2) || 256, secret, input).toString('base64url')}`;
}
const keyOf = (alg: string): Jwk => madeOnNode.find((made) => made.alg === alg)?.key as Jwk;

/** What stood in front of a public key when a check for one was fooled. */
const PREFIXES: readonly string[] = [
  ...[' ', '\t', '\n', '\r\n', '\v', '\f', '\0', '\ufeff', '\u00a0', '\u2028', '   \n\n'],
  ...[
    'x',
    '# the key:\n',
    '-',
    '-----BEGIN JUNK-----\nAAAA\n-----END JUNK-----\n',
    '{',
    '// ',
    '\u200b',
    'é'.repeat(99),
  ],
];

describe.each(publicKeys)('with a public key for $alg, nobody signs:', ({ alg, jwk, texts, bytes }) => {
  it('a token that is signed with any form of it, by an HMAC (CVE-2015-9235, CVE-2026-22817, GHSA-f67f-6cw9-8mq4)', async () => {
    const keys = [importJwk(jwk, alg), importJwkSet({ keys: [{ ...jwk, alg }] }), importJwk({ ...jwk, kid: '1' }, alg)];
    for (const key of keys) {
      const tokens = takes(key);
      for (const [form, secret] of [...texts, ...bytes]) {
        for (const [name, more] of [...HMACS, alg].flatMap((each) => [
          [each, {}] as const,
          [each, { kid: '1' }] as const,
        ])) {
          expect(await tokens.verify(forged(name, secret, more), context), `${name} by ${form}`).toBe('invalid');
        }
      }
    }
  });

  it.each(texts)('it is no secret (CVE-2023-48223, GHSA-g3jj-5cmm-3hxx, CVE-2022-29217), as %s', (_form, text) => {
    for (const hmac of HMACS) {
      expect(() => importSecret(text, hmac)).toThrow(/^secret: needs \d\d random bytes, and no public key$/);
      expect(() => importSecret(Buffer.from(text), hmac)).toThrow(TypeError);
      const oct = { kty: 'oct', k: Buffer.from(text).toString('base64url'), alg: hmac };
      expect(() => importJwk(oct)).toThrow(TypeError);
    }
  });

  it.each(texts)('nor after or before anything (CVE-2026-34950, GHSA-ww5h-9m49-7xx4), as %s', (_form, text) => {
    for (const prefix of PREFIXES) {
      for (const other of [prefix + text, text + prefix, prefix + text + prefix]) {
        expect(() => importSecret(other), JSON.stringify(prefix)).toThrow(TypeError);
        expect(() => importSecret(new Uint8Array(Buffer.from(other))), JSON.stringify(prefix)).toThrow(TypeError);
      }
    }
  });
});

describe('keys of a set that name no algorithm (CVE-2026-22818, GHSA-f67f-6cw9-8mq4)', () => {
  it('are for RS256, or for what the application says, and never for what the token says', async () => {
    const key = { ...keyOf('RS256'), d: undefined };
    for (const alg of ['RS256', 'PS256'] as const) {
      const tokens = takes(importJwkSet({ keys: [key] }, alg));
      for (const { token, alg: by } of madeOnNode) {
        const result = await tokens.verify(token, context);
        expect(typeof result === 'object' || result, by).toBe(by === alg || 'invalid');
      }
    }
  });
});

describe('no verifier without an algorithm (GHSA-3vhc-576x-3qv4, GHSA-6g6m-m6h5-w9gf)', () => {
  it('can be built: a key that has none is refused at once, as is no key', () => {
    for (const key of [{ ...keyOf('RS256') }, { ...keyOf('HS256') }]) {
      expect(() => importJwk(key)).toThrow('alg: needed, e.g. RS256');
    }
    expect(() => jwt(js({ issuer: ISSUER, audience: AUDIENCE }))).toThrow('keys: needed');
    expect(() => jwt(js({ issuer: ISSUER, audience: AUDIENCE, keys: keyOf('HS256') }))).toThrow('keys: needed');
    expect(() =>
      jwt(js({ issuer: ISSUER, audience: AUDIENCE, keys: importSecret('x'.repeat(32)), algorithms: [] })),
    ).toThrow(TypeError);
  });
});

describe('the empty secret (GHSA-gmvf-9v4p-v8jc)', () => {
  it('is refused, and no source of keys that has none verifies what it signed', async () => {
    for (const hmac of HMACS) {
      for (const empty of ['', new Uint8Array(0), Buffer.alloc(0)]) {
        expect(() => importSecret(empty, hmac)).toThrow(TypeError);
      }
      for (const found of [[], Promise.resolve([])]) {
        const source: KeySource = { find: () => found };
        expect(await takes(source).verify(forged(hmac, ''), context)).toBe('invalid');
      }
    }
  });
});

describe('a key that is not there (GHSA-8wpc-h4q6-8fxv)', () => {
  const NOTHING = [undefined, null, '', 0, false, [], [undefined], [null, importSecret('x'.repeat(32))], {}];

  it.each(NOTHING)('is an error: %o', (keys) => {
    expect(() => takes(keys)).toThrow('keys: needed');
    expect(() => jwt(js({ issuers: { [ISSUER]: keys }, audience: AUDIENCE }))).toThrow('keys: needed');
  });

  it('and a secret that is passed for one is not quoted', () => {
    const secret = 'not a secret: an example of 32 bytes';
    expect(() => takes(secret)).toThrow(/^keys: needed$/);
    expect(() => takes([secret])).toThrow(/^keys: needed$/);
    for (const make of [importJwk, importJwkSet]) expect(() => make(js(secret))).toThrow(/^(?!.*secret).*$/);
  });

  it.each([undefined, null, '', 0, false])('and nothing is accepted of a source that finds %o', async (found) => {
    for (const answer of [found, Promise.resolve(found), [found], Promise.resolve([found])]) {
      const tokens = takes({ find: () => answer });
      for (const token of [forged('HS256', ''), `${inputOf({ alg: 'none' }, CLAIMS)}.`]) {
        const result = await (async () => tokens.verify(token, context))().catch((error: unknown) => error);
        // An outage where it broke its promise, which is a 503.
        expect(result === 'invalid' || result instanceof TypeError, String(result)).toBe(true);
      }
    }
  });
});

describe('no algorithm is none (CVE-2022-23540)', () => {
  it.each(['none', 'None', 'NONE', 'nOnE', 'none ', '', 'HS', 'null'])('%j', async (alg) => {
    for (const made of madeOnNode) {
      const tokens = takes(importJwk(made.key, made.alg));
      const input = inputOf({ alg, typ: 'at+jwt' }, CLAIMS);
      for (const signature of ['', 'AA', made.token.split('.')[2] as string, 'A'.repeat(8000 - input.length)]) {
        expect(await tokens.verify(`${input}.${signature}`, context)).toBe('invalid');
      }
      // One dot is no signed token, and may be another format's.
      expect(await tokens.verify(input, context)).toBeUndefined();
    }
  });
});

describe('a source that gives a public key for a token that says HS256 (CVE-2022-23541)', () => {
  it('verifies nothing by it', async () => {
    for (const { alg, jwk, texts, bytes } of publicKeys) {
      const key = importJwk(jwk, alg);
      const tokens = takes({ find: async () => [key] });
      for (const [form, secret] of [...texts, ...bytes]) {
        expect(await tokens.verify(forged('HS256', secret), context), form).toBe('invalid');
      }
    }
  });
});

describe('a key of a type that does not fit (CVE-2022-23539, GHSA-8cf7-32gw-wr33)', () => {
  const dsa = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).publicKey;
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;

  it('is refused for RS256, ES256 and all others', async () => {
    await expect(pemToJwk(dsa.export({ type: 'spki', format: 'pem' }) as string, 'RS256')).rejects.toThrow(TypeError);
    const jwk = await pemToJwk(weak.export({ type: 'spki', format: 'pem' }) as string, 'RS256');
    expect(() => importJwk(jwk)).toThrow('key: RSA under 2048 bits, or broken');
    expect(() => importJwk(keyOf('ES256'), 'RS256')).toThrow('key: not of RS256');
    expect(() => importJwk(keyOf('ES384'), 'ES256')).toThrow('key: not of ES256');
  });

  it('and one that fits verifies tokens of its own algorithm only, whatever they say', async () => {
    for (const { alg, key } of madeOnNode) {
      const tokens = takes(importJwk(key, alg));
      for (const other of madeOnNode) {
        const input = inputOf({ alg: other.alg, typ: 'at+jwt' }, CLAIMS);
        const token = `${input}.${signByNode(alg, key, input).toString('base64url')}`;
        const isSame = other.alg === alg || (/^Ed/.test(alg) && /^Ed/.test(other.alg));
        const result = await tokens.verify(token, context);
        expect(typeof result === 'object' || result, `${other.alg}, signed by ${alg}`).toBe(isSame || 'invalid');
      }
    }
  });
});
