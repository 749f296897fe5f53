import { describe, expect, it } from 'vitest';
import { formatSetCookie, type SetCookie } from '../../src/http/index.ts';
import { protect } from '../../src/index.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { requestOf } from '../support/request.ts';
import { type AnySessions, Browser, clockAt, kinds, SECRET, START } from '../support/sessions.ts';

const OLD = `old ${SECRET}`;
const NEW = `new ${SECRET}`;
const DAY = 86_400;
const lifetime = { idle: 10 * DAY, absolute: 20 * DAY };

async function signIn(sessions: AnySessions, details: object = {}) {
  const browser = new Browser();
  const issued = await sessions.issue(browser.request(), { subject: 'ada', ...details }, clockAt().context());
  browser.take(issued.effects);
  return { browser, issued, header: browser.header };
}

const ask = (sessions: AnySessions, cookie: string, at = START, more = {}) =>
  sessions.authenticate(requestOf({ cookie }), clockAt(at).context(more));

describe.each(kinds)('a rolling change of what a %s session is signed with', (_, create) => {
  it.each([
    ['text', OLD, NEW],
    ['bytes', new TextEncoder().encode(OLD), new Uint8Array(32).fill(7)],
  ])('the old key is read, the first one writes, and a foreign one does neither (%s)', async (__, old, fresh) => {
    const store = memoryStore();
    const before = await signIn(create({ store, secret: old, lifetime }), { persistent: true });
    const sessions = create({ store, secret: [fresh, old], lifetime });
    const outcome = await ask(sessions, before.header, START + DAY);
    expect(outcome).toMatchObject({ kind: 'accepted', subject: 'ada' });
    const resigned = new Browser().take(outcome.effects ?? []).header;
    expect(resigned).not.toBe(before.header);
    // It lives as long as before, to the second.
    expect(outcome.effects?.at(-1)?.value).toContain(`; Max-Age=${19 * DAY}`);
    const after = create({ store, secret: fresh, lifetime });
    expect(await ask(after, resigned, START + DAY)).toMatchObject({ kind: 'accepted', effects: [] });
    expect(await ask(after, before.header, START + DAY)).toMatchObject({ kind: 'rejected', reason: 'invalid' });
    expect(await ask(after, resigned, START + 20 * DAY)).toMatchObject({ kind: 'rejected' });
  });

  it('where no cookie can be set it waits, and the old one goes on', async () => {
    const store = memoryStore();
    const { header } = await signIn(create({ store, secret: OLD }));
    const sessions = create({ store, secret: [NEW, OLD] });
    expect(await ask(sessions, header, START, { deliverable: false })).toMatchObject({ kind: 'accepted', effects: [] });
    expect((await ask(sessions, header)).effects).not.toEqual([]);
  });

  it('the old name is read, and replaced', async () => {
    const store = memoryStore();
    const cookie = { name: 'sid', domain: 'app.example' };
    const before = await signIn(create({ store, cookie }));
    expect(before.issued.effects[0]?.value).toContain('; Domain=app.example');
    const sessions = create({ store, cookie: { previous: [cookie] } });
    const outcome = await ask(sessions, before.header);
    expect(outcome).toMatchObject({ kind: 'accepted', subject: 'ada' });
    const lines = outcome.effects?.map(({ value }) => value) ?? [];
    expect(lines.find((line) => line.startsWith('sid=;'))).toMatch(/; Max-Age=0; Domain=app\.example/);
    const { cookies, header } = before.browser.take(outcome.effects ?? []);
    expect([...cookies.keys()]).toEqual(['__Host-Http-session']);
    expect(await ask(sessions, header)).toMatchObject({ kind: 'accepted', effects: [] });
  });

  it('where both names hold the present one counts', async () => {
    const store = memoryStore();
    const old = await signIn(create({ store, cookie: { name: 'sid' } }), { subject: 'mallory' });
    const sessions = create({ store, cookie: { previous: [{ name: 'sid' }] } });
    const { header } = await signIn(sessions);
    for (const cookie of [`${old.header}; ${header}`, `${header}; ${old.header}`]) {
      expect(await ask(sessions, cookie)).toMatchObject({ kind: 'accepted', subject: 'ada' });
    }
    // A present one that says nothing does not stand in the way of an old one that is good.
    expect(await ask(sessions, `__Host-Http-session=x; ${old.header}`)).toMatchObject({ subject: 'mallory' });
  });

  it('signing out clears every name it had', async () => {
    const sessions = create({ cookie: { previous: [{ name: 'sid' }, { name: 'old', domain: 'app.example' }] } });
    const { effects } = await sessions.signOut(requestOf({ cookie: 'sid=x' }), {}, clockAt().context());
    expect(effects.map(({ value }) => value.split(';')[0])).toEqual(['__Host-Http-session=', 'sid=', 'old=']);
  });

  it('a secret and a store may be functions of the context', async () => {
    const store = memoryStore();
    const bindings = { SECRET: NEW, store };
    const sessions = create({
      secret: (context) => (context.bindings as typeof bindings).SECRET,
      store: (context) => (context.bindings as typeof bindings).store,
    });
    const issued = await sessions.issue(requestOf(), { subject: 'ada' }, clockAt().context({ bindings }));
    const { header } = new Browser().take(issued.effects);
    expect((await ask(sessions, header, START, { bindings })).kind).toBe('accepted');
    const others = { bindings: { ...bindings, SECRET: OLD } };
    expect(await ask(sessions, header, START, others)).toMatchObject({ reason: 'invalid' });
    // A bad secret from there is an outage: nobody is signed out by it.
    const handler = protect(sessions, () => new Response('in'), { context: () => ({ now: START, bindings: {} }) });
    const response = await handler(new Request('https://app.example/', { headers: { cookie: header } }));
    expect(response.status).toBe(503);
  });
});

