import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCookies, readCookie, readCookies } from '../../src/http/cookie.ts';

/** Reads each way, and twice: one that keeps something of the first time gives another answer the second. */
function read(header: string | null, name: string): readonly string[] {
  const values = readCookies(header, name, Infinity);
  for (let time = 0; time < 2; time++) {
    expect(readCookie(header, name)).toBe(values[0]);
    expect(parseCookies(header, { maxCookies: Infinity }).get(name)).toBe(values[0]);
    expect(readCookies(header, name, Infinity)).toEqual(values);
  }
  return values;
}

/** The rules once more, as slow and plain as can be. */
function pairsOf(header: string): readonly (readonly [name: string, value: string])[] {
  return header.split(';').flatMap((piece) => {
    const [name, ...rest] = piece.split('=');
    const trim = (text = '') => text.replace(/^[ \t]+|[ \t]+$/g, '');
    return rest.length && trim(name) ? [[trim(name), trim(rest.join('='))] as const] : [];
  });
}

const FOUND: readonly [header: string, values: readonly string[]][] = [
  ['sid=a', ['a']],
  ['sid=', ['']],
  ['sid=;', ['']],
  ['sid=a; b=c', ['a']],
  ['b=c; sid=a', ['a']],
  ['b=c;sid=a', ['a']],
  [';;; ;sid=a;;', ['a']],
  ['\t sid \t=\t a \t; b=c', ['a']],
  ['sid=a b', ['a b']],
  ['sid=a=b==', ['a=b==']],
  ['sid=="a"', ['="a"']],
  // Raw: nothing is decoded, nothing unquoted.
  ['sid=%41%zz', ['%41%zz']],
  ['sid="a"', ['"a"']],
  ['sid="a;b"', ['"a']],
  ['sid="a\\"b\\\\"', ['"a\\"b\\\\"']],
  ['sid=\u00e4\u00ff', ['\u00e4\u00ff']],
  ['sid=a\u0000\u007f', ['a\u0000\u007f']],
  // What is no cookie is passed over.
  ['sid; sid=a', ['a']],
  ['sid', []],
  ['sid ; sid', []],
  ['=sid; =sid=evil; sid=a', ['a']],
  ['=sid=evil', []],
  [' = sid=evil', []],
  // Names are whole, and in their own case.
  ['SID=a; Sid=b; sid=c', ['c']],
  ['xsid=a; sidx=b; si=c; sid.=d; .sid=e; sid=f', ['f']],
  ['sid sid=a; sid=b', ['b']],
  ['a=sid; b=sid=c; sid=d', ['d']],
  ['sid2=sid; sid=a', ['a']],
  ['sidsid=a; sid=b', ['b']],
  // RFC 2109 is over.
  ['$Version=1; $Path="/"; sid=a; $Domain=evil', ['a']],
  ['$Version=1, sid=a', []],
  // Commas separate nothing.
  ['a=b, sid=evil', []],
  ['a=b,sid=evil; sid=a', ['a']],
  ['sid=a, sid=b', ['a, sid=b']],
  // Several of one name, in their order.
  ['sid=a; b=c; sid=d; sid=; sid=a', ['a', 'd', '', 'a']],
  ['sid=a;sid=b', ['a', 'b']],
];

