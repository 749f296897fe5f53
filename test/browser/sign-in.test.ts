/** Signing in and out, a second factor and a new password, in Chromium: what a person sees, and what is left in the browser. */
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchChromium, openPage } from './launch-chromium.ts';
import { APP, LIFETIME, openSignInApp, PASSWORD, SENTENCES, type SignInApp } from './sign-in-app.ts';
import { type Sites, startSites } from './start-sites.ts';

const SESSION = '__Host-Http-session';
const WAITING = '__Host-Http-sign-in';
const DEVICE = '__Host-Http-device';
const NEW_PASSWORD = 'staple battery horse correct';

let app: SignInApp;
let sites: Sites;
let browser: Browser;
let contexts: BrowserContext[] = [];

beforeAll(async () => {
  sites = await startSites({ fetch: (request) => app.fetch(request) });
  browser = await launchChromium(sites.chromiumArgs);
});
afterAll(async () => {
  await browser?.close();
  sites?.close();
});

beforeEach(async () => {
  app = await openSignInApp();
});
afterEach(async () => {
  for (const context of contexts) await context.close();
  contexts = [];
  app.close();
});

/** A browser that has not been here yet. */
async function openBrowser(chosen = browser) {
  const context = await chosen.newContext();
  contexts.push(context);
  return { ...(await openPage(context)), context };
}

interface Typed {
  readonly name?: string;
  readonly password?: string;
  readonly remember?: boolean;
  readonly by?: string;
}

const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

/** Fills in the form that the page shows, and sends it. */
async function send(page: Page, { name = 'ada', password = PASSWORD, remember = false, by = 'Sign in' }: Typed = {}) {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('Remember me').setChecked(remember);
  await press(page, by);
}

async function signIn(page: Page, typed: Typed = {}): Promise<void> {
  await page.goto(`${APP}/sign-in`);
  await send(page, typed);
}

async function signedIn(page: Page, typed: Typed = {}): Promise<void> {
  await signIn(page, typed);
  await shows(page, 'Hello, Ada Lovelace');
}

async function typeCode(page: Page, code: string): Promise<void> {
  await page.getByLabel('Code').fill(code);
  await press(page, 'Go on');
}

/** Waits for a page by its heading. */
const shows = (page: Page, heading: string): Promise<void> =>
  page.getByRole('heading', { name: heading, exact: true }).waitFor();
const says = async (page: Page, sentence: string | undefined): Promise<void> =>
  expect.poll(() => page.getByRole('alert').innerText()).toBe(sentence);

/** @param path Of a private page. */
async function isSignedOut(page: Page, path = '/'): Promise<void> {
  await page.goto(APP + path);
  await shows(page, 'Sign in');
  expect(page.url()).toBe(`${APP}/sign-in?returnTo=${encodeURIComponent(path)}`);
}

const cookiesOf = async (page: Page) => new Map((await page.context().cookies()).map((each) => [each.name, each]));
const namesOf = async (page: Page): Promise<string[]> => [...(await cookiesOf(page)).keys()].sort();

/** What was posted to the application, and what it has answered: `POST /auth/sign-in 303`. */
const posts = (): readonly string[] => app.answered.filter((each) => each.startsWith('POST'));

const WAYS = ['Sign in', 'Sign in by script'];

