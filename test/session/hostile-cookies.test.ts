import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Authenticator, accept, any, decide, reject } from '../../src/index.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { requestOf } from '../support/request.ts';
import { type AnySessions, Browser, clockAt, countingStore, kinds, SECRET } from '../support/sessions.ts';

const NAME = '__Host-Http-session';
const authenticate = (sessions: Authenticator, cookie: string, now = clockAt().now) =>
  sessions.authenticate(requestOf({ cookie }), clockAt(now).context());

async function signedIn(sessions: AnySessions, details: object = {}) {
  const browser = new Browser();
  const issued = await sessions.issue(browser.request(), { subject: 'ada', ...details }, clockAt().context());
  browser.take(issued.effects);
  return { browser, value: browser.cookies.get(NAME) as string, issued };
}

/** Which cookies an outcome clears. */
const cleared = (effects: readonly { readonly value: string }[] = []) =>
  effects.filter(({ value }) => value.includes('Max-Age=0')).map(({ value }) => value.split('=')[0]);

describe.each(kinds)('what is no cookie of a %s session', (kind, create) => {
  it('of 10,000 forged or random ones none is let in, and none costs a call to the store', async () => {
    const store = countingStore();
    const sessions = create({ store });
    const { value } = await signedIn(sessions);
    const foreign = (await signedIn(create({ secret: `${SECRET} of others` }))).value;
    store.reset();
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const random = (length: number) =>
      Array.from({ length }, () => alphabet[Math.floor(Math.random() * alphabet.length)]).join('');
    const forgeries = [
      (n: number) => random(n % 200),
      () => random(value.length),
      // One character of a good one changed.
      (n: number) => {
        const at = n % value.length;
        const other = alphabet[(alphabet.indexOf(value[at] as string) + 1 + (n % 63)) % 64] as string;
        return value.slice(0, at) + other + value.slice(at + 1);
      },
      (n: number) => value.slice(0, n % value.length),
      (n: number) => value + random(1 + (n % 5)),
      (n: number) => foreign.slice(0, n % value.length) + value.slice(n % value.length),
      () => foreign,
    ];
    for (let n = 0; n < 10_000; n++) {
      const forged = (forgeries[n % forgeries.length] as (n: number) => string)(n);
      if (forged === value) continue;
      const outcome = await authenticate(sessions, `${NAME}=${forged}`);
      if (outcome.kind === 'accepted') throw new Error(`accepted: ${forged}`);
    }
    expect(store.total).toBe(0);
    expect((await authenticate(sessions, `${NAME}=${value}`)).kind).toBe('accepted');
  });

  it('rejects each with a reason, clears it, and lets a good explicit credential beside it in', async () => {
    const sessions = create();
    const { value } = await signedIn(sessions);
    const foreign = (await signedIn(create({ secret: `${SECRET} of others` }))).value;
    const otherScheme = (await signedIn(create({ scheme: 'staff', cookie: { name: NAME } }))).value;
    const robot: Authenticator = {
      schemes: ['robot'],
      carriers: [{ header: 'x-robot-key' }],
      authenticate: ({ headers }) =>
        headers.get('x-robot-key') === 'good' ? accept('robot', null) : reject('robot', 'invalid'),
      challenge: () => ['Robot'],
    };
    const rows: [what: string, value: string, reason: string | RegExp][] = [
      ['empty', '', 'malformed'],
      ['truncated', value.slice(0, -1), kind === 'stored' ? 'malformed' : 'invalid'],
      ['extended', `${value}AAAA`, kind === 'stored' ? 'malformed' : 'invalid'],
      ['of a foreign key', foreign, 'invalid'],
      ['of another scheme with the same key', otherScheme, 'invalid'],
      ['quoted', `"${value}"`, 'malformed'],
      ['percent-encoded', `${value.slice(0, -1)}%41`, 'malformed'],
      ['oversize', 'A'.repeat(100_000), 'malformed'],
      ['oversize, of the right form', `1${'A'.repeat(40_000)}`, kind === 'stored' ? 'malformed' : 'invalid'],
      ['not UTF-8', `${value.slice(1)}\u00ff`, kind === 'stored' ? 'invalid' : 'malformed'],
      ['__proto__', '__proto__', 'malformed'],
      [
        'another spelling',
        value.replaceAll(/[A-Za-z]/g, (char) => (char < 'a' ? char.toLowerCase() : char.toUpperCase())),
        /invalid|malformed/,
      ],
    ];
    for (const [what, given, reason] of rows) {
      const cookie = `theme=dark; ${NAME}=${given}`;
      const outcome = await authenticate(sessions, cookie);
      expect(outcome, what).toMatchObject({ kind: 'rejected', scheme: 'session', status: 401 });
      expect(outcome.kind === 'rejected' && outcome.reason, what).toMatch(reason);
      expect(cleared(outcome.effects), what).toEqual([NAME]);
      const beside = any(robot, sessions);
      const both = requestOf({ cookie, 'x-robot-key': 'good' });
      expect(await beside.authenticate(both, clockAt().context()), what).toMatchObject({
        kind: 'accepted',
        scheme: 'robot',
      });
    }
  });

  it.each([
    ['no cookie at all', undefined],
    ['cookies of others', 'theme=dark; lang=en'],
    ['a name without its prefix', 'session=x'],
    ['a name in another case', '__host-http-session=x'],
    ['a name with a blank of Unicode (CVE-2026-39410)', `\u00a0${NAME}=x`],
    ['a nameless one (CVE-2023-23934)', `=${NAME}=x`],
    ['a name without a value', NAME],
    ['a longer name', `x${NAME}=x; ${NAME}x=x`],
    ['a name inside of a value', `x=${NAME}=x`],
    ['__proto__ as a name', '__proto__=x; constructor=y'],
  ])('takes for absent: %s', async (_, cookie) => {
    const outcome = await create().authenticate(requestOf(cookie === undefined ? {} : { cookie }), clockAt().context());
    expect(outcome).toMatchObject({ kind: 'absent', status: 401 });
  });

  it('of several of one name the one that holds counts, and two that hold are refused', async () => {
    const sessions = create();
    const one = (await signedIn(sessions)).value;
    const two = (await signedIn(sessions, { subject: 'mallory' })).value;
    const planted = `${NAME}=${two.slice(0, -1)}; `;
    for (const cookie of [
      `${planted}${NAME}=${one}`,
      `${NAME}=${one}; ${planted}x=y`,
      `${planted.repeat(7)}${NAME}=${one}`,
    ]) {
      const outcome = await authenticate(sessions, cookie);
      expect(outcome, cookie).toMatchObject({ kind: 'accepted', subject: 'ada' });
      expect(cleared(outcome.effects)).toEqual([]);
    }
    for (const cookie of [
      `${NAME}=${one}; ${NAME}=${two}`,
      `${NAME}=${two}; ${planted}${NAME}=${one}`,
      `${NAME}=${one}; ${NAME}=${one}`,
    ]) {
      const outcome = await authenticate(sessions, cookie);
      expect(outcome, cookie).toMatchObject({ kind: 'rejected', reason: 'malformed' });
      // Which one is the user's own can't be seen: neither is taken away.
      expect(cleared(outcome.effects)).toEqual([]);
    }
  });

  it('a thousand cookies of its name are bounded work', async () => {
    const store = countingStore();
    const sessions = create({ store });
    const { value } = await signedIn(sessions);
    store.reset();
    const forged = `${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}`;
    const outcome = await authenticate(sessions, `${`${NAME}=${forged}; `.repeat(1000)}${NAME}=${value}`);
    expect(outcome).toMatchObject({ kind: 'rejected' });
    expect(store.total).toBe(0);
  });

  it('one the store does not know is rejected and kept: another tab may have rotated it', async () => {
    const sessions = create();
    const { value, browser } = await signedIn(sessions);
    await sessions.signOut(browser.request(), {}, clockAt().context());
    const outcome = await authenticate(sessions, `${NAME}=${value}`);
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'revoked' });
    expect(cleared(outcome.effects)).toEqual([]);
  });

  it('clears nothing where a response can’t be changed', async () => {
    const request = requestOf({ cookie: `${NAME}=garbage` });
    const outcome = await create().authenticate(request, clockAt().context({ deliverable: false }));
    expect(outcome).toMatchObject({ kind: 'rejected', reason: 'malformed' });
    expect(outcome.effects ?? []).toEqual([]);
  });

  it('anything at all is an outcome: no throw, no 5xx', async () => {
    const sessions = create();
    const { value } = await signedIn(sessions);
    const piece = fc.oneof(
      fc.string({ maxLength: 60 }).map((text) => text.replaceAll(/[^\u0020-\u00ff]/g, '?')),
      fc.constantFrom(value, value.slice(0, 50), NAME, `${NAME}.1`, '=', ';', '; ', ',', '"', '1', '4', '9'),
    );
    const header = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join('').trim());
    await fc.assert(
      fc.asyncProperty(header, async (cookie) => {
        const decided = await decide(sessions)(requestOf({ cookie }), clockAt().context());
        return !decided.response || decided.response.status === 401;
      }),
      { numRuns: 3000 },
    );
  });
});

