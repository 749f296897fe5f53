/** Making an account in the demo, and what its owner does with the password, as a program sees it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from './start-demo.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startDemo(0);
}, 20_000);
afterAll(() => demo?.stop());

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${demo.address}${path}`, { redirect: 'manual', ...init });
const post = (path: string, fields: Record<string, string>, cookie = ''): Promise<Response> =>
  ask(path, { method: 'POST', body: new URLSearchParams(fields), headers: { cookie } });
const cookieOf = (response: Response): string => response.headers.get('set-cookie')?.split(';')[0] ?? '';
const whoAmI = async (cookie: string): Promise<Response> => ask('sessions/whoami', { headers: { cookie } });
const statusOf = async (cookie: string): Promise<number> => (await whoAmI(cookie)).status;

const PASSWORD = 'battery staple';
const register = (identifier: string, more: Record<string, string> = {}): Promise<Response> =>
  post('register', { identifier, password: PASSWORD, ...more });
const signIn = (identifier: string, password = PASSWORD): Promise<Response> =>
  post('auth/sign-in', { identifier, password });

describe('registering', () => {
  it('signs its owner in, and lets them in again by any spelling of the name', async () => {
    const response = await register('Grace@Demo.example', { name: 'Grace <i>Hopper</i>' });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/account']);
    const { principal } = (await (await whoAmI(cookieOf(response))).json()) as { principal: Record<string, string> };
    expect(principal).toMatchObject({ username: 'grace@demo.example', name: 'Grace <i>Hopper</i>', role: 'reader' });
    expect(principal).not.toHaveProperty('passwordHash');
    expect((await signIn(' GRACE@demo.EXAMPLE ')).headers.get('location')).toBe('/account');
    const account = await ask('account', { headers: { cookie: cookieOf(response) } });
    expect(await account.text()).toContain('Grace &#60;i&#62;Hopper&#60;/i&#62;');
  });

  it.each([
    ['a name that is taken', { identifier: 'ada' }, 'That user name is taken.'],
    ['another spelling of it', { identifier: 'ＡＤＡ' }, 'That user name is taken.'],
    ['no name', { identifier: '' }, 'Nobody can have that user name'],
    ['a name of markup', { identifier: '<b>eve</b>' }, 'Nobody can have that user name'],
    ['a short password', { password: 'seven77' }, 'A password has 8 characters at least.'],
    ['a password that is too long', { password: 'x'.repeat(1025) }, 'That password is too long.'],
    ['no password', { password: '' }, 'A password has no control characters.'],
    ['a name of two lines', { name: 'a\nb' }, 'A name is one line'],
  ])('is refused with %s, and says why', async (_name, fields, said) => {
    // Another one in each row: after a few failures for one name there is a wait.
    const nobody = `mallory-${said.length}-${Object.values(fields)[0]?.length}`;
    const response = await register(nobody, fields);
    expect(response.status).toBe(400);
    expect(response.headers.has('set-cookie')).toBe(false);
    const page = await response.text();
    expect(page).toContain(`role="alert">${said}`);
    expect(page).not.toContain('<b>eve');
    expect(page).not.toContain(PASSWORD);
    expect((await signIn(nobody)).headers.get('location')).toBe('/sign-in?error=invalid_credentials');
  });

  it('gives a name to one of many who want it at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => register('wanted')));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 400, 400, 400, 400, 400]);
  });

  it('makes tokens and keys possible, of a subject that is not the name', async () => {
    const response = await register('linus');
    const { principal } = await (await whoAmI(cookieOf(response))).json();
    expect(principal.subject).not.toContain('linus');
    const authorization = `Basic ${btoa(`linus:${PASSWORD}`)}`;
    const body = new URLSearchParams({ scope: 'files:read', expires_in: '60' });
    const issued = await ask('tokens/issue-jwt', { method: 'POST', headers: { authorization }, body });
    expect(await issued.json()).toMatchObject({ subject: principal.subject });
  });
});

describe('the password', () => {
  it('is changed: the old one is no good, other sessions end, this one goes on under another id', async () => {
    const here = cookieOf(await register('barbara'));
    const there = cookieOf(await signIn('barbara'));
    const fields = { currentPassword: PASSWORD, newPassword: 'abstract types' };
    const changed = await post('auth/password', fields, here);
    expect([changed.status, changed.headers.get('location')]).toEqual([303, '/account']);
    expect([await statusOf(here), await statusOf(there), await statusOf(cookieOf(changed))]).toEqual([401, 401, 200]);
    expect((await signIn('barbara')).headers.get('location')).toBe('/sign-in?error=invalid_credentials');
    expect((await signIn('barbara', 'abstract types')).headers.get('location')).toBe('/account');
  });

  it.each([
    ['the wrong old one', 'wrong', 'abstract types', 'That is not your password.'],
    ['a short new one', PASSWORD, 'short', 'A password has 8 characters at least.'],
  ])('is not changed with %s, and the account says why', async (_name, currentPassword, newPassword, said) => {
    const cookie = cookieOf(await register(`kathleen-${newPassword.length}`));
    const refused = await post('auth/password', { currentPassword, newPassword }, cookie);
    expect(refused.status).toBe(303);
    const account = await ask((refused.headers.get('location') ?? '').slice(1), { headers: { cookie } });
    expect(await account.text()).toContain(`role="alert">${said}`);
    expect((await signIn(`kathleen-${newPassword.length}`)).headers.get('location')).toBe('/account');
  });
});

describe('signing out everywhere', () => {
  it('ends all sessions, tokens and keys of one person, and nothing of another', async () => {
    const here = cookieOf(await register('radia'));
    const there = cookieOf(await signIn('radia'));
    const other = cookieOf(await signIn('ada', 'correct horse'));
    const authorization = `Basic ${btoa(`radia:${PASSWORD}`)}`;
    const issue = async (kind: string): Promise<string> => {
      const body = new URLSearchParams({ scope: 'files:read', expires_in: '60' });
      return (await (await ask(`tokens/${kind}`, { method: 'POST', headers: { authorization }, body })).json()).token;
    };
    const makeKey = async (cookie: string): Promise<string> => {
      const headers = { cookie, 'content-type': 'application/json' };
      const body = JSON.stringify({ name: 'export', scopes: ['files:read'] });
      return (await (await ask('keys/mine', { method: 'POST', headers, body })).json()).key;
    };
    const [opaque, jwt] = [await issue('issue-opaque'), await issue('issue-jwt')];
    const [key, othersKey] = [await makeKey(here), await makeKey(other)];
    const all = async (): Promise<number[]> => [
      await statusOf(here),
      await statusOf(there),
      (await ask('tokens/files', { headers: { authorization: `Bearer ${opaque}` } })).status,
      (await ask('tokens/files', { headers: { authorization: `Bearer ${jwt}` } })).status,
      (await ask('keys/file', { headers: { 'x-api-key': key } })).status,
    ];
    expect(await all()).toEqual([200, 200, 200, 200, 200]);
    expect((await post('account/end-all', {}, here)).headers.get('location')).toBe('/sign-in');
    expect(await all()).toEqual([401, 401, 401, 401, 401]);
    expect(await statusOf(other)).toBe(200);
    expect((await ask('keys/file', { headers: { 'x-api-key': othersKey } })).status).toBe(200);
  });
});

it('has no password in its log', async () => {
  await register('alan', { password: 'enigma machine' });
  await signIn('alan', 'enigma machinery');
  expect(await (await ask('log')).text()).not.toMatch(/enigma|staple/);
});
