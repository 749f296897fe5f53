import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedMediaType, parseMediaType, preferredMediaType } from '../../src/http/media-type.ts';

/** Reads twice: a parser that keeps something of the first time gives another answer the second. */
function twice<T>(read: () => T): T {
  const first = read();
  expect(read()).toEqual(first);
  return first;
}

const GOOD: readonly [value: string, essence: string, params: Record<string, string>][] = [
  ['text/html', 'text/html', {}],
  ['Text/HTML', 'text/html', {}],
  [' \ttext/html ', 'text/html', {}],
  ['application/problem+json', 'application/problem+json', {}],
  ["!#$%&'*+-.^_`|~0/!#$%&'*+-.^_`|~0", "!#$%&'*+-.^_`|~0/!#$%&'*+-.^_`|~0", {}],
  ['*/*', '*/*', {}],
  // The three forms of one, RFC 9110 §8.3.1.
  ['text/html;charset=utf-8', 'text/html', { charset: 'utf-8' }],
  ['Text/HTML;Charset="utf-8"', 'text/html', { charset: 'utf-8' }],
  ['text/html; charset="utf-8"', 'text/html', { charset: 'utf-8' }],
  ['text/html;charset=UTF-8', 'text/html', { charset: 'UTF-8' }],
  ['text/html \t;\t a=b \t; c=d ', 'text/html', { a: 'b', c: 'd' }],
  ['text/html;', 'text/html', {}],
  ['text/html; ; ;a=b;;', 'text/html', { a: 'b' }],
  ['text/html;a=""', 'text/html', { a: '' }],
  ['text/html;a="b;c=d"', 'text/html', { a: 'b;c=d' }],
  ['text/html;a="\\"\\\\\\c,/"', 'text/html', { a: '"\\c,/' }],
  ['text/html;a="\u00e4"', 'text/html', { a: '\u00e4' }],
  ['text/html;a=b;A=c', 'text/html', { a: 'b' }],
  ['text/html;constructor=a', 'text/html', { constructor: 'a' }],
  ['multipart/form-data; boundary="--a b"', 'multipart/form-data', { boundary: '--a b' }],
];

const MALFORMED: readonly string[] = [
  '',
  ' ',
  '/',
  'text',
  'text/',
  '/html',
  'text /html',
  'text/ html',
  'text//html',
  'text/html/a',
  'text/html a=b',
  'text/html, text/html',
  'text/html;a',
  'text/html;a;b=c',
  'text/html;a=',
  'text/html;=b',
  'text/html;a =b',
  'text/html;a= b',
  'text/html;a=b c',
  'text/html;a=b/c',
  'text/html;a="b',
  'text/html;a="b\\',
  'text/html;a="b\\"',
  'text/html;a="b"c',
  'text/html;a="b\u0000"',
  'text/html;a="b\r\n"',
  'text/html;a="\u4f60"',
  'text/html\u00a0',
  '\ufefftext/html',
  't\u00e4xt/html',
  '"text"/html',
];

describe('parseMediaType', () => {
  it.each(GOOD)('reads %j', (value, essence, params) => {
    const parsed = twice(() => parseMediaType(value));
    expect(`${parsed?.type}/${parsed?.subtype}`).toBe(essence);
    expect(parsed?.params).toEqual(new Map(Object.entries(params)));
  });

  it.each(MALFORMED)('refuses %j', (value) => {
    expect(twice(() => parseMediaType(value))).toBeUndefined();
  });

  it('has a limit of length, which can be moved', () => {
    const value = `text/html;a="${'b'.repeat(16_384 - 14)}"`;
    expect(parseMediaType(value)).toBeDefined();
    expect(parseMediaType(`${value} `)).toBeUndefined();
    expect(parseMediaType(`${value} `, { maxLength: 16_385 })).toBeDefined();
    expect(parseMediaType(`${value} `, { maxLength: undefined })).toBeUndefined();
  });
});

const HTML = 'text/html';
const JSON_ = 'application/json';
const CHROME =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7';

