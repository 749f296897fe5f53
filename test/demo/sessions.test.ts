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

const ADA = { username: 'ada', password: 'correct horse' };
const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';
const whoAmI = async (cookie: string): Promise<number> =>
  (await ask('sessions/whoami', { headers: { cookie } })).status;

describe('sign-in', () => {
  it('sets a cookie that no script, no cleartext connection and no other site has, and leads on by GET', async () => {
    const response = await post('sign-in', ADA);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/account');
    expect(response.headers.get('set-cookie')).toMatch(
      /^__Host-Http-session=[\w-]+; Path=\/; Secure; HttpOnly; SameSite=Lax$/,
    );
    expect(await whoAmI(cookieOf(response))).toBe(200);
  });

  it('ends the session that the browser came with', async () => {
    const before = cookieOf(await post('sign-in', ADA));
    const after = cookieOf(await post('sign-in', ADA, { cookie: before }));
    expect([await whoAmI(before), await whoAmI(after)]).toEqual([401, 200]);
  });

  it.each([
    ['a wrong password', new URLSearchParams({ ...ADA, password: 'wrong' })],
    ['an unknown name', new URLSearchParams({ ...ADA, username: 'eve' })],
    ['no password', new URLSearchParams({ username: 'ada' })],
    ['nothing', new URLSearchParams()],
    ['what is no form', JSON.stringify(ADA)],
  ])('is refused with %s', async (_name, body) => {
    const response = await ask('sign-in', { method: 'POST', body });
    expect(response.status).toBe(403);
    expect(response.headers.has('set-cookie')).toBe(false);
    expect(await response.text()).toContain('That name and password don’t go together.');
  });

  it.each(['sign-in', 'sign-out'])('and %s are refused to another site', async (path) => {
    const response = await post(path, ADA, { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' });
    expect(response.status).toBe(403);
    expect(response.headers.has('set-cookie')).toBe(false);
  });
});

describe('without a session', () => {
  it('a person is sent to the form, and a program gets a 401 with a challenge', async () => {
    const person = await ask('account', { headers: { accept: 'text/html' } });
    expect([person.status, person.headers.get('location')]).toEqual([303, '/sign-in']);
    const program = await ask('account', { headers: { accept: 'application/json' } });
    expect([program.status, program.headers.get('www-authenticate')]).toEqual([401, 'Session realm="session"']);
  });
});

describe('what changes something', () => {
  it.each(['sign-out', 'account/end', 'account/end-others', 'account/end-all'])(
    '%s is no link: a GET of it does nothing',
    async (path) => {
      const cookie = cookieOf(await post('sign-in', ADA));
      const response = await ask(path, { headers: { cookie } });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
      expect(await whoAmI(cookie)).toBe(200);
    },
  );
});

describe('the log', () => {
  it('has no password and no cookie', async () => {
    const cookie = cookieOf(await post('sign-in', ADA));
    await whoAmI(cookie);
    const log = await (await ask('log')).text();
    expect(log).toContain('"cookie":"(not logged)"');
    expect(log).not.toContain(cookie.split('=')[1]);
    expect(log).not.toContain('horse');
  });
});
