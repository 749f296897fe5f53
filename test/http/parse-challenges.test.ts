import fc from 'fast-check';
import { processRevocationResponse, WWWAuthenticateChallengeError } from 'oauth4webapi';
import { describe, expect, it } from 'vitest';
import { formatChallenge } from '../../src/http/challenge.ts';
import { parseChallenges } from '../../src/http/parse-challenges.ts';

/** A challenge as both parsers can show it: oauth4webapi gives scheme names in lower case. */
interface Shown {
  readonly scheme: string;
  readonly token68?: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Reads twice: a parser that keeps something of the first time gives another answer the second. */
function parse(value: string): readonly Shown[] | undefined {
  const first = parseChallenges(value);
  expect(parseChallenges(value)).toEqual(first);
  return first?.map(({ params, ...rest }) => ({ ...rest, params: Object.fromEntries(params) }));
}

/** What an independent parser reads, through the one door it has: the error of a response that asks for credentials. */
async function parseElsewhere(value: string): Promise<readonly Shown[] | undefined> {
  const response = new Response(null, { status: 401, headers: { 'www-authenticate': value } });
  const error = await processRevocationResponse(response).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof WWWAuthenticateChallengeError)) return undefined;
  return error.cause.map(({ scheme, token68, parameters }) => ({
    scheme,
    ...(token68 !== undefined && { token68 }),
    params: { ...parameters } as Record<string, string>,
  }));
}

const lowerCase = (challenges: readonly Shown[] | undefined) =>
  challenges?.map((challenge) => ({ ...challenge, scheme: challenge.scheme.toLowerCase() }));

const c = (scheme: string, params: Record<string, string> = {}, token68?: string): Shown => ({
  scheme,
  params,
  ...(token68 !== undefined && { token68 }),
});

