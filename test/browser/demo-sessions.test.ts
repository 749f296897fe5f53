/** Signing in, and what a person can do about their sessions, in the demo as Chromium shows it, without JavaScript. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { demoInChromium } from './demo-in-chromium.ts';
import { openPage } from './launch-chromium.ts';

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

const demo = demoInChromium();
let contexts: BrowserContext[] = [];

afterEach(async () => {
  for (const context of contexts) await context.close();
  contexts = [];
  await endEverything({ identifier: 'ada', password: 'correct horse' });
  await endEverything({ identifier: 'josé', password: 'mañana: sí' });
});

/** Ends what a test has left, as a person would. */
async function endEverything(person: Record<string, string>): Promise<void> {
  const post = (path: string, init: RequestInit): Promise<Response> =>
    fetch(`${demo.address}${path}`, { method: 'POST', redirect: 'manual', ...init });
  const { headers } = await post('auth/sign-in', { body: new URLSearchParams(person) });
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
  expect((await post('account/end-all', { headers: { cookie } })).status).toBe(303);
}

/** A browser of its own, without JavaScript unless a test is about it. */
async function openBrowser({ javaScriptEnabled = false, ...options }: Parameters<typeof demo.newContext>[0] = {}) {
  const context = await demo.newContext({ javaScriptEnabled, ...options });
  contexts.push(context);
  return openPage(context);
}

