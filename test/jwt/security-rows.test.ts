import { describe, expect, it, vi } from 'vitest';
import { protect } from '../../src/index.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import { type Algorithm, type JwtOptions, signJwt, type VerificationKey } from '../../src/tokens/jwt.ts';
import { call } from '../support/bearer.ts';
import { contextOf } from '../support/context.ts';
import {
  AUDIENCE,
  CLAIMS,
  claiming,
  formatOf,
  HEADER,
  ISSUER,
  jsonWith,
  KEY,
  type Raw,
  rawJws,
} from '../support/raw-jws.ts';
import { requestOf } from '../support/request.ts';
import { START } from '../support/sessions.ts';

/**
 * Flaws that others had, each by its number. Keys and signatures (1 to 8, 17, 19 to 21, 24, 29, 30) are in `keys` and
 * `signatures`, headers (9, 18, 23, 25) in `headers`, key sets (28) in `remote-keys`; 27 is about encryption, which is not here.
 */
const send = (token: string, options: Partial<JwtOptions<unknown>> = {}) =>
  call(bearer({ tokens: formatOf<unknown>(options) }), requestOf({ authorization: `Bearer ${token}` }));

/** A 401 with a challenge, and the handler not reached. */
async function expectRefused(token: string, options: Partial<JwtOptions<unknown>> = {}): Promise<void> {
  const { status, challenge, accepted } = await send(token, options);
  expect([status, challenge, accepted], token).toEqual([401, 'Bearer realm="api", error="invalid_token"', undefined]);
}

function watched(): { readonly keys: VerificationKey; readonly verify: ReturnType<typeof vi.fn> } {
  const verify = vi.fn(KEY.verify);
  return { keys: { ...KEY, verify }, verify };
}

describe('row 10 (CVE-2026-35039, GHSA-rp9m-7r4c-75qg): a cache that takes one token for another', () => {
  it('10,000 tokens that differ in one claim or one bit, at once and shuffled: never somebody else’s claims', async () => {
    const tokens = Array.from({ length: 5000 }, (_, n) => {
      const sub = `user-${n}`.padEnd(12, '.');
      const good = claiming({ sub });
      // The last bits that count, so that the end of the text is all but the same.
      const end = good.at(-2) === 'A' ? 'B' : 'A';
      return [
        { token: good, sub },
        { token: `${good.slice(0, -2)}${end}${good.slice(-1)}`, sub: undefined },
      ];
    }).flat();
    const shuffled = [...tokens, ...tokens]
      .map((each) => ({ each, by: Math.random() }))
      .sort((a, b) => a.by - b.by)
      .map(({ each }) => each);
    const format = formatOf({ cache: 1000, keys: { ...KEY, verify: async (...given) => KEY.verify(...given) } });
    const wrong = await Promise.all(
      shuffled.map(async ({ token, sub }) => {
        const result = await format.verify(token, contextOf());
        const found = typeof result === 'object' ? result.principal.sub : undefined;
        return found === sub ? [] : [{ sub, found }];
      }),
    );
    expect(shuffled.length).toBe(20_000);
    expect(wrong.flat()).toEqual([]);
  });

  it('a remembered one dies at its exp', async () => {
    const format = formatOf({ cache: 10, tolerance: 0 });
    expect(await format.verify(rawJws(), contextOf({ now: START + 599 }))).toMatchObject({ subject: 'ada' });
    expect(await format.verify(rawJws(), contextOf({ now: START + 600 }))).toBe('expired');
  });
});

describe('row 11 (CVE-2026-35040, GHSA-3j8v-cgw4-2g6q): a matcher that remembers where it was', () => {
  it.each([0, 10])('the same token 100 times is the same answer, with %i remembered', async (cache) => {
    const format = formatOf({ cache, required: ['sub'], typ: 'at+jwt', audience: [AUDIENCE, 'x'] });
    const bad = claiming({ aud: `${AUDIENCE}x` });
    for (let n = 0; n < 100; n++) {
      expect(await format.verify(rawJws(), contextOf())).toMatchObject({ subject: 'ada' });
      expect(await format.verify(bad, contextOf())).toBe('invalid');
    }
  });

  it.each([/api/g, /api/y, /.*/g, /^/])('no option takes an expression: by %s nobody is meant', async (audience) => {
    for (let n = 0; n < 100; n++) await expectRefused(rawJws(), { audience: audience as never });
  });
});

