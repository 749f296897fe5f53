import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoInChromium } from './demo-in-chromium.ts';
import { type Complaints, countPasswordPrompts, openPage } from './launch-chromium.ts';

const demo = demoInChromium();

/** What a panel shows of an exchange. */
type Part = 'request' | 'response' | 'principal' | 'event';

/** Presses a button, and returns what the panel shows then. */
async function press(page: Page, panel: string, label: string): Promise<Record<Part, string>> {
  await page.locator(`#${panel}`).getByRole('button', { name: label, exact: true }).click();
  return shown(page, panel);
}

async function shown(page: Page, panel: string): Promise<Record<Part, string>> {
  const exchange = page.locator(`#${panel} .exchange[aria-busy=false]`);
  await exchange.waitFor();
  const text = (part: Part): Promise<string> => exchange.locator(`[data-part=${part}]`).innerText();
  return {
    request: await text('request'),
    response: await text('response'),
    principal: await text('principal'),
    event: await text('event'),
  };
}

const NOBODY = 'None: the handler did not run.';
const ADA = { subject: 'ada', username: 'ada', name: 'ada', role: 'admin' };

describe('the demo, in Chromium', () => {
  let context: BrowserContext;
  let page: Page;
  let complaints: Complaints;
  let prompts: () => number;

  beforeEach(async () => {
    context = await demo.newContext();
    ({ page, complaints } = await openPage(context));
    prompts = await countPasswordPrompts(page);
    await page.goto(demo.address);
  });

  afterEach(() => context.close());

  describe('Basic', () => {
    it('shows the challenge to whoever sends nothing', async () => {
      const { request, response, principal, event } = await press(page, 'basic', 'Send without credentials');
      expect(request).toMatch(/^GET \/basic\/whoami HTTP\/1\.1\n/);
      expect(request).not.toMatch(/authorization/i);
      expect(response).toMatch(/^HTTP\/1\.1 401 Unauthorized\n/);
      expect(response).toContain('www-authenticate: xBasic realm="Staff", charset="UTF-8"');
      expect(principal).toBe(NOBODY);
      expect(JSON.parse(event)).toMatchObject({ type: 'absent', status: 401, reason: 'absent' });
    });

    it('shows the principal to whoever sends the right password', async () => {
      const { request, response, principal, event } = await press(page, 'basic', 'Send');
      expect(request).toContain(`authorization: Basic ${btoa('ada:correct horse')}`);
      expect(request).toContain('sec-fetch-site: same-origin');
      expect(response).toMatch(/^HTTP\/1\.1 200 OK\n/);
      expect(JSON.parse(principal)).toEqual(ADA);
      expect(JSON.parse(event)).toMatchObject({ type: 'accepted', scheme: 'basic', subject: 'ada' });
    });

    it('refuses a wrong password, and shows the reason in the log only', async () => {
      const { response, principal, event } = await press(page, 'basic', 'Send a wrong password');
      expect(response).toMatch(/^HTTP\/1\.1 401 Unauthorized\n/);
      expect(response).toContain('"error":"invalid_credentials"');
      expect(response).not.toMatch(/"invalid"|reason/);
      expect(principal).toBe(NOBODY);
      expect(JSON.parse(event)).toMatchObject({ type: 'rejected', scheme: 'basic', reason: 'invalid' });
    });

    it('refuses malformed credentials', async () => {
      const { response, event } = await press(page, 'basic', 'Send malformed credentials');
      expect(response).toMatch(/^HTTP\/1\.1 401 Unauthorized\n/);
      expect(JSON.parse(event)).toMatchObject({ type: 'rejected', status: 401, reason: 'malformed' });
    });

    it('answers 400 to credentials sent twice', async () => {
      const { response, event } = await press(page, 'basic', 'Send twice');
      expect(response).toMatch(/^HTTP\/1\.1 400 Bad Request\n/);
      expect(JSON.parse(event)).toMatchObject({ type: 'rejected', status: 400, reason: 'malformed' });
    });

    it('takes letters beyond ASCII, a colon in a password, and the Enter key', async () => {
      await page.locator('#basic').getByLabel('User name').fill('josé');
      await page.locator('#basic').getByLabel('Password').fill('mañana: sí');
      await page.keyboard.press('Enter');
      expect(JSON.parse((await shown(page, 'basic')).principal)).toEqual({
        subject: 'josé',
        username: 'josé',
        name: 'josé',
        role: 'reader',
      });
    });

    it('shows what was typed as text', async () => {
      await page.locator('#basic').getByLabel('User name').fill('<img src=x>');
      await press(page, 'basic', 'Send malformed credentials');
      expect(await page.locator('#basic [data-part=request]').innerText()).toContain('Basic <img src=x>:');
      expect(await page.locator('img').count()).toBe(0);
    });

    it('says so where the browser cannot send what was typed', async () => {
      await page.locator('#basic').getByLabel('User name').fill('ада');
      expect((await press(page, 'basic', 'Send malformed credentials')).request).toMatch(/^Not sent/);
    });
  });

  describe('Several schemes', () => {
    it('asks for all of them', async () => {
      const { response } = await press(page, 'several-schemes', 'Send without credentials');
      expect(response).toContain('www-authenticate: xBasic realm="Staff", charset="UTF-8", Robot realm="Robots"');
    });

    it('lets in people and robots', async () => {
      expect((await press(page, 'several-schemes', 'Send as a person')).principal).toContain('"username": "ada"');
      expect((await press(page, 'several-schemes', 'Send as the robot')).principal).toContain('"name": "the robot"');
    });

    it('refuses a wrong key with its own challenge first, and both schemes at once', async () => {
      const wrong = await press(page, 'several-schemes', 'Send a wrong key');
      expect(wrong.response).toContain('www-authenticate: Robot realm="Robots", xBasic');
      expect(JSON.parse(wrong.event)).toMatchObject({ scheme: 'robot', reason: 'invalid' });
      const both = await press(page, 'several-schemes', 'Send both');
      expect(both.response).toMatch(/^HTTP\/1\.1 400 Bad Request\n/);
      expect(JSON.parse(both.event)).toMatchObject({ reason: 'malformed' });
    });
  });

  it('opens no password dialog for the requests of the page, and one for the protected page itself', async () => {
    await pressAll(page);
    expect(prompts()).toBe(0);
    await page.getByRole('link', { name: 'Open the protected page' }).click();
    await page.getByRole('heading', { name: 'Unauthorized' }).waitFor();
    expect(prompts()).toBe(1);
  });

  it('gives the browser nothing to complain of', async () => {
    await pressAll(page);
    expect(complaints.list).toEqual([]);
  });

  it('has a content security policy that Chromium enforces', async () => {
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'document.title = "owned"';
      document.head.append(script);
    });
    expect(await page.title()).toBe('countersign: the demo');
    expect(complaints.list.join()).toMatch(/Content Security Policy/);
  });

  it.each([
    ['a phone', 390],
    ['a small phone', 320],
    ['a desktop', 1280],
  ])('fits %s', async (_name, width) => {
    await page.setViewportSize({ width, height: 800 });
    await pressAll(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  it('brings the response into view on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 700 });
    await press(page, 'basic', 'Send');
    const box = await page.locator('#basic [data-part=response]').boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(700);
  });
});