/** Read alike by both parsers. */
const AGREED: readonly [value: string, expected: readonly Shown[]][] = [
  ['Basic realm="simple"', [c('Basic', { realm: 'simple' })]],
  ['Basic realm=simple', [c('Basic', { realm: 'simple' })]],
  ['bAsIc ReAlM="simple"', [c('bAsIc', { realm: 'simple' })]],
  ['Basic', [c('Basic')]],
  ['Basic realm=""', [c('Basic', { realm: '' })]],
  ['Basic realm="a, b"', [c('Basic', { realm: 'a, b' })]],
  ['Basic realm="a\\"b"', [c('Basic', { realm: 'a"b' })]],
  ['Basic realm="\\\\"', [c('Basic', { realm: '\\' })]],
  ['Basic realm="\\\\\\""', [c('Basic', { realm: '\\"' })]],
  ['Basic realm="\\a"', [c('Basic', { realm: 'a' })]],
  ['Basic realm="=,=;"', [c('Basic', { realm: '=,=;' })]],
  ['Basic realm="a", charset="UTF-8"', [c('Basic', { realm: 'a', charset: 'UTF-8' })]],
  ['Basic realm="a",charset=UTF-8', [c('Basic', { realm: 'a', charset: 'UTF-8' })]],
  ['Basic realm = "a" , charset\t=\t"UTF-8"', [c('Basic', { realm: 'a', charset: 'UTF-8' })]],
  ['Basic realm="a",,, charset="b"', [c('Basic', { realm: 'a', charset: 'b' })]],
  ['Basic realm="a", Bearer realm="b"', [c('Basic', { realm: 'a' }), c('Bearer', { realm: 'b' })]],
  ['Basic realm="a",Bearer realm="b"', [c('Basic', { realm: 'a' }), c('Bearer', { realm: 'b' })]],
  ['Basic realm="a, Bearer realm=b"', [c('Basic', { realm: 'a, Bearer realm=b' })]],
  ['Basic realm="a\\", Bearer realm=\\"b"', [c('Basic', { realm: 'a", Bearer realm="b' })]],
  // RFC 9110 §11.6.1: one field line of two challenges, with empty elements between.
  [
    'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
    [c('Basic', { realm: 'simple' }), c('Newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' })],
  ],
  ['Basic realm="a", , ,, Newauth realm="b"', [c('Basic', { realm: 'a' }), c('Newauth', { realm: 'b' })]],
  [', ,Basic realm="a"', [c('Basic', { realm: 'a' })]],
  ['Negotiate', [c('Negotiate')]],
  ['Negotiate a==', [c('Negotiate', {}, 'a==')]],
  ['Negotiate, Basic realm="a"', [c('Negotiate'), c('Basic', { realm: 'a' })]],
  ['Basic realm="a", Negotiate', [c('Basic', { realm: 'a' }), c('Negotiate')]],
  ['Basic realm="a", Negotiate, Bearer x=y', [c('Basic', { realm: 'a' }), c('Negotiate'), c('Bearer', { x: 'y' })]],
  ['Negotiate a+/._~-1=, Basic realm="a"', [c('Negotiate', {}, 'a+/._~-1='), c('Basic', { realm: 'a' })]],
  ['NTLM, Negotiate, Basic realm=a', [c('NTLM'), c('Negotiate'), c('Basic', { realm: 'a' })]],
  ['Bearer realm="a", error="invalid_token"', [c('Bearer', { realm: 'a', error: 'invalid_token' })]],
  [
    'DPoP algs="ES256 PS256", error="use_dpop_nonce", Bearer realm="a"',
    [c('DPoP', { algs: 'ES256 PS256', error: 'use_dpop_nonce' }), c('Bearer', { realm: 'a' })],
  ],
  [
    'Digest realm="a@b", qop="auth, auth-int", algorithm=SHA-256, nonce="7ypf/xlj9XX=", opaque="FQhe/qa=="',
    [
      c('Digest', {
        realm: 'a@b',
        qop: 'auth, auth-int',
        algorithm: 'SHA-256',
        nonce: '7ypf/xlj9XX=',
        opaque: 'FQhe/qa==',
      }),
    ],
  ],
  [
    'Bearer resource_metadata="https://a.example/.well-known/oauth-protected-resource?a=b,c"',
    [c('Bearer', { resource_metadata: 'https://a.example/.well-known/oauth-protected-resource?a=b,c' })],
  ],
  ['Basic realm="\u00e4\u00ff"', [c('Basic', { realm: '\u00e4\u00ff' })]],
  ['Basic realm="a\tb"', [c('Basic', { realm: 'a\tb' })]],
  ['Basic realm="a", ', [c('Basic', { realm: 'a' })]],
];

const GOOD: readonly [value: string, expected: readonly Shown[]][] = [
  ['', []],
  [' , ,', []],
  // A scheme before a comma, and then what only an auth-param can be: the list began with an empty element.
  ['Basic , realm=a', [c('Basic', { realm: 'a' })]],
  ['Basic ,, Bearer a=b', [c('Basic'), c('Bearer', { a: 'b' })]],
  ['Negotiate\t, Basic', [c('Negotiate'), c('Basic')]],
  ['Negotiate a, b c, d', [c('Negotiate', {}, 'a'), c('b', {}, 'c'), c('d')]],
  ['Negotiate a=, Basic', [c('Negotiate', {}, 'a='), c('Basic')]],
  ['a#b c=d', [c('a#b', { c: 'd' })]],
  ['Basic constructor=a, toString=b', [c('Basic', { constructor: 'a', tostring: 'b' })]],
];

const MALFORMED: readonly string[] = [
  '"',
  '=',
  'Basic=',
  'Basic realm="',
  'Basic realm="a',
  'Basic realm="a\\',
  'Basic realm="a\\"',
  'Basic realm="a"b',
  'Basic realm="a" charset="b"',
  'Basic realm="a" Bearer realm="b"',
  'Basic realm="a", Bearer realm="b',
  'Basic realm=a b',
  'Basic realm=a/b',
  'Basic realm=@a',
  'Basic realm=a, =b',
  'Basic,realm=a',
  'Basic realm="a"; charset="b"',
  'Basic\trealm="a"',
  'Basic\u00a0realm="a"',
  'Basic "realm"="a"',
  'Basic realm="a\u0000b"',
  'Basic realm="a\nb"',
  'Basic realm="\u4f60"',
  'Negotiate a b',
  'Negotiate a==b',
  'Negotiate a, b=c',
  'Negotiate a=b=c',
  'Negotiate =',
  '\u00e4',
  'Basic realm=a, Bearer realm=b, realm=c',
  'Basic realm=a, REALM="a"',
];