describe('row 12 (CVE-2026-35041, GHSA-cjw9-ghj4-fwxf): a long claim', () => {
  it.each(['iss', 'aud', 'sub', 'jti', 'scope', 'typ', 'acr', 'x'])(
    '%s of 64 kB is not even computed',
    async (name) => {
      const { keys, verify } = watched();
      for (const part of ['a', ' ', '\\', '"', 'https://', '\u20ac']) {
        const long = part.repeat(65_536 / part.length);
        await expectRefused(claiming({ [name]: long }), { keys });
        await expectRefused(claiming({ [name]: [long] }), { keys });
      }
      expect(verify).not.toHaveBeenCalled();
    },
  );
});

describe('row 13 (CVE-2025-30144, fast-jwt cc26b1d): a claim of another type', () => {
  it.each(['iss', 'sub', 'jti'])('%s', async (name) => {
    const right = { iss: ISSUER, sub: 'ada', jti: 'j' }[name];
    for (const value of [[right], [right, 'x'], { 0: right }, { [`${right}`]: 1 }, 1, true, false, null]) {
      await expectRefused(claiming({ [name]: value }));
    }
  });
});

describe('row 14 (CVE-2026-44459, GHSA-hm8q-7f3q-5f36): a time that is none', () => {
  it.each(['0', '-1', '"9e9"', 'true', 'null', '[]', '{}', '1e400', '1e308', '""'])('exp: %s', async (json) => {
    await expectRefused(rawJws(jsonWith(CLAIMS, 'exp', json)));
  });

  it.each(['"0"', 'true', 'null', '[]', '{}', '1e400', '-1e400', '1e308', '""'])(
    'nbf, iat, auth_time: %s',
    async (json) => {
      for (const name of ['nbf', 'iat', 'auth_time']) await expectRefused(rawJws(jsonWith(CLAIMS, name, json)));
    },
  );
});

it('row 15 (CVE-2025-62610, GHSA-m732-5p4w-x69g): a token for somebody else, and one for nobody', async () => {
  await expectRefused(claiming({ aud: 'https://b.example' }));
  await expectRefused(claiming({ aud: undefined }));
  await expectRefused(claiming({ aud: [] }));
});

it('row 16 (GHSA-75c5-xw7c-p5pm): a part of the issuer, and more than it', async () => {
  for (let length = 0; length < ISSUER.length; length++)
    await expectRefused(claiming({ iss: ISSUER.slice(0, length) }));
  for (let start = 1; start < ISSUER.length; start++) await expectRefused(claiming({ iss: ISSUER.slice(start) }));
  for (const iss of [`${ISSUER}/`, `${ISSUER}.evil.example`, ` ${ISSUER}`]) await expectRefused(claiming({ iss }));
});

describe('row 22 (GHSA-869p-cjfg-cm3x): a key looked up by what nobody has signed', () => {
  it('the source hears of the header alone, and its answer "none" compares nothing', async () => {
    const find = vi.fn(() => []);
    const token = rawJws({ ...CLAIMS, key: 'k' }, { ...HEADER, kid: 'k', secret: '' });
    await expectRefused(token, { keys: { find } });
    expect(find.mock.calls).toEqual([[{ alg: 'HS256', kid: 'k', typ: 'at+jwt' }, expect.anything()]]);
    // Nor is a token without a signature taken for one of nobody's.
    await expectRefused(`${token.split('.').slice(0, 2).join('.')}.`, { keys: { find } });
  });

  it.each([undefined, null, '', 0, false, ''.split('')])('a source that answers %j lets nobody in', async (answer) => {
    const { status, accepted } = await send(rawJws(), { keys: { find: () => answer as never } });
    expect([401, 503]).toContain(status);
    expect(accepted).toBeUndefined();
  });
});

describe('row 26 (CVE-2022-36083, CVE-2026-27932, CVE-2023-52428): work that the token asks for', () => {
  it.each([1e9, 2 ** 31, 0, -1, '1000000000', null])('p2c %j is refused before any of it', async (p2c) => {
    const { keys, verify } = watched();
    await expectRefused(rawJws(CLAIMS, { ...HEADER, p2c }), { keys });
    await expectRefused(rawJws(CLAIMS, { alg: 'PBES2-HS256+A128KW', p2c, p2s: 'AA' }), { keys });
    expect(verify).not.toHaveBeenCalled();
  });
});

