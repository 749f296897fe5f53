/** The demo's tokens, as Chromium shows them to whoever presses the buttons. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { demoInChromium } from './demo-in-chromium.ts';
import { type Complaints, openPage } from './launch-chromium.ts';

const demo = demoInChromium();
let context: BrowserContext;
let page: Page;
let complaints: Complaints;

beforeEach(async () => {
  context = await demo.newContext();
  ({ page, complaints } = await openPage(context));
  await page.goto(demo.address);
});
afterEach(() => context.close());

/** Presses a button, and returns what the panel shows then. */
async function press(label: string): Promise<{ request: string; response: string; principal: string; event: string }> {
  const panel = page.locator('#tokens');
  await panel.getByRole('button', { name: label, exact: true }).click();
  await panel.locator('.exchange[aria-busy=false]').waitFor();
  const text = (part: string): Promise<string> => panel.locator(`[data-part=${part}]`).innerText();
  return {
    request: await text('request'),
    response: await text('response'),
    principal: await text('principal'),
    event: await text('event'),
  };
}

const field = (label: string) => page.locator('#tokens').getByLabel(label, { exact: true });
const token = (): Promise<string> => field('Token').inputValue();

describe.each([
  ['Issue an opaque token', /^demo_[\w-]{61}$/, 'subject', 'invalid'],
  ['Issue a JWT', /^[\w-]+\.[\w-]+\.[\w-]+$/, 'sub', 'expired'],
])('%s', (label, form, nameOfSubject, reasonWhenExpired) => {
  it('puts the token into its field, and calls with it', async () => {
    const issued = await press(label);
    expect(issued.request).toMatch(/^POST \/tokens\/issue-\w+ HTTP\/1\.1\n/);
    expect(issued.request).toMatch(/\n\nscope=files%3Aread&expires_in=20$/);
    expect(await token()).toMatch(form);

    const { request, response, principal, event } = await press('Read the file');
    expect(request).toContain(`authorization: Bearer ${await token()}`);
    expect(response).toMatch(/^HTTP\/1\.1 200 OK\n/);
    expect(JSON.parse(principal)).toMatchObject({ [nameOfSubject]: 'ada' });
    expect(JSON.parse(event)).toMatchObject({ type: 'accepted', scheme: 'bearer', subject: 'ada' });
  });

  it('shows the refusal of a missing scope with its challenge, and that a wider token writes', async () => {
    await press(label);
    const { response, principal, event } = await press('Write the file');
    expect(response).toMatch(/^HTTP\/1\.1 403 Forbidden\n/);
    expect(response).toContain('www-authenticate: Bearer error="insufficient_scope", scope="files:write"');
    expect(principal).toBe('None: the handler did not run.');
    expect(JSON.parse(event)).toMatchObject({ type: 'insufficient', scheme: 'bearer', subject: 'ada' });

    await field('Scopes').fill('files:read files:write');
    await press(label);
    expect((await press('Write the file')).response).toMatch(/^HTTP\/1\.1 200 OK\n/);
  });

  it('shows it expire', async () => {
    await field('Good for, in seconds').fill('2');
    await press(label);
    await expect
      .poll(async () => JSON.parse((await press('Read the file')).event).reason, { timeout: 10_000, interval: 300 })
      .toBe(reasonWhenExpired);
    expect((await press('Read the file')).response).toContain('error="invalid_token"');
  });

  it('revokes it, and all of a person', async () => {
    await press(label);
    expect((await press('Revoke this token')).response).toMatch(/^HTTP\/1\.1 200 OK\n/);
    expect((await press('Read the file')).response).toMatch(/^HTTP\/1\.1 401 /);

    await press(label);
    const before = await token();
    expect((await press('Revoke all of this person\u2019s')).response).toMatch(/^HTTP\/1\.1 200 OK\n/);
    expect((await press('Read the file')).response).toMatch(/^HTTP\/1\.1 401 /);
    await press(label);
    expect(await token()).not.toBe(before);
    expect((await press('Read the file')).response).toMatch(/^HTTP\/1\.1 200 OK\n/);
  });

  it('is refused when changed, and shown in no log', async () => {
    await press(label);
    expect((await press('Send a changed token')).response).toMatch(/^HTTP\/1\.1 401 /);
    await press('Read the file');
    expect(await (await page.request.get(`${demo.address}log`)).text()).not.toContain((await token()).slice(-20));
    expect(complaints.list).toEqual([]);
  });
});

it('says what is wrong with what was asked for, and keeps the token that is there', async () => {
  await press('Issue a JWT');
  const before = await token();
  await field('Good for, in seconds').fill('0');
  expect((await press('Issue a JWT')).response).toContain('1 to 600 whole seconds');
  await field('Password').fill('wrong');
  expect((await press('Issue a JWT')).response).toMatch(/^HTTP\/1\.1 401 /);
  expect(await token()).toBe(before);
});
