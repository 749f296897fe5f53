/** examples/next, as a person and a program use it: built and started by Next, in Chromium. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureDist } from '../../scripts/ensure-dist.mjs';
import { createContext } from '../../src/index.ts';
import { sealedSession } from '../../src/schemes/sealed-session.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { type Complaints, launchChromium, openPage } from '../browser/launch-chromium.ts';
import { buildNext, EXAMPLE, type RunningNext, startNext } from './run-next.ts';

const SECRET = 'a secret of the tests, of 32 bytes or more';
const SESSION = '__Host-Http-session';
const PASSWORD = 'correct horse battery staple';
const DAY = 86_400;

let folder: string;
let running: RunningNext;
let browser: Browser;
/** By this name browsers take `Secure` cookies without TLS. */
let app: string;

beforeAll(async () => {
  await ensureDist();
  folder = await mkdtemp(join(tmpdir(), 'countersign-next-'));
  // Nothing is needed to build it: no secret, no database.
  await buildNext(EXAMPLE);
  running = await startNext(EXAMPLE, { SECRET, DATABASE_URL: `file:${join(folder, 'acme.db')}` });
  app = `http://localhost:${running.port}`;
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await running?.close();
  await rm(folder, { recursive: true, force: true });
});

let context: BrowserContext;
let page: Page;
let complaints: Complaints;
beforeEach(async () => {
  context = await browser.newContext();
  ({ page, complaints } = await openPage(context));
});
afterEach(() => context.close());

const shows = (heading: string): Promise<void> => page.getByRole('heading', { name: heading, exact: true }).waitFor();
const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const sessionOf = async (): Promise<string | undefined> =>
  (await context.cookies()).find(({ name }) => name === SESSION)?.value;

async function signIn(password = PASSWORD): Promise<void> {
  await page.goto(`${app}/sign-in`);
  await page.getByLabel('Email').fill('Ada@acme.example');
  await page.getByLabel('Password').fill(password);
  await press('Sign in');
}

/** A session's cookie as the example made it so long ago. */
async function sessionMade(secondsAgo: number): Promise<string> {
  const sessions = sealedSession({
    secret: createHash('sha256').update(`sessions ${SECRET}`).digest('base64'),
    store: memoryStore(),
    load: () => undefined,
  });
  const then = createContext({ now: Date.now() / 1000 - secondsAgo });
  const { effects } = await sessions.issue(new Request('https://app.example/'), { subject: 'u1' }, then);
  return effects[0]?.value.split(';')[0]?.slice(SESSION.length + 1) ?? '';
}

const ask = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}): Promise<Response> =>
  fetch(app + path, { redirect: 'manual', headers, ...init });
/** `fetch` would tidy the path up. */
async function askAsWritten(path: string, cookie: string): Promise<{ body: string; setCookie: readonly string[] }> {
  const [response] = await once(get({ host: '127.0.0.1', port: running.port, path, headers: { cookie } }), 'response');
  return { body: await text(response), setCookie: response.headers['set-cookie'] ?? [] };
}
const nameShown = async (): Promise<string | undefined> => {
  const html = await (await ask('/account', { cookie: `${SESSION}=${await sessionMade(0)}` })).text();
  return /name="name" value="([^"]*)"/.exec(html)?.[1];
};

