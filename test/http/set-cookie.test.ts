import fc from 'fast-check';
import { CookieJar } from 'tough-cookie';
import { describe, expect, it } from 'vitest';
import { parseCookies, readCookie } from '../../src/http/cookie.ts';
import { formatSetCookie, type SetCookie } from '../../src/http/set-cookie.ts';

const WRITTEN: readonly [cookie: SetCookie, line: string][] = [
  [{ name: 'a', value: '' }, 'a='],
  [{ name: 'a', value: 'b' }, 'a=b'],
  [
    { name: "!#$%&'*+-.^_`|~0aZ", value: "!#$%&'()*+-./09:<=>?@AZ[]^_`az{|}~" },
    "!#$%&'*+-.^_`|~0aZ=!#$%&'()*+-./09:<=>?@AZ[]^_`az{|}~",
  ],
  [{ name: 'a', value: 'b', path: '/' }, 'a=b; Path=/'],
  [{ name: 'a', value: 'b', path: "/c:d@e/f!$&'()*+=g~%20" }, "a=b; Path=/c:d@e/f!$&'()*+=g~%20"],
  [{ name: 'a', value: 'b', domain: 'app.example' }, 'a=b; Domain=app.example'],
  [{ name: 'a', value: 'b', domain: 'xn--bcher-kva.Example' }, 'a=b; Domain=xn--bcher-kva.Example'],
  [{ name: 'a', value: 'b', maxAge: 0 }, 'a=b; Max-Age=0'],
  [{ name: 'a', value: 'b', maxAge: -0 }, 'a=b; Max-Age=0'],
  [{ name: 'a', value: 'b', maxAge: 34_560_000 }, 'a=b; Max-Age=34560000'],
  [{ name: 'a', value: 'b', secure: true, httpOnly: true }, 'a=b; Secure; HttpOnly'],
  [{ name: 'a', value: 'b', secure: false, httpOnly: false, partitioned: false }, 'a=b'],
  [{ name: 'a', value: 'b', sameSite: 'strict' }, 'a=b; SameSite=Strict'],
  [{ name: 'a', value: 'b', sameSite: 'lax' }, 'a=b; SameSite=Lax'],
  [{ name: 'a', value: 'b', sameSite: 'none', secure: true }, 'a=b; Secure; SameSite=None'],
  [{ name: 'a', value: 'b', partitioned: true, secure: true }, 'a=b; Secure; Partitioned'],
  [{ name: 'a', value: 'b', priority: 'high' }, 'a=b; Priority=High'],
  [{ name: 'a', value: 'b', path: undefined, domain: undefined, maxAge: undefined, secure: undefined }, 'a=b'],
  [{ name: '__Secure-a', value: 'b', secure: true, domain: 'c.example' }, '__Secure-a=b; Domain=c.example; Secure'],
  [{ name: '__Host-a', value: 'b', secure: true, path: '/' }, '__Host-a=b; Path=/; Secure'],
  [{ name: '__Http-a', value: 'b', secure: true, httpOnly: true }, '__Http-a=b; Secure; HttpOnly'],
  [
    {
      name: '__Host-Http-a',
      value: 'b',
      priority: 'medium',
      partitioned: true,
      sameSite: 'lax',
      httpOnly: true,
      secure: true,
      maxAge: 60,
      path: '/',
    },
    '__Host-Http-a=b; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax; Partitioned; Priority=Medium',
  ],
  [{ name: '_Host-a', value: 'b' }, '_Host-a=b'],
  [{ name: 'a__Host-', value: 'b' }, 'a__Host-=b'],
  [{ name: '__Hostile', value: 'b' }, '__Hostile=b'],
];

const good = { name: 'sid', value: 'kept-secret' };

