import { equal, ok, refuses } from '../expect.ts';
import type { Case, Library } from '../library.ts';

type Http = Library['http'];

/** A map in the order of reading. */
const list = (map: ReadonlyMap<string, string> | undefined): unknown => map && [...map];

const readings: readonly (readonly [what: string, read: (http: Http) => unknown, expected: unknown])[] = [
  [
    'credentials: a token',
    (http) => http.parseCredentials('Bearer a.b-c_~+/=='),
    { scheme: 'bearer', token68: 'a.b-c_~+/==' },
  ],
  [
    'credentials: parameters',
    (http) => {
      const read = http.parseCredentials('Digest username="Ada, \\"L.\\"" , QOP = auth');
      return typeof read === 'string' ? read : [read.scheme, list(read.params)];
    },
    [
      'digest',
      [
        ['username', 'Ada, "L."'],
        ['qop', 'auth'],
      ],
    ],
  ],
  ['credentials: two values', (http) => http.parseCredentials('Basic YTpi, Bearer x'), 'multiple'],
  ['credentials: two tokens', (http) => http.parseCredentials('Bearer a b'), 'malformed'],
  ['credentials: nothing', (http) => http.parseCredentials(''), 'malformed'],
  ['credentials: beyond ASCII', (http) => http.parseCredentials('Bearer \u0142\u{1f511}'), 'malformed'],
  [
    'challenges: a merged list',
    (http) => {
      const read = http.parseChallenges('Bearer realm="a, b", error="x\\"y" , Negotiate, ,Basic realm="c"');
      return read?.map(({ scheme, params }) => [scheme, list(params)]);
    },
    [
      [
        'Bearer',
        [
          ['realm', 'a, b'],
          ['error', 'x"y'],
        ],
      ],
      ['Negotiate', []],
      ['Basic', [['realm', 'c']]],
    ],
  ],
  ['challenges: a quote that is not closed', (http) => http.parseChallenges('Basic realm="x, Bearer'), undefined],
  [
    'challenge: what could start another header or parameter is written away',
    (http) => http.formatChallenge('Bearer', { realm: 'a"b\\c\r\nSet-Cookie: x', scope: 'é', error: undefined }),
    'Bearer realm="a\\"b\\\\cSet-Cookie: x", scope=""',
  ],
  ['cookie: the first of a name', (http) => http.readCookie('a=1; sid="x y"; sid=2', 'sid'), '"x y"'],
  ['cookie: a name within a name or a value', (http) => http.readCookie('xsid=1; a=sid=2; sid=3', 'sid'), '3'],
  [
    'cookie: a look-alike blank',
    (http) => http.readCookie('\u00a0__Host-sid=evil; \ufeff__Host-sid=evil', '__Host-sid'),
    undefined,
  ],
  ['cookie: all of a name', (http) => http.readCookies('sid=1; a=2;sid=3', 'sid'), ['1', '3']],
  [
    'cookie: a name that objects have',
    (http) => list(http.parseCookies('__proto__=1; constructor=2')),
    [
      ['__proto__', '1'],
      ['constructor', '2'],
    ],
  ],
  [
    'media type: parameters',
    (http) => {
      const read = http.parseMediaType('Text/HTML ; Charset="UTF-8"');
      return [read?.type, read?.subtype, list(read?.params)];
    },
    ['text', 'html', [['charset', 'UTF-8']]],
  ],
  [
    'media type: weights',
    (http) => http.preferredMediaType('text/*;q=0.5, application/json', ['text/html', 'application/json']),
    'application/json',
  ],
  ['media type: only what is named', (http) => http.namedMediaType('*/*', ['text/html']), undefined],
  [
    'problem: defined members first, undefined ones not at all',
    (http) => http.problemDetails({ retry: 3, status: 429, title: 'Slow', detail: undefined }),
    '{"title":"Slow","status":429,"retry":3}',
  ],
  [
    'set-cookie: attributes as asked for',
    (http) =>
      http.formatSetCookie({
        name: '__Host-sid',
        value: 'a',
        path: '/',
        secure: true,
        httpOnly: true,
        sameSite: 'lax',
        maxAge: 60,
      }),
    '__Host-sid=a; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax',
  ],
];

