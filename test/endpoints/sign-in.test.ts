import { describe, expect, it, vi } from 'vitest';
import { signIn } from '../../src/endpoints/sign-in.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { openDoor, PASSWORD, type Row, WRONG } from '../support/door.ts';
import { Browser, START, slowStore } from '../support/sessions.ts';

const ADA = { identifier: 'ada@acme.example', password: PASSWORD };
const SECOND_STEP = {
  store: memoryStore(),
  throttle: { begin: () => Promise.reject(new Error()) },
  isNeeded: () => true,
  verify: () => true,
};
const form = (fields: Record<string, string>) => new URLSearchParams(fields);

describe.each(['stored', 'sealed'] as const)('signing in, %s sessions', (kind) => {
  it('by JSON: a session, and an answer for a program', async () => {
    const { ask, events } = await openDoor({}, kind);
    const browser = new Browser();
    const answer = await ask('/sign-in', ADA, { browser });
    expect([answer.status, answer.body]).toEqual([200, { status: 'signed_in' }]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const me = await ask('/me', undefined, { browser });
    expect(me.body).toMatchObject({ subject: 'u1', authTime: START, amr: ['pwd'], session: { current: true } });
    expect(events).toEqual([{ type: 'signed_in', at: START, subject: 'u1' }]);
  });

  it('by a form: sent on, to where it came from, and never elsewhere', async () => {
    const { ask } = await openDoor({}, kind);
    const go = async (returnTo?: string) =>
      (await ask('/sign-in', form({ ...ADA, ...(returnTo !== undefined && { returnTo }) }), { browser: new Browser() }))
        .location;
    expect(await go()).toBe('/');
    expect(await go('/files?page=2#top')).toBe('/files?page=2#top');
    for (const elsewhere of ['//evil.example', 'https://evil.example/', '/\\evil.example', 'javascript:alert(1)']) {
      expect(await go(elsewhere)).toBe('/');
    }
  });

  it('a page that is undefined is the usual one', async () => {
    const { ask } = await openDoor({ pages: { signedIn: undefined, signIn: undefined, signedOut: undefined } }, kind);
    expect((await ask('/sign-in', form(ADA))).location).toBe('/');
    expect((await ask('/sign-in', form({ ...ADA, password: WRONG }))).location).toMatch(/^\/sign-in\?/);
    expect((await ask('/sign-out', form({}))).location).toBe('/sign-in');
  });

  it('the identifier is the same in every spelling', async () => {
    const { signInAs } = await openDoor({}, kind);
    for (const spelling of ['Ada@Acme.Example', ' ada@acme.example ', '\uff41da@acme.example']) {
      expect((await signInAs(new Browser(), spelling)).answer.status, spelling).toBe(200);
    }
  });

  it('remember me keeps the cookie when the browser is closed', async () => {
    const { ask } = await openDoor({}, kind);
    const cookieOf = async (remember: boolean) =>
      (await ask('/sign-in', { ...ADA, remember })).headers.getSetCookie().find((line) => line.includes('session'));
    expect(await cookieOf(true)).toMatch(/Max-Age=\d{6,}/);
    expect(await cookieOf(false)).not.toContain('Max-Age');
  });

  it('an id from before never works after (fixation)', async () => {
    const { signInAs, ask } = await openDoor({}, kind);
    const { browser } = await signInAs();
    const planted = new Browser();
    for (const [name, value] of browser.cookies) planted.cookies.set(name, value);
    await signInAs(browser);
    expect((await ask('/me', undefined, { browser: planted })).status).toBe(401);
    expect((await ask('/me', undefined, { browser })).status).toBe(200);
  });

  it('a password that is changed, or everything ended, while it is checked: the session is dead from the start', async () => {
    const opened = await openDoor({}, kind);
    const { ask, sessions, clock, hashing } = opened;
    vi.spyOn(hashing, 'verify').mockImplementationOnce(async () => {
      await sessions.revokeAll('u1', clock.context());
      return { ok: true };
    });
    const browser = new Browser();
    expect((await ask('/sign-in', ADA, { browser })).status).toBe(200);
    expect((await ask('/me', undefined, { browser })).status).toBe(401);
  });

  it('signing out ends it, clears the cookie, and has nothing shown from a cache', async () => {
    const { signInAs, ask, events } = await openDoor({}, kind);
    const { browser } = await signInAs();
    const other = new Browser();
    for (const [name, value] of browser.cookies) other.cookies.set(name, value);
    const answer = await ask('/sign-out', form({}), { browser });
    expect([answer.status, answer.location]).toEqual([303, '/sign-in']);
    expect(answer.headers.get('clear-site-data')).toBe('"cache"');
    expect((await ask('/me', undefined, { browser: other })).status).toBe(401);
    expect(events.at(-1)?.type).toBe('signed_out');
    expect((await ask('/sign-out', {}, { browser })).status).toBe(204);
  });
});

describe('what is refused', () => {
  it('unknown, suspended, without a password and wrong about it: the same answer after the same steps', async () => {
    const seen: unknown[] = [];
    const reasons: unknown[] = [];
    for (const [identifier, password] of [
      ['nobody', PASSWORD],
      ['bob', PASSWORD],
      ['bob', WRONG],
      ['cyd', PASSWORD],
      ['ada@acme.example', WRONG],
      ['ada@acme.example', `${PASSWORD}\n`],
      ['ada@acme.example', 'x'.repeat(5000)],
    ] as const) {
      const { ask, counts, events } = await openDoor();
      for (const body of [{ identifier, password }, form({ identifier, password })]) {
        const answer = await ask('/sign-in', body);
        seen.push([
          answer.status,
          answer.location,
          answer.text,
          [...answer.headers].sort(),
          counts.verify,
          counts.hash,
        ]);
      }
      reasons.push(events.map(({ reason, subject }) => [reason, subject]));
    }
    expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBe(2);
    expect((seen[0] as unknown[]).slice(0, 3)).toEqual([401, null, expect.stringContaining('invalid_credentials')]);
    expect((seen[1] as unknown[]).slice(0, 2)).toEqual([303, '/sign-in?error=invalid_credentials']);
    // The log knows better, and does not know what was typed.
    expect(reasons.map((each) => (each as string[][])[0]?.[0])).toEqual([
      'absent',
      'disabled',
      'invalid',
      'absent',
      'invalid',
      'malformed',
      'too_long',
    ]);
  });

  it.each<[string, string | URLSearchParams | object, Record<string, string>, number, string]>([
    ['no identifier', { password: PASSWORD }, {}, 400, 'identifier'],
    ['an empty one', { identifier: '', password: PASSWORD }, {}, 400, 'identifier'],
    ['no password', { identifier: 'ada' }, {}, 400, 'password'],
    ['a number for one', { identifier: 7, password: PASSWORD }, {}, 400, 'identifier'],
    ['a list for a password', { identifier: 'ada', password: [PASSWORD] }, {}, 400, 'password'],
    ['a line in an identifier', { identifier: 'ada\nx', password: PASSWORD }, {}, 400, 'identifier'],
    ['a full-width @', { identifier: 'ada\uff20acme.example', password: PASSWORD }, {}, 400, 'identifier'],
    ['NUL in a password', { identifier: 'ada', password: 'a\0b' }, {}, 400, 'password'],
    ['a field twice', '{"identifier":"ada","identifier":"bob","password":"x"}', {}, 400, 'identifier'],
    ['a prototype', '{"identifier":"ada","password":"x","__proto__":{}}', {}, 400, '__proto__'],
    ['no JSON', '{"identifier":', {}, 400, ''],
    ['another type', '<a/>', { 'content-type': 'text/xml' }, 415, ''],
    ['another charset', '{}', { 'content-type': 'application/json; charset=utf-16' }, 415, ''],
    ['a megabyte', { identifier: 'ada', password: 'x'.repeat(1_000_000) }, {}, 413, ''],
    ['remember neither yes nor no', { ...ADA, remember: 'perhaps' }, {}, 400, 'remember'],
  ])('%s: nothing is hashed, and nothing of it comes back', async (_, body, headers, status, field) => {
    const { ask, counts } = await openDoor();
    const answer = await ask('/sign-in', body, { headers });
    expect(answer.status).toBe(status);
    if (field) expect(answer.text).toContain(field);
    expect(answer.body.field ?? '').toBe(field);
    expect(answer.text).not.toContain(PASSWORD);
    expect(counts.verify).toBe(0);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('another site’s request, before anything is read', async () => {
    const { ask, counts } = await openDoor();
    for (const path of ['/sign-in', '/sign-out', '/second-step']) {
      const answer = await ask(path, form(ADA), { headers: { 'sec-fetch-site': 'cross-site' } });
      expect(answer.status, path).toBe(403);
    }
    expect(counts.verify).toBe(0);
  });

  it('500 guesses at once: five are hashed', async () => {
    for (const store of [memoryStore(), slowStore(memoryStore())]) {
      const { ask, counts } = await openDoor({}, 'stored', store);
      const answers = await Promise.all(
        Array.from({ length: 500 }, (_, n) =>
          ask('/sign-in', { identifier: 'ada@acme.example', password: `guess ${n}` }),
        ),
      );
      expect(counts.verify).toBe(5);
      const limited = answers.filter(({ status }) => status === 429);
      expect(limited).toHaveLength(495);
      expect(limited.every(({ headers }) => Number(headers.get('retry-after')) > 0)).toBe(true);
    }
  });

  it('too often is a 429 for a form, too; the owner gets in from elsewhere', async () => {
    const { ask } = await openDoor();
    for (let n = 0; n < 5; n++) await ask('/sign-in', { ...ADA, password: WRONG });
    const answer = await ask('/sign-in', form(ADA));
    expect([answer.status, answer.text]).toEqual([429, 'Too many attempts. Wait, then try again.']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('/sign-in', ADA, { address: '198.51.100.7' })).status).toBe(200);
  });

  it('other methods and paths', async () => {
    const { ask, signInAs } = await openDoor();
    const { browser } = await signInAs();
    for (const [path, method, status] of [
      ['/sign-in', 'GET', 405],
      ['/sign-out', 'GET', 405],
      ['/sign-out', 'DELETE', 405],
      ['/me', 'POST', 405],
      ['/password', 'GET', 405],
      ['/nothing', 'GET', 404],
      ['/sign-in/', 'GET', 404],
      ['', 'GET', 404],
      ['/second-step', 'POST', 400],
    ] as const) {
      expect((await ask(path, method === 'POST' ? {} : undefined, { browser, method })).status, path).toBe(status);
    }
    // Safe methods have changed nothing.
    expect((await ask('/me', undefined, { browser })).status).toBe(200);
  });

  it('an outage is a 503, and signs nobody in or out', async () => {
    const down = () => Promise.reject(new Error('down'));
    const { rows } = await openDoor();
    const users = { findByIdentifier: down, findBySubject: (s: string) => rows.get(s), updatePasswordHash: () => true };
    const { ask, errors } = await openDoor({ users });
    const answer = await ask('/sign-in', ADA);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
    expect(String(errors[0])).toContain('down');
    const failing = await openDoor({ throttle: { begin: down } });
    expect((await failing.ask('/sign-in', ADA)).status).toBe(503);
    expect(failing.counts.verify).toBe(0);
    const hasher = await openDoor();
    vi.spyOn(hasher.hashing, 'verify').mockRejectedValueOnce(new Error('too many'));
    expect((await hasher.ask('/sign-in', ADA)).status).toBe(503);
  });
});

describe('old hashes', () => {
  it('are made anew at a sign-in, in place of the old one and of no other', async () => {
    const { ask, rows, hashing, events } = await openDoor();
    vi.spyOn(hashing, 'verify').mockImplementation(async (password) =>
      password === PASSWORD ? { ok: true, rehash: async () => 'a new hash' } : { ok: false, reason: 'invalid' },
    );
    await ask('/sign-in', { ...ADA, password: WRONG });
    expect(rows.get('u1')?.passwordHash).not.toBe('a new hash');
    expect((await ask('/sign-in', ADA)).status).toBe(200);
    expect(rows.get('u1')?.passwordHash).toBe('a new hash');
    expect(events.map(({ type }) => type)).toEqual(['refused', 'rehashed', 'signed_in']);
  });

  it('that can’t be written turn nobody away', async () => {
    const { rows } = await openDoor();
    const { ask, hashing, errors } = await openDoor({
      users: {
        findByIdentifier: () => rows.get('u1'),
        findBySubject: (subject) => rows.get(subject),
        updatePasswordHash: () => Promise.reject(new Error('read-only')),
      },
    });
    vi.spyOn(hashing, 'verify').mockResolvedValue({ ok: true, rehash: async () => 'x' });
    expect((await ask('/sign-in', ADA)).status).toBe(200);
    expect(String(errors[0])).toContain('read-only');
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('the log is full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the log is full'))],
  ])('nor where the listener that hears of it %s', async (_does, onError) => {
    const { rows } = await openDoor();
    const { ask, hashing } = await openDoor({
      users: {
        findByIdentifier: () => rows.get('u1'),
        findBySubject: (subject) => rows.get(subject),
        updatePasswordHash: () => Promise.reject(new Error('read-only')),
      },
      onError,
    });
    vi.spyOn(hashing, 'verify').mockResolvedValue({ ok: true, rehash: async () => 'x' });
    expect((await ask('/sign-in', ADA)).status).toBe(200);
  });
});

