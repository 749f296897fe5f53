/** The demo's page of API keys, as Chromium shows it to whoever is signed in. */
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoInChromium } from './demo-in-chromium.ts';
import { type Complaints, openPage } from './launch-chromium.ts';

const demo = demoInChromium();
let context: BrowserContext;
let page: Page;
let complaints: Complaints;

beforeEach(async () => {
  context = await demo.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
  ({ page, complaints } = await openPage(context));
  await page.goto(`${demo.address}keys`);
  await signIn();
  await listed();
});
afterEach(async () => {
  expect(complaints.list).toEqual([]);
  await context.close();
});

async function signIn(): Promise<void> {
  await page.getByLabel('User name').fill('ada');
  await page.getByLabel('Password').fill('correct horse');
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Until the list is there, of some keys or of none. */
const listed = (): Promise<void> => page.locator('#key-list > li, #none:not([hidden])').first().waitFor();
const said = (text: string | RegExp): Promise<void> => page.getByRole('status').filter({ hasText: text }).waitFor();
const issuedKey = (): Promise<string> => page.locator('#issued-key').inputValue();
const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.id ?? '');
const button = (name: string): Locator => page.getByRole('button', { name, exact: true });
const itemOf = (name: string): Locator =>
  page.locator('#key-list > li').filter({ has: page.getByText(name, { exact: true }) });

/** Makes a key as a person would. Each test has a name of its own: keys outlive it. */
async function make(name: string, { writes = false, lifetime = '30 days' } = {}): Promise<string> {
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Good for').selectOption(lifetime);
  await page.getByLabel('files:write').setChecked(writes);
  await button('Make the key').click();
  await said(`Made “${name}”`);
  return issuedKey();
}

/** Opens what can be done to a key. */
async function open(name: string): Promise<Locator> {
  const item = itemOf(name);
  await item.getByText('Change').click();
  return item;
}

/** Presses a button of the section that calls, and returns what it shows then. */
async function call(label: string): Promise<{ response: string; event: string }> {
  const section = page.locator('#keys');
  await section.getByRole('button', { name: label, exact: true }).click();
  await section.locator('.exchange[aria-busy=false]').waitFor();
  const text = (part: string): Promise<string> => section.locator(`[data-part=${part}]`).innerText();
  return { response: await text('response'), event: await text('event') };
}

it('is led to from the demo’s own page, by the form for whoever is not signed in', async () => {
  await context.clearCookies();
  await page.goto(demo.address);
  expect(await page.locator('#keys').getByRole('heading', { level: 2 }).innerText()).toBe('API keys');
  expect((await call('Send without a key')).response).toContain('www-authenticate: ApiKey realm="api"');
  await page.getByRole('link', { name: 'Open your API keys' }).click();
  expect(await page.locator('h1').innerText()).toBe('Sign in');
  await signIn();
  await page.goto(`${demo.address}keys`);
  expect(await page.locator('header').innerText()).toContain('for ada');
});

describe('making a key', () => {
  it('shows it this once, with the focus on it, copies it, and lists it without it', async () => {
    const key = await make('nightly export', { writes: true });
    expect(key).toMatch(/^demo_live_1[0-9A-Za-z]{73}$/);
    expect(await focused()).toBe('issued-key');
    await button('Copy').click();
    await said('Copied.');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);

    const text = await itemOf('nightly export').innerText();
    expect(text).toContain(`demo_live_…${key.slice(-4)}`);
    expect(text).toMatch(/files:read, files:write · Not used yet · Expires in 30 days/);
    await button('I have it').click();
    expect(await page.locator('#issued').isVisible()).toBe(false);
    expect(await focused()).toBe('list-title');
    await page.reload();
    await itemOf('nightly export').waitFor();
    expect(await page.content()).not.toContain(key.slice(-20));
    expect(await page.locator('#issued').isVisible()).toBe(false);
  });

  it('works by the keyboard alone', async () => {
    await page.getByLabel('Name', { exact: true }).focus();
    await page.keyboard.type('by keyboard');
    // Over the lifetime and the first scope to the second.
    for (const key of ['Tab', 'Tab', 'Tab', 'Space', 'Enter']) await page.keyboard.press(key);
    await said('Made “by keyboard”');
    expect(await itemOf('by keyboard').innerText()).toContain('files:read, files:write');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await said('Copied.');
  });

  it('shows a name as text, and says what the server will not have', async () => {
    await make('<img src=x onerror=alert(1)>');
    await itemOf('<img src=x onerror=alert(1)>').waitFor();
    expect(await page.locator('img').count()).toBe(0);
    await page.getByLabel('Good for').evaluate((select: HTMLSelectElement) => {
      const [option] = select.options;
      if (option) option.value = '-1';
      select.selectedIndex = 0;
    });
    await page.getByLabel('Name', { exact: true }).fill('for less than nothing');
    await button('Make the key').click();
    await said('expiresIn: whole seconds');
  });
});

