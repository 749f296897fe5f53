import { describe, expect, it } from 'vitest';
import { session } from '../../src/schemes/session.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { type AnySessions, Browser, clockAt, countingStore, kinds, load, SECRET, START } from '../support/sessions.ts';

const HOUR = 3600;
const IDLE = 10 * HOUR;
const ABSOLUTE = 24 * HOUR;
const lifetime = { idle: IDLE, absolute: ABSOLUTE };

/** Signed in at the start of the clock. */
async function signedIn(sessions: AnySessions, details: object = {}) {
  const clock = clockAt();
  const browser = new Browser();
  const issued = await sessions.issue(browser.request(), { subject: 'ada', ...details }, clock.context());
  browser.take(issued.effects);
  const visit = async (at: number) => {
    clock.now = START + at;
    const outcome = await sessions.authenticate(browser.request(), clock.context());
    browser.take(outcome.effects ?? []);
    return outcome.kind === 'accepted' ? 'accepted' : outcome.kind === 'rejected' ? outcome.reason : outcome.kind;
  };
  return { clock, browser, issued, visit };
}

describe.each(kinds)('lifetimes of a %s session', (kind, create) => {
  const gone = kind === 'stored' ? 'revoked' : 'expired';

  it('ends when it was not used for the idle time, to the second', async () => {
    expect(await (await signedIn(create({ lifetime }))).visit(IDLE - 1)).toBe('accepted');
    expect(await (await signedIn(create({ lifetime }))).visit(IDLE)).toBe(gone);
    expect(await (await signedIn(create({ lifetime }))).visit(IDLE - 0.001)).toBe('accepted');
  });

  it('is moved on from the half of the idle time, to the second, and not before', async () => {
    const late = await signedIn(create({ lifetime }));
    expect(await late.visit(IDLE / 2)).toBe('accepted');
    expect(await late.visit(IDLE / 2 + IDLE - 1)).toBe('accepted');

    const early = await signedIn(create({ lifetime }));
    expect(await early.visit(IDLE / 2 - 1)).toBe('accepted');
    // The error bound: used at idle/2 - 1, ended idle/2 + 1 after that.
    expect(await early.visit(IDLE)).toBe(gone);
  });

  it('ends between half of the idle time and all of it after its last use, whenever that was', async () => {
    for (let last = 0; last < IDLE; last += IDLE / 20) {
      const before = await signedIn(create({ lifetime }));
      await before.visit(last);
      expect(await before.visit(last + IDLE / 2), `used at ${last}`).toBe('accepted');
      const after = await signedIn(create({ lifetime }));
      await after.visit(last);
      expect(await after.visit(last + IDLE), `used at ${last}`).not.toBe('accepted');
    }
  });

  it('ends at the absolute limit however much it is used, to the second (CVE-2024-35220)', async () => {
    const { visit, browser } = await signedIn(create({ lifetime }));
    for (let at = 0; at < ABSOLUTE; at += HOUR) expect(await visit(at)).toBe('accepted');
    const kept = browser.header;
    expect(await visit(ABSOLUTE - 1)).toBe('accepted');
    expect(await visit(ABSOLUTE)).toBe('expired');
    // Past its signed expiry it is cleared; and what was captured before is dead as well.
    expect(browser.header).toBe('');
    const replay = new Browser().take(kept.split('; '));
    const outcome = await create({ lifetime }).authenticate(replay.request(), clockAt(START + ABSOLUTE + 1).context());
    expect(outcome.kind).toBe('rejected');
  });

  it('a rotation moves the idle end and never the absolute one', async () => {
    const sessions = create({ lifetime });
    const { visit, browser, clock } = await signedIn(sessions);
    for (let at = 0; at < ABSOLUTE - HOUR; at += 4 * HOUR) {
      await visit(at);
      const outcome = await sessions.authenticate(browser.request(), clock.context());
      if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
      const rotated = await sessions.rotate(outcome, {}, clock.context());
      expect(rotated?.session.endsAt).toBe(START + ABSOLUTE);
      browser.take(rotated?.effects ?? []);
    }
    expect(await visit(ABSOLUTE - 1)).toBe('accepted');
    expect(await visit(ABSOLUTE)).toBe('expired');
  });

  it('a session may have a lifetime of its own, within both limits', async () => {
    const { visit, issued } = await signedIn(create({ lifetime }), {
      persistent: true,
      lifetime: { idle: 20 * ABSOLUTE, absolute: 30 * ABSOLUTE },
    });
    expect(issued.session).toMatchObject({ expiresAt: START + 20 * ABSOLUTE, endsAt: START + 30 * ABSOLUTE });
    expect(await visit(10 * ABSOLUTE - 1)).toBe('accepted');
    expect(await visit(20 * ABSOLUTE - 1)).toBe('accepted');
    expect(await visit(30 * ABSOLUTE - 1)).toBe('accepted');
    expect(await visit(30 * ABSOLUTE)).toBe('expired');
  });

  it('a persistent cookie lives to the absolute limit; any other as long as the browser', async () => {
    const cookieOf = async (details: object) =>
      (await signedIn(create({ lifetime }), details)).issued.effects.at(-1)?.value ?? '';
    expect(await cookieOf({ persistent: true })).toContain(`; Max-Age=${ABSOLUTE}`);
    expect(await cookieOf({ persistent: false })).not.toContain('Max-Age');
    expect(await cookieOf({})).not.toContain('Max-Age');
  });

  it('says when it ends', async () => {
    const sessions = create({ lifetime });
    const { browser, clock } = await signedIn(sessions);
    clock.now += 16 * HOUR;
    expect((await sessions.authenticate(browser.request(), clock.context())).kind).toBe('rejected');
    const again = await signedIn(sessions);
    again.clock.now += 9 * HOUR;
    const outcome = await sessions.authenticate(again.browser.request(), again.clock.context());
    expect(outcome).toMatchObject({ expiresAt: START + 19 * HOUR, session: { usedAt: START + 9 * HOUR } });
    again.browser.take(outcome.effects ?? []);
    again.clock.now += 9 * HOUR;
    // Never beyond the absolute end.
    expect(await sessions.authenticate(again.browser.request(), again.clock.context())).toMatchObject({
      expiresAt: START + ABSOLUTE,
    });
  });

  it.each([
    ['idle longer than absolute', { idle: 2, absolute: 1 }],
    ['no whole seconds', { idle: 1.5, absolute: 10 }],
    ['nothing', { idle: 0, absolute: 10 }],
    ['less than nothing', { idle: -1, absolute: 10 }],
    ['not a number', { idle: Number.NaN, absolute: 10 }],
    ['for ever', { idle: 10, absolute: Number.POSITIVE_INFINITY }],
    ['longer than a browser keeps a cookie', { idle: 10, absolute: 400 * 86_400 + 1 }],
    ['a text', { idle: '1h' as unknown as number, absolute: 10 }],
  ])('refuses a lifetime of %s, at construction and at issue', async (_, wrong) => {
    expect(() => create({ lifetime: wrong })).toThrow(/^lifetime: /);
    await expect(create().issue(new Browser().request(), { subject: 'ada', lifetime: wrong })).rejects.toThrow(
      /^lifetime: /,
    );
  });
});

