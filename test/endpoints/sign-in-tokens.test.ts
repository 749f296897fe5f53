import { describe, expect, it } from 'vitest';
import { tokenEndpoints } from '../../src/endpoints/token-endpoints.ts';
import { signInThrottle } from '../../src/guards/sign-in-throttle.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { jwt } from '../../src/tokens/jwt.ts';
import { openDoor, PASSWORD, type Row, WRONG } from '../support/door.ts';
import { AUDIENCE, familiesOf, ISSUER, SIGNING_KEY } from '../support/families.ts';
import { Browser, START } from '../support/sessions.ts';

const ADA = { identifier: 'ada@acme.example', password: PASSWORD };
const verifier = jwt({ issuer: ISSUER, audience: AUDIENCE, keys: SIGNING_KEY });

/** A door that gives browsers a session, and two clients tokens. */
async function openBoth(more: Parameters<typeof openDoor>[0] = {}) {
  const store = memoryStore();
  const families = familiesOf({ store, clients: { spa: { delivery: 'cookie' }, cli: {} } });
  const endpoints = tokenEndpoints({ path: '/oauth', families });
  const tokens = endpoints.forSignIn<Row>((request, user, client) => ({
    scopes: user.subject === 'u1' ? ['read'] : [],
    label: `${client} of ${user.identifier}`,
    device: request.headers.get('user-agent') ?? undefined,
  }));
  const app = await openDoor({ tokens, ...more }, 'stored', store);
  return { ...app, families, endpoints };
}

