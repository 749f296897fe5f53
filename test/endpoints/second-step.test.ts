import { describe, expect, it, vi } from 'vitest';
import type { SecondStep } from '../../src/endpoints/sign-in.ts';
import { signInThrottle } from '../../src/guards/sign-in-throttle.ts';
import { recoveryCodes } from '../../src/passwords/recovery-codes.ts';
import { totp } from '../../src/passwords/totp.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { openDoor, PASSWORD, type Row } from '../support/door.ts';
import { Browser, START, slowStore } from '../support/sessions.ts';

const ADA = { identifier: 'ada@acme.example', password: PASSWORD };

/** A door whose ada has an authenticator app, and recovery codes. */
async function openTwoSteps(more: Partial<SecondStep<Row>> = {}, store = memoryStore()) {
  const codes = totp({ issuer: 'Acme', store });
  const recovery = recoveryCodes({ store });
  const opened = await openDoor(
    {
      secondStep: {
        store,
        isNeeded: ({ secret }) => secret !== undefined,
        verify: async ({ subject, secret = '' }, code, context) =>
          (await codes.verify(secret, code, context)).ok || (await recovery.redeem(subject, code, context)).ok,
        throttle: signInThrottle({ store, name: 'second-step' }),
        ...more,
      },
    },
    'stored',
    store,
  );
  const { secret } = codes.create('ada@acme.example');
  const ada = opened.rows.get('u1') as Row;
  opened.rows.set('u1', { ...ada, secret });
  const codeNow = () => codes.code(secret, opened.clock.context());
  return { ...opened, secret, codeNow, recovery };
}