describe.each(kinds)('the cookie of a %s session', (_, create) => {
  it.each<[string, Parameters<typeof create>[0], object, Partial<SetCookie>]>([
    ['by default', {}, {}, {}],
    ['of another scheme', { scheme: 'staff' }, {}, { name: '__Host-Http-staff' }],
    ['persistent', { lifetime }, { persistent: true }, { maxAge: lifetime.absolute }],
    ['with __Host-', { cookie: { name: '__Host-sid' } }, {}, { name: '__Host-sid' }],
    [
      'with a plain name and a domain',
      { cookie: { name: 'sid', domain: 'app.example' } },
      {},
      { name: 'sid', domain: 'app.example' },
    ],
    ['strict', { cookie: { sameSite: 'strict' } }, {}, { sameSite: 'strict' }],
    ['for embedding', { cookie: { sameSite: 'none', partitioned: true } }, {}, { sameSite: 'none', partitioned: true }],
  ])('is what formatSetCookie writes, which refuses what browsers drop: %s', async (__, options, details, expected) => {
    const sessions = create(options);
    const { issued } = await signIn(sessions, details);
    const attributes = {
      path: '/',
      secure: true,
      httpOnly: true,
      sameSite: 'lax',
      name: '__Host-Http-session',
    } as const;
    const sorted = (line = '') => line.split('; ').sort();
    for (const { value, key } of issued.effects) {
      const text = value.slice((key?.length ?? 0) + 1, value.indexOf(';'));
      expect(sorted(value)).toEqual(sorted(formatSetCookie({ ...attributes, value: text, ...expected })));
    }
    const { effects } = await sessions.signOut(requestOf(), {}, clockAt().context());
    expect(sorted(effects[0]?.value)).toEqual(
      sorted(formatSetCookie({ ...attributes, ...expected, value: '', maxAge: 0 })),
    );
  });

  it('keeps what it is set on, or cleared from, out of shared caches', async () => {
    const { issued } = await signIn(create());
    const shared = new Response('welcome', { headers: { 'cache-control': 'max-age=600' } });
    const response = issued.applyTo(shared);
    expect(shared.headers.getSetCookie()).toEqual([]);
    expect(response.headers.get('cache-control')).toContain('no-store');
    expect(response.headers.get('vary')).toContain('cookie');
    expect(response.headers.getSetCookie()).toHaveLength(1);
  });
});