describe('parseChallenges', () => {
  it.each(AGREED)('reads %j, and so does oauth4webapi', async (value, expected) => {
    expect(parse(value)).toEqual(expected);
    expect(await parseElsewhere(value)).toEqual(lowerCase(expected));
  });

  it.each(GOOD)('reads %j', (value, expected) => {
    expect(parse(value)).toEqual(expected);
  });

  it.each(MALFORMED)('refuses %j', (value) => {
    expect(parse(value)).toBeUndefined();
  });

  it('reads what Fetch makes of several header lines', () => {
    const headers = new Headers();
    headers.append('www-authenticate', 'Basic realm="a, b"');
    headers.append('www-authenticate', 'Negotiate');
    headers.append('www-authenticate', 'Bearer realm="c"');
    const value = headers.get('www-authenticate') as string;
    expect(parse(value)).toEqual([c('Basic', { realm: 'a, b' }), c('Negotiate'), c('Bearer', { realm: 'c' })]);
  });

  it('keeps a parameter that is called like a member of all objects', () => {
    const [challenge] = parseChallenges('Basic __proto__=a') ?? [];
    expect(challenge?.params.get('__proto__')).toBe('a');
    expect(challenge?.params.get('constructor')).toBeUndefined();
    expect({}).not.toHaveProperty('a');
  });

  it('has limits, which can be moved', () => {
    const long = `Basic realm="${'a'.repeat(16_384 - 14)}"`;
    expect(parse(long)).toHaveLength(1);
    expect(parse(`${long} `)).toBeUndefined();
    expect(parseChallenges(`${long} `, { maxLength: 16_385 })).toHaveLength(1);
    const many = `Basic ${Array.from({ length: 33 }, (_, index) => `a${index}=b`).join(', ')}`;
    expect(parse(many.replace(', a32=b', ''))).toHaveLength(1);
    expect(parse(many)).toBeUndefined();
    expect(parseChallenges(many, { maxParams: 33 })).toHaveLength(1);
  });

  const scheme = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,9}$/);
  const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,9}$/);
  const text = fc.string({ unit: fc.constantFrom(...'"\\, =aB1;/\t\r\n\u00e4\u4f60'.split('')), maxLength: 12 });
  const challenges = fc.array(fc.tuple(scheme, fc.dictionary(name, text, { maxKeys: 4, noNullPrototype: true })), {
    minLength: 1,
    maxLength: 5,
  });

  it('reads back what formatChallenge wrote, and so does oauth4webapi', async () => {
    let several = 0;
    await fc.assert(
      fc.asyncProperty(challenges, async (written) => {
        const value = written.map(([name, params]) => formatChallenge(name, params)).join(', ');
        const expected = written.map(([scheme, params]) => {
          const plain = Object.entries(params).map(([name, text]) => [name, text.replace(/[^ -~]/g, '')]);
          return c(scheme, Object.fromEntries(plain));
        });
        if (/".*\\.*,.*"/.test(value) && written.length > 1) several++;
        expect(parse(value)).toEqual(expected);
        expect(await parseElsewhere(value)).toEqual(lowerCase(expected));
      }),
      { numRuns: 300 },
    );
    // Quotes, commas, backslashes and several schemes in one line: the case that is meant.
    expect(several).toBeGreaterThan(60);
  });

  it('never throws', () => {
    const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0x2ff }).map((code) => String.fromCharCode(code)) });
    fc.assert(
      fc.property(anyText, text, (value, more) => {
        parse(value);
        parse(`Basic a="${value}", ${more}`);
      }),
    );
  });
});