describe('reading cookies', () => {
  it.each(FOUND)('finds sid in %j', (header, values) => {
    expect(read(header, 'sid')).toEqual(values);
    expect(pairsOf(header).flatMap(([name, value]) => (name === 'sid' ? [value] : []))).toEqual(values);
  });

  it.each([null, '', ';', '=', ';=;', ' '])('finds nothing in %j', (header) => {
    expect(read(header, 'sid')).toEqual([]);
    expect(read(header, '')).toEqual([]);
    expect(parseCookies(header).size).toBe(0);
  });

  // GHSA-r5rp-j6wh-rvv4 (CVE-2026-39410): what trim() strips made a `__Host-` cookie of another that a sibling may set.
  const blanks = '\u0085\u00a0\u1680\u2000\u2003\u2007\u200a\u200b\u2028\u2029\u202f\u205f\u3000\ufeff\n\v\f\r\0'.split(
    '',
  );
  it.each(blanks)('takes a name with %j around it for another name', (blank) => {
    for (const lookAlike of [`${blank}__Host-sid`, `__Host-sid${blank}`, `${blank} __Host-sid ${blank}`]) {
      expect(read(`${lookAlike}=evil`, '__Host-sid')).toEqual([]);
      expect(read(`${lookAlike}=evil; __Host-sid=good`, '__Host-sid')).toEqual(['good']);
      expect(read(`${lookAlike}=evil; __Host-sid=good`, lookAlike)).toEqual(['evil']);
    }
    expect(read(`__Host-sid=${blank}a${blank}`, '__Host-sid')).toEqual([`${blank}a${blank}`]);
  });

  it.each([
    '=__Host-sid=evil',
    '__Host-sid',
    '__Host-sid;=evil',
    '__host-sid=evil',
    '__Host-sid-=evil',
    'x=1, __Host-sid=evil',
    'x="; __Host-sid=good"',
  ])('reads a prefixed name only where it stands: %j', (planted) => {
    expect(read(`${planted}; __Host-sid=good`, '__Host-sid').at(-1)).toBe('good');
    expect(read(`${planted}; __Host-sid=good`, '__Host-sid')).not.toContain('evil');
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'valueOf'])(
    'knows %s for a name like any other',
    (name) => {
      expect(read('a=b', name)).toEqual([]);
      expect(read(`${name}=c; a=b`, name)).toEqual(['c']);
      expect(parseCookies(`${name}=c`)).toEqual(new Map([[name, 'c']]));
      expect(({} as { c?: unknown }).c).toBeUndefined();
    },
  );

  it.each(['', ' ', ' a', 'a ', '\ta', 'a=b', '=a', 'a;b', ';', 'a=', 'a;'])('never finds the name %j', (name) => {
    for (const header of [`${name}=c`, `x=y; ${name}=c`, ` ${name} = c`]) {
      expect(readCookie(header, name)).toBeUndefined();
      expect(readCookies(header, name)).toEqual([]);
      expect(parseCookies(header).has(name)).toBe(false);
    }
  });

  it('reads names that are no tokens, which browsers send too', () => {
    for (const name of ['a[b]', 'a b', 'a,b', '"a"', '\u00e4', 'a@b', '\u4f60']) {
      expect(read(`x=y; ${name}=c`, name)).toEqual(['c']);
    }
  });

  it('reads as many of one name as it is asked for, eight if not asked', () => {
    const header = Array.from({ length: 20 }, (_, index) => `sid=${index}`).join('; ');
    expect(readCookies(header, 'sid')).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect(readCookies(header, 'sid', 2)).toEqual(['0', '1']);
    expect(readCookies(header, 'sid', 0)).toEqual([]);
  });

  it('parses at most 180 cookies if not asked for more, and the first of a name', () => {
    const header = Array.from({ length: 400 }, (_, index) => `c${index}=${index}`).join('; ');
    expect([...parseCookies(header).keys()].at(-1)).toBe('c179');
    expect(parseCookies(header, { maxCookies: 3 }).size).toBe(3);
    expect(parseCookies(header, { maxCookies: undefined }).size).toBe(180);
    // What is empty counts as well: otherwise a megabyte of semicolons would be read to its end.
    expect(parseCookies(`${';'.repeat(180)}a=b`).size).toBe(0);
    expect(parseCookies(`${';'.repeat(179)}a=b`).size).toBe(1);
    expect(parseCookies('a=b; a=c').get('a')).toBe('b');
  });

  it('reads two header lines that Fetch joins as the runtime joins them', () => {
    const headers = new Headers([
      ['cookie', 'a=b'],
      ['cookie', 'sid=c'],
    ]);
    const joined = headers.get('cookie') as string;
    expect(['a=b; sid=c', 'a=b, sid=c']).toContain(joined);
    expect(read(joined, 'sid')).toEqual(joined.includes(';') ? ['c'] : []);
  });

  it('agrees with the plain reading of the rules, for any header', () => {
    const anything = fc.string({
      unit: fc.integer({ min: 0, max: 0x2ff }).map((code) => String.fromCharCode(code)),
      maxLength: 3,
    });
    const noise = fc.oneof(fc.constantFrom('sid', '=', ' ', '\t', ',', 'a', '__Host-sid', '"', '\\'), anything);
    const blank = fc.constantFrom('', '', ' ', '\t ');
    const piece = fc
      .tuple(blank, fc.oneof(fc.constantFrom('sid', '__Host-sid'), noise), blank, fc.constant('='), noise, blank)
      .map((parts) => parts.join(''));
    const pieces = fc.array(fc.oneof({ weight: 2, arbitrary: piece }, noise), { maxLength: 10, size: 'max' });
    let found = 0;
    fc.assert(
      fc.property(pieces, (parts) => {
        const header = parts.join(';');
        const pairs = pairsOf(header);
        for (const name of new Set(['sid', '__Host-sid', 'a', ...pairs.map(([name]) => name)])) {
          const values = pairs.flatMap((pair) => (pair[0] === name ? [pair[1]] : []));
          expect(read(header, name)).toEqual(values);
          found += values.length;
        }
        expect(parseCookies(header).size).toBe(new Set(pairs.map(([name]) => name)).size);
      }),
      { numRuns: 1000 },
    );
    expect(found).toBeGreaterThan(1000);
  });
});