describe('a listener that throws or rejects', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('the log is full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the log is full'))],
  ])('%s: an outage is a 503 all the same', async (_does, listener) => {
    const down = () => Promise.reject(new Error('down'));
    const { ask } = await openDoor({
      users: { findByIdentifier: down, findBySubject: down, updatePasswordHash: down },
      onError: listener,
      onEvent: listener,
    });
    expect((await ask('/sign-in', ADA)).status).toBe(503);
  });
});

describe('whoever is signed in', () => {
  it('sees their sessions, ends one, ends the others, and nobody else’s', async () => {
    const { ask, signInAs } = await openDoor();
    const [one, two, three] = [await signInAs(), await signInAs(), await signInAs()].map(({ browser }) => browser);
    const list = async (browser: Browser | undefined) =>
      (await ask('/sessions', undefined, { browser: browser as Browser })).body.sessions as {
        id: string;
        current: boolean;
      }[];
    const listed = await list(one);
    expect(listed).toHaveLength(3);
    expect(listed.filter(({ current }) => current)).toHaveLength(1);
    expect(JSON.stringify(listed)).not.toMatch(/"(subject|epoch|data)"/);
    const other = (await list(two)).find(({ current }) => current)?.id as string;
    expect((await ask('/sessions/end', { id: other }, { browser: one as Browser })).status).toBe(204);
    expect((await ask('/me', undefined, { browser: two as Browser })).status).toBe(401);
    expect((await ask('/sessions/end', { id: other }, { browser: one as Browser })).status).toBe(404);
    expect((await ask('/sessions/end-others', form({}), { browser: one as Browser })).location).toBe('/account');
    expect((await ask('/me', undefined, { browser: three as Browser })).status).toBe(401);
    expect((await ask('/me', undefined, { browser: one as Browser })).status).toBe(200);
  });

  it.each(['stored', 'sealed'] as const)(
    'changes the password: all others are out, and the old one is (%s)',
    async (kind) => {
      const { ask, signInAs, rows, events, clock } = await openDoor({}, kind);
      const [{ browser }, { browser: other }] = [await signInAs(), await signInAs()];
      const before = rows.get('u1')?.passwordHash;
      const copy = new Browser();
      for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
      clock.now += 60;
      const change = { currentPassword: PASSWORD, newPassword: 'a much better password' };
      expect((await ask('/password', change, { browser })).status).toBe(204);
      expect(rows.get('u1')?.passwordHash).not.toBe(before);
      expect((await ask('/me', undefined, { browser })).body).toMatchObject({ subject: 'u1', authTime: START + 60 });
      for (const out of [other, copy]) expect((await ask('/me', undefined, { browser: out })).status).toBe(401);
      expect((await ask('/sign-in', ADA)).status).toBe(401);
      expect((await ask('/sign-in', { ...ADA, password: change.newPassword })).status).toBe(200);
      expect(events.map(({ type }) => type)).toContain('password_changed');
    },
  );

  it('changes it only by the present one, to a good one, and not against another change', async () => {
    const { ask, signInAs, rows, hashing } = await openDoor();
    const { browser } = await signInAs();
    const before = rows.get('u1');
    const change = async (currentPassword: string, newPassword: string) => {
      const { status, body } = await ask('/password', { currentPassword, newPassword }, { browser });
      return [status, body?.error, body?.reason];
    };
    expect(await change(WRONG, 'a much better password')).toEqual([403, 'wrong_password', undefined]);
    expect(await change(PASSWORD, 'short')).toEqual([400, 'unacceptable_password', 'too_short']);
    expect(
      (await ask('/password', form({ currentPassword: PASSWORD, newPassword: 'short' }), { browser })).location,
    ).toBe('/account?error=unacceptable_password&reason=too_short');
    vi.spyOn(hashing, 'hash').mockImplementationOnce(async () => {
      rows.delete('u1');
      return { ok: true, hash: 'x' };
    });
    expect(await change(PASSWORD, 'a much better password')).toEqual([409, 'changed_meanwhile', undefined]);
    rows.set('u1', before as never);
    expect((await ask('/me', undefined, { browser })).status).toBe(200);
  });

  it('whoever has the old password doesn’t undo a change that came while theirs was on its way', async () => {
    const { ask, signInAs, rows, hashing } = await openDoor();
    const { browser } = await signInAs();
    const hash = hashing.hash.bind(hashing);
    vi.spyOn(hashing, 'hash').mockImplementationOnce(async (password, context) => {
      rows.set('u1', { ...(rows.get('u1') as Row), passwordHash: 'of the one who was first' });
      return hash(password, context);
    });
    const change = { currentPassword: PASSWORD, newPassword: 'a much better password' };
    const answer = await ask('/password', change, { browser });
    expect([answer.status, answer.body?.error]).toEqual([409, 'changed_meanwhile']);
    expect(rows.get('u1')?.passwordHash).toBe('of the one who was first');
  });

  it('an old hash that is made anew on the way is no other change', async () => {
    const { ask, signInAs, rows, hashing } = await openDoor();
    const { browser } = await signInAs();
    vi.spyOn(hashing, 'verify').mockResolvedValueOnce({ ok: true, rehash: async () => 'made anew' });
    const change = { currentPassword: PASSWORD, newPassword: 'a much better password' };
    expect((await ask('/password', change, { browser })).status).toBe(204);
    expect(rows.get('u1')?.passwordHash).toMatch(/^\$pbkdf2/);
  });

  it('a stolen session can’t guess the password without end', async () => {
    const { ask, signInAs, counts } = await openDoor();
    const { browser } = await signInAs();
    counts.verify = 0;
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => (await ask('/confirm', { password: WRONG }, { browser })).status),
    );
    expect(counts.verify).toBe(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(45);
  });

  it('confirms the password: a sign-in of this moment, under another id', async () => {
    const { ask, signInAs, clock } = await openDoor();
    const { browser } = await signInAs();
    clock.now += 3600;
    const copy = new Browser();
    for (const [name, value] of browser.cookies) copy.cookies.set(name, value);
    expect((await ask('/confirm', { password: PASSWORD }, { browser })).status).toBe(204);
    expect((await ask('/me', undefined, { browser })).body.authTime).toBe(START + 3600);
    expect((await ask('/me', undefined, { browser: copy })).status).toBe(401);
  });

  it('is asked to be: without a session all of it is a 401, and another site’s a 403', async () => {
    const { ask, signInAs } = await openDoor();
    const { browser } = await signInAs();
    for (const path of ['/sessions/end', '/sessions/end-others', '/password', '/confirm']) {
      expect((await ask(path, {})).status, path).toBe(401);
      expect((await ask(path, {}, { browser, headers: { 'sec-fetch-site': 'cross-site' } })).status, path).toBe(403);
    }
    expect((await ask('/sessions')).headers.get('www-authenticate')).toContain('Session realm');
  });

  it('of sealed sessions there is no list', async () => {
    const { ask, signInAs } = await openDoor({}, 'sealed');
    const { browser } = await signInAs();
    expect((await ask('/sessions', undefined, { browser })).status).toBe(404);
  });
});

