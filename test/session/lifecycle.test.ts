import { describe, expect, it } from 'vitest';
import { decide, optional, protect } from '../../src/index.ts';
import { sealedSession } from '../../src/schemes/sealed-session.ts';
import { session } from '../../src/schemes/session.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { requestOf } from '../support/request.ts';
import {
  type AnyData,
  type AnySessions,
  Browser,
  clockAt,
  kinds,
  load,
  type Person,
  SECRET,
  START,
} from '../support/sessions.ts';

/** Somebody at a browser of their own. */
async function signIn(sessions: AnySessions, subject = 'ada', details: object = {}, at = START) {
  const browser = new Browser();
  const clock = clockAt(at);
  const issued = await sessions.issue(browser.request(), { subject, ...details }, clock.context());
  browser.take(issued.effects);
  return { browser, issued, header: browser.header };
}

/** What a cookie is taken for. */
async function ask(sessions: AnySessions, from: Browser | string, at = START) {
  const cookie = typeof from === 'string' ? from : from.header;
  return sessions.authenticate(requestOf({ cookie }), clockAt(at).context());
}

async function accepted(sessions: AnySessions, browser: Browser, at = START) {
  const outcome = await ask(sessions, browser, at);
  if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
  return outcome;
}

describe.each(kinds)('the life of a %s session', (kind, create) => {
  it('is what was issued, with what the application loaded', async () => {
    const sessions = create();
    const details = {
      data: { cart: ['tea'] },
      label: 'laptop',
      device: 'Firefox',
      amr: ['pwd'],
      acr: '1',
      persistent: true,
    };
    const { issued, browser } = await signIn(sessions, 'ada', details);
    const outcome = await accepted(sessions, browser, START + 5);
    expect(outcome).toMatchObject({
      scheme: 'session',
      principal: { name: 'ada' },
      ambient: true,
      subject: 'ada',
      credentialId: issued.session.id,
      authTime: START,
      amr: ['pwd'],
      acr: '1',
    });
    expect(outcome.session).toEqual({ ...issued.session, freshness: outcome.session.freshness });
    expect(outcome.session).toMatchObject({ createdAt: START, usedAt: START, endsAt: START + 30 * 86_400, ...details });
  });

  it('ids are fresh: none repeats, and no cookie shows whose it is to who doesn’t ask', async () => {
    const sessions = create();
    const seen = new Set<string>();
    for (let n = 0; n < 200; n++) {
      const { issued, header } = await signIn(sessions);
      seen.add(issued.session.id).add(header);
      expect(header).not.toContain(issued.session.id);
    }
    expect(seen.size).toBe(400);
  });

  it('fixation: what was there before the sign-in never works after it (CVE-2022-25896)', async () => {
    const sessions = create();
    const planted = await signIn(sessions, 'mallory');
    const victim = new Browser().take(planted.header.split('; '));
    const issued = await sessions.issue(victim.request(), { subject: 'ada' }, clockAt().context());
    victim.take(issued.effects);
    expect(await ask(sessions, victim)).toMatchObject({ kind: 'accepted', subject: 'ada' });
    expect(await ask(sessions, planted.header)).toMatchObject({ kind: 'rejected', reason: 'revoked' });
    // Signing in over one's own session ends the old one as well.
    const before = victim.header;
    victim.take((await sessions.issue(victim.request(), { subject: 'ada' }, clockAt().context())).effects);
    expect((await ask(sessions, before)).kind).toBe('rejected');
  });

  it('a rotation issues a fresh id and keeps the rest; the old id is dead at once', async () => {
    const sessions = create();
    const { browser, header, issued } = await signIn(sessions, 'ada', { label: 'laptop', data: { a: 1 } });
    const outcome = await accepted(sessions, browser);
    const rotated = await sessions.rotate(
      outcome,
      { amr: ['pwd', 'otp'], acr: '2', authTime: START + 9 },
      clockAt(START + 9).context(),
    );
    if (!rotated) throw new Error('not rotated');
    expect(rotated.session).toMatchObject({
      label: 'laptop',
      data: { a: 1 },
      createdAt: START,
      authTime: START + 9,
      acr: '2',
    });
    expect(rotated.session.id).not.toBe(issued.session.id);
    browser.take(rotated.effects);
    expect(browser.header).not.toBe(header);
    expect(await accepted(sessions, browser, START + 9)).toMatchObject({ amr: ['pwd', 'otp'], authTime: START + 9 });
    expect(await ask(sessions, header, START + 9)).toMatchObject({ kind: 'rejected', reason: 'revoked' });
    // And it can't be rotated twice: the second has lost it.
    expect(await sessions.rotate(outcome, {}, clockAt(START + 9).context())).toBeUndefined();
  });

  it('an update changes what is in it, and what is left out stays', async () => {
    const sessions = create();
    const { browser, issued } = await signIn(sessions, 'ada', { data: { cart: [] }, label: 'laptop' });
    const updated = await sessions.update(
      await accepted(sessions, browser),
      { data: { cart: ['tea'] } },
      clockAt().context(),
    );
    browser.take(updated?.effects ?? []);
    expect(updated?.session).toMatchObject({ id: issued.session.id, data: { cart: ['tea'] }, label: 'laptop' });
    expect((await accepted(sessions, browser)).session).toEqual(updated?.session);
    const renamed = await sessions.update(
      await accepted(sessions, browser),
      { label: 'phone', data: undefined },
      clockAt().context(),
    );
    expect(renamed?.session).toMatchObject({ data: { cart: ['tea'] }, label: 'phone' });
  });

  it('signing out ends it at once, for every copy of the cookie, and clears the cookie', async () => {
    const sessions = create();
    const { browser, header } = await signIn(sessions);
    const ended = await sessions.signOut(
      browser.request(),
      { clearSiteData: ['cache', 'storage'] },
      clockAt().context(),
    );
    expect(ended.effects.map(({ header: name, value }) => `${name}: ${value}`)).toEqual([
      'set-cookie: __Host-Http-session=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0',
      'clear-site-data: "cache","storage"',
    ]);
    expect(browser.take(ended.effects).header).toBe('');
    expect(await ask(sessions, header)).toMatchObject({ kind: 'rejected', reason: 'revoked' });
    const response = ended.applyTo(Response.redirect('https://app.example/', 303));
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.getSetCookie()).toHaveLength(1);
  });

  it('signing out clears the cookie also of who has none, or a bad one; a forged one ends nobody', async () => {
    const sessions = create();
    const { browser, header } = await signIn(sessions);
    const forged = `${header.slice(0, -1)}${header.endsWith('x') ? 'y' : 'x'}`;
    for (const cookie of ['', 'x=y', forged, '__Host-Http-session=garbage']) {
      const ended = await sessions.signOut(requestOf({ cookie }), {}, clockAt().context());
      expect(ended.effects).toHaveLength(1);
    }
    expect((await ask(sessions, browser)).kind).toBe('accepted');
  });

  it('renewed and signed out in one request ends signed out', async () => {
    const sessions = create({ lifetime: { idle: 100, absolute: 1000 }, secret: [`new ${SECRET}`, SECRET] });
    const old = create({ lifetime: { idle: 100, absolute: 1000 } });
    const { browser } = await signIn(old);
    // An old key, past half of the idle time: whatever can be renewed is.
    const handler = protect(
      sessions,
      async (request) => (await sessions.signOut(request)).applyTo(new Response('bye')),
      {
        context: () => ({ now: START + 60 }),
      },
    );
    const response = await handler(new Request('https://app.example/', { headers: { cookie: browser.header } }));
    if (kind === 'stored') expect(response.status).toBe(401); // Another store: see below for one that knows it.
    browser.take(response.headers.getSetCookie());
    const store = memoryStore();
    const before = await signIn(create({ store, lifetime: { idle: 100, absolute: 1000 } }));
    const after = create({ store, lifetime: { idle: 100, absolute: 1000 }, secret: [`new ${SECRET}`, SECRET] });
    const both = protect(
      after,
      async (request) => (await after.signOut(request, {}, clockAt(START + 60).context())).applyTo(new Response('bye')),
      {
        context: () => ({ now: START + 60 }),
      },
    );
    const bye = await both(new Request('https://app.example/', { headers: { cookie: before.header } }));
    expect(bye.status).toBe(200);
    expect(before.browser.take(bye.headers.getSetCookie()).header).toBe('');
    expect(bye.headers.getSetCookie()).toHaveLength(1);
  });

  it('one is revoked by its public id, for its own subject only (GHSA-ph3g-6p57-jfm5), once', async () => {
    const sessions = create();
    const { browser, issued } = await signIn(sessions);
    const id = issued.session.id;
    await sessions.revoke('mallory', id, clockAt().context());
    expect((await ask(sessions, browser)).kind).toBe('accepted');
    expect(await sessions.revoke('ada', id, clockAt().context())).toBe(true);
    expect(await sessions.revoke('ada', id, clockAt().context())).toBe(false);
    expect(await ask(sessions, browser)).toMatchObject({ kind: 'rejected', reason: 'revoked' });
  });

  it('all others are revoked by one write, all by one, and nobody else’s', async () => {
    const sessions = create();
    const [mine, laptop, phone, bob] = await Promise.all(
      ['ada', 'ada', 'ada', 'bob'].map((name) => signIn(sessions, name)),
    );
    if (!mine || !laptop || !phone || !bob) throw new Error();
    const kept = await sessions.revokeOthers(await accepted(sessions, mine.browser), clockAt().context());
    mine.browser.take(kept?.effects ?? []);
    expect((await ask(sessions, mine.browser)).kind).toBe('accepted');
    for (const { browser } of [laptop, phone])
      expect(await ask(sessions, browser)).toMatchObject({ reason: 'revoked' });
    // The one that is left can do it again, and new ones are of the new epoch.
    const tablet = await signIn(sessions);
    const again = await sessions.revokeOthers(await accepted(sessions, mine.browser), clockAt().context());
    mine.browser.take(again?.effects ?? []);
    expect((await ask(sessions, tablet.browser)).kind).toBe('rejected');
    expect((await ask(sessions, mine.browser)).kind).toBe('accepted');
    await sessions.revokeAll('ada', clockAt().context());
    expect((await ask(sessions, mine.browser)).kind).toBe('rejected');
    expect((await ask(sessions, bob.browser)).kind).toBe('accepted');
    expect((await ask(sessions, (await signIn(sessions)).browser)).kind).toBe('accepted');
  });

  it('a sign-in that began before everything was ended loses', async () => {
    const sessions = create();
    const epoch = await sessions.epoch('ada', clockAt().context());
    await sessions.revokeAll('ada', clockAt().context());
    const { browser } = await signIn(sessions, 'ada', { epoch });
    expect(await ask(sessions, browser)).toMatchObject({ kind: 'rejected', reason: 'revoked' });
    const now = await signIn(sessions, 'ada', { epoch: await sessions.epoch('ada', clockAt().context()) });
    expect((await ask(sessions, now.browser)).kind).toBe('accepted');
  });

  it.each([null, undefined])(
    'whom load answers with %s is no longer: the session ends at once, for good',
    async (nobody) => {
      let suspended = false;
      const sessions = create({ load: ({ subject }) => (suspended ? nobody : { name: subject }) });
      const { browser } = await signIn(sessions);
      suspended = true;
      expect(await ask(sessions, browser)).toMatchObject({ kind: 'rejected', reason: 'revoked', status: 401 });
      suspended = false;
      expect((await ask(sessions, browser)).kind).toBe('rejected');
    },
  );

  it('an expired one does not lock anyone out of a page for all', async () => {
    const sessions = create();
    const home = decide(optional(sessions));
    const decided = await home(requestOf({ cookie: '__Host-Http-session=garbage' }), clockAt().context());
    expect(decided.accepted).toMatchObject({ scheme: 'anonymous' });
    const response = await decided.finish?.(new Response('hello'));
    expect(response?.headers.getSetCookie()[0]).toContain('Max-Age=0');
  });

  it('data: what is too large, is refused by the schema, or has __proto__ is a TypeError that quotes nothing', async () => {
    const schema = {
      '~standard': {
        validate: async (value: unknown) =>
          typeof (value as { cart?: unknown })?.cart === 'string'
            ? { value: { cart: [(value as { cart: string }).cart] } }
            : { issues: [{ message: `not a text: ${JSON.stringify(value)}`, path: ['cart', { key: 0 }] }] },
      },
    };
    const sessions = create({ schema, maxDataBytes: 200 });
    const issue = (data: unknown) => sessions.issue(requestOf(), { subject: 'ada', data }, clockAt().context());
    expect((await issue({ cart: 'tea' })).session.data).toEqual({ cart: ['tea'] });
    const canary = 'canary-9f31';
    await expect(issue({ cart: [canary] })).rejects.toThrow(/^data: .*cart/);
    await expect(issue({ cart: [canary] })).rejects.not.toThrow(canary);
    await expect(issue({ cart: canary.repeat(40) })).rejects.toThrow('data: over 200 bytes');
    await expect(issue({ cart: 'é'.repeat(98) })).rejects.toThrow('data: over 200 bytes');
    const plain = create();
    for (const text of ['{"__proto__":{"admin":true}}', '{"a":[{"__proto__":1}]}']) {
      await expect(
        plain.issue(requestOf(), { subject: 'ada', data: JSON.parse(text) }, clockAt().context()),
      ).rejects.toThrow('__proto__');
    }
    const said = { text: '"__proto__":', constructor: 'x' };
    const { session: kept } = await plain.issue(requestOf(), { subject: 'ada', data: said }, clockAt().context());
    expect(kept.data).toEqual(said);
    expect(({} as { admin?: unknown }).admin).toBeUndefined();
  });

  it('nothing but what is known is taken from a change (GHSA-99h5-pjcv-gr6v)', async () => {
    const sessions = create();
    const { browser } = await signIn(sessions);
    const outcome = await accepted(sessions, browser);
    for (const body of [
      { subject: 'root' },
      { id: 'x' },
      { expiresAt: 9e9 },
      { endsAt: 9e9 },
      { epoch: 9 },
      { idle: 9 },
      { persistent: true },
    ]) {
      await expect(sessions.update(outcome, body as object, clockAt().context()), JSON.stringify(body)).rejects.toThrow(
        /^no option/,
      );
    }
    await expect(sessions.issue(requestOf(), { subject: 'ada', remember: true } as never)).rejects.toThrow(
      "no option 'remember'",
    );
    await expect(sessions.issue(requestOf(), { subject: '' })).rejects.toThrow('subject');
    await expect(sessions.issue(requestOf(), {} as never)).rejects.toThrow('subject');
    for (const subject of ['__proto__', 'constructor', 'ada lovelace 🦊', 'x'.repeat(300)]) {
      expect(await ask(sessions, (await signIn(sessions, subject)).browser)).toMatchObject({
        kind: 'accepted',
        subject,
      });
    }
  });

  it('secrets, cookies and ids of the store are in no event, error or log', async () => {
    const store = memoryStore();
    const sessions = create({ store });
    const { browser, header } = await signIn(sessions, 'ada', { data: { note: 'canary-data' } });
    const told: unknown[] = [];
    const options = {
      onEvent: (event: unknown) => told.push(event),
      onError: (error: unknown) => told.push(String(error)),
    };
    const value = header.split('=')[1] as string;
    const tampered = `${value.slice(0, 60)}${value[60] === 'A' ? 'B' : 'A'}${value.slice(61)}`;
    for (const cookie of [value, tampered, value.slice(5), `${value}; __Host-Http-session=${value}`]) {
      await decide(sessions, options)(requestOf({ cookie: `__Host-Http-session=${cookie}` }), clockAt().context());
    }
    await sessions.signOut(browser.request(), {}, clockAt().context());
    await decide(sessions, options)(requestOf({ cookie: header }), clockAt().context());
    expect(told).toHaveLength(5);
    const text = JSON.stringify(told);
    for (const secret of [SECRET, 'canary-data', ...[0, 10, 20, 30, 40, 50].map((at) => value.slice(at, at + 20))]) {
      expect(text).not.toContain(secret);
    }
  });

  it.each([
    ['no secret', { secret: undefined }, /^secret: /],
    ['a short secret', { secret: 'x'.repeat(31) }, /^secret: /],
    ['a short one behind a good one', { secret: [SECRET, 'short'] }, /^secret: /],
    ['an empty list of secrets', { secret: [] }, /^secret: /],
    ['a secret that is a number', { secret: 42 }, /^secret: /],
    ['short bytes', { secret: new Uint8Array(31) }, /^secret: /],
    ['no store', { store: undefined }, /store/],
    ['no load', { load: undefined }, /load/],
    ['an unknown option', { secure: false }, "no option 'secure'"],
    ['a scheme that no cookie can be named after', { scheme: 'a b' }, /^cookie: /],
    ['a cookie name with a separator', { cookie: { name: 'a;b' } }, /^cookie: /],
    ['a cookie name with a line break', { cookie: { name: 'a\r\nb' } }, /^cookie: /],
    ['Domain with __Host-', { cookie: { name: '__Host-sid', domain: 'app.example' } }, /^cookie: /],
    ['Domain with __host-http-', { cookie: { name: '__host-http-sid', domain: 'app.example' } }, /^cookie: /],
    ['a domain that starts an attribute', { cookie: { name: 'sid', domain: 'a; Path=/x' } }, /^cookie: /],
    ['an unknown sameSite (CVE-2026-47675)', { cookie: { sameSite: 'Lax; x' } }, /^cookie: /],
    // As text it would be put behind the time, and not added: a session without end.
    ['an absolute lifetime as text', { lifetime: { absolute: '2592000' } }, /^lifetime: /],
    ['an idle time as text', { lifetime: { idle: '60' } }, /^lifetime: /],
    ['a lifetime that is no number', { lifetime: { idle: Number.NaN } }, /^lifetime: /],
    ['half a second', { lifetime: { idle: 1.5 } }, /^lifetime: /],
    ['a bad earlier name', { cookie: { previous: [{ name: '' }] } }, /^cookie: /],
  ])('misuse at construction is a TypeError: %s', (_, wrong, message) => {
    const options = { secret: SECRET, store: memoryStore(), load, ...wrong } as never;
    for (const construct of kind === 'stored' ? [session] : [sealedSession]) {
      expect(() => construct(options)).toThrow(TypeError);
      expect(() => construct(options)).toThrow(message);
      expect(() => construct(options)).not.toThrow('x'.repeat(31));
    }
  });
});

