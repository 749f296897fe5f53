import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { JwtOptions, TokenResult, VerificationKey } from '../../src/tokens/jwt.ts';
import { contextOf } from '../support/context.ts';
import {
  CLAIMS,
  claiming,
  formatOf,
  HEADER,
  ISSUER,
  KEY,
  type Raw,
  rawJws,
  segment,
  signSegments,
} from '../support/raw-jws.ts';

const told = (result: TokenResult<unknown>): string | undefined => (typeof result === 'object' ? 'good' : result);
const ask = async (token: string, options: Partial<JwtOptions<unknown>> = {}) =>
  told(await formatOf<unknown>(options).verify(token, contextOf()));

/** The right key, which tells whether it was asked. */
function watched(): { readonly key: VerificationKey; readonly verify: ReturnType<typeof vi.fn> } {
  const verify = vi.fn(KEY.verify);
  return { key: { ...KEY, verify }, verify };
}

/** Of any text, with the right key: nothing but the header can be the reason. */
const headed = (header: Raw): string => rawJws(CLAIMS, header);
const withMember = (name: string, value: unknown): string => headed({ ...HEADER, [name]: value });

afterEach(() => vi.restoreAllMocks());

it('what is signed here is good: so what follows is refused for its header alone', async () => {
  expect(await ask(rawJws())).toBe('good');
  expect(await ask(withMember('kid', 'any'))).toBe('good');
  // RFC 7515 §4.3: what is not known and not critical is ignored.
  expect(await ask(withMember('x5t#S256', 'abc'))).toBe('good');
  expect(await ask(withMember('https://id.example/v', 1))).toBe('good');
  expect(await ask(headed('\r\n { "alg"\t:\n"HS256" , "a:b" : "c\\":d", ": \\" " : "\\\\" } '))).toBe('good');
});

describe('two members of one name (RFC 7515 §4)', () => {
  it.each([
    ['alg', '{"alg":"none","alg":"HS256"}'],
    ['the same twice', '{"alg":"HS256","alg":"HS256"}'],
    ['by an escape', '{"\\u0061lg":"none","alg":"HS256"}'],
    ['by an escape, the other way round', '{"alg":"HS256","\\u0061\\u006c\\u0067":"HS256"}'],
    ['kid', '{"alg":"HS256","kid":"a","kid":"b"}'],
    ['typ', '{"alg":"HS256","typ":"id+jwt","typ":"at+jwt"}'],
    ['one that is not known', '{"alg":"HS256","x":1,"x":2}'],
    ['with blanks before the colon', '{"alg" :"none","alg"\n\t\r :"HS256"}'],
    ['behind a text that looks like the end', '{"x":"\\"","alg":"none","alg":"HS256"}'],
    ['behind a backslash', '{"x":"\\\\","alg":"none","alg":"HS256"}'],
    ['behind a name that is a colon', '{":":":","alg":"none","alg":"HS256"}'],
    ['__proto__', '{"alg":"HS256","__proto__":1,"__proto__":2}'],
    ['a name that is empty', '{"alg":"HS256","":1,"":2}'],
  ])('%s', async (_, header) => {
    expect(JSON.parse(header)).toMatchObject({ alg: 'HS256' });
    expect(await ask(headed(header))).toBe('malformed');
  });

  it('is not what only looks like it', async () => {
    for (const value of ['","alg":"none', '"alg":', ':', '"', '\\', '\\"alg\\":', '{"alg":"none","alg":"none"}']) {
      expect(await ask(withMember('note', value)), value).toBe('good');
      expect(await ask(headed({ [value]: 1, ...HEADER })), value).toBe('good');
    }
  });
});