describe.each(kinds)('a store that is down, for a %s session', (kind, create) => {
  const failing = (verb: string, how: () => unknown) => {
    const inner = memoryStore();
    return { inner, broken: { ...inner, [verb]: how } };
  };
  const OUTAGES: [string, () => unknown][] = [
    [
      'throws',
      () => {
        throw new Error('connection lost');
      },
    ],
    ['rejects', () => Promise.reject(new Error('connection lost'))],
  ];

  it.each(OUTAGES)('that %s is a 503: never a 401, the cookie stays, no other scheme runs', async (_how, how) => {
    // A stored session asks for no epoch.
    for (const verb of kind === 'stored' ? ['read'] : ['read', 'epoch']) {
      const { inner, broken } = failing(verb, how);
      const { value } = await signedIn(create({ store: inner }));
      const sessions = create({ store: broken });
      const probe: Authenticator = {
        schemes: ['other'],
        carriers: [{ header: 'cookie' }],
        authenticate: () => accept('other', null),
        challenge: () => ['Other'],
      };
      const before = await sessions.authenticate(requestOf({}), clockAt().context());
      expect(before.kind).toBe('absent');
      const errors: unknown[] = [];
      const decided = await decide(any(sessions, probe), { onError: (error) => errors.push(error) })(
        requestOf({ cookie: `${NAME}=${value}` }),
        clockAt().context(),
      );
      expect(decided.response?.status).toBe(503);
      expect(decided.response?.headers.getSetCookie()).toEqual([]);
      expect(decided.response?.headers.get('www-authenticate')).toBeNull();
      expect(errors).toHaveLength(1);
      // Afterwards everything is as it was.
      expect((await authenticate(create({ store: inner }), `${NAME}=${value}`)).kind).toBe('accepted');
    }
  });

  it('load that throws is an outage as well', async () => {
    const store = memoryStore();
    const { value } = await signedIn(create({ store }));
    const sessions = create({ store, load: () => Promise.reject(new Error('users are down')) });
    const decided = await decide(sessions)(requestOf({ cookie: `${NAME}=${value}` }), clockAt().context());
    expect(decided.response?.status).toBe(503);
    expect((await authenticate(create({ store }), `${NAME}=${value}`)).kind).toBe('accepted');
  });
});