describe('a person who signed in by the browser’s dialog', () => {
  let context: BrowserContext;
  let page: Page;

  beforeEach(async () => {
    context = await demo.newContext({ httpCredentials: { username: 'ada', password: 'correct horse' } });
    ({ page } = await openPage(context));
    await page.goto(demo.address);
    await page.getByRole('link', { name: 'Open the protected page' }).click();
    await page.waitForURL('**/basic/whoami');
  });

  afterEach(() => context.close());

  it('sees the protected page', async () => {
    expect(JSON.parse(await page.locator('body').innerText()).principal).toEqual(ADA);
  });

  it('is let in by requests of the page, which send what the browser remembers', async () => {
    await page.goBack();
    const { request, principal } = await press(page, 'basic', 'Send what the browser remembers');
    expect(request).toContain('authorization: (not logged)');
    expect(JSON.parse(principal)).toEqual(ADA);
    expect((await press(page, 'basic', 'Send without credentials')).principal).toBe(NOBODY);
  });

  it('may post from the site itself', async () => {
    const status = await page.evaluate(async () => (await fetch('/basic/whoami', { method: 'POST' })).status);
    expect(status).toBe(200);
  });

  it('is not made to post by another site', async () => {
    await page.goBack();
    await page.locator('#basic').getByRole('link', { name: 'Post to it from another site' }).click();
    await page.waitForURL(`http://localhost:${demo.port}/other-site`);
    const answer = page.waitForResponse(`${demo.address}basic/whoami`);
    await page.getByRole('button', { name: 'Post to /basic/whoami' }).click();
    expect((await answer).status()).toBe(403);
    expect(await page.locator('body').innerText()).toContain('The request came from another site.');

    await page.goto(demo.address);
    const lines = page.locator('#log li');
    await lines.first().waitFor();
    // Chromium did send the password: without it, or with a wrong one, the reason would be another.
    expect(await lines.nth(0).innerText()).toMatch(/^cross_site .*scheme: basic/);
    expect(await lines.nth(1).innerText()).toContain(`origin: http://localhost:${demo.port}`);
    expect(await lines.nth(1).innerText()).toMatch(/sec-fetch-site: cross-site.*authorization: /);
  });
});

/** Presses every button of every panel once. */
async function pressAll(page: Page): Promise<void> {
  const buttons = await page.locator('form button').all();
  expect(buttons.length).toBeGreaterThan(10);
  for (const button of buttons) {
    await button.click();
    await page.locator('.exchange[aria-busy=true]').waitFor({ state: 'detached' });
  }
}
