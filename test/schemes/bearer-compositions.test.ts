import { describe, expect, it } from 'vitest';
import { scopes } from '../../src/guards/scopes.ts';
import { type Authenticator, any, optional } from '../../src/index.ts';
import { basic } from '../../src/schemes/basic.ts';
import { bearer, cookieToken, formTokenReadTwice, queryTokenThatLeaksIntoLogs } from '../../src/schemes/bearer.ts';
import { type Called, call } from '../support/bearer.ts';
import { AUDIENCE, claiming, formatOf, rawJws } from '../support/raw-jws.ts';
import { requestOf } from '../support/request.ts';
import { Browser, clockAt, KINDS, START } from '../support/sessions.ts';

/** As docs/guides/several-schemes.md has it, with the real schemes: a token, a password, a session, and a cookie of a token's. */
const sessions = KINDS.stored();
const browser = new Browser();
browser.take((await sessions.issue(browser.request(), { subject: 'grace' }, clockAt().context())).effects);
const staff = basic({ realm: 'Staff', users: [{ username: 'bob', plaintextPassword: 'pw' }] });
const create = (options: Partial<Parameters<typeof bearer>[0]> = {}) => bearer({ tokens: formatOf(), ...options });

const TOKEN = {
  good: rawJws(),
  bad: claiming({ exp: START - 60 }),
  weak: claiming({ scope: 'other' }),
} as const;
const PASSWORD = { good: `Basic ${btoa('bob:pw')}`, bad: `Basic ${btoa('bob:no')}` } as const;
const SESSION = { good: browser.header, bad: `${browser.header.slice(0, -3)}AAA` } as const;

const ask = (authenticator: Authenticator, headers: Record<string, string> | [string, string][], url = AUDIENCE) =>
  call(authenticator, requestOf(headers, { url }));
const answerOf = ({ status, reason, scheme }: Called): string => `${status} ${reason} ${scheme ?? 'nobody'}`;
const bearing = (token: string) => ({ authorization: `Bearer ${token}` });

const ORDERS: readonly (readonly [string, Authenticator])[] = [
  ['any(bearer, basic, session)', any(create(), staff, sessions)],
  ['any(session, basic, bearer)', any(sessions, staff, create())],
  ['any(any(session, bearer), basic)', any(any(sessions, create()), staff)],
];

describe.each(ORDERS)('%s', (_, either) => {
  it.each<[string, Record<string, string>, string]>([
    ['nothing', {}, '401 absent nobody'],
    ['a good token', bearing(TOKEN.good), '200 accepted bearer'],
    ['a bad token', bearing(TOKEN.bad), '401 expired bearer'],
    ['a good password', { authorization: PASSWORD.good }, '200 accepted basic'],
    ['a bad password', { authorization: PASSWORD.bad }, '401 invalid basic'],
    ['a good session', { cookie: SESSION.good }, '200 accepted session'],
    ['a good token, a good session', { ...bearing(TOKEN.good), cookie: SESSION.good }, '200 accepted bearer'],
    ['a good token, a bad session', { ...bearing(TOKEN.good), cookie: SESSION.bad }, '200 accepted bearer'],
    // Never falls back to what a browser sends along.
    ['a bad token, a good session', { ...bearing(TOKEN.bad), cookie: SESSION.good }, '401 expired bearer'],
    ['no token, a good session', { authorization: 'Bearer', cookie: SESSION.good }, '401 malformed bearer'],
    ['a bad password, a good session', { authorization: PASSWORD.bad, cookie: SESSION.good }, '401 invalid basic'],
    [
      'a word unknown, a good session',
      { authorization: `Token ${TOKEN.good}`, cookie: SESSION.good },
      '200 accepted session',
    ],
    ['a word unknown', { authorization: `Token ${TOKEN.good}` }, '401 unknown_scheme nobody'],
  ])('%s', async (_, headers, expected) => {
    expect(answerOf(await ask(either, headers))).toBe(expected);
  });

  it('two headers are two credentials', async () => {
    const lines: [string, string][] = [
      ['authorization', `Bearer ${TOKEN.good}`],
      ['authorization', PASSWORD.good],
    ];
    expect(answerOf(await ask(either, lines))).toBe('400 malformed bearer');
    expect((await ask(either, lines.toReversed())).accepted).toBeUndefined();
  });

  it('asks for all, and of the one that was refused with its error, first', async () => {
    const others = ['Basic realm="Staff", charset="UTF-8"', 'Session realm="session"'];
    const [absent, refused] = [await ask(either, {}), await ask(either, bearing(TOKEN.bad))];
    for (const each of ['Bearer realm="api"', ...others]) expect(absent.challenge).toContain(each);
    expect(absent.challenge).not.toContain('error');
    const first = 'Bearer realm="api", error="invalid_token", ';
    expect([others.join(', '), others.toReversed().join(', ')].map((rest) => first + rest)).toContain(
      refused.challenge,
    );
  });
});