describe.each(WAYS)('the button "%s"', (by) => {
  it('signs in, and the private page knows whose it is', async () => {
    const { page, complaints } = await openBrowser();
    await isSignedOut(page);
    await send(page, { by });
    await shows(page, 'Hello, Ada Lovelace');
    expect(page.url()).toBe(`${APP}/`);
    const cookies = await cookiesOf(page);
    expect([...cookies.keys()].sort()).toEqual([DEVICE, SESSION]);
    for (const cookie of cookies.values()) {
      expect(cookie).toMatchObject({ domain: 'app.example', path: '/', httpOnly: true, secure: true, sameSite: 'Lax' });
    }
    expect(await page.evaluate(() => document.cookie)).toBe('');
    expect(complaints.list).toEqual([]);
  });

  it.each([
    ['a wrong password', { password: 'incorrect horse' }],
    ['an unknown name', { name: 'nobody' }],
  ])('says the same of %s, and nobody is signed in', async (_title, typed) => {
    const { page } = await openBrowser();
    await signIn(page, { ...typed, by });
    const sentence =
      by === 'Sign in' ? SENTENCES.invalid_credentials : 'That is no account of ours, or not its password.';
    await says(page, sentence);
    expect(await namesOf(page)).toEqual([]);
    await isSignedOut(page);
    // The form is as good as before.
    await send(page, { by });
    await shows(page, 'Hello, Ada Lovelace');
  });

  it('says that there were too many attempts, also to the right password', async () => {
    const { page } = await openBrowser();
    for (let n = 0; n < 5; n++) {
      await signIn(page, { password: `guess ${n}`, by });
      await expect.poll(() => posts().length).toBe(n + 1);
    }
    await signIn(page, { by });
    await page.getByText('Too many attempts. Wait, then try again.').waitFor();
    expect(posts().at(-1)).toBe('POST /auth/sign-in 429');
    expect(await namesOf(page)).toEqual([]);
  });

  it.each([
    [false, -1],
    [true, LIFETIME.absolute],
  ])('remembers: %s', async (remember, lifetime) => {
    const { page } = await openBrowser();
    await signedIn(page, { remember, by });
    const { expires = 0 } = (await cookiesOf(page)).get(SESSION) ?? {};
    expect(expires === -1).toBe(!remember);
    if (remember) expect(Math.abs(expires - Date.now() / 1000 - lifetime)).toBeLessThan(60);
  });

  it.each([
    ['/account?tab=sessions#devices', '/account?tab=sessions#devices'],
    ['//evil.example', '/'],
    ['javascript:document.title="run"', '/'],
  ])('with returnTo %j leads to %s', (returnTo, path) => leads(returnTo, path, by));
});

/** Where a person gets who signs in by a link with a `returnTo`, and that nothing else is asked for on the way. */
async function leads(returnTo: string, path: string, by = 'Sign in'): Promise<void> {
  const { page } = await openBrowser();
  const origins = new Set<string>();
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  await page.goto(`${APP}/sign-in?${new URLSearchParams({ returnTo })}`);
  expect(await page.locator('input[name=returnTo]').inputValue()).toBe(returnTo);
  await send(page, { by });
  await page.waitForURL((url) => url.pathname !== '/sign-in');
  await page.waitForLoadState();
  expect(page.url()).toBe(APP + path);
  // That of the icon, a `data:` URL.
  origins.delete('null');
  expect([...origins]).toEqual([APP]);
  expect(await page.title()).toBe('a page');
}

describe('the field returnTo', () => {
  it.each([
    ['/a/../account', '/account'],
    ['/?next=https://evil.example/', '/?next=https://evil.example/'],
    ['', '/'],
    ['///evil.example', '/'],
    ['/\\evil.example', '/'],
    ['\\\\evil.example', '/'],
    ['/..//evil.example', '/'],
    ['/.//evil.example', '/'],
    ['/%2f/evil.example', '/'],
    ['/%5cevil.example', '/'],
    ['/\uff0fevil.example', '/'],
    ['https://evil.example/', '/'],
    ['https:evil.example', '/'],
    ['http://app.example/', '/'],
    ['https://app.example@evil.example/', '/'],
    ['https://app.example.evil.example/', '/'],
    ['data:text/html,<h1>evil', '/'],
  ])('of %j leads to %s', (returnTo, path) => leads(returnTo, path));

  it('with a tab, which a browser would skip, leads nowhere', async () => {
    const { page } = await openBrowser();
    await page.goto(`${APP}/sign-in?returnTo=/%09/evil.example`);
    await send(page);
    await expect.poll(posts).toEqual(['POST /auth/sign-in 400']);
    expect(new URL(page.url()).origin).toBe(APP);
    expect(await namesOf(page)).toEqual([]);
  });
});