describe('events', () => {
  it('know codes and subjects, and nothing that was typed', async () => {
    const { ask, events } = await openDoor();
    await ask('/sign-in', { identifier: 'hunter2', password: 'ada@acme.example' });
    await ask('/sign-in', { ...ADA, password: WRONG });
    await ask('/sign-in', ADA);
    const text = JSON.stringify(events);
    for (const typed of ['hunter2', 'ada@', WRONG, PASSWORD, '192.0.2.1']) expect(text).not.toContain(typed);
  });
});

describe('misuse', () => {
  it.each<[object, string]>([
    [{ path: 'auth' }, 'path'],
    [{ sessions: undefined }, 'sessions'],
    [{ passwords: {} }, 'passwords'],
    [{ throttle: undefined }, 'throttle'],
    [{ users: { findByIdentifier: () => undefined } }, 'findBySubject'],
    [{ pages: { signedIn: 'https://evil.example/' } }, 'pages.signedIn'],
    [{ pages: { account: '//evil.example' } }, 'pages.account'],
    [{ secondStep: { store: memoryStore(), verify: () => true, isNeeded: () => true } }, 'secondStep.throttle'],
    [{ secondStep: { ...SECOND_STEP, isNeeded: true } }, 'secondStep.isNeeded'],
    [{ secondStep: { ...SECOND_STEP, verify: undefined } }, 'secondStep.verify'],
    [{ secondStep: { ...SECOND_STEP, expiresAfter: 60 } }, "'expiresAfter'"],
    [{ pages: { signedin: '/home' } }, "'signedin'"],
    [{ lockAfter: 5 }, "'lockAfter'"],
  ])('%j is refused at construction', async (wrong, message) => {
    const { sessions, hashing } = await openDoor();
    const users = { findByIdentifier: () => null, findBySubject: () => null, updatePasswordHash: () => false };
    const throttle = { begin: () => Promise.reject(new Error()) };
    const options = { path: '/auth', sessions, passwords: hashing, throttle, users, ...wrong };
    expect(() => signIn(options as never)).toThrow(TypeError);
    expect(() => signIn(options as never)).toThrow(message);
  });
});