describe('row 31 (HAProxy jwt_verify): a length that is looked at too late', () => {
  const ALGORITHMS: readonly Algorithm[] = [
    ...(['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const),
    ...(['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'] as const),
  ];

  it.each(ALGORITHMS)('%s: each part of 1 B to 1 MB', async (alg) => {
    // Says yes to whatever it is asked: that it is not asked is what refuses.
    const verify = vi.fn(() => true);
    const keys: VerificationKey = { algs: [alg], kid: undefined, publicJwk: undefined, verify };
    const [header, payload, signature] = rawJws(CLAIMS, { alg }).split('.') as [string, string, string];
    for (const size of [8200, 21_800, 65_536, 1_048_576]) {
      const long = 'A'.repeat(size);
      await expectRefused(`${long}.${payload}.${signature}`, { keys });
      await expectRefused(`${header}.${long}.${signature}`, { keys });
      await expectRefused(`${header}.${payload}.${long}`, { keys });
    }
    expect(verify).not.toHaveBeenCalled();
    for (const size of [1, 2, 3, 100, 7000]) {
      const long = 'A'.repeat(size);
      await expectRefused(`${long}.${payload}.${signature}`, { keys });
      await expectRefused(`${header}.${long}.${signature}`, { keys });
    }
  });
});

describe('row 32 (fast-jwt 6.2.3, 6.3.0): other spellings, payloads that are no object, clocks that are none', () => {
  it('spellings', async () => {
    const [header, payload, signature] = rawJws().split('.') as [string, string, string];
    // Not through `Headers`, which trims as servers do.
    const verify = (spelled: string) => formatOf().verify(`${header}.${payload}.${spelled}`, contextOf());
    for (const more of ['=', '==', ' ', '\n', '\0', 'A', '\u00e4']) {
      for (const spelled of [`${signature}${more}`, `${more}${signature}`])
        expect(await verify(spelled)).toBe('invalid');
    }
    // Among so many some have each of the characters that base64 has other names for.
    const signatures = Array.from({ length: 99 }, (_, n) => claiming({ n }));
    const spelled = signatures.map((token) => token.replace(/-(?!.*\.)/g, '+').replace(/_(?!.*\.)/g, '/'));
    expect(spelled.filter((token) => token.includes('+') && token.includes('/')).length).toBeGreaterThan(9);
    for (const token of spelled.filter((each) => !signatures.includes(each))) await expectRefused(token);
    // The last character of 32 bytes has two bits that count for nothing.
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet.indexOf(signature.slice(-1));
    for (const more of [1, 2, 3]) {
      await expectRefused(`${header}.${payload}.${signature.slice(0, -1)}${alphabet[last + more]}`);
    }
  });

  it.each<[Raw]>([['[]'], [`[${JSON.stringify(CLAIMS)}]`], ['"x"'], ['1'], ['null'], ['true'], ['']])(
    'a payload %s',
    async (payload) => expectRefused(rawJws(payload)),
  );

  it.each([Number.NaN, Infinity, -Infinity, -1, 301, '5', 'NaN'])(
    'a tolerance of %j is seen at construction',
    (tolerance) => {
      expect(() => formatOf({ tolerance: tolerance as number })).toThrow(/^tolerance: /);
    },
  );

  it('a lifetime that is none is seen when signing', async () => {
    for (const expiresIn of [Number.NaN, Infinity, 0, -1, 0.5, '60']) {
      const signed = signJwt(KEY, { iss: ISSUER, aud: AUDIENCE }, { expiresIn: expiresIn as number });
      await expect(signed, `${expiresIn}`).rejects.toThrow(/^expiresIn: /);
    }
  });
});

it('what is refused here is refused for one thing: the same without it is good', async () => {
  const handler = vi.fn(() => new Response('ok'));
  const api = protect(bearer({ tokens: formatOf() }), handler, { context: () => ({ now: START }) });
  const response = await api(new Request(AUDIENCE, { headers: { authorization: `Bearer ${rawJws()}` } }));
  expect([response.status, await response.text()]).toEqual([200, 'ok']);
});