describe('what would have to be understood', () => {
  it.each([[['x']], [[]], ['x'], [['alg']], [['absent', 'exp']], [null], [{}], [['b64']]])(
    'GHSA-hm7r-c7qw-ghp6, CVE-2026-32597: crit %j',
    async (crit) => {
      expect(await ask(withMember('crit', crit))).toBe('malformed');
    },
  );

  it.each([[['exp']], [[]], ['exp']])('crit %j with what it names', async (crit) => {
    expect(await ask(headed({ ...HEADER, exp: 1, crit }))).toBe('malformed');
  });

  it.each<[string, unknown, string]>([
    ['zip', 'DEF', 'CVE-2024-28176'],
    ['zip', '', 'CVE-2024-28176'],
    ['zip', null, 'CVE-2024-28176'],
    ['p2c', 1e9, 'CVE-2022-36083'],
    ['p2c', 0, 'CVE-2022-36083'],
    ['cty', 'JWT', 'a nested token, RFC 7519 §5.2'],
    ['cty', 'application/jwt', 'a nested token'],
    ['enc', 'A256GCM', 'an encrypted one'],
    ['b64', false, 'RFC 7797'],
    ['b64', true, 'RFC 7797'],
  ])('%s: %j (%s)', async (name, value) => {
    expect(await ask(withMember(name, value))).toBe('malformed');
  });

  it('b64: false over a payload as it is', async () => {
    const header = segment({ ...HEADER, b64: false, crit: ['b64'] });
    expect(await ask(signSegments(header, 'a payload without a dot'))).toBe('malformed');
  });

  it('a token within a token', async () => {
    expect(await ask(rawJws(rawJws()))).toBe('malformed');
    expect(await ask(rawJws(`"${rawJws()}"`))).toBe('malformed');
    expect(await ask(rawJws({ ...CLAIMS, iss: rawJws() }))).toBeUndefined();
  });

  it('five parts are an encrypted token, which is none of this format', async () => {
    const parts = [segment({ alg: 'dir', enc: 'A256GCM' }), '', 'a', 'b', 'c'];
    expect(await ask(parts.join('.'))).toBeUndefined();
    expect(await ask(`${rawJws()}.a.b`)).toBeUndefined();
  });
});

describe('CVE-2018-0114: a key that the token brings along', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const jwk = publicKey.export({ format: 'jwk' });
  const bySigner = (header: object): string => {
    const input = `${segment(header)}.${segment(CLAIMS)}`;
    return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
  };
  const members = {
    jwk,
    jku: 'https://attacker.example/jwks.json',
    x5u: 'https://attacker.example/cert.pem',
    x5c: ['MIIB'],
  };

  it.each(Object.entries(members))('%s', async (name, value) => {
    const fetched = vi.spyOn(globalThis, 'fetch');
    const { key, verify } = watched();
    expect(await ask(bySigner({ alg: 'EdDSA', typ: 'at+jwt', [name]: value }), { keys: key })).toBe('malformed');
    // Nor is it ignored where somebody we know has signed.
    expect(await ask(withMember(name, value), { keys: key })).toBe('malformed');
    expect(await ask(withMember(name, null), { keys: key })).toBe('malformed');
    expect(verify).not.toHaveBeenCalled();
    expect(fetched).not.toHaveBeenCalled();
  });

  it('an unknown kid fetches nothing, and is nobody’s', async () => {
    const fetched = vi.spyOn(globalThis, 'fetch');
    for (const kid of ['https://attacker.example/', '../../dev/null', "' OR 1=1 --", '__proto__', '']) {
      expect(await ask(bySigner({ alg: 'EdDSA', kid })), kid).toBe('invalid');
    }
    expect(fetched).not.toHaveBeenCalled();
  });
});

describe('CVE-2022-23540: alg', () => {
  const NONE = ['none', 'None', 'NONE', 'nOnE', 'none ', '\0none', ''];
  const SIGNATURES = ['', 'AA', 'garbage', rawJws().split('.')[2] as string];

  it.each(NONE.flatMap((alg) => SIGNATURES.map((signature) => [alg, signature] as const)))(
    '%j with the signature %j',
    async (alg, signature) => {
      const { key, verify } = watched();
      const input = `${segment({ ...HEADER, alg })}.${segment(CLAIMS)}`;
      expect(await ask(`${input}.${signature}`, { keys: key })).toBe('invalid');
      expect(verify).not.toHaveBeenCalled();
    },
  );

  it('none with fewer or more dots is no token', async () => {
    const [header, payload] = rawJws(CLAIMS, { ...HEADER, alg: 'none' }).split('.');
    for (const token of [`${header}.${payload}`, `${header}.${payload}..`, `.${payload}.`, `..`, `${header}`]) {
      expect(await ask(token), token).toBeUndefined();
    }
  });

  it('signed with the right key under a name that is not the key’s', async () => {
    const { key, verify } = watched();
    const names = ['hs256', 'Hs256', 'HS256 ', 'HS384', 'HS512', 'RS256', 'ES256', 'EdDSA', 'HMAC', 'toString', 'none'];
    for (const alg of names) expect(await ask(headed({ ...HEADER, alg }), { keys: key }), alg).toBe('invalid');
    expect(verify).not.toHaveBeenCalled();
  });

  it.each([[null], [true], [0], [256], [[]], [['HS256']], [{}], [{ alg: 'HS256' }], [undefined]])(
    'of another type: %j',
    async (alg) => {
      expect(await ask(headed({ ...HEADER, alg }))).toBe('malformed');
    },
  );

  it.each([[null], [true], [0], [[]], [['a']], [{}]])('kid of another type: %j', async (kid) => {
    expect(await ask(withMember('kid', kid))).toBe('malformed');
  });
});

