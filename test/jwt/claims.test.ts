import { describe, expect, it } from 'vitest';
import { type JwtOptions, type TokenResult, UNSAFE_ANY_AUDIENCE } from '../../src/tokens/jwt.ts';
import { contextOf } from '../support/context.ts';
import { AUDIENCE, CLAIMS, claiming, formatOf, HEADER, ISSUER, jsonWith, KEY, rawJws } from '../support/raw-jws.ts';
import { START } from '../support/sessions.ts';

/** What is in a table: the reason, or that it is good. */
const told = (result: TokenResult<unknown>): string | undefined => (typeof result === 'object' ? 'good' : result);
const ask = async (token: string, options: Partial<JwtOptions<unknown>> = {}, now = START) =>
  told(await formatOf<unknown>(options).verify(token, contextOf({ now })));

/** As JSON: some of them are no value of JavaScript's. */
const VALUES: Readonly<Record<string, string | undefined>> = {
  absent: undefined,
  null: 'null',
  true: 'true',
  false: 'false',
  0: '0',
  '-1': '-1',
  '1e-400': '1e-400',
  '1e400': '1e400',
  '-1e400': '-1e400',
  '1e308': '1e308',
  'a time in milliseconds': `${(START + 60) * 1000}`,
  '""': '""',
  text: '"text"',
  '"9e9"': '"9e9"',
  'a number as text': `"${START + 60}"`,
  '"NaN"': '"NaN"',
  '"Infinity"': '"Infinity"',
  '[]': '[]',
  '[text]': '["text"]',
  '[[text]]': '[["text"]]',
  '[number]': '[1]',
  '[null]': '[null]',
  '{}': '{}',
  '{ length: 1 }': '{"0":"text","length":1}',
};
const TEXTS = ['""', 'text', '"9e9"', 'a number as text', '"NaN"', '"Infinity"'];
const PAST = ['0', '-1', '1e-400'];

interface Claim {
  readonly good: readonly string[];
  /** Not good for another reason than `invalid`. */
  readonly reasons?: Readonly<Record<string, readonly string[]>>;
}

/** Which of the values are good for a claim, by what the RFCs say of it; all others are `invalid`. */
const MATRIX: Readonly<Record<string, Claim>> = {
  // Another issuer's token is none of this format's: `bearer` refuses what is nobody's.
  iss: { good: [], reasons: { 'not ours': TEXTS } },
  aud: { good: [] },
  exp: { good: [], reasons: { expired: PAST } },
  nbf: { good: ['absent', ...PAST] },
  iat: { good: ['absent', ...PAST] },
  auth_time: { good: ['absent', ...PAST] },
  sub: { good: ['absent', ...TEXTS] },
  jti: { good: ['absent', ...TEXTS] },
  acr: { good: ['absent', ...TEXTS] },
  client_id: { good: ['absent', ...TEXTS] },
  scope: { good: ['absent', ...TEXTS] },
  scp: { good: ['absent', ...TEXTS, '[]', '[text]'] },
  amr: { good: ['absent', '[]', '[text]'] },
  cnf: { good: ['absent'] },
};

function expected({ good, reasons = {} }: Claim, value: string): string {
  if (good.includes(value)) return 'good';
  return Object.entries(reasons).find(([, values]) => values.includes(value))?.[0] ?? 'invalid';
}

const matrix = Object.entries(MATRIX).flatMap(([claim, row]) =>
  Object.entries(VALUES).map(([name, json]) => ({ claim, name, json, answer: expected(row, name) })),
);

describe('a claim of each type (CVE-2025-30144, CVE-2026-44459, CVE-2025-62610)', () => {
  it('are 300 cases and more, good ones among them', () => {
    expect(matrix.length).toBeGreaterThan(300);
    expect(matrix.filter(({ answer }) => answer === 'good').length).toBeGreaterThan(50);
  });

  it.each(matrix)('$claim: $name is $answer', async ({ claim, json, answer }) => {
    const payload = jsonWith(CLAIMS, claim, json);
    const result = await formatOf().verify(rawJws(payload), contextOf({ now: START }));
    expect(told(result) ?? 'not ours').toBe(answer);
    if (typeof result === 'object') expect(result.principal).toEqual(JSON.parse(payload));
  });
});

