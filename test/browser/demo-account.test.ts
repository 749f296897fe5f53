/** An account of one's own in the demo, with a second factor, as Chromium shows it without JavaScript. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { totp } from '../../src/passwords/totp.ts';
import { createContext } from '../../src/runtime.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { demoInChromium } from './demo-in-chromium.ts';
import { type Complaints, openPage } from './launch-chromium.ts';

const PASSWORD = 'battery staple';

const demo = demoInChromium();
let context: BrowserContext;
let page: Page;
let complaints: Complaints;

beforeEach(async () => {
  context = await demo.newContext({ javaScriptEnabled: false });
  ({ page, complaints } = await openPage(context));
});
afterEach(async () => {
  expect(complaints.list).toEqual([]);
  await context.close();
});

const titleOf = (): Promise<string> => page.locator('h1').innerText();
const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();

async function register(name: string): Promise<void> {
  await page.goto(`${demo.address}register`);
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await press('Register');
}
async function signIn(name: string): Promise<void> {
  await page.goto(`${demo.address}sign-in`);
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await press('Sign in');
}

const telephone = totp({ issuer: 'countersign demo', store: memoryStore() });
const codeOf = (secret: string, later = 0): Promise<string> =>
  telephone.code(secret, createContext({ now: Date.now() / 1000 + later }));

/** @returns The secret, and the recovery codes that the page shows. */
async function switchOn(): Promise<{ readonly secret: string; readonly recovery: readonly string[] }> {
  await page.getByRole('link', { name: 'Switch it on' }).click();
  await press('Set it up');
  const secret = await page.locator('#secret').innerText();
  await page.getByLabel('Code').fill(await codeOf(secret));
  await press('Switch it on');
  return { secret, recovery: await page.locator('#recovery-codes code').allInnerTexts() };
}

describe('registering', () => {
  it('is led to from the form, says what is wrong, keeps the name, and leads to the account', async () => {
    await page.goto(`${demo.address}sign-in`);
    await page.getByRole('link', { name: 'register' }).click();
    await page.getByLabel('User name').fill('Margaret');
    await page.getByLabel('Your name').fill('Margaret <img src=x>');
    await page.getByLabel('Password', { exact: true }).fill('short');
    await press('Register');
    expect(await page.getByRole('alert').innerText()).toBe('A password has 8 characters at least.');
    expect(await page.getByLabel('User name').inputValue()).toBe('Margaret');
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await press('Register');
    expect(await titleOf()).toBe('Your account');
    expect(await page.locator('main').innerText()).toContain('You are Margaret <img src=x>, reader.');
    expect(await page.locator('img').count()).toBe(0);
  });
});

describe('the password', () => {
  it('is changed on the account page, which says what is wrong', async () => {
    await register('frances');
    const change = async (before: string, after: string): Promise<void> => {
      await page.getByLabel('Your password now').fill(before);
      await page.getByLabel('New password').fill(after);
      await press('Change the password');
    };
    await change('not it at all', 'a new password');
    expect(await page.getByRole('alert').innerText()).toBe('That is not your password.');
    await change(PASSWORD, 'short');
    expect(await page.getByRole('alert').innerText()).toContain('8 characters at least');
    await change(PASSWORD, 'a new password');
    expect([await titleOf(), await page.getByRole('alert').count()]).toEqual(['Your account', 0]);
    await page.getByLabel('Confirm your password').fill(PASSWORD);
    await press('Confirm');
    expect(await page.getByRole('alert').innerText()).toBe('That is not your password.');
    await page.getByLabel('Confirm your password').fill('a new password');
    await press('Confirm');
    expect([await titleOf(), await page.getByRole('alert').count()]).toEqual(['Your account', 0]);
  });
});

describe('a second factor', () => {
  it('is switched on, asked for, and replaced by a recovery code; nobody is signed in by the password alone', async () => {
    await register('katherine');
    const { secret, recovery } = await switchOn();
    expect(recovery).toHaveLength(10);
    await context.clearCookies();
    await signIn('katherine');
    expect(await titleOf()).toBe('Your code');
    await page.goto(`${demo.address}account`);
    expect(await titleOf()).toBe('Sign in');
    await page.goto(`${demo.address}sign-in/code`);
    await page.getByLabel('Code').fill('not a code');
    await press('Go on');
    expect(await page.getByRole('alert').innerText()).toContain('That is not the code');
    await page.getByLabel('Code').fill(await codeOf(secret, 30));
    await press('Go on');
    expect(await titleOf()).toBe('Your account');

    await context.clearCookies();
    await signIn('katherine');
    await page.getByLabel('Code').fill(recovery[0] ?? '');
    await press('Go on');
    await page.getByRole('link', { name: 'See to it' }).click();
    expect(await page.locator('main').innerText()).toContain('Recovery codes left: 9.');
  });

  it('keeps what was wanted before: the page after the code is the one that was asked for', async () => {
    await register('dorothy');
    const { secret } = await switchOn();
    await context.clearCookies();
    await page.goto(`${demo.address}keys`);
    await page.getByLabel('User name').fill('dorothy');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await press('Sign in');
    await page.getByLabel('Code').fill(await codeOf(secret, 30));
    await press('Go on');
    expect(page.url()).toBe(`${demo.address}keys`);
  });

  it('shows recovery codes once: neither the way back nor a new look has them', async () => {
    await register('annie');
    const { recovery } = await switchOn();
    await page.getByRole('link', { name: 'I have them' }).click();
    await page.getByRole('link', { name: 'See to it' }).click();
    expect(await page.content()).not.toContain(recovery[0]);
  });
});

it('names everything that can be typed into or pressed, in each page of an account', async () => {
  await register('mary');
  for (const path of ['account', 'account/second-factor', 'register', 'sign-in/code']) {
    await page.goto(`${demo.address}${path}`);
    const fields = page.locator('input:visible');
    for (const field of await fields.all()) {
      expect(await field.getAttribute('id').then((id) => page.locator(`label[for="${id}"]`).count())).toBe(1);
    }
    for (const button of await page.locator('button').all()) expect((await button.innerText()).trim()).not.toBe('');
  }
});

it.each([
  ['a phone', 390],
  ['a small phone', 320],
  ['a desktop', 1280],
])('fits %s', async (_name, width) => {
  await page.setViewportSize({ width, height: 800 });
  const expectFit = async (): Promise<void> => {
    // The style sheet, too.
    await page.waitForLoadState();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  };
  await page.goto(`${demo.address}register`);
  await expectFit();
  await register(`jean-${width}`);
  await expectFit();
  await page.getByRole('link', { name: 'Switch it on' }).click();
  await press('Set it up');
  await expectFit();
  await page.getByLabel('Code').fill(await codeOf(await page.locator('#secret').innerText()));
  await press('Switch it on');
  expect(await titleOf()).toBe('Your recovery codes');
  await expectFit();
});