/** Bytes of a text with others around it. */
const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Uint8Array.from(part))));
const [head, claims] = [JSON.stringify(HEADER), JSON.stringify(CLAIMS)];

describe('what is no JSON object in UTF-8 in base64url', () => {
  const around = (text: string): readonly (readonly [string, Raw])[] => [
    ['nothing', ''],
    ['null', 'null'],
    ['true', 'true'],
    ['a number', '1'],
    ['a text', '"HS256"'],
    ['an array', '[]'],
    ['an array of it', `[${text}]`],
    ['it in quotes', JSON.stringify(text)],
    ['it and more', `${text}{}`],
    ['it twice', text + text],
    ['half of it', text.slice(0, -1)],
    ['a comma behind', text.replace('}', ',}')],
    ['a comment', `${text}//`],
    ['a NUL behind', `${text}\0`],
    ['single quotes', text.replaceAll('"', "'")],
    ['NaN', text.replace('{', '{"x":NaN,')],
    ['a line in a text', text.replace('{', '{"x":"\n",')],
    ['a byte order mark', bytes([0xef, 0xbb, 0xbf], text)],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ['a byte that is no UTF-8', bytes('{"x":"', [0xff], '",', text.slice(1))],
    ['a text that ends early', bytes('{"x":"', [0xc3], '",', text.slice(1))],
    ['an overlong quote', bytes('{"x":"', [0xc0, 0xa2], '",', text.slice(1))],
    ['half of a pair', bytes('{"x":"', [0xed, 0xa0, 0x80], '",', text.slice(1))],
  ];

  it.each(around(head))('header: %s', async (_, raw) => {
    // Without anything in front of the first dot it is no token.
    expect(await ask(rawJws(CLAIMS, raw))).toBe(raw === '' ? undefined : 'malformed');
  });

  it.each(around(claims))('payload: %s', async (_, raw) => {
    expect(await ask(rawJws(raw))).toBe('malformed');
  });
});

describe('base64url in any spelling but one (fast-jwt 6.2.3)', () => {
  /** With one byte over, and with two: there are bits behind the last byte then. */
  const padded = (text: string, over: number): string => {
    for (; Buffer.byteLength(text) % 3 !== over; text += ' ');
    return segment(text);
  };
  /** The last character with a bit that counts for nothing. */
  const trailing = (text: string): string => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    return text.slice(0, -1) + alphabet[alphabet.indexOf(text.slice(-1)) + 1];
  };
  /** Characters that differ between the two alphabets are made by these bytes. */
  const special = (text: string): string => padded(text.replace('{', '{"~~~???>>>":"~~~???>>>~~???>>",'), 1);
  const spellings = (text: string): readonly (readonly [string, string])[] => [
    ['padding', `${padded(text, 1)}==`],
    ['padding of two bytes', `${padded(text, 2)}=`],
    ['half a padding', `${padded(text, 1)}=`],
    ['a padding too many', `${padded(text, 0)}=`],
    ['bits behind one byte', trailing(padded(text, 1))],
    ['bits behind two bytes', trailing(padded(text, 2))],
    ['base64', special(text).replaceAll('-', '+').replaceAll('_', '/')],
    ...[' ', '\n', '\t', '\r\n', '\0', '%', ',', '\u00e4'].flatMap((each): [string, string][] => [
      [`${JSON.stringify(each)} behind`, padded(text, 0) + each],
      [`${JSON.stringify(each)} before`, each + padded(text, 0)],
      [`${JSON.stringify(each)} within`, padded(text, 0).replace(/.{9}/, `$&${each}`)],
      [`four ${JSON.stringify(each)}`, padded(text, 0) + each.repeat(4)],
    ]),
    ['a character more', `${padded(text, 0)}A`],
  ];

  it('the spellings differ from the right one alone', async () => {
    for (const over of [0, 1, 2])
      expect(await ask(signSegments(padded(head, over), padded(claims, over)))).toBe('good');
    expect(special(claims)).toMatch(/-.*_|_.*-/);
    expect(await ask(signSegments(special(head), special(claims)))).toBe('good');
  });

  it.each(spellings(head))('header: %s', async (_, text) => {
    expect(await ask(signSegments(text, segment(claims)))).toBe('malformed');
  });

  it.each(spellings(claims))('payload: %s', async (_, text) => {
    expect(await ask(signSegments(segment(head), text))).toBe('malformed');
  });
});