describe('a key in the list', () => {
  it('is renamed', async () => {
    await make('before');
    const item = await open('before');
    await item.getByLabel('New name').fill('after');
    await item.getByRole('button', { name: 'Rename' }).click();
    await said('Renamed to “after”.');
    expect(await itemOf('after').count()).toBe(1);
    expect(await itemOf('before').count()).toBe(0);
  });

  it('is rotated: the new key is shown, and both are good for the overlap', async () => {
    const old = await make('turning');
    const item = await open('turning');
    await item.getByLabel('Keep the old key for').selectOption('A day');
    await item.getByRole('button', { name: 'Rotate' }).click();
    await said('Made a new key in place of “turning”');
    const key = await issuedKey();
    expect(key).not.toBe(old);
    expect((await call('Read the file')).response).toMatch(/^HTTP\/1\.1 200 /);
    await page.getByLabel('API key', { exact: true }).fill(old);
    expect((await call('Read the file')).response).toMatch(/^HTTP\/1\.1 200 /);
    const texts = await itemOf('turning').allInnerTexts();
    expect(texts).toHaveLength(2);
    expect(texts[0]).toMatch(/Good.*Expires in 30 days/s);
    expect(texts[1]).toMatch(/Replaced, still good.*Expires (in 24 hours|tomorrow)/s);
    expect(await itemOf('turning').getByRole('button', { name: 'Rotate' }).count()).toBe(0);
  });

  it('is rotated without an overlap: the old one is over at once', async () => {
    const old = await make('turning at once');
    const item = await open('turning at once');
    await item.getByLabel('Keep the old key for').selectOption('Not at all');
    await item.getByRole('button', { name: 'Rotate' }).click();
    await said('Made a new key');
    await itemOf('turning at once').filter({ hasText: 'Expired' }).waitFor();
    await page.getByLabel('API key', { exact: true }).fill(old);
    const { response, event } = await call('Read the file');
    expect(response).toMatch(/^HTTP\/1\.1 401 /);
    expect(JSON.parse(event)).toMatchObject({ reason: 'expired' });
  });

  it('is revoked: it opens nothing, says so, and keeps the focus', async () => {
    await make('to be ended');
    const item = await open('to be ended');
    await item.getByRole('button', { name: 'Revoke' }).click();
    await said('Revoked “to be ended”');
    expect(await item.innerText()).toMatch(/Revoked.*Revoked (now|\d+ seconds? ago)/s);
    expect(await item.getByText('Change').isVisible()).toBe(false);
    expect(await item.evaluate((element) => element === document.activeElement)).toBe(true);
    const { response, event } = await call('Read the file');
    expect(response).toMatch(/^HTTP\/1\.1 401 /);
    expect(response).toContain('www-authenticate: ApiKey realm="api", error="invalid_token"');
    expect(JSON.parse(event)).toMatchObject({ type: 'rejected', scheme: 'api-key', reason: 'revoked' });
  });

  it('shows its use, and its end, as they come', async () => {
    await make('soon over', { lifetime: '30 seconds' });
    const item = itemOf('soon over');
    expect(await item.innerText()).toMatch(/Expires in (30|29) seconds/);
    // What was typed into it is there still when the list is new.
    await open('soon over');
    await item.getByLabel('New name').fill('half a na');
    await expect
      .poll(
        async () => {
          await call('Read the file');
          return item.innerText();
        },
        { timeout: 8000, interval: 700 },
      )
      .toMatch(/Last used (now|\d seconds? ago).*Expires in 2\d seconds/s);
    expect(await item.getByLabel('New name').inputValue()).toBe('half a na');
  });
});