describe('signing in once more', () => {
  it('ends the session from before, wherever its cookie has got to', async () => {
    const { page } = await openBrowser();
    await signedIn(page);
    const { page: stranger, context } = await openBrowser();
    await context.addCookies([(await cookiesOf(page)).get(SESSION) as never]);
    await stranger.goto(APP);
    await shows(stranger, 'Hello, Ada Lovelace');
    await signedIn(page);
    await isSignedOut(stranger);
  });
});

describe('a second factor', () => {
  it.each(WAYS)('is a page of its own after "%s", and nothing is open before', async (by) => {
    const { page, complaints } = await openBrowser();
    await signIn(page, { name: 'cyd', by });
    await shows(page, 'Your code');
    expect(await namesOf(page)).toEqual([DEVICE, WAITING]);
    for (const path of ['/', '/account']) await isSignedOut(page, path);
    const statuses = await page.evaluate(async () => [
      (await fetch('/auth/me')).status,
      (await fetch('/auth/sessions')).status,
    ]);
    expect(statuses).toEqual([401, 401]);

    await page.goto(`${APP}/sign-in/code`);
    await typeCode(page, await app.code());
    await shows(page, 'Hello, Cyd Charisse');
    expect(await namesOf(page)).toEqual([DEVICE, SESSION]);
    const me = await page.evaluate(async () => (await fetch('/auth/me')).json());
    expect(me).toMatchObject({ subject: 'u2', amr: ['pwd', 'otp', 'mfa'] });
    expect(complaints.list).toEqual([]);
  });

  it('may be mistyped, and remembers where to go and for how long', async () => {
    const { page } = await openBrowser();
    await isSignedOut(page, '/account');
    await send(page, { name: 'cyd', remember: true });
    const code = await app.code();
    await typeCode(
      page,
      code.replace(/./g, (digit) => `${(Number(digit) + 1) % 10}`),
    );
    await says(page, SENTENCES.invalid_code);
    expect(await namesOf(page)).toEqual([DEVICE, WAITING]);
    await typeCode(page, `${code.slice(0, 3)} ${code.slice(3)}`);
    await shows(page, 'Your account');
    expect(page.url()).toBe(`${APP}/account`);
    expect((await cookiesOf(page)).get(SESSION)?.expires).toBeGreaterThan(Date.now() / 1000 + 3600);
  });

  it('is also a recovery code, once', async () => {
    const [code = ''] = app.recovery;
    const { page } = await openBrowser();
    await signIn(page, { name: 'cyd' });
    await typeCode(page, code.toLowerCase());
    await shows(page, 'Hello, Cyd Charisse');
    const { page: other } = await openBrowser();
    await signIn(other, { name: 'cyd' });
    await typeCode(other, code);
    await says(other, SENTENCES.invalid_code);
  });

  it('is of no use without the password, nor after the one who typed it took too long', async () => {
    const { page } = await openBrowser();
    await page.goto(`${APP}/sign-in/code`);
    await typeCode(page, await app.code());
    await shows(page, 'Sign in');
    await says(page, SENTENCES.expired);

    await signIn(page, { name: 'cyd' });
    await shows(page, 'Your code');
    app.ahead = 301;
    await typeCode(page, await app.code());
    await shows(page, 'Sign in');
    await says(page, SENTENCES.expired);
    expect(await namesOf(page)).not.toContain(SESSION);
  });
});