/** An attribute as untyped code might give it, and the attribute that the message must name. */
const REFUSED: readonly [cookie: Record<string, unknown>, attribute: string][] = [
  [{ name: '' }, 'name'],
  [{ name: undefined }, 'name'],
  [{ name: null }, 'name'],
  [{ name: 1 }, 'name'],
  [{ name: ['sid'] }, 'name'],
  [{ value: undefined }, 'value'],
  [{ value: null }, 'value'],
  [{ value: 1 }, 'value'],
  [{ value: '"a"' }, 'value'],
  [{ value: 'a\\b' }, 'value'],
  [{ value: 'a'.repeat(4094) }, 'value'],
  [{ name: 'a'.repeat(4097), value: '' }, 'name'],
  [{ path: '' }, 'path'],
  [{ path: 'a' }, 'path'],
  [{ path: null }, 'path'],
  [{ path: true }, 'path'],
  [{ path: 'https://h.example/' }, 'path'],
  [{ path: '/; Domain=evil.example' }, 'path'],
  [{ path: `/${'a'.repeat(1024)}` }, 'path'],
  [{ domain: '' }, 'domain'],
  [{ domain: '.app.example' }, 'domain'],
  [{ domain: 'app.example.' }, 'domain'],
  [{ domain: 'app..example' }, 'domain'],
  [{ domain: 'app.example:8080' }, 'domain'],
  [{ domain: 'app.example/' }, 'domain'],
  [{ domain: '*.example' }, 'domain'],
  [{ domain: 'app_.example' }, 'domain'],
  [{ domain: '[::1]' }, 'domain'],
  [{ domain: null }, 'domain'],
  [{ domain: 'a'.repeat(1025) }, 'domain'],
  ...[-1, 0.5, 34_560_001, Number.NaN, Infinity, -Infinity, 2 ** 53, '60', '', null, [60], 60n, new Date(0)].map(
    (maxAge) => [{ maxAge }, 'maxAge'] as [Record<string, unknown>, string],
  ),
  ...['secure', 'httpOnly', 'partitioned'].flatMap((attribute) =>
    ['true', 'false', '', 1, 0, null].map(
      (value) => [{ [attribute]: value }, attribute] as [Record<string, unknown>, string],
    ),
  ),
  ...[
    'Strict',
    'LAX',
    'None',
    '',
    'lax; Domain=evil.example',
    'constructor',
    '__proto__',
    true,
    false,
    null,
    ['lax'],
  ].map((sameSite) => [{ sameSite }, 'sameSite'] as [Record<string, unknown>, string]),
  ...['High', '', 'urgent', 'low; Path=/evil', 'toString', 1, null].map(
    (priority) => [{ priority }, 'priority'] as [Record<string, unknown>, string],
  ),
  [{ sameSite: 'none' }, 'sameSite'],
  [{ sameSite: 'none', secure: false }, 'sameSite'],
  [{ partitioned: true }, 'partitioned'],
  [{ expires: new Date(0) }, 'expires'],
  [{ Path: '/' }, 'Path'],
  [{ samesite: 'lax' }, 'samesite'],
  // Prefixes, in any case.
  ...['__Secure-a', '__SECURE-a', '__Host-a', '__host-a', '__Http-a', '__hTTP-a', '__Host-Http-a', '__HOST-HTTP-a'].map(
    (name) => [{ name, path: '/', httpOnly: true }, 'secure'] as [Record<string, unknown>, string],
  ),
  ...['__Http-a', '__http-a', '__Host-Http-a', '__host-HTTP-a'].map(
    (name) => [{ name, path: '/', secure: true }, 'httpOnly'] as [Record<string, unknown>, string],
  ),
  ...['__Host-a', '__HOST-a', '__Host-Http-a'].flatMap((name): [Record<string, unknown>, string][] => [
    [{ name, secure: true, httpOnly: true }, 'path'],
    [{ name, secure: true, httpOnly: true, path: '/a' }, 'path'],
    [{ name, secure: true, httpOnly: true, path: '/', domain: 'a.example' }, 'domain'],
  ]),
];

const write = (cookie: Record<string, unknown>) => formatSetCookie({ ...good, ...cookie } as unknown as SetCookie);

