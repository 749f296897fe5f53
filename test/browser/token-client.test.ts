/** The client of tokens in Chromium: two tabs, a laptop that slept, a network that comes and goes. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TokenClient } from '../../src/client/token-client.ts';
import { launchChromium, openPage } from './launch-chromium.ts';
import { type Sites, startSites } from './start-sites.ts';
import { APP, COOKIE, LEEWAY, LIFETIME, openTokenApp, type TokenApp } from './token-app.ts';

/** What the page has made. */
declare const client: TokenClient;
declare const signIn: () => Promise<void>;
declare const call: (path?: string) => Promise<number>;
declare const calls: (count: number) => Promise<number[]>;

const NIGHT = 9 * 3600;

let app: TokenApp;
let sites: Sites;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  sites = await startSites({
    fetch: (request, server?: Parameters<TokenApp['fetch']>[1]) => app.fetch(request, server),
  });
  browser = await launchChromium(sites.chromiumArgs);
});
afterAll(async () => {
  await browser?.close();
  sites?.close();
});
beforeEach(async () => {
  app = await openTokenApp();
  context = await browser.newContext();
});
afterEach(() => context.close());

async function openTab(): Promise<Page> {
  const { page } = await openPage(context);
  await page.goto(APP);
  await page.waitForFunction(() => 'client' in globalThis);
  return page;
}

/** Two tabs, and a person who has signed in by the first. */
async function openTwo(): Promise<readonly [Page, Page]> {
  const first = await openTab();
  const second = await openTab();
  await first.evaluate(() => signIn());
  await expect.poll(() => second.evaluate(() => client.token())).toBeTruthy();
  return [first, second];
}

const callIn = (page: Page, path?: string): Promise<number> => page.evaluate((to) => call(to), path);
const tenCalls = (page: Page): Promise<number[]> => page.evaluate(() => calls(10));
const statusOf = (page: Page): Promise<string> => page.getByRole('status').innerText();
const cookieOf = async (): Promise<string | undefined> =>
  (await context.cookies(`${APP}/auth`)).find(({ name }) => name === COOKIE)?.value;
const asked = (): number => app.arrivals.filter(({ url }) => url === `${APP}/auth/token`).length;
const expired = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, LIFETIME * 1000));
/** Moves the page's clock, by seconds. */
const moveClock = (page: Page, by: number): Promise<void> =>
  page.evaluate((seconds) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + seconds * 1000;
  }, by);

describe('two tabs with an expired token', () => {
  it('and ten calls each refresh once and have twenty answers, twenty times', { timeout: 120_000 }, async () => {
    const tabs = await openTwo();
    for (let round = 1; round <= 20; round++) {
      await expired();
      const before = asked();
      const statuses = await Promise.all(tabs.map(tenCalls));
      expect(statuses.flat()).toEqual(Array(20).fill(200));
      expect(asked() - before).toBe(1);
    }
    // Each of them found the token before last replaced.
    expect(app.refreshes).toEqual(Array(20).fill('rotated'));
  });

  it('of which one is closed while it refreshes: the other is served', async () => {
    const [first, second] = await openTwo();
    await expired();
    app.delay = 500;
    await first.evaluate(() => {
      call();
    });
    await expect.poll(asked).toBe(1);
    const answer = tenCalls(second);
    await first.close();
    expect(await answer).toEqual(Array(10).fill(200));
  });
});

describe('signing out', () => {
  it('in one tab stops the other, and signing in again lets both go on', async () => {
    const [first, second] = await openTwo();
    expect(await callIn(second)).toBe(200);
    await first.evaluate(() => client.signOut());
    await expect.poll(() => statusOf(second)).toBe('signed out 1');
    expect(await statusOf(first)).toBe('signed out 1');
    expect(await cookieOf()).toBeUndefined();
    const before = asked();
    for (const tab of [first, second]) expect(await callIn(tab)).toBe(401);
    expect(asked()).toBe(before);
    expect(app.arrivals.filter(({ url }) => url.endsWith('/api')).map(({ authorization }) => !!authorization)).toEqual([
      true,
      false,
      false,
    ]);
    const third = await openTab();
    expect(await callIn(third)).toBe(401);

    await third.evaluate(() => signIn());
    for (const tab of [first, second, third]) await expect.poll(() => callIn(tab)).toBe(200);
  });

  it('while the other tab refreshes signs nobody in by the late answer', async () => {
    const [first, second] = await openTwo();
    await expired();
    app.delay = 500;
    const late = callIn(second);
    await expect.poll(asked).toBe(1);
    await first.evaluate(() => client.signOut());
    expect(await late).toBe(401);
    for (const tab of [first, second]) {
      expect(await tab.evaluate(() => client.token())).toBeUndefined();
      expect(await statusOf(tab)).toBe('signed out 1');
      await tab.reload();
      expect(await callIn(tab)).toBe(401);
    }
  });

  it('offline says that the server does not know, and can be done again', async () => {
    const page = await openTab();
    await page.evaluate(() => signIn());
    await context.setOffline(true);
    expect(await page.evaluate(() => client.signOut().catch((error) => error.constructor.name))).toBe('TypeError');
    expect(await statusOf(page)).toBe('signed out 1');
    await context.setOffline(false);
    await page.evaluate(() => client.signOut());
    expect(await cookieOf()).toBeUndefined();
    await page.reload();
    expect(await callIn(page)).toBe(401);
  });
});