describe('the list of a stored session', () => {
  const create = () => session<Person, AnyData>({ secret: SECRET, store: memoryStore(), load });

  it('shows what helps a person recognise them, newest first, in pages, only the living', async () => {
    const sessions = create();
    const subjects = ['ada', 'ada', 'bob', 'ada', 'ada', 'ada'];
    const all = [];
    for (const [index, subject] of subjects.entries()) {
      all.push(await signIn(sessions, subject, { label: `n${index}`, device: 'Firefox' }, START + index));
    }
    await sessions.signOut(all[3]?.browser.request() ?? requestOf(), {}, clockAt(START + 9).context());
    const first = await sessions.list('ada', { limit: 3 }, clockAt(START + 9).context());
    expect(first.sessions.map(({ label }) => label)).toEqual(['n5', 'n4', 'n1']);
    expect(first.sessions[0]).toEqual(all[5]?.issued.session);
    const rest = await sessions.list('ada', { limit: 3, after: first.next }, clockAt(START + 9).context());
    expect(rest.sessions.map(({ label }) => label)).toEqual(['n0']);
    expect(rest.next).toBeUndefined();
    expect((await sessions.list('nobody', {}, clockAt().context())).sessions).toEqual([]);
    // Nothing in it opens anything.
    const text = JSON.stringify(await sessions.list('ada', {}, clockAt(START + 9).context()));
    for (const { header } of all)
      for (const at of [0, 12, 24]) expect(text).not.toContain(header.split('=')[1]?.slice(at + 12, at + 32));
  });

  it('a leaked table opens nothing: its ids are no cookies', async () => {
    const sessions = create();
    const { issued, header } = await signIn(sessions);
    const value = header.split('=')[1] as string;
    const forged = value.slice(0, 12) + issued.session.id.slice(0, 32) + value.slice(44);
    expect(await ask(sessions, `__Host-Http-session=${forged}`)).toMatchObject({ kind: 'rejected', reason: 'invalid' });
  });
});