describe('signing in for tokens', () => {
  it('gives an app its tokens in the body, and no session', async () => {
    const { ask, clock, events, families } = await openBoth();
    const answer = await ask('/sign-in', { ...ADA, client: 'cli' }, { headers: { 'user-agent': 'acme-cli/1' } });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'read',
      refresh_token: expect.stringMatching(/^refresh_1\./),
    });
    expect(answer.headers.getSetCookie().filter((line) => /session|refresh/.test(line))).toEqual([]);
    expect(await verifier.verify(answer.body.access_token, clock.context())).toMatchObject({
      subject: 'u1',
      scopes: ['read'],
      amr: ['pwd'],
      authTime: START,
      principal: { client_id: 'cli' },
    });
    expect((await families.list('u1', {}, clock.context())).families).toMatchObject([
      { client: 'cli', label: 'cli of ada@acme.example', device: 'acme-cli/1' },
    ]);
    expect(events).toEqual([{ type: 'signed_in', at: START, subject: 'u1' }]);
  });

  it('gives a page its refresh token in a cookie, and no session', async () => {
    const { ask } = await openBoth();
    const answer = await ask('/sign-in', { ...ADA, client: 'spa' });
    const names = answer.headers.getSetCookie().map((line) => line.split('=')[0]);
    expect(names).toContain('__Secure-refresh');
    expect(names.filter((name) => name?.includes('session'))).toEqual([]);
    expect(answer.body).not.toHaveProperty('refresh_token');
  });

  it('gives a browser its session, and no tokens', async () => {
    const { ask, families, clock } = await openBoth();
    const browser = new Browser();
    const answer = await ask('/sign-in', ADA, { browser });
    expect(answer.body).toEqual({ status: 'signed_in' });
    expect((await ask('/me', undefined, { browser })).status).toBe(200);
    expect((await families.list('u1', {}, clock.context())).families).toEqual([]);
  });

  it.each<[string, object | URLSearchParams]>([
    ['one that is not configured', { ...ADA, client: 'other' }],
    ['a form', new URLSearchParams({ ...ADA, client: 'cli' })],
    ['a list', { ...ADA, client: ['cli'] }],
  ])('a client that is %s is a 400, before anything is hashed', async (_name, body) => {
    const { ask, counts } = await openBoth();
    const answer = await ask('/sign-in', body);
    expect([answer.status, answer.body]).toEqual([400, expect.objectContaining({ field: 'client' })]);
    expect(counts.verify).toBe(0);
  });

  it('a client where there are no tokens is a 400', async () => {
    const { ask } = await openDoor();
    expect((await ask('/sign-in', { ...ADA, client: 'cli' })).status).toBe(400);
  });

  it('a wrong password is as wrong as for a session', async () => {
    const { ask } = await openBoth();
    const [tokens, session] = [
      await ask('/sign-in', { ...ADA, password: WRONG, client: 'cli' }),
      await ask('/sign-in', { ...ADA, password: WRONG }),
    ];
    expect([tokens.status, tokens.text]).toEqual([session.status, session.text]);
  });

  it('is dead from the start where everything was ended while the password was looked at', async () => {
    const { ask, families, clock, hashing } = await openBoth();
    const { verify } = hashing;
    Object.assign(hashing, {
      async verify(...given: Parameters<typeof verify>) {
        const verified = await verify(...given);
        await families.revokeAll('u1', clock.context());
        return verified;
      },
    });
    const { body } = await ask('/sign-in', { ...ADA, client: 'cli' });
    expect(await families.refresh(body.refresh_token, {}, clock.context())).toEqual({ ok: false, reason: 'revoked' });
  });

  it('goes by the epoch of tokens, not of sessions', async () => {
    const { ask, families, clock, sessions } = await openBoth();
    await families.revokeAll('u1', clock.context());
    const { body } = await ask('/sign-in', { ...ADA, client: 'cli' });
    await sessions.revokeAll('u1', clock.context());
    expect(await families.refresh(body.refresh_token, {}, clock.context())).toMatchObject({ ok: true });
  });

  it('waits for the second step, and gives the tokens then', async () => {
    const store = memoryStore();
    const secondStep = {
      store,
      throttle: signInThrottle({ store, name: 'second-step' }),
      isNeeded: () => true,
      verify: (_user: Row, code: string) => code === '123456',
    };
    const { ask, clock, families } = await openBoth({ secondStep });
    const browser = new Browser();
    const waiting = await ask('/sign-in', { ...ADA, client: 'cli' }, { browser });
    expect(waiting.body).toEqual({ status: 'second_step' });
    expect((await families.list('u1', {}, clock.context())).families).toEqual([]);
    expect((await ask('/second-step', { code: '000000' }, { browser })).status).toBe(401);
    const { body } = await ask('/second-step', { code: '123456' }, { browser });
    expect(await verifier.verify(body.access_token, clock.context())).toMatchObject({ amr: ['pwd', 'otp', 'mfa'] });
    expect(browser.header).not.toContain('session');
  });

  it('gives no session in place of tokens that are no longer configured', async () => {
    const store = memoryStore();
    const secondStep = {
      store,
      throttle: signInThrottle({ store, name: 'second-step' }),
      isNeeded: () => true,
      verify: () => true,
    };
    const browser = new Browser();
    const before = await openBoth({ secondStep });
    await before.ask('/sign-in', { ...ADA, client: 'cli' }, { browser });
    const { ask } = await openDoor({ secondStep }, 'stored', store);
    const answer = await ask('/second-step', { code: '123456' }, { browser });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([503, []]);
  });

  it('refuses tokens without clients, at construction', async () => {
    const tokens = tokenEndpoints({ path: '/oauth', families: familiesOf() }).forSignIn<Row>();
    await expect(openDoor({ tokens })).rejects.toThrow('tokens: what forSignIn() made, of refreshTokens with clients');
  });
});

it('what a session has may depend on whether it is to be remembered', async () => {
  const { ask, sessions, clock } = await openDoor({
    session: (_request, _user, _context, remember) => ({ lifetime: { absolute: remember ? 3_000_000 : 1_000_000 } }),
  });
  for (const remember of [true, false]) await ask('/sign-in', { ...ADA, remember });
  const listed = 'list' in sessions ? sessions : undefined;
  const list = listed as
    | { list(subject: string, page: object, context: object): Promise<{ sessions: { endsAt: number }[] }> }
    | undefined;
  const { sessions: all = [] } = (await list?.list('u1', {}, clock.context())) ?? {};
  expect(all.map(({ endsAt }) => endsAt - START).sort()).toEqual([1_000_000, 3_000_000]);
});