describe('typ, which is in the header', () => {
  const answerOf = (name: string): string => {
    if (name === 'absent' || name === '""') return 'good';
    return TEXTS.includes(name) ? 'invalid' : 'malformed';
  };

  it.each(Object.entries(VALUES))('%s', async (name, json) => {
    expect(await ask(rawJws(CLAIMS, jsonWith(HEADER, 'typ', json)))).toBe(answerOf(name));
  });

  it.each([
    // One kind of token is not another (RFC 8725 §3.11): an identity token signs nobody in to an API that asks for `at+jwt`.
    [
      undefined,
      ['at+jwt', 'AT+JWT', 'JWT', 'jwt', 'application/at+jwt', 'application/JWT'],
      ['id+jwt', 'dpop+jwt', 'logout+jwt', 'at+jwt ', 'text/at+jwt', 'application/application/jwt'],
    ],
    ['at+jwt', ['at+jwt', 'At+Jwt', 'application/at+jwt'], ['JWT', '', undefined, 'at', 'at+jwt2']],
    ['application/secevent+jwt', ['secevent+jwt', 'application/SECEVENT+jwt'], ['at+jwt', 'JWT', undefined]],
    ['', [undefined, ''], ['JWT', 'at+jwt']],
  ])('where %s is asked for', async (typ, good, bad) => {
    const answers = async (kinds: readonly (string | undefined)[]) =>
      Promise.all(kinds.map((kind) => ask(rawJws(CLAIMS, { ...HEADER, typ: kind }), { typ })));
    expect(await answers(good)).toEqual(good.map(() => 'good'));
    expect(await answers(bad)).toEqual(bad.map(() => 'invalid'));
  });

  it('of another issuer’s token it says nothing: that one is another format’s', async () => {
    const theirs = { ...CLAIMS, iss: 'https://other.example' };
    const token = rawJws(theirs, { ...HEADER, typ: 'other+jwt' });
    expect(await ask(token, { issuer: undefined, keys: undefined, issuers: { a: KEY, b: KEY } })).toBeUndefined();
  });
});

describe('times, to the second', () => {
  /** Seconds from the time that the token names, with the tolerance as far as it goes: before, at, and after the boundary. */
  const moments = [
    ['exp', (tolerance: number) => tolerance, ['good', 'expired', 'expired']],
    ['nbf', (tolerance: number) => -tolerance, ['not_yet_valid', 'good', 'good']],
    ['iat', (tolerance: number) => -tolerance, ['not_yet_valid', 'good', 'good']],
    ['maxAge', (tolerance: number) => 60 + tolerance, ['good', 'good', 'expired']],
  ] as const;
  const cases = moments.flatMap(([rule, boundary, answers]) =>
    [undefined, 0, 1, 300].flatMap((tolerance) =>
      [-1, 0, 1].map((off, index) => {
        const seconds = boundary(tolerance ?? 5) + off;
        return { rule, tolerance, seconds, answer: answers[index] as string };
      }),
    ),
  );
  const claimsFor = (rule: string): object => {
    if (rule === 'exp') return { exp: START, iat: undefined };
    return rule === 'nbf' ? { nbf: START, iat: undefined, exp: START + 9999 } : { iat: START, exp: START + 9999 };
  };

  it.each(cases)('$rule, tolerance $tolerance: $seconds s from it is $answer', async (row) => {
    const { rule, tolerance, seconds, answer } = row;
    const options = { tolerance, ...(rule === 'maxAge' && { maxAge: 60 }) };
    const token = claiming(claimsFor(rule));
    expect(await ask(token, options, START + seconds)).toBe(answer);
  });

  it.each([
    [
      'exp',
      { exp: START + 0.5 },
      0,
      [
        [0.4, 'good'],
        [0.5, 'expired'],
      ],
    ],
    [
      'nbf',
      { nbf: START + 0.5 },
      0,
      [
        [0.4, 'not_yet_valid'],
        [0.5, 'good'],
      ],
    ],
    [
      'the clock',
      { exp: START + 1 },
      0,
      [
        [0.999, 'good'],
        [1, 'expired'],
      ],
    ],
  ] as const)('parts of a second count: %s', async (_, claims, tolerance, steps) => {
    for (const [seconds, answer] of steps) {
      expect(await ask(claiming({ iat: undefined, ...claims }), { tolerance }, START + seconds), `${seconds}`).toBe(
        answer,
      );
    }
  });

  it('expired outranks not yet valid', async () => {
    expect(await ask(claiming({ exp: START - 60, nbf: START + 60 }))).toBe('expired');
  });

  it('the last second that calendars know is a time', async () => {
    expect(await ask(claiming({ exp: 253_402_300_799 }))).toBe('good');
  });

  it('an age can’t be told without iat, so there must be one', async () => {
    expect(await ask(claiming({ iat: undefined }), { maxAge: 60 })).toBe('invalid');
    expect(await ask(claiming({ iat: undefined }))).toBe('good');
  });
});