describe('optional', () => {
  const visitors = optional(any(create(), staff, sessions));

  it.each<[string, Record<string, string>, string]>([
    ['nothing', {}, '200 accepted anonymous'],
    ['a good token', bearing(TOKEN.good), '200 accepted bearer'],
    // What was sent on purpose must be good.
    ['a bad token', bearing(TOKEN.bad), '401 expired bearer'],
    ['a good session', { cookie: SESSION.good }, '200 accepted session'],
    ['a bad session', { cookie: SESSION.bad }, '200 accepted anonymous'],
    ['a bad token, a good session', { ...bearing(TOKEN.bad), cookie: SESSION.good }, '401 expired bearer'],
    ['a word unknown', { authorization: 'Token x' }, '200 accepted anonymous'],
  ])('%s', async (_, headers, expected) => {
    expect(answerOf(await ask(visitors, headers))).toBe(expected);
  });

  it('a bad token in a cookie is nobody, an expired one must not lock anyone out', async () => {
    const page = optional(create({ alsoFrom: [cookieToken('t')] }));
    expect(answerOf(await ask(page, { cookie: `t=${TOKEN.bad}` }))).toBe('200 accepted anonymous');
    expect(answerOf(await ask(page, { cookie: `t=${TOKEN.good}` }))).toBe('200 accepted bearer');
    expect(answerOf(await ask(page, { cookie: `t=${TOKEN.good}`, ...bearing(TOKEN.bad) }))).toBe('401 expired bearer');
  });
});

describe('tokens from elsewhere', () => {
  const links = any(
    create({ alsoFrom: [queryTokenThatLeaksIntoLogs(), formTokenReadTwice(), cookieToken('t')] }),
    staff,
    sessions,
  );
  const LINK = `${AUDIENCE}?access_token=${TOKEN.good}`;

  it.each<[string, Record<string, string>, string, string]>([
    ['a link', {}, LINK, '200 accepted bearer'],
    ['a link with a session', { cookie: SESSION.good }, LINK, '200 accepted bearer'],
    ['a bad link with a session', { cookie: SESSION.good }, `${LINK}x`, '401 invalid bearer'],
    ['a link with a password: two', { authorization: PASSWORD.good }, LINK, '400 malformed basic'],
    ['a link with a token: two', bearing(TOKEN.good), LINK, '400 malformed bearer'],
    ['a cookie of a token', { cookie: `t=${TOKEN.good}` }, AUDIENCE, '200 accepted bearer'],
    ['a bad cookie of one, a session', { cookie: `t=${TOKEN.bad}; ${SESSION.good}` }, AUDIENCE, '200 accepted session'],
    [
      'both cookies: the first that stands there',
      { cookie: `${SESSION.good}; t=${TOKEN.good}` },
      AUDIENCE,
      '200 accepted bearer',
    ],
    ['a bad cookie of one', { cookie: `t=${TOKEN.bad}` }, AUDIENCE, '401 expired bearer'],
    [
      'a cookie with a password',
      { cookie: `t=${TOKEN.bad}`, authorization: PASSWORD.good },
      AUDIENCE,
      '200 accepted basic',
    ],
  ])('%s', async (_, headers, url, expected) => {
    expect(answerOf(await ask(links, headers, url))).toBe(expected);
  });

  const post = (body: string, headers: Record<string, string> = {}): Request =>
    new Request(AUDIENCE, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });

  it('a form with a token, and one without', async () => {
    expect(answerOf(await call(links, post(`access_token=${TOKEN.good}`)))).toBe('200 accepted bearer');
    expect(answerOf(await call(links, post('a=b')))).toBe('401 absent nobody');
    expect(answerOf(await call(links, post('a=b', { cookie: SESSION.good })))).toBe('200 accepted session');
    expect(answerOf(await call(links, post('a=b', { authorization: PASSWORD.good })))).toBe('200 accepted basic');
    const both = post(`access_token=${TOKEN.bad}`, { cookie: SESSION.good });
    expect(answerOf(await call(links, both))).toBe('401 expired bearer');
  });
});

describe('not enough', () => {
  it('a token with too few scopes is known, and no cookie is looked at for it', async () => {
    const either = any(scopes(create(), 'files:read'), sessions);
    const headers = { ...bearing(TOKEN.weak), cookie: SESSION.good };
    const called = await ask(either, headers);
    expect(answerOf(called)).toBe('403 insufficient bearer');
    expect(called.challenge).toBe('Bearer error="insufficient_scope", scope="files:read"');
  });

  it('one in a cookie is remembered, and the search goes on', async () => {
    const either = any(scopes(create({ alsoFrom: [cookieToken('t')] }), 'files:read'), sessions);
    const cookie = `t=${TOKEN.weak}`;
    expect(answerOf(await ask(either, { cookie }))).toBe('403 insufficient bearer');
    expect(answerOf(await ask(either, { cookie: `${cookie}; ${SESSION.good}` }))).toBe('200 accepted session');
    expect(answerOf(await ask(optional(either), { cookie }))).toBe('403 insufficient bearer');
  });
});

describe('what contradicts itself is seen at construction', () => {
  it('two bearers in one any', () => {
    expect(() => (any as (...parts: Authenticator[]) => unknown)(create(), create())).toThrow(TypeError);
  });
});