describe('the example', () => {
  it('signs in and out; in between the account is shown, and to nobody else', async () => {
    await page.goto(`${app}/account`);
    await shows('Sign in');
    await signIn('incorrect horse');
    await page.getByText('That is no account of ours').waitFor();
    expect(await sessionOf()).toBeUndefined();
    await signIn();
    await shows('Hello, Ada');
    const session = await sessionOf();
    await press('Sign out');
    await shows('Sign in');
    expect(await sessionOf()).toBeUndefined();
    await page.goto(`${app}/account`);
    await shows('Sign in');
    expect((await ask('/account', { cookie: `${SESSION}=${session}` })).headers.get('location')).toBe('/sign-in');
    expect(complaints.list).toEqual([]);
  });

  it('renews a session, and the page sees the renewed one in the same request', async () => {
    await signIn();
    const old = await sessionMade(4 * DAY);
    const cookie = (await context.cookies()).find(({ name }) => name === SESSION);
    if (cookie) await context.addCookies([{ ...cookie, value: old }]);
    expect(await sessionOf()).toBe(old);
    const before = Math.floor(Date.now() / 1000);
    await page.goto(`${app}/account`);
    await shows('Hello, Ada');
    expect(await sessionOf()).not.toBe(old);
    expect(Date.parse(await page.locator('time').innerText()) / 1000).toBeGreaterThanOrEqual(before);
  });

  it('changes a name by an action', async () => {
    await signIn();
    for (const name of ['Ada Lovelace', 'Ada']) {
      await page.getByLabel('Name').fill(name);
      await press('Rename');
      await shows(`Hello, ${name}`);
    }
    expect(complaints.list).toEqual([]);
  });

  it.each([
    ['Make a key', 'api-key', (made: string) => ({ 'x-api-key': made })],
    ['Make a token', 'bearer', (made: string) => ({ authorization: `Bearer ${made}` })],
  ])('"%s" makes what the API takes as %s', async (button, scheme, headersOf) => {
    await signIn();
    await press(button);
    const output = page.locator('output:not(:empty)');
    const response = await ask('/api/me', headersOf(await output.innerText()));
    expect([response.status, await response.json()]).toEqual([200, { subject: 'u1', scheme }]);
    expect((await ask('/api/me', headersOf('acme_forged'))).status).toBe(401);
    expect((await ask('/api/me', { cookie: `${SESSION}=${await sessionOf()}` })).status).toBe(401);
  });

  it.each([
    ['/account', true],
    ['/account?_rsc=1', true],
    ['/x/../account', true],
    ['/_next/static/../../account', true],
    ['/api/%2e%2e/account', true],
    ['//account', false],
    ['/account/', false],
    ['/api//../account', false],
    ['/%61ccount', false],
    ['/ACCOUNT', false],
    ['/account;a', false],
    ['/account%2f', false],
    ['/auth/..%2faccount', false],
    ['/account.rsc', false],
    ['/_next/data/x/account.json', false],
  ])('%s is the page: %s, and the proxy is in front of it', async (path, isPage) => {
    const { body, setCookie } = await askAsWritten(path, `${SESSION}=${await sessionMade(4 * DAY)}`);
    expect(body.includes('Hello, ')).toBe(isPage);
    if (isPage) expect(setCookie).toHaveLength(1);
  });

  it('headers that Next speaks to itself by do nothing', async () => {
    const internal = {
      'x-middleware-subrequest': Array.from({ length: 9 }, () => 'proxy:src/proxy:middleware').join(':'),
      'x-middleware-next': '1',
      'x-middleware-set-cookie': `${SESSION}=${await sessionMade(0)}`,
      'x-middleware-override-headers': 'cookie',
      'x-middleware-request-cookie': `${SESSION}=${await sessionMade(0)}`,
      'x-countersign-subject': 'u1',
    };
    const nobody = await ask('/account', internal);
    expect([nobody.status, nobody.headers.get('location')]).toEqual([307, '/sign-in']);
    const somebody = await ask('/account', { ...internal, cookie: `${SESSION}=${await sessionMade(4 * DAY)}` });
    expect(somebody.headers.getSetCookie()).toHaveLength(1);
  });
});

describe('its actions, posted without its pages', () => {
  /** The name of "Rename", as the page has it. */
  async function idOfRename(): Promise<string> {
    const html = await (await ask('/account', { cookie: `${SESSION}=${await sessionMade(0)}` })).text();
    return /name="\$ACTION_ID_([^"]+)"/.exec(html)?.[1] ?? '';
  }

  /** As a form without JavaScript. */
  async function rename(path: string, headers: Record<string, string>): Promise<Response> {
    const body = new FormData();
    body.set(`$ACTION_ID_${await idOfRename()}`, '');
    body.set('name', 'Eve');
    return ask(path, headers, { method: 'POST', body });
  }

  it.each(['/account', '/', '/sign-in'])('do nothing for nobody, at %s', async (path) => {
    await rename(path, {});
    expect(await nameShown()).toBe('Ada');
  });

  it.each(['/account', '/', '/sign-in', '/nothing'])('answer for themselves, at %s', async (path) => {
    // Next runs them wherever they are posted: no matcher of a page's path is in front of its actions.
    const headers = { 'next-action': await idOfRename(), 'content-type': 'text/plain' };
    const response = await ask(path, headers, { method: 'POST', body: '[]' });
    expect(response.headers.get('x-action-redirect')).toBe('/sign-in;push');
  });

  it.each([
    ['the browser says so', { 'sec-fetch-site': 'cross-site' }],
    ['the page is of a sibling', { 'sec-fetch-site': 'same-site' }],
    ['the origin is another', { origin: 'https://elsewhere.example' }],
  ])('do nothing for another site: %s', async (_how, headers) => {
    await rename('/account', { ...headers, cookie: `${SESSION}=${await sessionMade(0)}` });
    expect(await nameShown()).toBe('Ada');
  });

  it('do something for whoever is signed in', async () => {
    await rename('/account', { cookie: `${SESSION}=${await sessionMade(0)}` });
    expect(await nameShown()).toBe('Eve');
  });
});