describe('issuer', () => {
  const others = [
    ...Array.from(ISSUER, (_, index) => ISSUER.slice(0, index)),
    ...Array.from(ISSUER, (_, index) => ISSUER.slice(index + 1)),
    ...['/', '2', '.evil.example', '?', '#', ' ', '\0', '%00'].map((more) => ISSUER + more),
    ...[' ', '\t', 'x', '\uFEFF'].map((more) => more + ISSUER),
    ...[ISSUER.toUpperCase(), ISSUER.replace('https', 'HTTPS'), ISSUER.replace('https', 'http')],
    '__proto__',
    'constructor',
    'toString',
  ];

  it('GHSA-75c5-xw7c-p5pm: no part of it and nothing around it is the same', async () => {
    expect(others.length).toBeGreaterThan(50);
    for (const iss of others) expect(await ask(claiming({ iss })), JSON.stringify(iss)).toBeUndefined();
  });

  it('nor where one of several issuers is chosen', async () => {
    const issuers = { [ISSUER]: KEY, 'https://other.example': KEY };
    const options = { issuer: undefined, keys: undefined, issuers };
    for (const iss of others) expect(await ask(claiming({ iss }), options), JSON.stringify(iss)).toBeUndefined();
    expect(await ask(claiming({}), options)).toBe('good');
  });

  it.each([
    ['the right one in an array', [ISSUER]],
    ['and others', ['https://evil.example', ISSUER]],
    ['nested', [[ISSUER]]],
    ['as a member', { 0: ISSUER }],
    ['as a text that says so', { toString: ISSUER }],
  ])('CVE-2025-30144: %s', async (_, iss) => {
    expect(await ask(claiming({ iss }))).toBe('invalid');
    const issuers = { [ISSUER]: KEY, 'https://other.example': KEY };
    expect(await ask(claiming({ iss }), { issuer: undefined, keys: undefined, issuers })).toBe('invalid');
  });
});

describe('audience', () => {
  const OTHER = 'https://other.example';
  it.each([
    ['the name', AUDIENCE, 'good'],
    ['one of several', [OTHER, AUDIENCE], 'good'],
    ['alone in an array', [AUDIENCE], 'good'],
    ['another (CVE-2025-62610)', OTHER, 'invalid'],
    ['only others', [OTHER, ''], 'invalid'],
    ['none (CVE-2025-62610)', undefined, 'invalid'],
    ['a slash more', `${AUDIENCE}/`, 'invalid'],
    ['a part', AUDIENCE.slice(0, -1), 'invalid'],
    ['another case', AUDIENCE.toUpperCase(), 'invalid'],
    ['several in one text', `${AUDIENCE} ${OTHER}`, 'invalid'],
    ['a number beside it', [AUDIENCE, 1], 'invalid'],
    ['null beside it', [AUDIENCE, null], 'invalid'],
    ['an array within', [[AUDIENCE]], 'invalid'],
    ['a member', { 0: AUDIENCE }, 'invalid'],
  ])('%s', async (_, aud, answer) => {
    const token = claiming({ aud });
    expect(await ask(token)).toBe(answer);
    expect(await ask(token, { audience: { resource: AUDIENCE } })).toBe(answer);
    expect(await ask(token, { audience: ['https://third.example', AUDIENCE] })).toBe(answer);
  });

  it('one of several names will do', async () => {
    const audience = [OTHER, AUDIENCE] as const;
    expect(await ask(claiming({ aud: OTHER }), { audience })).toBe('good');
    expect(await ask(claiming({ aud: [AUDIENCE] }), { audience })).toBe('good');
    expect(await ask(claiming({ aud: 'https://third.example' }), { audience })).toBe('invalid');
  });

  it.each([
    [OTHER, 'good'],
    [undefined, 'good'],
    [[OTHER], 'good'],
    [[], 'good'],
    [null, 'invalid'],
    [1, 'invalid'],
    [[OTHER, 1], 'invalid'],
    [{}, 'invalid'],
  ])('UNSAFE_ANY_AUDIENCE takes %j: %s', async (aud, answer) => {
    expect(await ask(claiming({ aud }), { audience: UNSAFE_ANY_AUDIENCE })).toBe(answer);
  });
});

describe('what is required', () => {
  it.each([
    [['sub'], {}, 'good'],
    [['sub'], { sub: undefined }, 'invalid'],
    [['sub'], { sub: null }, 'invalid'],
    [['sub', 'jti'], {}, 'invalid'],
    [['tenant'], { tenant: 0 }, 'good'],
    // Every object has those, and no token.
    [['constructor'], {}, 'invalid'],
    [['toString', '__proto__'], {}, 'invalid'],
    [[], { sub: undefined }, 'good'],
  ])('%j of %j: %s', async (required, claims, answer) => {
    expect(await ask(claiming(claims), { required })).toBe(answer);
  });
});