describe.each(['Sign out', 'Sign out by script'])('the button "%s"', (by) => {
  it('ends the session here and in the other tab, and in no other browser', async () => {
    const { page, context } = await openBrowser();
    await signedIn(page);
    const { page: tab, complaints } = await openPage(context);
    await tab.goto(`${APP}/account`);
    await shows(tab, 'Your account');
    const { page: elsewhere } = await openBrowser();
    await signedIn(elsewhere);
    const cookie = (await cookiesOf(page)).get(SESSION);

    await press(page, by);
    await shows(page, 'Sign in');
    expect(await namesOf(page)).toEqual([DEVICE]);
    expect(await tab.evaluate(async () => (await fetch('/auth/me')).status)).toBe(401);
    await tab.reload();
    await shows(tab, 'Sign in');
    expect(complaints.list).toEqual([]);
    await elsewhere.reload();
    await shows(elsewhere, 'Hello, Ada Lovelace');
    // Not the cookie alone: whoever has kept it has nothing.
    await context.addCookies([cookie as never]);
    await isSignedOut(page);
  });
});

describe.each([
  ['from the HTTP cache', true],
  ['from memory, as it was (bfcache)', false],
])('"back" brings a page %s', (_title, isCached) => {
  let chosen: Browser;
  beforeAll(async () => {
    // Playwright turns off what every real Chromium has on.
    chosen = isCached
      ? await launchChromium(sites.chromiumArgs)
      : await chromium.launch({
          executablePath: process.env.CHROMIUM_PATH || '/usr/bin/chromium',
          args: ['--no-sandbox', '--disable-gpu', ...sites.chromiumArgs],
          ignoreDefaultArgs: ['--disable-back-forward-cache'],
        });
  });
  afterAll(() => chosen?.close());

  /** `page.goBack` waits for a load, and a page from memory has none. */
  const back = (page: Page): Promise<void> => page.evaluate(() => history.back());
  /** Opens the account, then the home page, as links do. */
  async function openBoth(): Promise<Page> {
    const { page } = await openBrowser(chosen);
    await page.goto(`${APP}/account`);
    await send(page);
    await shows(page, 'Your account');
    await page.goto(APP);
    await shows(page, 'Hello, Ada Lovelace');
    return page;
  }

  it('while the session lasts, without a request', async () => {
    const page = await openBoth();
    await page.evaluate(() =>
      addEventListener('pageshow', ({ persisted }) => sessionStorage.setItem('persisted', `${persisted}`)),
    );
    await page.goto(`${APP}/nowhere`);
    const before = app.answered.length;
    await back(page);
    await shows(page, 'Hello, Ada Lovelace');
    expect(await page.evaluate(() => sessionStorage.getItem('persisted'))).toBe(isCached ? null : 'true');
    if (isCached) expect(app.answered.slice(before)).toEqual([]);
    await back(page);
    await shows(page, 'Your account');
    expect(app.answered.slice(before)).not.toContain('GET /account 200');
  });

  it.each(['Sign out', 'Sign out by script'])('and nothing of it after "%s"; reload leads to the form', async (by) => {
    const page = await openBoth();
    // What is there to be seen when the page is back, before anything else happens.
    await page.evaluate(() =>
      addEventListener('pageshow', () => sessionStorage.setItem('visible', `${document.body.checkVisibility()}`)),
    );
    await press(page, by);
    await shows(page, 'Sign in');
    const before = app.answered.length;
    await back(page);
    await page.waitForURL(`${APP}/sign-in?returnTo=%2F`);
    await shows(page, 'Sign in');
    expect(await page.evaluate(() => sessionStorage.getItem('visible'))).toBe(isCached ? null : 'false');
    expect(app.answered.slice(before)).toContain('GET / 303');
    await page.reload();
    await shows(page, 'Sign in');
    // A page that takes no care itself, and that was left before: `Clear-Site-Data` has removed it.
    await back(page);
    await page.waitForURL(`${APP}/sign-in?returnTo=%2Faccount`);
    await shows(page, 'Sign in');
    expect(app.answered.slice(before)).toContain('GET /account 303');
    expect(await page.getByText('Ada').count()).toBe(0);
  });
});