describe('calling', () => {
  it('shows the refusal of a missing scope, of garbage, and of two keys', async () => {
    await make('reader');
    expect((await call('Write the file')).response).toMatch(
      /^HTTP\/1\.1 403 .*www-authenticate: ApiKey .*error="insufficient_scope", scope="files:write"/s,
    );
    const changed = await call('Send a changed key');
    expect(changed.response).toMatch(/^HTTP\/1\.1 401 .*error="invalid_token"/s);
    expect(JSON.parse(changed.event)).toMatchObject({ reason: 'malformed' });
    expect((await call('Send twice')).response).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('is a 429 with a time to whoever clicks too often', async () => {
    await make('busy');
    expect((await call('Read the file')).response).toMatch(
      /ratelimit: "calls";r=4;t=2\nratelimit-policy: "calls";q=5;w=10/,
    );
    let last = await call('Read the file');
    for (let clicks = 0; clicks < 20 && last.response.startsWith('HTTP/1.1 200'); clicks++) {
      last = await call('Read the file');
    }
    expect(last.response).toMatch(
      /^HTTP\/1\.1 429 Too Many Requests\n.*ratelimit: "calls";r=0;t=\d+\n.*retry-after: [12]\n/s,
    );
    expect(last.response).not.toContain('www-authenticate');
    expect(JSON.parse(last.event)).toMatchObject({ status: 429, reason: 'limited' });
  });
});

describe('a leak', () => {
  it('is reported, and the key is dead afterwards', async () => {
    const key = await make('leaky');
    expect((await call('Read the file')).response).toMatch(/^HTTP\/1\.1 200 /);
    await button('Report a leak').click();
    await said('Reported.');
    const text = (part: string): Promise<string> => page.locator(`#leak-exchange [data-part=${part}]`).innerText();
    expect(await text('request')).toMatch(/github-public-key-signature: M[\w+/]+=*\n/);
    expect(await text('request')).toContain(`"token":"${key}"`);
    expect(await text('response')).toMatch(/^HTTP\/1\.1 200 OK\n.*"label":"true_positive"/s);
    expect(await text('after')).toMatch(/^HTTP\/1\.1 401 Unauthorized\n.*error="invalid_token"/s);
    expect(await page.getByRole('alert').innerText()).toContain('“leaky” was found at https://');
    expect(await itemOf('leaky').innerText()).toContain('Revoked');
  });

  it('is none in a text without a key', async () => {
    await page.getByLabel('Published text').fill('API_KEY=demo_live_1 and nothing else');
    await button('Report a leak').click();
    await said('There is no API key in that text');
    expect(await page.locator('#leak-exchange').isVisible()).toBe(false);
  });
});

it('leads whose session has ended meanwhile to the form, and makes nothing', async () => {
  await context.clearCookies();
  await page.getByLabel('Name', { exact: true }).fill('nobody’s');
  await button('Make the key').click();
  await page.waitForURL('**/sign-in*');
  await signIn();
  await page.goto(`${demo.address}keys`);
  await listed();
  expect(await itemOf('nobody’s').count()).toBe(0);
});

it('names everything that can be pressed or typed into', async () => {
  await make('with a name');
  await open('with a name');
  const names = await page
    .locator('button:visible, input:visible, select:visible, summary:visible')
    .evaluateAll((all) =>
      all.map((each) => {
        const named =
          'labels' in each && each.matches('input, select') ? [...(each.labels as NodeListOf<Element>)] : [each];
        // A choice's own options name nothing.
        return named.map(
          ({ firstChild, textContent }) => (each.matches('select') ? firstChild : { textContent })?.textContent,
        );
      }),
    );
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) expect(name.join('').trim()).not.toBe('');
});

it.each([
  ['a phone', 390],
  ['a small phone', 320],
  ['a desktop', 1280],
])('fits %s', async (_name, width) => {
  await page.setViewportSize({ width, height: 800 });
  const name = `${width} ${'long'.repeat(20)}`;
  await make(name);
  await open(name);
  await call('Read the file');
  await button('Report a leak').click();
  await said('Reported.');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
});
