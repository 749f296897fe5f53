import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeReturnTo } from '../../src/endpoints/return-to.ts';

const ORIGIN = 'https://app.example';
const KEPT: readonly (readonly [given: string, path: string])[] = [
  ['/', '/'],
  ['/account', '/account'],
  ['/account/', '/account/'],
  ['/a/b?c=d&e=f#g', '/a/b?c=d&e=f#g'],
  ['/?next=//evil.example', '/?next=//evil.example'],
  ['/?next=https://evil.example', '/?next=https://evil.example'],
  ['/#//evil.example', '/#//evil.example'],
  ['/a//b', '/a//b'],
  ['/a/../b', '/b'],
  ['/./b', '/b'],
  ['/../b', '/b'],
  ['/a b', '/a%20b'],
  ['/straße?q=Zürich#é', '/stra%C3%9Fe?q=Z%C3%BCrich#%C3%A9'],
  ['/%E2%82%AC', '/%E2%82%AC'],
  ['/user@host:80', '/user@host:80'],
  ['/javascript:alert(1)', '/javascript:alert(1)'],
  ['/a?b=%0d%0aset-cookie:x', '/a?b=%0d%0aset-cookie:x'],
  ['/a%2fb', '/a%2fb'],
  ['/:80', '/:80'],
  ['/"><script>', '/%22%3E%3Cscript%3E'],
  ['https://app.example/account?x#y', '/account?x#y'],
  ['https://app.example', '/'],
  ['https://app.example?x', '/?x'],
  ['HTTPS://APP.EXAMPLE/Account', '/Account'],
  ['https://app.example:443/account', '/account'],
  ['https://app.example/../../b', '/b'],
  [`/${'a'.repeat(2047)}`, `/${'a'.repeat(2047)}`],
];

const HOSTILE: readonly string[] = [
  // Another host, by slashes and what is taken for one.
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '//evil.example/..',
  '//evil.example/%2e%2e',
  '/\\evil.example',
  '\\/evil.example',
  '\\\\evil.example',
  '\\evil.example',
  '/\\/evil.example',
  '//\\evil.example',
  '/\\\\evil.example',
  '//evil%2eexample',
  '//evil。example',
  '//user:password@evil.example',
  '//@evil.example',
  '//evil.example@app.example',
  '//evil.example:443',
  '//[::1]/',
  '//2130706433',
  '//app.example.evil.example',
  '//',
  '///',
  // After dots are resolved.
  '/..//evil.example',
  '/.//evil.example',
  '/../..//evil.example',
  '/a/..//evil.example',
  '/a/../..//evil.example',
  '/%2e%2e//evil.example',
  '/%2E//evil.example',
  '/.%2e//evil.example',
  '/..\\evil.example',
  '/.\\/evil.example',
  '/a/..///evil.example',
  'https://app.example//evil.example',
  'https://app.example/..//evil.example',
  // What parsers skip.
  '/\t/evil.example',
  '\t//evil.example',
  '/\n/evil.example',
  '/\r\n/evil.example',
  '\n//evil.example',
  '/\t\\evil.example',
  ' //evil.example',
  '\u00a0//evil.example',
  '\ufeff//evil.example',
  '\0//evil.example',
  '/\0/evil.example',
  '\u0001//evil.example',
  '/\u0085/evil.example',
  '/account\r\nset-cookie: sid=evil',
  '/account\u0000',
  '/account\u007f',
  // For who decodes once more.
  '/%2f/evil.example',
  '/%2F%2Fevil.example',
  '/%5cevil.example',
  '/%5C/evil.example',
  '/%09/evil.example',
  '/%0a/evil.example',
  '/%0d%0a/evil.example',
  '/account%0d%0aset-cookie:%20sid=evil',
  '/%00/evil.example',
  '/%20/evil.example',
  '/%C2%A0/evil.example',
  '/%',
  '/%zz',
  '/%ff/evil.example',
  '/%c0%af/evil.example',
  '%2f%2fevil.example',
  '%2fevil.example',
  // For who makes characters ordinary.
  '/／evil.example',
  '/＼evil.example',
  '／／evil.example',
  '/%EF%BC%8Fevil.example',
  // Other schemes and origins.
  'https://evil.example',
  'https://evil.example/https://app.example/',
  'HtTpS://evil.example',
  'http://app.example/account',
  'https://app.example:8443/account',
  'https://app.example.evil.example/',
  'https://app.example@evil.example/',
  'https://app.example%40evil.example/',
  'https://app.example\\@evil.example/',
  'https://evil.example\\@app.example/',
  'https://evil.example#@app.example/',
  'https://evil.example?@app.example/',
  'https://user@app.example/',
  'https://user:password@app.example/',
  'https://@evil.example/',
  'https://sub.app.example/',
  'https://xapp.example/',
  'https://app.exаmple/',
  'https://app.example./',
  'https://app。example@evil.example',
  'https:evil.example',
  'https:/evil.example',
  'https:///evil.example',
  'https:////evil.example',
  'https:\\\\evil.example',
  'https:account',
  'http:evil.example',
  'https://',
  'https://[',
  'https://app.example:99999/',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  ' javascript:alert(1)',
  'javascript://app.example/%0aalert(1)',
  'javascript://https://app.example/',
  'data:text/html,<script>alert(1)</script>',
  'data:;base64,PHNjcmlwdD4=',
  'vbscript:msgbox(1)',
  'blob:https://app.example/0f0f0f0f',
  'file:///etc/passwd',
  'filesystem:https://app.example/x',
  'ftp://app.example/',
  'wss://app.example/',
  'mailto:a@evil.example',
  'about:blank',
  'view-source:https://app.example/',
  // From wherever the page was.
  '',
  ' ',
  '.',
  '..',
  'account',
  'evil.example',
  '?next=/account',
  '#account',
  '@evil.example',
  ':443/evil.example',
  ';//evil.example',
  './/evil.example',
  '..//evil.example',
  // No text of Unicode, or too much of it.
  '/\ud800',
  '/\udc00\ud800',
  `/${'a'.repeat(2048)}`,
  `/${'ü'.repeat(1000)}`,
  `/${'/'.repeat(1_000_000)}`,
  `/${'../'.repeat(1_000_000)}/evil.example`,
];