describe('a laptop', () => {
  it('that slept for a night goes on', async () => {
    const tabs = await openTwo();
    app.ahead = NIGHT;
    for (const tab of tabs) await moveClock(tab, NIGHT);
    expect((await Promise.all(tabs.map(tenCalls))).flat()).toEqual(Array(20).fill(200));
    expect(app.refreshes).toEqual(['rotated']);
  });

  it('whose clock is set back learns by a 401 that its token is old', async () => {
    const page = await openTab();
    await page.evaluate(() => signIn());
    await moveClock(page, -NIGHT);
    await expired();
    expect(await tenCalls(page)).toEqual(Array(10).fill(200));
    expect(asked()).toBe(1);
  });

  it('that is offline rejects what is called, forgets nothing, and goes on', async () => {
    const [first, second] = await openTwo();
    await expired();
    await context.setOffline(true);
    for (const tab of [first, second]) {
      expect(await tab.evaluate(() => call().catch((error) => error.constructor.name))).toBe('TypeError');
    }
    await context.setOffline(false);
    expect((await Promise.all([first, second].map(tenCalls))).flat()).toEqual(Array(20).fill(200));
    expect(asked()).toBe(1);
    for (const tab of [first, second]) expect(await statusOf(tab)).not.toContain('signed out');
  });

  it('that loses an answer and then sleeps is still signed in, with one successor', async () => {
    const [first, second] = await openTwo();
    app.ahead = 3 * LEEWAY;
    for (const tab of [first, second]) await moveClock(tab, 3 * LEEWAY);
    const before = await cookieOf();
    app.losesAnswers = true;
    expect(await first.evaluate(() => call().catch((error) => error.constructor.name))).toBe('TypeError');
    app.losesAnswers = false;
    expect(await cookieOf()).toBe(before);
    app.ahead = NIGHT;
    for (const tab of [first, second]) await moveClock(tab, NIGHT);
    // Long past the leeway; and it is the other tab that asks.
    expect(await tenCalls(second)).toEqual(Array(10).fill(200));
    expect(await callIn(first)).toBe(200);
    expect(await cookieOf()).not.toBe(before);
    // The browser may have sent it again by itself, over another connection.
    expect(app.refreshes[0]).toBe('rotated');
    expect(new Set(app.refreshes.slice(1))).toEqual(new Set(['repeated']));
    for (const tab of [first, second]) expect(await statusOf(tab)).not.toContain('signed out');
  });
});

describe('a page', () => {
  it('that is loaded anew is signed in by the cookie, of which scripts know nothing', async () => {
    const page = await openTab();
    expect(await callIn(page)).toBe(401);
    await page.evaluate(() => signIn());
    await page.reload();
    expect(await callIn(page)).toBe(200);
    expect(await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length])).toEqual([
      '',
      0,
      0,
    ]);
  });

  it('that is left while it refreshes gets the new cookie all the same', async () => {
    const page = await openTab();
    await page.evaluate(() => signIn());
    app.ahead = 3 * LEEWAY;
    await moveClock(page, 3 * LEEWAY);
    const before = await cookieOf();
    app.delay = 500;
    await page.evaluate(() => {
      call();
    });
    await expect.poll(asked).toBe(1);
    await page.goto('https://elsewhere.example/');
    await expect.poll(cookieOf).not.toBe(before);
    expect(app.refreshes).toEqual(['rotated']);
  });

  it('sends its token to no other origin, not even by a redirect', async () => {
    const page = await openTab();
    await page.evaluate(() => signIn());
    expect(await callIn(page, 'https://elsewhere.example/called')).toBe(200);
    expect(await callIn(page, '/leave')).toBe(200);
    expect(app.arrivals.slice(1).map(({ url, authorization }) => [new URL(url).pathname, !!authorization])).toEqual([
      ['/called', false],
      ['/leave', true],
      ['/after-redirect', false],
    ]);
  });
});