/** The header, what is available, what is preferred, and what of it is named. */
const CHOICES: readonly [
  accept: string | null,
  available: readonly string[],
  preferred: string | undefined,
  named: string | undefined,
][] = [
  // Nothing asked for is everything asked for, and nothing named.
  [null, [HTML, JSON_], HTML, undefined],
  ['', [HTML, JSON_], HTML, undefined],
  [' , ,', [HTML, JSON_], HTML, undefined],
  ['*/*', [HTML, JSON_], HTML, undefined],
  ['*/*', [JSON_, HTML], JSON_, undefined],
  [null, [], undefined, undefined],
  ['*/*', [], undefined, undefined],
  // One or the other.
  [JSON_, [HTML, JSON_], JSON_, JSON_],
  ['APPLICATION/Json', [HTML, JSON_], JSON_, JSON_],
  ['image/png', [HTML, JSON_], undefined, undefined],
  ['text/*', [JSON_, HTML], HTML, undefined],
  ['application/*+json', [JSON_], undefined, undefined],
  [CHROME, [JSON_, HTML], HTML, HTML],
  [CHROME, [JSON_, 'image/svg+xml'], JSON_, undefined],
  // Weights.
  ['text/html;q=0.5, application/json', [HTML, JSON_], JSON_, JSON_],
  ['text/html;q=0.5, application/json;q=0.4', [JSON_, HTML], HTML, HTML],
  ['text/html ; q=0.001 , application/json;q=0.002', [HTML, JSON_], JSON_, JSON_],
  ['text/html;Q=0.1, application/json;q=1.000', [HTML, JSON_], JSON_, JSON_],
  ['text/html;q=1., application/json;q=0.', [JSON_, HTML], HTML, HTML],
  ['text/html, application/json', [JSON_, HTML], JSON_, JSON_],
  ['text/html;q=0', [HTML], undefined, undefined],
  ['text/html;q=0, */*', [HTML, JSON_], JSON_, undefined],
  ['text/html;q=0.000, text/*;q=0.1', [HTML, 'text/plain'], 'text/plain', undefined],
  // The most specific range decides, wherever it stands.
  ['*/*, text/html;q=0.5', [HTML, JSON_], JSON_, HTML],
  ['text/html;q=0.5, */*', [HTML, JSON_], JSON_, HTML],
  ['text/*;q=0.9, text/html;q=0.1, application/json;q=0.5', [HTML, JSON_], JSON_, JSON_],
  ['text/*;q=0.1, */*;q=0.2', [HTML, JSON_], JSON_, undefined],
  // RFC 9110 §12.5.1 has this one, with these weights.
  [
    'text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5',
    ['text/html', 'image/jpeg', 'text/plain;format=fixed', 'text/plain', 'text/plain;format=flowed'],
    'text/plain;format=flowed',
    'text/plain;format=flowed',
  ],
  [
    'text/*;q=0.3, text/plain;q=0.7, text/plain;format=flowed, text/plain;format=fixed;q=0.4, */*;q=0.5',
    ['text/html', 'image/jpeg', 'text/plain;format=fixed'],
    'image/jpeg',
    'text/plain;format=fixed',
  ],
  // Of two that are equally specific, the first.
  ['text/html;q=0.2, application/json;q=0.5, text/html', [HTML, JSON_], JSON_, JSON_],
  ['text/html, application/json;q=0.5, text/html;q=0.2', [HTML, JSON_], HTML, HTML],
  ['text/html;level=1', [HTML], undefined, undefined],
  ['text/html;level=1', ['text/html;level=2', 'text/html;LEVEL="1"'], 'text/html;LEVEL="1"', 'text/html;LEVEL="1"'],
  ['text/html', ['text/html;charset=utf-8'], 'text/html;charset=utf-8', 'text/html;charset=utf-8'],
  ['text/html;charset=UTF-8', ['text/html;charset=utf-8'], 'text/html;charset=utf-8', 'text/html;charset=utf-8'],
  [
    'text/html;q=0.3;level=1, application/json;q=0.2',
    [JSON_, 'text/html;level=1'],
    'text/html;level=1',
    'text/html;level=1',
  ],
  // A malformed element is passed over.
  ['text/html;q=2, application/json', [HTML, JSON_], JSON_, JSON_],
  ['text/html;q=-1, application/json;q=0.1', [HTML, JSON_], JSON_, JSON_],
  ['text/html;q=, application/json;q=0.1', [HTML, JSON_], JSON_, JSON_],
  ['text/html;q=0.1234, application/json;q=0.1', [HTML, JSON_], JSON_, JSON_],
  ['text/html;q=1.001, application/json;q=0.1', [HTML, JSON_], JSON_, JSON_],
  ['text/html;q=1e0, application/json;q=0.1', [HTML, JSON_], JSON_, JSON_],
  ['text/html;q=NaN, application/json;q=0.1', [HTML, JSON_], JSON_, JSON_],
  ['text, html, /, */html, application/json', [HTML, JSON_], JSON_, JSON_],
  ['*/html;q=1', [HTML], HTML, undefined],
  ['text/html;a="b, application/json', [HTML, JSON_], HTML, undefined],
  ['a/b;c=", text/html", application/json', [HTML, JSON_], JSON_, JSON_],
  ['a/b;c="\\", text/html", application/json', [HTML, JSON_], JSON_, JSON_],
  ['a/b;c="\\\\", application/json', [HTML, JSON_], JSON_, JSON_],
  ['a\\",application/json', [HTML, JSON_], HTML, undefined],
  // What two header lines become.
  [
    new Headers([
      ['accept', JSON_],
      ['accept', 'text/html;q=0.1'],
    ]).get('accept'),
    [HTML, JSON_],
    JSON_,
    JSON_,
  ],
];

