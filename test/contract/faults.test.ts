import { describe, expect, it } from 'vitest';
import { type Context, createContext, protect } from '../../src/index.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import { session } from '../../src/schemes/session.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { timeLimitedStore } from '../../src/stores/time-limited.ts';
import { type FaultPlan, faultyStore, type StoreVerb } from '../../src/testing/index.ts';
import { jwtRevocations } from '../../src/tokens/jwt-revocations.ts';
import { opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { CLAIMS, claiming, formatOf, ISSUER } from '../support/raw-jws.ts';

const START = 1_800_000_000;

/** What is asked in the name of a library that stands before a failing store: a page, or something behind one. */
type Act = () => Promise<unknown>;

/** An application before a store that fails as told, by a clock that is moved by hand. */
interface Application {
  readonly plan: FaultPlan;
  readonly clock: { now: number };
  /** Asks for a page with good credentials. */
  visit(more?: Partial<Context>): Promise<Response>;
  /** All that asks the store, by what and with which verbs. */
  readonly acts: Readonly<Record<string, readonly [verbs: readonly StoreVerb[], act: Act]>>;
}

/** What takes more than 50 ms is too late. */
function failing(lateBy = 0.2) {
  const [plan, clock]: [FaultPlan, { now: number }] = [{}, { now: START }];
  const store = timeLimitedStore(faultyStore(memoryStore(), plan, { lateBy }), { timeout: 0.05 });
  const at = (more?: Partial<Context>): Context => createContext({ now: clock.now, ...more });
  return { plan, clock, store, at };
}

const bare = new Request('https://app.example/');
const greet = () => new Response('welcome');

async function withSessions(lateBy?: number) {
  const { plan, clock, store, at } = failing(lateBy);
  const people = new Set(['ada']);
  const sessions = session({
    secret: 'not a secret: an example of 32 bytes',
    store,
    load: ({ subject }) => (people.has(subject) ? subject : undefined),
  });
  const issued = await sessions.issue(bare, { subject: 'ada' }, at());
  const asked = (cookie: string) => new Request('https://app.example/', { headers: { cookie } });
  const cookieOf = (from: typeof issued | undefined) => from?.effects[0]?.value.split(';')[0] ?? '';
  const request = asked(cookieOf(issued));
  const visit = (more?: Partial<Context>, shown = request) =>
    protect(sessions, greet, { context: () => ({ now: clock.now, ...more }) })(shown);
  const accepted = { session: issued.session };
  const acts: Application['acts'] = {
    'a visit': [['read'], () => visit()],
    'a visit that renews': [['read', 'touch'], () => visit({ now: clock.now + 86_400 * 6 })],
    'a visit of somebody who has gone': [
      ['read', 'delete'],
      () => {
        people.clear();
        return visit();
      },
    ],
    'sign-in over a session': [['delete', 'epoch', 'create'], () => sessions.issue(request, { subject: 'ada' }, at())],
    'the epoch before a password is checked': [['epoch'], () => sessions.epoch('ada', at())],
    'a rotation': [['read', 'swap'], () => sessions.rotate(accepted, {}, at())],
    'an update': [['read', 'swap'], () => sessions.update(accepted, {}, at())],
    'sign-out': [['delete'], () => sessions.signOut(request, {}, at())],
    'the end of one': [['delete'], () => sessions.revoke('ada', issued.session.id, at())],
    'the end of the others': [['endAll'], () => sessions.revokeOthers(accepted, at())],
    'the end of all': [['endAll'], () => sessions.revokeAll('ada', at())],
    'the list': [['list'], () => sessions.list('ada', {}, at())],
  };
  return { plan, clock, visit, acts, sessions, at, asked, cookieOf, request, accepted };
}

async function withOpaqueTokens(lateBy?: number) {
  const { plan, clock, store, at } = failing(lateBy);
  const tokens = opaqueTokens({ store });
  const { token, record } = await tokens.issue({ subject: 'ada' }, at());
  const visit = (more?: Partial<Context>, shown = token) =>
    protect(bearer({ tokens }), greet, { context: () => ({ now: clock.now, ...more }) })(
      new Request('https://api.example/', { headers: { authorization: `Bearer ${shown}` } }),
    );
  const acts: Application['acts'] = {
    'a visit': [['read'], () => visit()],
    'a new token': [['epoch', 'create'], () => tokens.issue({ subject: 'ada' }, at())],
    'the epoch before a password is checked': [['epoch'], () => tokens.epoch('ada', at())],
    'the end of one': [['delete'], () => tokens.revoke('ada', record.id, at())],
    'the end of one, by itself': [['delete'], () => tokens.revokeToken(token, at())],
    'the end of all': [['endAll'], () => tokens.revokeAll('ada', at())],
    'the list': [['list'], () => tokens.list('ada', {}, at())],
  };
  return { plan, clock, visit, acts, tokens, at };
}

async function withRevocations(lateBy?: number) {
  const { plan, clock, store, at } = failing(lateBy);
  const revocations = jwtRevocations({ store });
  const tokens = formatOf({ revocations });
  const visit = (more?: Partial<Context>) =>
    protect(bearer({ tokens }), greet, { context: () => ({ now: clock.now, ...more }) })(
      new Request('https://api.example/', { headers: { authorization: `Bearer ${claiming({ jti: '1' })}` } }),
    );
  const subject = { iss: ISSUER, sub: 'ada' };
  const acts: Application['acts'] = {
    'a visit': [['read'], () => visit()],
    'the end of one': [['create'], () => revocations.revoke({ ...CLAIMS, jti: '1' }, at())],
    'the first end of all': [['read', 'create'], () => revocations.revokeAll(subject, at())],
    'the second end of all': [
      ['read', 'swap'],
      async () => {
        const { swap, read } = plan;
        delete plan.swap;
        delete plan.read;
        await revocations.revokeAll(subject, at());
        Object.assign(plan, { swap, read });
        clock.now += 10;
        return revocations.revokeAll(subject, at());
      },
    ],
  };
  return { plan, clock, visit, acts, revocations, at };
}

const applications: Readonly<Record<string, (lateBy?: number) => Promise<Application>>> = {
  'session()': withSessions,
  'opaqueTokens()': withOpaqueTokens,
  'jwtRevocations()': withRevocations,
};

const OUTAGES = ['throw', 'reject', 'hang', 'late', 'write-then-reject'] as const;
const isRead = (verb: StoreVerb): boolean => verb === 'read' || verb === 'list' || verb === 'epoch';

/** What becomes of an act: an answer's status and what it carries, or that it failed. */
async function outcomeOf(act: Act): Promise<unknown> {
  try {
    const answer = await act();
    if (!(answer instanceof Response)) return 'done';
    return [answer.status, answer.headers.get('set-cookie'), answer.headers.get('www-authenticate')];
  } catch (error) {
    return error instanceof TypeError ? error : 'failed';
  }
}

for (const [what, create] of Object.entries(applications)) {
  const { acts } = await create();
  describe.each(Object.entries(acts).map(([name, [verbs]]) => [name, verbs] as const))(`${what}: %s`, (name, verbs) => {
    const run = (app: Application) => outcomeOf((app.acts[name] as (typeof acts)[string])[1]);

    it('is well while the store is, also where that is slow', async () => {
      const [well, slow] = [await create(), await create(0.001)];
      for (const verb of verbs) Object.assign(slow.plan, { [verb]: 'late' });
      const outcome = await run(well);
      expect(outcome === 'done' || Array.isArray(outcome)).toBe(true);
      expect(outcome).not.toContain(503);
      expect(await run(slow)).toEqual(outcome);
    });

    for (const verb of verbs) {
      it.each(OUTAGES.filter((fault) => fault !== 'write-then-reject' || !isRead(verb)))(
        `${verb} that is told to %s: a failure, which is a 503 in a request; never a 401, never let in`,
        async (fault) => {
          const app = await create();
          Object.assign(app.plan, { [verb]: fault });
          // No cookie is cleared, and no challenge asks anybody to sign in anew.
          expect(await run(app)).toEqual(name.includes('visit') ? [503, null, null] : 'failed');
        },
      );
    }
  });

  it(`${what}: an outage ends nothing: the same credentials are good again after it`, async () => {
    const app = await create();
    for (const fault of ['throw', 'reject', 'hang', 'late'] as const) {
      app.plan.read = fault;
      expect((await app.visit()).status).toBe(503);
      delete app.plan.read;
      expect((await app.visit()).status).toBe(200);
    }
  });
}

describe('a write that is lost, and acknowledged', () => {
  it('create: the cookie and the token that were handed out open nothing', async () => {
    const app = await withSessions();
    app.plan.create = 'lose';
    const issued = await app.sessions.issue(bare, { subject: 'ada' }, app.at());
    expect((await app.visit({}, app.asked(app.cookieOf(issued)))).status).toBe(401);

    const api = await withOpaqueTokens();
    api.plan.create = 'lose';
    const { token } = await api.tokens.issue({ subject: 'ada' }, api.at());
    expect((await api.visit({}, token)).status).toBe(401);
  });

  it('swap: the new cookie opens nothing, and the old one what it did', async () => {
    const app = await withSessions();
    app.plan.swap = 'lose';
    const rotated = await app.sessions.rotate(app.accepted, {}, app.at());
    expect((await app.visit({}, app.asked(app.cookieOf(rotated)))).status).toBe(401);
    expect((await app.visit()).status).toBe(200);
  });

  it('touch: the session ends when it would have ended without', async () => {
    const app = await withSessions();
    const { expiresAt } = app.accepted.session;
    app.plan.touch = 'lose';
    expect((await app.visit({ now: expiresAt - 1 })).status).toBe(200);
    expect((await app.visit({ now: expiresAt })).status).toBe(401);
  });
});

describe('a write that took place, and whose answer was lost', () => {
  it('is a failure to whoever asked, and counts: what was to end has ended', async () => {
    for (const name of ['sign-out', 'the end of one', 'the end of all', 'a rotation']) {
      const app = await withSessions();
      Object.assign(app.plan, {
        delete: 'write-then-reject',
        endAll: 'write-then-reject',
        swap: 'write-then-reject',
      } satisfies FaultPlan);
      expect(await outcomeOf((app.acts[name] as (typeof app.acts)[string])[1])).toBe('failed');
      expect((await app.visit()).status).toBe(401);
    }
  });

  it('create: nobody has the cookie, and its session is in the list, to be ended', async () => {
    const app = await withSessions();
    app.plan.create = 'write-then-reject';
    await expect(app.sessions.issue(bare, { subject: 'ada' }, app.at())).rejects.toThrow('the store failed');
    expect((await app.sessions.list('ada', {}, app.at())).sessions).toHaveLength(2);
    await app.sessions.revokeOthers(app.accepted, app.at());
    expect((await app.sessions.list('ada', {}, app.at())).sessions).toHaveLength(1);
  });
});

describe('a read that is stale, though it was asked to be fresh', () => {
  it('epoch: who signs in meanwhile with an epoch from before is not let in', async () => {
    const app = await withSessions();
    await app.sessions.epoch('ada', app.at());
    app.plan.epoch = 'stale';
    await app.sessions.revokeAll('ada', app.at());
    const issued = await app.sessions.issue(bare, { subject: 'ada' }, app.at());
    expect((await app.visit({}, app.asked(app.cookieOf(issued)))).status).toBe(401);
  });

  it('read: a rotation by what is no longer so fails, and ends with one session', async () => {
    const app = await withSessions();
    expect((await app.visit()).status).toBe(200);
    await app.sessions.update(app.accepted, { label: 'phone' }, app.at());
    app.plan.read = 'stale';
    await expect(app.sessions.rotate(app.accepted, {}, app.at())).rejects.toThrow('taken');
    expect((await app.sessions.list('ada', {}, app.at())).sessions).toHaveLength(1);
  });

  it('read: of one that moved or ended, a rotation fails, and brings nothing back', async () => {
    const app = await withSessions();
    expect((await app.visit()).status).toBe(200);
    app.plan.read = 'stale';
    await app.sessions.signOut(app.request, {}, app.at());
    await expect(app.sessions.rotate(app.accepted, {}, app.at())).rejects.toThrow('taken');
    expect((await app.sessions.list('ada', {}, app.at())).sessions).toEqual([]);
    delete app.plan.read;
    expect((await app.visit()).status).toBe(401);
  });

  it('read: whoever takes all back is told that it failed, and what was taken back stays so', async () => {
    const app = await withRevocations();
    await app.revocations.revokeAll({ iss: ISSUER, sub: 'ada' }, app.at());
    app.plan.read = 'stale';
    app.clock.now += 10;
    await expect(app.revocations.revokeAll({ iss: ISSUER, sub: 'ada' }, app.at())).rejects.toThrow('taken');
    delete app.plan.read;
    expect((await app.visit()).status).toBe(401);
  });
});

describe('a clock that jumps', () => {
  it('ahead: what has expired by it is a 401, and good again when the clock is: nothing is deleted for it', async () => {
    for (const create of [withSessions, withOpaqueTokens]) {
      const app = await create();
      app.clock.now += 100 * 86_400;
      expect((await app.visit()).status).toBe(401);
      app.clock.now = START;
      expect((await app.visit()).status).toBe(200);
    }
  });

  it('back: what has ended stays so, and no life grows', async () => {
    const app = await withSessions();
    const { expiresAt, id } = app.accepted.session;
    app.clock.now -= 365 * 86_400;
    expect((await app.visit()).status).toBe(200);
    app.clock.now = START;
    const [own] = (await app.sessions.list('ada', {}, app.at())).sessions;
    expect(own).toMatchObject({ id, usedAt: START, expiresAt });
    await app.sessions.signOut(app.request, {}, app.at());
    for (const now of [START - 365 * 86_400, START - 1, START]) expect((await app.visit({ now })).status).toBe(401);
  });

  it('back, after all was taken back: the tokens of then stay so', async () => {
    const app = await withRevocations();
    await app.revocations.revokeAll({ iss: ISSUER, sub: 'ada' }, app.at());
    for (const now of [START - 200, START, START + 1]) expect((await app.visit({ now })).status).toBe(401);
  });
});