describe('changing the password', () => {
  async function change(page: Page, present: string): Promise<void> {
    await page.goto(`${APP}/account`);
    await page.getByLabel('Present password').fill(present);
    await page.getByLabel('New password').fill(NEW_PASSWORD);
    await press(page, 'Change');
  }

  it('ends the session of another browser, and keeps its own under another id', async () => {
    const { page: here } = await openBrowser();
    const { page: there } = await openBrowser();
    for (const page of [there, here]) await signedIn(page);
    const before = (await cookiesOf(here)).get(SESSION)?.value;
    await here.goto(`${APP}/account`);
    await here.getByText('in 1 other browsers').waitFor();

    await change(here, PASSWORD);
    await here.getByText('in 0 other browsers').waitFor();
    expect(here.url()).toBe(`${APP}/account`);
    const after = (await cookiesOf(here)).get(SESSION)?.value;
    expect(after).toBeTruthy();
    expect(after).not.toBe(before);
    await here.goto(APP);
    await shows(here, 'Hello, Ada Lovelace');

    await there.reload();
    await shows(there, 'Sign in');
    await send(there);
    await says(there, SENTENCES.invalid_credentials);
    await send(there, { password: NEW_PASSWORD });
    await shows(there, 'Hello, Ada Lovelace');
  });

  it('needs the present one', async () => {
    const { page: here } = await openBrowser();
    const { page: there } = await openBrowser();
    for (const page of [there, here]) await signedIn(page);
    await change(here, 'incorrect horse');
    await says(here, SENTENCES.wrong_password);
    await here.getByText('in 1 other browsers').waitFor();
    await there.reload();
    await shows(there, 'Hello, Ada Lovelace');
    await signedIn(there);
  });
});

describe.each(['https://elsewhere.example', 'https://blog.app.example'])('a page of %s', (origin) => {
  const ADA = { identifier: 'ada', password: PASSWORD };

  /** Opens a tab there, which posts as a form does: in place of the page, or behind its back. */
  async function post(context: BrowserContext, path: string, fields: object, isNavigation: boolean): Promise<void> {
    const { page } = await openPage(context);
    await page.goto(origin);
    const { length } = posts();
    await page.evaluate(
      async ([url, entries, isForm]) => {
        if (!isForm) {
          const body = new URLSearchParams(entries);
          await fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body });
          return;
        }
        const form = document.createElement('form');
        Object.assign(form, { method: 'post', action: url });
        for (const [name, value] of entries) {
          form.append(Object.assign(document.createElement('input'), { name, value }));
        }
        document.body.append(form);
        form.submit();
      },
      [APP + path, Object.entries(fields) as [string, string][], isNavigation] as const,
    );
    await expect.poll(() => posts().slice(length)).toEqual([`POST ${path} 403`]);
    // The answer has arrived, with whatever cookies it has: Chromium shows a page of its own where there is no body.
    if (isNavigation) await expect.poll(() => page.url()).not.toContain(origin);
  }

  it.each([
    ['a form', true],
    ['fetch', false],
  ])('can sign nobody in by %s', async (_title, isNavigation) => {
    const { page, context } = await openBrowser();
    await post(context, '/auth/sign-in', ADA, isNavigation);
    expect(await namesOf(page)).toEqual([]);
    await isSignedOut(page);
  });

  it.each([
    ['a form', true],
    ['fetch', false],
  ])('can sign nobody out, nor in as somebody else, by %s', async (_title, isNavigation) => {
    const { page, context } = await openBrowser();
    await signedIn(page);
    const cookies = await context.cookies();
    await post(context, '/auth/sign-out', { any: 'field' }, isNavigation);
    await post(context, '/auth/sign-in', { ...ADA, identifier: 'cyd' }, isNavigation);
    expect(await context.cookies()).toEqual(cookies);
    await page.reload();
    await shows(page, 'Hello, Ada Lovelace');
  });
});