describe('preferredMediaType and namedMediaType', () => {
  it.each(CHOICES)('of %j and %j prefer %j, and find %j named', (accept, available, preferred, named) => {
    expect(twice(() => preferredMediaType(accept, available))).toBe(preferred);
    expect(twice(() => namedMediaType(accept, available))).toBe(named);
  });

  it('look at 64 ranges, or at as many as they are told', () => {
    const accept = `${'a/b,'.repeat(63)}text/html`;
    expect(namedMediaType(accept, [HTML])).toBe(HTML);
    expect(namedMediaType(`a/b,${accept}`, [HTML])).toBeUndefined();
    expect(namedMediaType(`,${accept}`, [HTML])).toBeUndefined();
    expect(preferredMediaType(`a/b,${accept}`, [HTML])).toBeUndefined();
    expect(namedMediaType(`a/b,${accept}`, [HTML], { maxRanges: 65 })).toBe(HTML);
    expect(namedMediaType(`a/b,${accept}`, [HTML], { maxRanges: undefined })).toBeUndefined();
  });

  it('take a header that is too long for none', () => {
    const accept = `${JSON_};q=0.5${' '.repeat(16_384 - 22)}`;
    expect(preferredMediaType(accept, [HTML, JSON_])).toBe(JSON_);
    expect(namedMediaType(accept, [HTML, JSON_])).toBe(JSON_);
    expect(preferredMediaType(`${accept} `, [HTML, JSON_])).toBe(HTML);
    expect(namedMediaType(`${accept} `, [HTML, JSON_])).toBeUndefined();
    expect(namedMediaType(`${accept} `, [HTML, JSON_], { maxLength: 16_385 })).toBe(JSON_);
  });

  it('say which available type is none', () => {
    expect(() => preferredMediaType('*/*', ['html'])).toThrow(/^available: 'html' is not a media type/);
    expect(() => namedMediaType(null, [HTML, ''])).toThrow(TypeError);
  });

  it('answer with an available type, whatever the header', () => {
    const noise = fc.string({
      unit: fc.constantFrom('a', '/', '*', ';q=', '0.5', ',', '"', '\\', ' ', '\u00e4'),
      maxLength: 6,
    });
    const range = fc.constantFrom(HTML, JSON_, 'a/b', 'text/*', '*/*');
    const weight = fc.constantFrom('', ';q=0', ';q=0.5', ';q=1', ';q=2', ';a="b,c"');
    const element = fc.oneof(fc.tuple(range, weight), fc.tuple(range, noise), fc.tuple(noise, noise));
    const available = [HTML, JSON_] as const;
    let chosen = 0;
    fc.assert(
      fc.property(fc.array(element, { maxLength: 8 }), (elements) => {
        const accept = elements.map((parts) => parts.join('')).join(',');
        const preferred = preferredMediaType(accept, available);
        const named = namedMediaType(accept, available);
        expect([...available, undefined]).toContain(preferred);
        expect([...available, undefined]).toContain(named);
        if (!named) return;
        chosen++;
        // What is named is acceptable, so something is preferred.
        expect(preferred).toBeDefined();
        expect(accept).toContain(named);
      }),
      { numRuns: 1000 },
    );
    // About 240 are: far enough from it that chance does not come there.
    expect(chosen).toBeGreaterThan(100);
  });
});