describe('renewal of a stored session', () => {
  const create = (store = countingStore()) => ({
    store,
    sessions: session({ secret: SECRET, store, load, lifetime }) as AnySessions,
  });

  it('a valid request costs one read and no write outside renewal; a renewal one touch, and no cookie', async () => {
    const { store, sessions } = create();
    const { visit, browser, clock } = await signedIn(sessions);
    store.reset();
    for (let at = 0; at < IDLE / 2; at += HOUR) await visit(at);
    expect(store.counts).toMatchObject({ read: 5 });
    expect(store.total).toBe(5);
    store.reset();
    clock.now = START + IDLE / 2;
    const outcome = await sessions.authenticate(browser.request(), clock.context({ deliverable: false }));
    expect(outcome).toMatchObject({ kind: 'accepted', effects: [] });
    expect(store.counts).toMatchObject({ read: 1, touch: 1 });
    expect(store.total).toBe(2);
    // Renewed where no response could be changed, and alive by it.
    expect(await visit(IDLE / 2 + IDLE - 1)).toBe('accepted');
  });

  it('100 parallel renewals give one write', async () => {
    const written: unknown[] = [];
    const inner = memoryStore();
    const store = countingStore({
      ...inner,
      touch: (key, touch) => {
        const wrote = inner.touch(key, touch);
        if (wrote) written.push(touch);
        return wrote;
      },
      // All of them have read before the first one writes.
      read: async (key, now) => {
        const record = await inner.read(key, now);
        for (let turn = 0; turn < 10; turn++) await null;
        return record;
      },
    });
    const { sessions } = create(store);
    const { browser, clock } = await signedIn(sessions);
    for (let round = 1; round <= 3; round++) {
      clock.now = START + (round * IDLE) / 2;
      written.length = 0;
      const outcomes = await Promise.all(
        Array.from({ length: 100 }, () => sessions.authenticate(browser.request(), clock.context())),
      );
      expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
      expect(written).toHaveLength(1);
    }
  });
});
