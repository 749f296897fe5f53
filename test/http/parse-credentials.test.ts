import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Credentials, parseCredentials } from '../../src/http/parse-credentials.ts';

/** Reads twice: a parser that keeps something of the first time gives another answer the second. */
function parse(value: string): Credentials | 'malformed' | 'multiple' {
  const first = parseCredentials(value);
  expect(parseCredentials(value)).toEqual(first);
  return first;
}

const params = (scheme: string, entries: Record<string, string> = {}): Credentials => ({
  scheme,
  params: new Map(Object.entries(entries)),
});

const GOOD: readonly [value: string, expected: Credentials][] = [
  // A token68, in any case of the scheme, with and without padding.
  ['Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', { scheme: 'basic', token68: 'QWxhZGRpbjpvcGVuIHNlc2FtZQ==' }],
  ['bAsIc YTpi', { scheme: 'basic', token68: 'YTpi' }],
  ['Bearer mF_9.B5f-4.1JqM', { scheme: 'bearer', token68: 'mF_9.B5f-4.1JqM' }],
  ['Bearer -._~+/=', { scheme: 'bearer', token68: '-._~+/=' }],
  ['Bearer a====', { scheme: 'bearer', token68: 'a====' }],
  ['Bearer    a', { scheme: 'bearer', token68: 'a' }],
  // The blanks around a field value are no part of it.
  ['  Bearer a \t', { scheme: 'bearer', token68: 'a' }],
  // What looks like a parameter without a value is a token68: nothing else fits.
  ['Bearer a=', { scheme: 'bearer', token68: 'a=' }],
  ['Bearer a= ', { scheme: 'bearer', token68: 'a=' }],
  // A scheme alone.
  ['Negotiate', params('negotiate')],
  ['Negotiate ', params('negotiate')],
  ["!#$%&'*+-.^_`|~0aZ", params("!#$%&'*+-.^_`|~0az")],
  // Auth-params.
  ['Digest a=b', params('digest', { a: 'b' })],
  ['Digest a=b,c=d', params('digest', { a: 'b', c: 'd' })],
  ['Digest A=B', params('digest', { a: 'B' })],
  ['Digest a = b , c\t=\td', params('digest', { a: 'b', c: 'd' })],
  ['Digest a="b"', params('digest', { a: 'b' })],
  ['Digest a=""', params('digest', { a: '' })],
  ['Digest a="b, Basic c", d=e', params('digest', { a: 'b, Basic c', d: 'e' })],
  ['Digest a="\\"\\\\\\x"', params('digest', { a: '"\\x' })],
  ['Digest a="b\\",c=\\"d"', params('digest', { a: 'b",c="d' })],
  ['Digest a="\t \u0080\u00ff"', params('digest', { a: '\t \u0080\u00ff' })],
  ['Digest __proto__=a, constructor=b', params('digest', { ['__proto__']: 'a', constructor: 'b' })],
  ['Digest ,, a=b ,\t, , c=d,', params('digest', { a: 'b', c: 'd' })],
  ['Digest ,', params('digest')],
];

const MALFORMED: readonly string[] = [
  '',
  ' ',
  ',',
  ', Basic a',
  '"Basic" a',
  'Basic:a',
  'Basic=a',
  '=',
  'B\u00e4sic a',
  'Basic\u00a0a',
  'Basic\u0000a',
  // Only spaces may stand behind the scheme.
  'Basic\ta',
  'Basic \ta',
  'Basic\na',
  'Basic\r\n a',
  // One token68, and nothing with it.
  'Bearer a b',
  'Bearer a b c',
  'Bearer a,',
  'Bearer a, ,',
  'Bearer a, b=c',
  'Bearer a=b=c',
  'Bearer a=b c',
  'Bearer =a',
  'Bearer a===b',
  'Bearer "a"',
  'Bearer a:b',
  'Bearer %',
  'Bearer a\u0000',
  'Bearer \u4f60',
  'Basic,a=b',
  'Bearer a, Basic:b',
  'Bearer a, Basic"',
  'Digest a=b, Basic:c',
  // Auth-params.
  'Digest a==b',
  'Digest a=b c=d',
  'Digest a=b;c=d',
  'Digest a=, c=d',
  'Digest =b',
  'Digest a="b',
  'Digest a="b\\',
  'Digest a="b\\"',
  'Digest a="b"c',
  'Digest a="b""c"',
  "Digest a='b c'",
  'Digest a="b\u0000"',
  'Digest a="b\r\nc"',
  'Digest a="b\\\nc"',
  'Digest a="b\u007f"',
  'Digest a="\u0100"',
  'Digest "a"=b',
  'Digest a=b/c',
  'Digest a=b@c',
  // Twice, in any case.
  'Digest a=b, a=b',
  'Digest a=b, c=d, A="b"',
];