/** What hostile senders make long, each of 200 000 characters. */
const long = 200_000;
const floods: readonly (readonly [what: string, read: (http: Http) => unknown, expected: unknown])[] = [
  ['cookies', (http) => http.readCookie('a=b;'.repeat(long / 4), 'sid'), undefined],
  ['cookies whose name is nearly right', (http) => http.readCookie('sidsid '.repeat(long / 7), 'sid'), undefined],
  [
    'quotes',
    (http) => http.parseCredentials(`Digest a="${'\\"'.repeat(long / 2)}`, { maxLength: Infinity }),
    'malformed',
  ],
  ['commas', (http) => http.parseChallenges(','.repeat(long), { maxLength: Infinity }), []],
  ['blanks', (http) => http.parseChallenges(`a b${' '.repeat(long)}c`, { maxLength: Infinity }), undefined],
  [
    'a quoted string of megabytes',
    (http) => http.parseChallenges(`A b="${'x'.repeat(4_000_000)}"`, { maxLength: Infinity })?.length,
    1,
  ],
  ['media ranges', (http) => http.namedMediaType('a/b,'.repeat(long / 4), ['text/html']), undefined],
];

export const httpCases: readonly Case[] = [
  ...readings.map(([what, read, expected]): Case => [`http: ${what}`, ({ http }) => equal(read(http), expected)]),

  ...floods.map(
    ([what, read, expected]): Case => [
      `http: a flood of ${what} is read to its end`,
      ({ http }) => equal(read(http), expected),
    ],
  ),

  [
    'http: a written cookie is read back, and goes through the platform\u2019s Headers as it is',
    ({ http }) => {
      const line = http.formatSetCookie({
        name: 'sid',
        value: 'a+b/c==!#',
        path: '/',
        partitioned: true,
        secure: true,
      });
      const headers = new Headers();
      headers.append('set-cookie', line);
      headers.append('set-cookie', http.formatSetCookie({ name: 'b', value: '' }));
      equal(headers.getSetCookie(), [line, 'b=']);
      equal(http.readCookie(line.split(';')[0] ?? '', 'sid'), 'a+b/c==!#');
    },
  ],

  [
    'http: a written challenge is read back through the platform\u2019s Headers',
    ({ http }) => {
      const realm = 'a, "b" \\ c=d; Basic e="f"';
      const headers = new Headers({ 'www-authenticate': http.formatChallenge('Basic', { realm }) });
      headers.append('www-authenticate', http.formatChallenge('Bearer', { realm, error: 'invalid_token' }));
      const read = http.parseChallenges(headers.get('www-authenticate') ?? '');
      equal(
        read?.map(({ scheme, params }) => [scheme, params.get('realm'), params.get('error') ?? null]),
        [
          ['Basic', realm, null],
          ['Bearer', realm, 'invalid_token'],
        ],
      );
    },
  ],

  [
    'http: a cookie that browsers would drop is a TypeError, without the value in it',
    ({ http }) => {
      refuses(() => http.formatSetCookie({ name: '__Host-sid', value: 'x', secure: true, path: '/app' }), 'path');
      refuses(() => http.formatSetCookie({ name: 'sid', value: 'x', sameSite: 'none' }), 'secure');
      refuses(() => http.formatSetCookie({ name: 'sid', value: 'x', ...{ expires: 0 } }), 'expires');
      for (const value of ['se;cret', 'se\r\ncret', 's\u00e9cret']) {
        refuses(() => http.formatSetCookie({ name: 'sid', value }), 'value');
        try {
          http.formatSetCookie({ name: 'sid', value });
        } catch (error) {
          ok(!String(error).includes(value), String(error));
        }
      }
    },
  ],

  [
    'http: a cookie of a second Cookie line is found',
    ({ http }) => {
      const headers = new Headers({ cookie: 'theme=dark' });
      headers.append('cookie', 'sid=1');
      const { headers: sent } = new Request('https://app.example/', { headers });
      equal(http.readCookie(sent.get('cookie'), 'sid'), '1');
      equal(http.readCookie(sent.get('cookie'), 'theme'), 'dark');
    },
  ],
];