describe('a sealed session', () => {
  it('hides what is in it, and is bounded: too much for three cookies is a TypeError', async () => {
    const sessions = sealedSession<Person, AnyData>({
      secret: SECRET,
      store: memoryStore(),
      load,
      maxDataBytes: 100_000,
    });
    const { header } = await signIn(sessions, 'ada', { data: { note: 'canary-data' } });
    expect(atob((header.split('=')[1] ?? '').slice(1).replace(/-/g, '+').replace(/_/g, '/'))).not.toContain('canary');
    for (const size of [2000, 5000, 8000]) {
      const { browser, issued } = await signIn(sessions, 'ada', { data: 'x'.repeat(size) });
      expect(issued.effects.every(({ value }) => value.indexOf(';') <= 4096)).toBe(true);
      expect((await accepted(sessions, browser)).session.data).toBe('x'.repeat(size));
    }
    await expect(signIn(sessions, 'ada', { data: 'x'.repeat(9000) })).rejects.toThrow('data: over 3 cookies');
  });

  it('survives stale and foreign chunks, and misses a lost one (nextauthjs: one leftover chunk breaks a session)', async () => {
    const sessions = sealedSession<Person, AnyData>({
      secret: SECRET,
      store: memoryStore(),
      load,
      maxDataBytes: 20_000,
    });
    const small = await signIn(sessions, 'ada', { data: 'small' });
    const large = await signIn(sessions, 'ada', { data: 'x'.repeat(7000) });
    const other = await signIn(sessions, 'mallory', { data: 'y'.repeat(7000) });
    const leftover = [...large.browser.cookies]
      .filter(([name]) => name.includes('.'))
      .map(([name, value]) => `${name}=${value}`);
    const foreign = [...other.browser.cookies]
      .filter(([name]) => name.includes('.'))
      .map(([name, value]) => `${name}=${value}`);
    expect(leftover.length).toBeGreaterThan(0);
    const N = '__Host-Http-session';
    expect(await ask(sessions, [small.header, ...leftover].join('; '))).toMatchObject({
      kind: 'accepted',
      subject: 'ada',
    });
    expect(await ask(sessions, [...foreign, large.header].join('; '))).toMatchObject({
      kind: 'accepted',
      subject: 'ada',
    });
    expect(await ask(sessions, [large.header, ...foreign, `${N}.9=x`, `${N}.=x`].join('; '))).toMatchObject({
      kind: 'accepted',
    });
    const head = `${N}=${large.browser.cookies.get(N)}`;
    expect(await ask(sessions, [head, ...foreign].join('; '))).toMatchObject({ kind: 'rejected', reason: 'malformed' });
    expect(await ask(sessions, head)).toMatchObject({ kind: 'rejected', reason: 'malformed' });
    // A text of fewer chunks leaves none behind: the next request finds them and clears them.
    const shrunk = await sessions.update(
      await accepted(sessions, large.browser),
      { data: 'small' },
      clockAt().context(),
    );
    large.browser.take(shrunk?.effects ?? []);
    expect(large.browser.cookies.size).toBeGreaterThan(1);
    large.browser.take((await ask(sessions, large.browser)).effects ?? []);
    expect(large.browser.cookies.size).toBe(1);
    expect((await ask(sessions, large.browser)).effects).toEqual([]);
    // What is cleared is what the request shows, chunks included.
    const ended = await sessions.signOut(large.browser.request(), {}, clockAt().context());
    expect(large.browser.take(ended.effects).header).toBe('');
  });

  it('relies on what the store said for as long as it may, and not longer; fresh asks at once', async () => {
    const sessions = sealedSession<Person, AnyData>({ secret: SECRET, store: memoryStore(), load, maxStaleness: 60 });
    const { browser, header } = await signIn(sessions);
    await sessions.revokeAll('ada', clockAt(START + 1).context());
    expect((await ask(sessions, browser, START + 59)).kind).toBe('accepted');
    const fresh = await sessions.authenticate(
      requestOf({ cookie: header }),
      clockAt(START + 2).context({ fresh: true }),
    );
    expect(fresh).toMatchObject({ kind: 'rejected', reason: 'revoked' });
    expect((await ask(sessions, browser, START + 60)).kind).toBe('rejected');
    // One that is alive is sealed again when it was asked about.
    const other = await signIn(sessions, 'bob');
    const asked = await ask(sessions, other.browser, START + 60);
    expect(asked.effects).toHaveLength(1);
    other.browser.take(asked.effects ?? []);
    expect((await ask(sessions, other.browser, START + 119)).effects).toEqual([]);
  });

  it('a renewal says nothing of the store: a sign-out is true after maxStaleness, however often it is renewed', async () => {
    const sessions = sealedSession<Person, AnyData>({
      secret: SECRET,
      store: memoryStore(),
      load,
      maxStaleness: 60,
      lifetime: { idle: 60, absolute: 100_000 },
    });
    const { browser, header } = await signIn(sessions);
    await sessions.signOut(requestOf({ cookie: header }), {}, clockAt(START + 1).context());
    const seen = [];
    for (let at = 31; at < 200; at += 31) {
      const outcome = await ask(sessions, browser, START + at);
      seen.push(outcome.kind);
      browser.take(outcome.effects ?? []);
    }
    expect(seen[0]).toBe('accepted');
    expect(seen.slice(1)).not.toContain('accepted');
  });

  it('says how fresh the answer is', async () => {
    const sessions = sealedSession<Person, AnyData>({ secret: SECRET, store: memoryStore(), load, maxStaleness: 60 });
    const { browser } = await signIn(sessions);
    expect(await ask(sessions, browser, START + 59)).toMatchObject({ freshness: START });
    expect(await ask(sessions, browser, START + 61)).toMatchObject({ freshness: START + 61 });
  });

  it('needs a store', () => {
    expect(() => sealedSession({ secret: SECRET, load } as never)).toThrow('store');
  });
});