/** Where a browser on the sign-in page goes. */
const followed = (path: string): URL => new URL(path, `${ORIGIN}/sign-in`);

describe('where somebody is sent after signing in', () => {
  it.each(KEPT)('%s is kept', (given, path) => {
    expect(safeReturnTo(given, ORIGIN)).toBe(path);
    expect(followed(path).origin).toBe(ORIGIN);
    // What came out may come in again.
    expect(safeReturnTo(path, ORIGIN)).toBe(path);
  });

  it('the corpus has 80 entries and more', () => {
    expect(new Set(HOSTILE).size).toBeGreaterThanOrEqual(130);
  });

  it.each(HOSTILE.map((each) => [JSON.stringify(each).slice(0, 60), each]))('%s is refused', (_, given) => {
    for (const base of [ORIGIN, `${ORIGIN}/`, `${ORIGIN}/sign-in?x`]) expect(safeReturnTo(given, base)).toBe(undefined);
  });

  it('a path does not depend on the origin', () => {
    for (const base of ['http://localhost:3000', 'https://other.example', 'http://[::1]:8080']) {
      expect(safeReturnTo('/a?b#c', base)).toBe('/a?b#c');
      expect(safeReturnTo('https://app.example/a', base)).toBe(undefined);
    }
    expect(safeReturnTo('http://localhost:3000/a', 'http://localhost:3000')).toBe('/a');
  });

  it.each([undefined, null, 0, true, {}, [], ['/account'], new String('/account'), () => '/account', Symbol('/')])(
    'what is no text is refused: %s',
    (value) => {
      expect(safeReturnTo(value, ORIGIN)).toBe(undefined);
    },
  );

  it.each(['', 'app.example', '/sign-in', 'null', 'data:,x', 'about:blank'])('%s is no base', (base) => {
    expect(() => safeReturnTo('/', base)).toThrow(TypeError);
  });

  it('whatever it is, it stays: followed as it is, and decoded once more', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '/',
        '\\',
        '.',
        '..',
        ':',
        '@',
        '?',
        '#',
        '%',
        '%2f',
        '%5C',
        '%2e',
        '%09',
        '%0a',
        '\t',
        '\n',
        '\r',
      ),
      fc.constantFrom(
        ' ',
        '\0',
        'https:',
        'http://',
        'javascript:',
        'app.example',
        'evil.example',
        'a',
        '／',
        '。',
        '\ud800',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    let kept = 0;
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.constantFrom('', '/', 'https://app.example/'),
        (pieces, start) => {
          const given = start + pieces.join('');
          const path = safeReturnTo(given, ORIGIN);
          if (path === undefined) return;
          kept++;
          expect(path).toMatch(/^\/(?![/\\])[!-~]*$/);
          expect(path.length).toBeLessThanOrEqual(2048);
          expect(followed(path).origin).toBe(ORIGIN);
          expect(followed(path).href).toBe(ORIGIN + path);
          expect(safeReturnTo(path, ORIGIN)).toBe(path);
          const [before = ''] = path.split(/[?#]/);
          expect(followed(decodeURIComponent(before)).origin).toBe(ORIGIN);
          expect(new Headers({ location: path }).get('location')).toBe(path);
        },
      ),
      { numRuns: 20_000 },
    );
    expect(kept).toBeGreaterThan(1000);
  });
});