const MULTIPLE: readonly string[] = [
  'Basic YTpi, Basic YTpi',
  'Basic YTpi,Bearer a',
  'Bearer a, Basic',
  'Bearer a, Basic ',
  'Bearer a,, ,Basic YTpi',
  'Bearer a, Basic, DPoP',
  'Bearer, Basic',
  'Bearer , Basic a',
  'Digest a=b, Basic YTpi',
  'Digest a="b, c", Basic YTpi',
  'Digest a=b,c',
  'Digest a=b, c d=e, f',
  'Digest a=b, Basic a=b',
  // One too many, whatever it is worth.
  'Basic YTpi, Bearer a b c',
  'Basic YTpi, Bearer "',
];

describe('parseCredentials', () => {
  it.each(GOOD)('reads %j', (value, expected) => {
    expect(parse(value)).toEqual(expected);
  });

  it.each(MALFORMED)('refuses %j', (value) => {
    expect(parse(value)).toBe('malformed');
  });

  it.each(MULTIPLE)('sees more than one in %j', (value) => {
    expect(parse(value)).toBe('multiple');
  });

  it('knows the characters of a token, and of a token68', () => {
    for (let code = 0; code < 0x300; code++) {
      const character = String.fromCharCode(code);
      const isToken = /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(character);
      expect(typeof parse(`Digest a${character}b=c`) === 'object', `token ${code}`).toBe(isToken);
      const isToken68 = /[-._~+/0-9A-Za-z]/.test(character);
      // An equals sign in the middle makes an auth-param of it.
      const isRead = isToken68 || character === '=';
      expect(typeof parse(`Bearer a${character}b`) === 'object', `token68 ${code}`).toBe(isRead);
    }
  });

  it('sees two in what Fetch makes of two header lines', () => {
    const headers = new Headers([
      ['authorization', 'Bearer a'],
      ['authorization', 'Basic YTpi'],
    ]);
    expect(parse(headers.get('authorization') as string)).toBe('multiple');
  });

  it('has no params with a token68, nor a token68 with params', () => {
    expect(parse('Bearer a')).not.toHaveProperty('params');
    expect(parse('Digest a=b')).not.toHaveProperty('token68');
  });

  it.each([
    ['length', `Bearer ${'a'.repeat(16_384 - 7)}`, { maxLength: 16_385 }],
    ['auth-params', `Digest ${Array.from({ length: 32 }, (_, index) => `a${index}=b`).join(', ')}`, { maxParams: 33 }],
  ])('has a limit of %s, which can be moved', (_what, value, limits) => {
    const beyond = value.startsWith('Bearer') ? `${value}a` : `${value}, z=b`;
    expect(parse(value)).toBeTypeOf('object');
    expect(parse(beyond)).toBe('malformed');
    expect(parseCredentials(beyond, limits)).toBeTypeOf('object');
    expect(parseCredentials(beyond, { maxLength: undefined, maxParams: undefined })).toBe('malformed');
  });

  it('reads megabytes where the limits are lifted', () => {
    const inside = '\\"'.repeat(2 ** 21);
    const credentials = parseCredentials(`Digest a="${inside}"`, { maxLength: Infinity });
    expect(credentials).toEqual(params('digest', { a: '"'.repeat(2 ** 21) }));
  });

  const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0x2ff }).map((code) => String.fromCharCode(code)) });
  const token = fc.string({
    unit: fc.constantFrom(..."!#$%&'*+-.^_`|~019azAZ".split('')),
    minLength: 1,
    maxLength: 8,
  });
  const text = fc.string({ unit: fc.constantFrom(...'"\\,;= \tabAZ09\u0080\u00ff'.split('')), maxLength: 12 });
  const blank = fc.constantFrom('', ' ', '\t', ' \t ');

  it('reads back what was written, whatever blanks, commas and escapes are put in', () => {
    const written = fc.record({
      name: token,
      value: fc.oneof(
        token.map((value) => [value, value] as const),
        text.map((value) => [quote(value), value] as const),
      ),
      around: fc.tuple(blank, blank, blank, blank),
      commas: fc.constantFrom('', ',', ', ,'),
    });
    const list = fc.uniqueArray(written, { selector: ({ name }) => name.toLowerCase(), maxLength: 6, minLength: 1 });
    fc.assert(
      fc.property(token, list, (scheme, parts) => {
        const value = parts.map(({ name, value: [raw], around: [a, b, c, d], commas }) => {
          return `${commas}${commas && a}${name}${b}=${c}${raw}${d}`;
        });
        const expected = new Map(parts.map(({ name, value: [, plain] }) => [name.toLowerCase(), plain]));
        expect(parse(`${scheme} ${value.join(',')}`)).toEqual({ scheme: scheme.toLowerCase(), params: expected });
      }),
      { numRuns: 500 },
    );
  });

  it('is malformed for every truncation inside a quoted string', () => {
    const value = 'Digest a="b\\"c, d=\\\\e"';
    for (let end = 'Digest a='.length + 1; end < value.length; end++) {
      expect(parse(value.slice(0, end))).toBe('malformed');
    }
    expect(parse(value)).toEqual(params('digest', { a: 'b"c, d=\\e' }));
  });

  it('never throws', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        parse(value);
        parse(`Digest ${value}`);
        parse(`Digest a="${value}`);
      }),
    );
  });
});

function quote(text: string): string {
  return `"${text.replace(/["\\]|a/g, '\\$&')}"`;
}
