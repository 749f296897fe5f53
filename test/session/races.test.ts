import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory.ts';
import { requestOf } from '../support/request.ts';
import {
  type AnySessions,
  Browser,
  clockAt,
  countingStore,
  kinds,
  SECRET,
  START,
  slowStore,
} from '../support/sessions.ts';

const ROUNDS = 1000;
const lifetime = { idle: 100, absolute: 1000 };

async function signIn(sessions: AnySessions, subject = 'ada') {
  const browser = new Browser();
  const issued = await sessions.issue(browser.request(), { subject }, clockAt().context());
  browser.take(issued.effects);
  return { browser, issued, header: browser.header };
}

const ask = (sessions: AnySessions, cookie: string, at = START) =>
  sessions.authenticate(requestOf({ cookie }), clockAt(at).context());

/** In an order of the moment. */
const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => [Math.random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);

describe.each(kinds)('races of a %s session, over a store that takes its time', (_, create) => {
  it(`a renewal that races a sign-out never resurrects it, ${ROUNDS} rounds`, async () => {
    const sessions = create({ store: slowStore(memoryStore()), lifetime });
    const half = clockAt(START + 60);
    for (let round = 0; round < ROUNDS; round++) {
      const { browser, header } = await signIn(sessions);
      const renewals = Array.from({ length: 3 }, () => () => ask(sessions, header, half.now));
      const signOut = () => sessions.signOut(browser.request(), {}, half.context());
      const done = await Promise.all(shuffled([...renewals, signOut]).map((act) => act()));
      // Whatever arrives at the browser last, also a renewed cookie after the one that clears it:
      for (const { effects } of shuffled(done)) browser.take(effects ?? []);
      for (const cookie of [header, browser.header].filter(Boolean)) {
        const after = await ask(sessions, cookie, half.now);
        if (after.kind !== 'rejected') throw new Error(`round ${round}: ${after.kind}`);
      }
    }
  });

  it('a renewal that races revokeAll never resurrects it', async () => {
    const sessions = create({ store: slowStore(memoryStore()), lifetime });
    const half = clockAt(START + 60);
    for (let round = 0; round < ROUNDS; round++) {
      const { browser, header } = await signIn(sessions, `user${round}`);
      const acts = [() => ask(sessions, header, half.now), () => sessions.revokeAll(`user${round}`, half.context())];
      const [one, other] = await Promise.all(shuffled(acts).map((act) => act()));
      browser.take(one?.effects ?? []).take(other?.effects ?? []);
      for (const cookie of [header, browser.header]) {
        expect((await ask(sessions, cookie, half.now)).kind, `round ${round}`).toBe('rejected');
      }
    }
  });

  it('of many who rotate, sign out and revoke at once exactly one has it: one living session at most', async () => {
    const sessions = create({ store: slowStore(memoryStore()), lifetime });
    const { context } = clockAt();
    for (let round = 0; round < 300; round++) {
      const { browser, header, issued } = await signIn(sessions);
      const rotations = Array.from({ length: 4 }, () => () => sessions.rotate(issued, {}, context()));
      const signOut = () => sessions.signOut(browser.request(), {}, context()).then(() => undefined);
      const rotated = (await Promise.all(shuffled([...rotations, signOut]).map((act) => act()))).filter(
        (each) => each !== undefined,
      );
      expect(rotated.length).toBeLessThanOrEqual(1);
      expect((await ask(sessions, header)).kind).toBe('rejected');
      for (const { effects } of rotated) {
        expect((await ask(sessions, new Browser().take(effects).header)).kind).toBe('accepted');
      }
    }
  });

  it('an update that races a sign-out loses', async () => {
    const sessions = create({ store: slowStore(memoryStore()), lifetime });
    const { context } = clockAt();
    for (let round = 0; round < 300; round++) {
      const { browser, header, issued } = await signIn(sessions);
      const acts = [
        () => sessions.update(issued, { data: round }, context()),
        () => sessions.signOut(browser.request(), {}, context()),
      ];
      const done = await Promise.all(shuffled(acts).map((act) => act()));
      for (const each of done) browser.take(each?.effects ?? []);
      for (const cookie of [header, browser.header].filter(Boolean)) {
        expect((await ask(sessions, cookie)).kind).toBe('rejected');
      }
    }
  });

  it('of a sign-in and "sign out everywhere" at once nothing is left half done', async () => {
    const sessions = create({ store: slowStore(memoryStore()), lifetime });
    const { context } = clockAt();
    for (let round = 0; round < 300; round++) {
      const subject = `user${round}`;
      const before = await signIn(sessions, subject);
      const [issued] = await Promise.all([
        sessions.issue(requestOf(), { subject }, context()),
        sessions.revokeAll(subject, context()),
      ]);
      expect((await ask(sessions, before.header)).kind).toBe('rejected');
      const after = await ask(sessions, new Browser().take(issued.effects).header);
      // Before or after: it lives or it does not, and the store says the same of it each time.
      expect((await ask(sessions, new Browser().take(issued.effects).header)).kind).toBe(after.kind);
    }
  });

  it('1,000 people at once: nobody is somebody else', async () => {
    const sessions = create({ store: slowStore(memoryStore()), load: async ({ subject }) => ({ name: subject }) });
    const people = await Promise.all(
      Array.from({ length: 1000 }, async (__, index) => {
        const subject = `user${index}`;
        const issued = await sessions.issue(requestOf(), { subject, data: { subject } }, clockAt().context());
        return { subject, header: new Browser().take(issued.effects).header };
      }),
    );
    const outcomes = await Promise.all(
      shuffled(people).map(async ({ subject, header }) => [subject, await ask(sessions, header)] as const),
    );
    for (const [subject, outcome] of outcomes) {
      expect(outcome).toMatchObject({ subject, principal: { name: subject }, session: { data: { subject } } });
    }
  });
});

describe('an id that is taken', () => {
  it('is a failure, and never somebody else’s session (tower-sessions 0.12)', async () => {
    const [, create] = kinds[0] as (typeof kinds)[number];
    const store = countingStore();
    const sessions = create({ store });
    const sameDice = () => clockAt().context({ random: (length) => new Uint8Array(length) });
    const first = await sessions.issue(requestOf(), { subject: 'ada', data: 'secret' }, sameDice());
    await expect(sessions.issue(requestOf(), { subject: 'ada' }, sameDice())).rejects.toThrow('session: taken');
    const outcome = await ask(sessions, new Browser().take(first.effects).header);
    expect(outcome).toMatchObject({ kind: 'accepted', session: { data: 'secret' } });
  });
});

describe('secrets', () => {
  it('of two schemes, of both kinds, and of tokens of other kinds open only their own slot (CVE-2023-48309)', async () => {
    const store = memoryStore();
    const slots = kinds.flatMap(([kind, create]) =>
      ['session', 'staff'].map(
        (scheme) => [`${kind} ${scheme}`, create({ store, scheme, secret: SECRET, cookie: { name: 'sid' } })] as const,
      ),
    );
    for (const [name, sessions] of slots) {
      const { header } = await signIn(sessions);
      for (const [other, others] of slots) {
        expect((await ask(others, header)).kind, `${name} in ${other}`).toBe(name === other ? 'accepted' : 'rejected');
      }
    }
  });
});
