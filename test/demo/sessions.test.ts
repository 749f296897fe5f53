/** The demo's sessions as a program sees them; `test/browser` has what a person sees. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from './start-demo.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo(0);
}, 20_000);
afterAll(() => demo?.stop());

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${demo.address}${path}`, { redirect: 'manual', ...init });
const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> =>
  ask(path, { method: 'POST', body: new URLSearchParams(fields), headers });

const ADA = { identifier: 'ada', password: 'correct horse' };
const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';
const whoAmI = async (cookie: string): Promise<number> =>
  (await ask('sessions/whoami', { headers: { cookie } })).status;

describe('sign-in', () => {
  it('sets a cookie that no script, no cleartext connection and no other site has, and leads on by GET', async () => {
    const response = await post('auth/sign-in', ADA);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/account');
    const [session, device] = response.headers.getSetCookie();
    expect(session).toMatch(/^__Host-Http-session=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
    expect(device).toMatch(/^__Host-Http-device=[\w-]{22}; .*Secure; HttpOnly; SameSite=Lax$/);
    expect(await whoAmI(cookieOf(response))).toBe(200);
  });

  it('ends the session that the browser came with', async () => {
    const before = cookieOf(await post('auth/sign-in', ADA));
    const after = cookieOf(await post('auth/sign-in', ADA, { cookie: before }));
    expect([await whoAmI(before), await whoAmI(after)]).toEqual([401, 200]);
  });

  it.each([
    ['a wrong password', { ...ADA, password: 'wrong' }],
    ['an unknown name', { ...ADA, identifier: 'eve' }],
  ])('is refused with %s, and the form says so', async (_name, fields) => {
    const response = await post('auth/sign-in', fields);
    expect([response.status, response.headers.get('location')]).toEqual([303, '/sign-in?error=invalid_credentials']);
    expect(response.headers.has('set-cookie')).toBe(false);
    const form = await ask('sign-in?error=invalid_credentials');
    expect(await form.text()).toContain('role="alert">That name and password don’t go together.');
  });

  it.each([
    ['no password', new URLSearchParams({ identifier: 'ada' }), 400],
    ['nothing', new URLSearchParams(), 400],
    ['a name that nobody can have', new URLSearchParams({ ...ADA, identifier: '"><img src=x>' }), 400],
    ['what is no form', 'ada', 415],
  ])('is refused with %s: a page for a person, a problem for a program', async (_name, body, status) => {
    const person = await ask('auth/sign-in', { method: 'POST', body, headers: { accept: 'text/html' } });
    expect([person.status, person.headers.get('content-type')]).toEqual([status, 'text/html; charset=utf-8']);
    expect(await person.text()).toContain('role="alert"');
    const program = await ask('auth/sign-in', { method: 'POST', body });
    expect([program.status, program.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  });

  it('makes whoever guesses wait, says how long, and hashes nothing meanwhile', async () => {
    const guess = { identifier: 'nobody-at-all', password: 'a guess' };
    for (let guesses = 0; guesses < 5; guesses++) expect((await post('auth/sign-in', guess)).status).toBe(303);
    const response = await post('auth/sign-in', guess, { accept: 'text/html' });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(await response.text()).toMatch(/role="alert">Too many attempts\..* Come again in \d+ seconds/);
    // Others are not kept waiting, whether from here or elsewhere.
    expect((await post('auth/sign-in', ADA)).headers.get('location')).toBe('/account');
  });

  it('leads on to the page that was wanted, and never to another site', async () => {
    const wanted = await post('auth/sign-in', { ...ADA, returnTo: '/keys' });
    expect(wanted.headers.get('location')).toBe('/keys');
    const elsewhere = await post('auth/sign-in', { ...ADA, returnTo: 'https://elsewhere.example/' });
    expect(elsewhere.headers.get('location')).toBe('/account');
    expect(await (await ask('sign-in?returnTo=//elsewhere.example')).text()).not.toContain('elsewhere');
    expect(await (await ask('sign-in?returnTo=/keys')).text()).toContain('name="returnTo" value="/keys"');
  });

  it('and JSON, for programs', async () => {
    const headers = { 'content-type': 'application/json' };
    const good = await ask('auth/sign-in', { method: 'POST', headers, body: JSON.stringify(ADA) });
    expect([good.status, await good.json()]).toEqual([200, { status: 'signed_in' }]);
    expect(await whoAmI(cookieOf(good))).toBe(200);
  });

  it.each(['auth/sign-in', 'auth/sign-out', 'register'])('and %s are refused to another site', async (path) => {
    const response = await post(path, ADA, { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' });
    expect(response.status).toBe(403);
    expect(response.headers.has('set-cookie')).toBe(false);
  });
});

describe('without a session', () => {
  it('a person is sent to the form, and a program gets a 401 with a challenge', async () => {
    const person = await ask('account', { headers: { accept: 'text/html' } });
    expect([person.status, person.headers.get('location')]).toEqual([303, '/sign-in?returnTo=%2Faccount']);
    const program = await ask('account', { headers: { accept: 'application/json' } });
    expect([program.status, program.headers.get('www-authenticate')]).toEqual([401, 'Session realm="session"']);
  });
});

describe('what changes something', () => {
  it.each([
    'auth/sign-out',
    'auth/sessions/end',
    'auth/sessions/end-others',
    'auth/password',
    'auth/confirm',
    'account/end-all',
    'account/second-factor/begin',
    'account/second-factor/confirm',
    'account/second-factor/recovery-codes',
    'account/second-factor/end',
  ])('%s is no link: a GET of it does nothing', async (path) => {
    const cookie = cookieOf(await post('auth/sign-in', ADA));
    const response = await ask(path, { headers: { cookie } });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await whoAmI(cookie)).toBe(200);
  });
});

describe('the log', () => {
  it('has no password and no cookie', async () => {
    const cookie = cookieOf(await post('auth/sign-in', ADA));
    await whoAmI(cookie);
    const log = await (await ask('log')).text();
    expect(log).toContain('"cookie":"(not logged)"');
    expect(log).not.toContain(cookie.split('=')[1]);
    expect(log).not.toContain('horse');
  });
});