describe('a second step', () => {
  it('comes after the password, and before it nobody is signed in', async () => {
    const { ask, codeNow, events } = await openTwoSteps();
    const browser = new Browser();
    const first = await ask('/sign-in', { ...ADA, returnTo: '/files' }, { browser });
    expect([first.status, first.body]).toEqual([200, { status: 'second_step' }]);
    expect((await ask('/me', undefined, { browser })).status).toBe(401);
    const second = await ask('/second-step', { code: await codeNow() }, { browser });
    expect([second.status, second.body]).toEqual([200, { status: 'signed_in', returnTo: '/files' }]);
    expect((await ask('/me', undefined, { browser })).body).toMatchObject({
      subject: 'u1',
      amr: ['pwd', 'otp', 'mfa'],
    });
    expect(events.map(({ type, subject }) => [type, subject])).toEqual([
      ['second_step', 'u1'],
      ['signed_in', 'u1'],
    ]);
    expect([...browser.cookies.keys()].some((name) => name.includes('sign-in'))).toBe(false);
  });

  it('by forms, to the pages, with what was remembered', async () => {
    const { ask, codeNow } = await openTwoSteps();
    const browser = new Browser();
    const fields = new URLSearchParams({ ...ADA, returnTo: '/files', remember: 'on' });
    expect((await ask('/sign-in', fields, { browser })).location).toBe('/sign-in/code');
    const wrong = await ask('/second-step', new URLSearchParams({ code: '000000' }), { browser });
    expect(wrong.location).toBe('/sign-in/code?error=invalid_code');
    const right = await ask('/second-step', new URLSearchParams({ code: await codeNow() }), { browser });
    expect(right.location).toBe('/files');
    expect(right.headers.getSetCookie().find((line) => line.includes('session'))).toMatch(/Max-Age=\d{6,}/);
  });

  it('whoever has none is signed in by the password', async () => {
    const { ask, rows } = await openTwoSteps();
    const { secret: _, ...ada } = rows.get('u1') as Row;
    rows.set('u1', ada);
    expect((await ask('/sign-in', ADA)).body).toEqual({ status: 'signed_in' });
  });

  it('a recovery code will do, once', async () => {
    const { ask, recovery, clock } = await openTwoSteps();
    const [code = ''] = await recovery.issue('u1', clock.context());
    const tryIt = async () => {
      const browser = new Browser();
      await ask('/sign-in', ADA, { browser });
      return (await ask('/second-step', { code: code.toLowerCase() }, { browser })).status;
    };
    expect([await tryIt(), await tryIt()]).toEqual([200, 401]);
  });

  it('a code is good once, also for two sign-ins that wait', async () => {
    const { ask, codeNow } = await openTwoSteps();
    const [one, two] = [new Browser(), new Browser()];
    await ask('/sign-in', ADA, { browser: one });
    await ask('/sign-in', ADA, { browser: two });
    const code = await codeNow();
    expect((await ask('/second-step', { code }, { browser: one })).status).toBe(200);
    expect((await ask('/second-step', { code }, { browser: two })).status).toBe(401);
  });

  it('of 50 at once with one sign-in and one code, one gets a session', async () => {
    const { ask, codeNow } = await openTwoSteps(
      { throttle: { begin: async () => ({ allowed: true, succeed: async () => {} }) } },
      slowStore(memoryStore()) as never,
    );
    const browser = new Browser();
    await ask('/sign-in', ADA, { browser });
    const code = await codeNow();
    const cookie = browser.header;
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => ask('/second-step', { code }, { headers: { cookie } })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('the same sign-in is good once, whatever the codes', async () => {
    const { ask, codeNow, clock } = await openTwoSteps();
    const browser = new Browser();
    await ask('/sign-in', ADA, { browser });
    const cookie = browser.header;
    expect((await ask('/second-step', { code: await codeNow() }, { headers: { cookie } })).status).toBe(200);
    clock.now += 60;
    const again = await ask('/second-step', { code: await codeNow() }, { headers: { cookie } });
    expect([again.status, again.body.error]).toEqual([401, 'expired']);
  });

  it('is over in time', async () => {
    const { ask, codeNow, clock } = await openTwoSteps({ expiresIn: 60 });
    const browser = new Browser();
    await ask('/sign-in', ADA, { browser });
    clock.now += 60;
    const late = await ask('/second-step', new URLSearchParams({ code: await codeNow() }), { browser });
    expect(late.location).toBe('/sign-in?error=expired');
  });

  it('guesses are counted by user, however often somebody begins anew', async () => {
    const { ask } = await openTwoSteps();
    const statuses: number[] = [];
    for (let n = 0; n < 8; n++) {
      const browser = new Browser();
      await ask('/sign-in', ADA, { browser, address: `192.0.2.${n}` });
      statuses.push((await ask('/second-step', { code: `00000${n}` }, { browser })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  });

  it('a password that was changed, or everything ended, in between: the session is dead from the start', async () => {
    const { ask, codeNow, sessions, clock } = await openTwoSteps();
    const browser = new Browser();
    await ask('/sign-in', ADA, { browser });
    await sessions.revokeAll('u1', clock.context());
    await ask('/second-step', { code: await codeNow() }, { browser });
    expect((await ask('/me', undefined, { browser })).status).toBe(401);
  });

  it('whoever was suspended or deleted in between stays out', async () => {
    for (const change of [{ disabled: true }, undefined]) {
      const { ask, codeNow, rows } = await openTwoSteps();
      const browser = new Browser();
      await ask('/sign-in', ADA, { browser });
      if (change) rows.set('u1', { ...(rows.get('u1') as Row), ...change });
      else rows.delete('u1');
      expect((await ask('/second-step', { code: await codeNow() }, { browser })).status).toBe(401);
    }
  });

  it.each([
    [{ ok: false }, 401],
    [{ ok: true }, 200],
    [{}, 401],
    ['yes', 401],
    [1, 401],
    [null, 401],
    [undefined, 401],
    [true, 200],
    [false, 401],
  ])('what verify says: %j', async (said, status) => {
    const { ask } = await openTwoSteps({ verify: () => said as never });
    const browser = new Browser();
    await ask('/sign-in', ADA, { browser });
    expect((await ask('/second-step', { code: '123456' }, { browser })).status).toBe(status);
  });

  it('an outage is a 503, and the sign-in goes on waiting', async () => {
    const verify = vi.fn<SecondStep<Row>['verify']>().mockRejectedValueOnce(new Error('down')).mockResolvedValue(true);
    const { ask } = await openTwoSteps({ verify });
    const browser = new Browser();
    await ask('/sign-in', ADA, { browser });
    expect((await ask('/second-step', { code: '123456' }, { browser })).status).toBe(503);
    expect((await ask('/second-step', { code: '123456' }, { browser })).status).toBe(200);
  });

  it('no kind of token is good in another’s place', async () => {
    const { ask, signInAs, store, clock, codeNow, rows } = await openTwoSteps();
    const waiting = new Browser();
    await ask('/sign-in', ADA, { browser: waiting });
    const { secret, ...ada } = rows.get('u1') as Row;
    rows.set('u1', ada);
    const { browser } = await signInAs();
    rows.set('u1', { ...ada, secret: secret as string });
    const opaque = opaqueTokens({ store, prefix: 'signin' });
    const other = opaqueTokens({ store, prefix: 'token' });
    const { token } = await other.issue({ subject: 'u1' }, clock.context());
    const value = (of: Browser, part: string) => [...of.cookies].find(([name]) => name.includes(part))?.[1] ?? '';
    const [session, step] = [value(browser, 'session'), value(waiting, 'sign-in')];
    expect([session, step].every(Boolean)).toBe(true);
    const names = { session: '__Host-Http-session', step: '__Host-Http-sign-in' };
    for (const [name, values] of [
      [names.session, [step, token, session.split('').reverse().join('')]],
      [names.step, [session, token]],
    ] as const) {
      for (const each of values) {
        const headers = { cookie: `${name}=${each}` };
        expect((await ask('/me', undefined, { headers })).status).toBe(401);
        expect((await ask('/second-step', { code: await codeNow() }, { headers })).body.error).toBe('expired');
      }
    }
    // A sign-in that waits is a token of a kind of its own, and no bearer's.
    const api = bearer({ tokens: other });
    const request = new Request('https://api.example/', { headers: { authorization: `Bearer ${step}` } });
    expect((await api.authenticate(request, clock.context())).kind).toBe('rejected');
    expect(typeof (await opaque.verify(step, clock.context()))).toBe('object');
    expect(START).toBe(clock.now);
  });
});