describe('length, before anything is decoded or computed', () => {
  const LIMIT = 8192;
  it('8192 characters are a token, and one more is none', async () => {
    const { key, verify } = watched();
    const short = rawJws();
    const filled = short + 'x'.repeat(LIMIT - short.length);
    expect(await ask(filled, { keys: key })).toBe('invalid');
    expect(await ask(`${filled}x`, { keys: key })).toBeUndefined();
    expect(verify).toHaveBeenCalledTimes(1);
    // The longest that is signed, found by trying: three bytes are four characters.
    const all = Array.from({ length: 400 }, (_, n) => rawJws({ ...CLAIMS, pad: 'x'.repeat(5800 + n) }));
    const longest = all.findLast(({ length }) => length <= LIMIT) as string;
    expect(LIMIT - longest.length).toBeLessThan(2);
    expect(await ask(longest, { keys: key })).toBe('good');
    expect(await ask(all.find(({ length }) => length > LIMIT) as string, { keys: key })).toBeUndefined();
    expect(verify).toHaveBeenCalledTimes(2);
  });

  it.each([1, 64, 1024, 65_536, 1_048_576])('of a segment of %i characters', async (size) => {
    const { key, verify } = watched();
    const [header, payload, signature] = rawJws().split('.') as [string, string, string];
    const long = 'A'.repeat(size);
    const tooLong = size > LIMIT;
    expect(await ask(`${long}.${payload}.${signature}`, { keys: key })).toBe(tooLong ? undefined : 'malformed');
    expect(await ask(`${header}.${long}.${signature}`, { keys: key })).toBe(tooLong ? undefined : 'malformed');
    expect(await ask(`${header}.${payload}.${long}`, { keys: key })).toBe(tooLong ? undefined : 'invalid');
    expect(await ask(rawJws({ ...CLAIMS, pad: long }, HEADER), { keys: key })).toBe(tooLong ? undefined : 'good');
    expect(verify).toHaveBeenCalledTimes(tooLong ? 0 : 3);
  });
});

describe('a format that has seen the header before', () => {
  it('still refuses what is wrong with another', async () => {
    const format = formatOf({ cache: 10 });
    const answers = async (...tokens: readonly string[]) =>
      Promise.all(tokens.map(async (token) => told(await format.verify(token, contextOf()))));
    const bad = withMember('crit', ['x']);
    expect(await answers(rawJws(), bad, rawJws(), bad)).toEqual(['good', 'malformed', 'good', 'malformed']);
    // The header's own text is what was good, and not the token of it.
    expect(await answers(claiming({ aud: 'x' }), `${rawJws().slice(0, -1)}A`, claiming({ iss: `${ISSUER}/` }))).toEqual(
      ['invalid', 'invalid', undefined],
    );
  });

  it('keeps some of them and no more: every header may be another', async () => {
    const format = formatOf();
    const parsed = vi.spyOn(JSON, 'parse');
    const readHeaders = async (kid: string): Promise<number> => {
      parsed.mockClear();
      expect(told(await format.verify(rawJws(CLAIMS, { ...HEADER, kid }), contextOf()))).toBe('good');
      return parsed.mock.calls.filter(([text]) => text.includes('"alg"')).length;
    };
    expect([await readHeaders('0'), await readHeaders('0')]).toEqual([1, 0]);
    for (let n = 1; n < 100; n++) expect(await readHeaders(`${n}`)).toBe(1);
    expect(await readHeaders('0')).toBe(1);
  });
});