async function signIn(page: Page, { username = 'ada', password = 'correct horse', remember = false } = {}) {
  await page.goto(`${demo.address}sign-in`);
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Remember me').setChecked(remember);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The device's cookie stays when a session ends: it opens nothing. */
const sessionCookies = async (page: Page) =>
  (await page.context().cookies()).filter(({ name }) => name.endsWith('session'));
const titleOf = (page: Page): Promise<string> => page.locator('h1').innerText();
const devicesOn = (page: Page): Promise<string[]> => page.locator('.sessions strong').allInnerTexts();

/** A person signed in here and in another browser. */
async function signInTwice(): Promise<{ here: Page; there: Page }> {
  const { page: there } = await openBrowser({ userAgent: FIREFOX });
  await signIn(there);
  const { page: here } = await openBrowser();
  await signIn(here);
  return { here, there };
}

describe('signing in', () => {
  it('leads from the page that needs a session to the form, and through it to that page', async () => {
    const { page, complaints } = await openBrowser();
    await page.goto(demo.address);
    await page.getByRole('link', { name: 'Open your account' }).click();
    expect(await titleOf(page)).toBe('Sign in');

    await signIn(page);
    expect(page.url()).toBe(`${demo.address}account`);
    expect(await page.locator('main').innerText()).toContain('You are ada, admin.');
    expect(complaints.list).toEqual([]);

    // Who is signed in has no use for the form.
    await page.goto(`${demo.address}sign-in`);
    expect(await titleOf(page)).toBe('Your account');
  });

  it('takes letters beyond ASCII', async () => {
    const { page } = await openBrowser();
    await signIn(page, { username: 'josé', password: 'mañana: sí' });
    expect(await page.locator('main').innerText()).toContain('You are josé, reader.');
  });

  it('says that a password is wrong, that a name can be nobody’s, and signs nobody in', async () => {
    const { page, complaints } = await openBrowser();
    await signIn(page, { password: 'wrong horse' });
    expect(await page.getByRole('alert').innerText()).toBe('That name and password don’t go together.');
    expect(await titleOf(page)).toBe('Sign in');
    await signIn(page, { username: '"><img src=x>' });
    expect(await page.getByRole('alert').innerText()).toContain('not one that anybody could have');
    expect(await page.locator('img').count()).toBe(0);
    expect(complaints.list).toEqual([]);
    await page.goto(`${demo.address}account`);
    expect(await titleOf(page)).toBe('Sign in');
  });

  it.each([
    [false, -1, 'until you close the browser, 30 days at most'],
    [true, 30 * 86_400, 'for 30 days at most'],
  ])('remembers: %s', async (remember, lifetime, sentence) => {
    const { page } = await openBrowser();
    await signIn(page, { remember });
    expect(await page.locator('main').innerText()).toContain(sentence);
    const [cookie] = await sessionCookies(page);
    expect(cookie).toMatchObject({ name: '__Host-Http-session', httpOnly: true, secure: true, sameSite: 'Lax' });
    const left = cookie && cookie.expires > 0 ? cookie.expires - Date.now() / 1000 : -1;
    expect(Math.abs(left - lifetime)).toBeLessThan(60);
  });

  it('is refused to another site, which would sign a person in as somebody else', async () => {
    const { page } = await openBrowser();
    await page.goto(`http://localhost:${demo.port}/other-site`);
    await page.getByRole('button', { name: 'Post to /auth/sign-in' }).click();
    expect(await page.locator('body').innerText()).toContain('The request came from another site.');
    expect(await page.context().cookies()).toEqual([]);
  });

  it('is no use to another site: the browser keeps the cookie back from what it posts', async () => {
    const { page } = await openBrowser();
    await signIn(page);
    await page.goto(`http://localhost:${demo.port}/other-site`);
    const answer = page.waitForResponse(`${demo.address}sessions/whoami`);
    await page.getByRole('button', { name: 'Post to /sessions/whoami' }).click();
    expect((await answer).status()).toBe(401);
  });
});

describe('the list of sessions', () => {
  it('shows each with its device and times, and marks the present one', async () => {
    const { here } = await signInTwice();
    expect(await devicesOn(here)).toHaveLength(2);
    const present = here.getByRole('listitem').filter({ hasText: 'This one' });
    expect(await present.innerText()).toMatch(/^Chrome on Linux This one\s+Signed in just now · Last seen just now/);
    const other = here.getByRole('listitem').filter({ hasText: 'Firefox on Windows' });
    expect(await other.innerText()).not.toContain('This one');
    const times = await other.locator('time').evaluateAll((all) => all.map((each) => each.getAttribute('datetime')));
    expect(times).toHaveLength(2);
    for (const time of times) expect(Math.abs(Date.parse(time as string) - Date.now())).toBeLessThan(60_000);
  });

  it('ends one, wherever it is', async () => {
    const { here, there } = await signInTwice();
    await here.getByRole('button', { name: 'End the session of Firefox on Windows' }).click();
    expect(await devicesOn(here)).toEqual(['Chrome on Linux']);
    await there.reload();
    expect(await titleOf(there)).toBe('Sign in');
    await here.reload();
    expect(await titleOf(here)).toBe('Your account');
  });

  it('ends nothing of somebody else’s, whatever the form says', async () => {
    const { here, there } = await signInTwice();
    await there.context().clearCookies();
    await signIn(there, { username: 'josé', password: 'mañana: sí' });
    expect(await devicesOn(there)).toEqual(['Firefox on Windows']);
    const id = await there.locator('input[name=id]').inputValue();

    const field = here.getByRole('listitem').filter({ hasText: 'Firefox on Windows' }).locator('input[name=id]');
    await field.evaluate((input, value) => input.setAttribute('value', value), id);
    await here.getByRole('button', { name: 'End the session of Firefox on Windows' }).click();
    await there.reload();
    expect(await there.locator('main').innerText()).toContain('You are josé');
  });

  it('signs out everywhere else', async () => {
    const { here, there } = await signInTwice();
    await here.getByRole('button', { name: 'Sign out everywhere else' }).click();
    expect(await devicesOn(here)).toEqual(['Chrome on Linux']);
    expect(await here.getByRole('button', { name: 'Sign out everywhere else' }).isDisabled()).toBe(true);
    await there.reload();
    expect(await titleOf(there)).toBe('Sign in');
  });

  it('signs out everywhere', async () => {
    const { here, there } = await signInTwice();
    await here.getByRole('button', { name: 'Sign out everywhere', exact: true }).click();
    for (const page of [here, there]) {
      await page.goto(`${demo.address}account`);
      expect(await titleOf(page)).toBe('Sign in');
    }
    expect(await sessionCookies(here)).toEqual([]);
  });

  it('signs out here, and nowhere else; the way back shows no account', async () => {
    const { here, there } = await signInTwice();
    await here.locator('section', { hasText: 'You are ada' }).getByRole('button', { name: 'Sign out' }).first().click();
    expect(await titleOf(here)).toBe('Sign in');
    expect(await sessionCookies(here)).toEqual([]);
    await here.goBack();
    expect(await titleOf(here)).toBe('Sign in');
    await there.reload();
    expect(await devicesOn(there)).toEqual(['Firefox on Windows']);
  });
});

describe('the panel', () => {
  it('shows the principal of whoever is signed in, and that the cookie is in no log', async () => {
    const { page, complaints } = await openBrowser({ javaScriptEnabled: true });
    await signIn(page);
    const [cookie] = await sessionCookies(page);
    await page.goto(demo.address);
    const panel = page.locator('#sessions');
    await panel.getByRole('button', { name: 'Send what the browser has' }).click();
    await panel.locator('.exchange[aria-busy=false]').waitFor();
    expect(JSON.parse(await panel.locator('[data-part=principal]').innerText())).toEqual({
      subject: 'ada',
      username: 'ada',
      name: 'ada',
      role: 'admin',
    });
    expect(await panel.locator('[data-part=request]').innerText()).toContain('cookie: (not logged)');

    await panel.getByRole('button', { name: 'Send without the cookie' }).click();
    await panel.locator('[data-part=principal]', { hasText: 'None' }).waitFor();
    expect(await panel.locator('[data-part=response]').innerText()).toContain(
      'www-authenticate: Session realm="session"',
    );
    expect(await (await page.request.get(`${demo.address}log`)).text()).not.toContain(cookie?.value);
    expect(complaints.list).toEqual([]);
  });
});

describe.each([
  ['a phone', 390],
  ['a small phone', 320],
  ['a desktop', 1280],
])('on %s', (_name, width) => {
  it('the form and the account fit', async () => {
    const { page } = await openBrowser({ javaScriptEnabled: true, viewport: { width, height: 800 } });
    const widthOf = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
    await page.goto(`${demo.address}sign-in`);
    expect(await widthOf()).toBeLessThanOrEqual(width);
    await signIn(page, { remember: true });
    expect(await titleOf(page)).toBe('Your account');
    expect(await widthOf()).toBeLessThanOrEqual(width);
  });
});