describe('what a good token says', () => {
  it.each([
    [{ scope: 'a b' }, ['a', 'b']],
    [{ scope: ' a  b ' }, ['a', 'b']],
    [{ scope: '' }, []],
    [{ scp: 'a b' }, ['a', 'b']],
    [{ scp: ['a', 'b'] }, ['a', 'b']],
    [{ scp: [] }, []],
    [{ scope: 'a', scp: ['b'] }, ['b']],
    [{}, undefined],
  ])('%j are the scopes %j', async (claims, scopes) => {
    expect(await formatOf().verify(claiming(claims), contextOf())).toMatchObject({ scopes });
  });

  it('stands beside the claims', async () => {
    const more = { jti: 'j', auth_time: START - 60, amr: ['pwd', 'otp'], acr: 'gold', tenant: { id: 7 } };
    expect(await formatOf().verify(claiming(more), contextOf())).toEqual({
      principal: { ...CLAIMS, ...more },
      subject: 'ada',
      scopes: undefined,
      expiresAt: START + 600,
      authTime: START - 60,
      amr: ['pwd', 'otp'],
      acr: 'gold',
      credentialId: 'j',
    });
  });
});

describe('a schema', () => {
  const schema = (validate: (value: unknown) => unknown) => ({ '~standard': { validate } }) as never;

  it.each([
    ['at once', (value: unknown) => ({ value })],
    ['later', async (value: unknown) => ({ value })],
  ])('makes the principal, %s', async (_, wrap) => {
    const named = schema((claims) => wrap({ name: (claims as { sub: string }).sub }));
    const result = await formatOf({ schema: named }).verify(claiming({}), contextOf());
    expect(result).toMatchObject({ principal: { name: 'ada' }, subject: 'ada' });
  });

  it('refuses', async () => {
    const none = schema(() => ({ issues: [{ message: 'no tenant' }] }));
    expect(await ask(claiming({}), { schema: none })).toBe('invalid');
    expect(await ask(claiming({}), { schema: schema(async () => ({ issues: [] })) })).toBe('invalid');
  });

  it('sees only claims that are good and signed', async () => {
    const seen: unknown[] = [];
    const all = schema((value) => ({ value: seen.push(value) }));
    for (const token of [claiming({ aud: 'x' }), claiming({ sub: 1 }), `${claiming({}).slice(0, -2)}AA`]) {
      expect(await ask(token, { schema: all })).toBe('invalid');
    }
    expect(seen).toEqual([]);
  });
});

describe('misuse, at construction', () => {
  it.each([
    ['no audience', { audience: undefined }, /^audience: /],
    ['an empty audience', { audience: '' }, /^audience: /],
    ['none of several', { audience: [] }, /^audience: /],
    ['one of several from an environment that lacks it', { audience: ['x', undefined] }, /^audience: /],
    ['a resource without a name', { audience: { resource: '' } }, /^audience: /],
    ['no issuer', { issuer: undefined }, /^issuer, keys: /],
    ['an empty issuer', { issuer: '' }, /^issuer, keys: /],
    ['no issuers', { issuer: undefined, issuers: {} }, /^issuer, keys: /],
    ['no keys', { keys: undefined }, /^keys: /],
    ['an empty list of keys', { keys: [] }, /^keys: /],
    ['a key that is none', { keys: ['secret'] }, /^keys: /],
    ['a tolerance that is no number', { tolerance: Number.NaN }, /^tolerance: /],
    ['a tolerance as text, which would be put behind a time', { tolerance: '5' }, /^tolerance: /],
    ['a negative tolerance', { tolerance: -1 }, /^tolerance: /],
    ['a tolerance over 300', { tolerance: 301 }, /^tolerance: /],
    ['an infinite tolerance', { tolerance: Infinity }, /^tolerance: /],
    ['an age that is no number', { maxAge: Number.NaN }, /maxAge/],
    ['an age as text', { maxAge: '60' }, /maxAge/],
    ['an age of 0', { maxAge: 0 }, /maxAge/],
    ['an age below', { maxAge: -1 }, /maxAge/],
    ['a cache that is no number, and so without an end', { cache: Number.NaN }, /^cache: /],
    ['a misspelt option', { audiences: 'x' }, /'audiences'/],
  ])('%s', (_, options, message) => {
    const make = () => formatOf(options as never);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});