describe('formatSetCookie', () => {
  it.each(WRITTEN)('writes %j', (cookie, line) => {
    expect(formatSetCookie(cookie)).toBe(line);
    expect(formatSetCookie(cookie)).toBe(line);
  });

  it.each(REFUSED)('refuses %o and names %s', (cookie, attribute) => {
    expect(() => write(cookie)).toThrow(TypeError);
    expect(() => write(cookie)).toThrow(new RegExp(`^formatSetCookie\\(\\): ${attribute} `));
  });

  it('keeps values out of its messages', () => {
    const secret = 'do not show, "me"';
    expect(() => write({ value: secret })).toThrow(/^(?!.*show)/);
    expect(() => write({ value: 'kept-secret'.repeat(400) })).toThrow(/^(?!.*kept)/);
    expect(() => write({ name: 'do not show' })).toThrow(/^(?!.*show)/);
    expect(() => write({ path: 'do not show' })).toThrow(/^(?!.*show)/);
  });

  // Each byte that could end a value, an attribute or a header, at the front, in the middle and at the end (CVE-2024-47764).
  const hostile = [
    ...Array.from({ length: 0x21 }, (_, code) => code),
    ...[...';,="\\\u007f'].map((character) => character.charCodeAt(0)),
    ...Array.from({ length: 0x80 }, (_, index) => 0x80 + index),
    0x100,
    0x10a,
    0x10d,
    0x13b,
    0x2028,
    0x4f60,
    0xd83d,
    0xfeff,
    0xff1b,
  ].map((code) => String.fromCharCode(code));

  it.each([
    ['name', '', ''],
    ['value', '', '='],
    ['path', '/', '="\\'],
    ['domain', '', ''],
  ])('writes no hostile character into the %s', (attribute, head, allowed) => {
    for (const character of hostile) {
      for (const text of [`${character}ab`, `a${character}b`, `ab${character}`, character]) {
        const given = `${head}${text}`;
        if (allowed.includes(character)) expect(write({ [attribute]: given })).toContain(given);
        else expect(() => write({ [attribute]: given }), JSON.stringify(given)).toThrow(TypeError);
      }
    }
  });

  it('writes one line of the grammar, or throws', () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom(...'/aZ0-_.=;,"\\ \r\n\t'.split('')), fc.string()),
      maxLength: 6,
    });
    const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,6}$/);
    const anything = fc.oneof(
      text,
      word,
      word.map((name) => `/${name}`),
      fc.constant(undefined),
      fc.boolean(),
      fc.integer(),
      fc.constantFrom('lax', 'none', 'high'),
    );
    const mostly = (good: fc.Arbitrary<unknown>) => fc.oneof({ weight: 8, arbitrary: good }, anything);
    const cookies = fc.record(
      {
        name: mostly(fc.tuple(fc.constantFrom('', '', '__Host-', '__Http-'), word).map((parts) => parts.join(''))),
        value: mostly(word),
        path: mostly(fc.constantFrom('/', '/a')),
        domain: mostly(fc.constantFrom('a', 'a.example')),
        maxAge: mostly(fc.integer({ min: 0, max: 86_400 })),
        secure: mostly(fc.constant(true)),
        httpOnly: mostly(fc.boolean()),
        sameSite: mostly(fc.constantFrom('strict', 'lax', 'none')),
        partitioned: mostly(fc.boolean()),
        priority: mostly(fc.constantFrom('low', 'medium', 'high')),
      },
      { requiredKeys: ['name', 'value'] },
    );
    let written = 0;
    fc.assert(
      fc.property(cookies, (cookie) => {
        let line: string;
        try {
          line = formatSetCookie(cookie as unknown as SetCookie);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        written++;
        expect(line).toMatch(
          /^[!#$%&'*+.^_`|~\w-]+=[!#-+\--:<-[\]-~]*(?:; [A-Z][A-Za-z-]+(?:=[^;, \x00-\x20\x7f-\uffff]+)?)*$/,
        );
        const names = line.split('; ').map((part) => part.split('=')[0]);
        expect(new Set(names.slice(1)).size).toBe(names.length - 1);
      }),
      { numRuns: 3000 },
    );
    expect(written).toBeGreaterThan(100);
  });
});

describe('a cookie jar of somebody else', () => {
  const url = 'https://www.app.example/account/settings';
  const token = fc.string({
    unit: fc.constantFrom(..."!#$%&'*+-.^_`|~019azAZ".split('')),
    minLength: 1,
    maxLength: 12,
  });
  const value = fc.string({ unit: fc.constantFrom(..."!#$%&'()*+-./:<=>?@[]^_`{|}~09azAZ".split('')), maxLength: 40 });
  const cookie = fc.record(
    {
      name: fc.oneof(
        token,
        token.map((name) => `__Host-${name}`),
      ),
      value,
      path: fc.constantFrom('/', '/account'),
      maxAge: fc.integer({ min: 1, max: 34_560_000 }),
      httpOnly: fc.boolean(),
      sameSite: fc.constantFrom('strict', 'lax', 'none'),
      priority: fc.constantFrom('low', 'medium', 'high'),
    },
    { requiredKeys: ['name', 'value', 'path'] },
  );

  it('keeps what was written, attribute by attribute, and what it sends is read back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(cookie, { selector: ({ name }) => name, minLength: 1, maxLength: 6 }), (cookies) => {
        const jar = new CookieJar(undefined, { prefixSecurity: 'strict' });
        for (const each of cookies) {
          const path = each.name.startsWith('__Host-') ? '/' : each.path;
          const line = formatSetCookie({ ...each, path, secure: true } as SetCookie);
          const kept = jar.setCookieSync(line, url);
          expect(kept).toMatchObject({
            key: each.name,
            value: each.value,
            path,
            secure: true,
            domain: 'www.app.example',
          });
          expect(kept?.hostOnly).toBe(true);
          expect(kept?.httpOnly).toBe(each.httpOnly ?? false);
          expect(kept?.maxAge).toBe(each.maxAge ?? null);
          expect(kept?.sameSite).toBe(each.sameSite);
        }
        const header = jar.getCookieStringSync(url);
        for (const { name, value } of cookies) expect(readCookie(header, name)).toBe(value);
        expect(parseCookies(header).size).toBe(cookies.length);
      }),
      { numRuns: 300 },
    );
  });

  it('sends a cookie with a domain to subdomains, and forgets one of Max-Age=0', () => {
    const jar = new CookieJar();
    jar.setCookieSync(formatSetCookie({ name: 'a', value: 'b', domain: 'app.example', path: '/' }), url);
    expect(readCookie(jar.getCookieStringSync('https://api.app.example/'), 'a')).toBe('b');
    jar.setCookieSync(formatSetCookie({ name: 'a', value: '', domain: 'app.example', path: '/', maxAge: 0 }), url);
    expect(jar.getCookieStringSync('https://api.app.example/')).toBe('');
  });
});
