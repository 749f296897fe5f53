/** Whether Chromium takes, replaces and removes the cookies that sessions emit. */
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type COOKIES, cookieApp, LIFETIME, LONG_DATA } from './cookie-app.ts';
import { launchChromium } from './launch-chromium.ts';
import { type Sites, startSites } from './start-sites.ts';

const APP = 'https://app.example';
const SIBLING = 'https://blog.app.example';
const OTHER = 'https://elsewhere.example';

let sites: Sites;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  sites = await startSites({ fetch: cookieApp() });
  browser = await launchChromium(sites.chromiumArgs);
});

afterAll(async () => {
  await browser?.close();
  sites?.close();
});

beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  await page.goto(APP);
});

afterEach(() => context.close());

/** What a script of the page gets from the page's own server. */
function call(path: string, where: Page | Frame = page): Promise<{ status: number; text: string }> {
  return where.evaluate(
    async ([url, method]) => {
      const response = await fetch(url, { method });
      return { status: response.status, text: await response.text() };
    },
    [path, path.endsWith('who-am-i') ? 'GET' : 'POST'] as const,
  );
}

async function whoAmI(kind: string, where: Page | Frame = page): Promise<{ id: string; data: string } | number> {
  const { status, text } = await call(`/${kind}/who-am-i`, where);
  return status === 200 ? JSON.parse(text) : status;
}

const namesOf = async (): Promise<readonly string[]> => (await context.cookies()).map(({ name }) => name).sort();

/** What Chromium has then, beside the value. */
const STORED = { domain: 'app.example', path: '/', expires: -1, httpOnly: true, secure: true, sameSite: 'Lax' };

describe.each<[keyof typeof COOKIES, object]>([
  ['default', { name: '__Host-Http-session' }],
  ['strict', { name: '__Host-Http-session', sameSite: 'Strict' }],
  ['none', { name: '__Host-Http-session', sameSite: 'None' }],
  ['host', { name: '__Host-sid' }],
  ['domain', { name: 'sid', domain: '.app.example' }],
  ['partitioned', { name: '__Host-Http-session', sameSite: 'None', partitionKey: APP }],
])('the cookie %s', (kind, particular) => {
  it('is taken with all its attributes, replaced by a rotation, and removed by a sign-out', async () => {
    const { text: id } = await call(`/${kind}/issue`);
    const [issued, ...others] = await context.cookies();
    expect(others).toEqual([]);
    expect(issued).toMatchObject({ ...STORED, ...particular });
    expect(await whoAmI(kind)).toEqual({ id, data: 'short' });

    const { text: newId } = await call(`/${kind}/rotate`);
    const [rotated, ...more] = await context.cookies();
    expect(more).toEqual([]);
    expect(rotated).toMatchObject({ ...STORED, ...particular });
    expect(rotated?.value).not.toBe(issued?.value);
    expect(newId).not.toBe(id);
    expect(await whoAmI(kind)).toEqual({ id: newId, data: 'short' });

    await call(`/${kind}/sign-out`);
    expect(await context.cookies()).toEqual([]);
    expect(await whoAmI(kind)).toBe(401);
  });

  it('outlives the browser where that is asked for, to the end of the session', async () => {
    await call(`/${kind}/issue-persistent`);
    const [{ expires } = { expires: 0 }] = await context.cookies();
    const end = Date.now() / 1000 + LIFETIME.absolute;
    expect(expires).toBeGreaterThan(end - 60);
    expect(expires).toBeLessThan(end + 60);
    await call(`/${kind}/sign-out`);
    expect(await context.cookies()).toEqual([]);
  });

  it('reaches subdomains only where it has a Domain', async () => {
    await call(`/${kind}/issue`);
    await page.goto(SIBLING);
    const seen = await whoAmI(kind);
    if (kind === 'domain') expect(seen).toMatchObject({ data: 'short' });
    else expect(seen).toBe(401);
  });

  it('is unknown to scripts', async () => {
    await call(`/${kind}/issue`);
    expect(await page.evaluate(() => document.cookie)).toBe('');
  });
});

describe('a cookie that another one replaces', () => {
  it('is read until then, and removed with its Domain', async () => {
    await call('/domain/issue');
    expect(await namesOf()).toEqual(['sid']);
    // The application is renamed: the first request that it answers brings the new cookie.
    const before = await whoAmI('renamed');
    expect(before).toMatchObject({ data: 'short' });
    expect(await namesOf()).toEqual(['__Host-Http-new']);
    expect(await whoAmI('renamed')).toEqual(before);
  });
});

describe('a partitioned cookie', () => {
  async function embed(host: string): Promise<Frame> {
    await page.goto(host);
    await page.evaluate(
      (src) =>
        new Promise((resolve) => {
          const frame = document.createElement('iframe');
          frame.onload = resolve;
          frame.src = src;
          document.body.append(frame);
        }),
      APP,
    );
    return page.frames()[1] as Frame;
  }

  // A private window blocks third-party cookies, as other browsers do anywhere: this one is none.
  it('is one for each site that embeds the application, where third-party cookies are blocked', async () => {
    let frame = await embed(OTHER);
    await call('/none/issue', frame);
    expect(await whoAmI('none', frame)).toBe(401);

    const { text: id } = await call('/partitioned/issue', frame);
    expect(await whoAmI('partitioned', frame)).toEqual({ id, data: 'short' });
    expect(await context.cookies()).toEqual([expect.objectContaining({ partitionKey: OTHER })]);

    await page.goto(APP);
    expect(await whoAmI('partitioned')).toBe(401);
    frame = await embed('https://third.example');
    expect(await whoAmI('partitioned', frame)).toBe(401);

    frame = await embed(OTHER);
    expect(await whoAmI('partitioned', frame)).toMatchObject({ id });
    await call('/partitioned/sign-out', frame);
    expect(await context.cookies()).toEqual([]);
  });
});

describe('a sealed session', () => {
  it('that needs several cookies is taken, replaced and removed whole', async () => {
    const { text: id } = await call('/sealed/issue-long');
    const names = await namesOf();
    expect(names.length).toBeGreaterThan(2);
    expect(names).toEqual(names.map((_, index) => `__Host-Http-session${index ? `.${index}` : ''}`));
    for (const cookie of await context.cookies()) expect(cookie).toMatchObject(STORED);
    expect(await whoAmI('sealed')).toEqual({ id, data: LONG_DATA });

    const { text: newId } = await call('/sealed/rotate');
    expect(await namesOf()).toEqual(names);
    expect(newId).not.toBe(id);
    expect(await whoAmI('sealed')).toEqual({ id: newId, data: LONG_DATA });

    await call('/sealed/sign-out');
    expect(await namesOf()).toEqual([]);
    expect(await whoAmI('sealed')).toBe(401);
  });
});

describe('a stranger', () => {
  const write = (cookie: string): Promise<string> =>
    page.evaluate((text) => {
      // biome-ignore lint/suspicious/noDocumentCookie: what an injected script would do.
      document.cookie = text;
      return document.cookie;
    }, cookie);
  const ATTRIBUTES = 'Path=/; Secure; SameSite=Lax';

  it.each(['__Host-Http-session', '__host-http-session', '__HOST-HTTP-SESSION', '__Http-session'])(
    'in a script can not write a cookie of the name %s',
    async (name) => {
      expect(await write(`${name}=planted; ${ATTRIBUTES}`)).toBe('');
      expect(await context.cookies()).toEqual([]);
    },
  );

  it('in a script can write one of the name __Host-sid, hence the default', async () => {
    expect(await write(`__Host-sid=planted; ${ATTRIBUTES}`)).toBe('__Host-sid=planted');
  });

  it('in a script can not write over a session, nor remove it', async () => {
    const { text: id } = await call('/domain/issue');
    expect(await write(`sid=planted; ${ATTRIBUTES}; Domain=app.example`)).toBe('');
    expect(await write(`sid=; ${ATTRIBUTES}; Domain=app.example; Max-Age=0`)).toBe('');
    expect(await whoAmI('domain')).toMatchObject({ id });
  });

  it('on a subdomain can not plant a cookie with the prefix, and one without it signs nobody out', async () => {
    const { text: id } = await call('/default/issue');
    const { text: bareId } = await call('/domain/issue');
    await page.goto(SIBLING);
    const plant = (cookie: string) => page.goto(`${SIBLING}/plant?cookie=${encodeURIComponent(cookie)}`);
    await plant(`__Host-Http-session=planted; ${ATTRIBUTES}; HttpOnly; Domain=app.example`);
    expect(await namesOf()).toEqual(['__Host-Http-session', 'sid']);
    // Goes to both names, beside the good one of the application: the one whose seal holds counts.
    await plant('sid=planted; Secure; Domain=app.example; Path=/domain');
    expect(await namesOf()).toEqual(['__Host-Http-session', 'sid', 'sid']);
    await page.goto(APP);
    expect(await whoAmI('default')).toMatchObject({ id });
    expect(await whoAmI('domain')).toMatchObject({ id: bareId });
  });
});

describe('Clear-Site-Data', () => {
  it('has the browser forget other cookies and what scripts have stored', async () => {
    await call('/default/issue');
    await page.evaluate(() => {
      localStorage.setItem('draft', 'a secret');
      // biome-ignore lint/suspicious/noDocumentCookie: what an application's own script would do.
      document.cookie = 'theme=dark; Secure';
    });
    expect(await namesOf()).toEqual(['__Host-Http-session', 'theme']);
    await call('/default/sign-out');
    expect(await namesOf()).toEqual(['theme']);

    await call('/default/forget');
    expect(await context.cookies()).toEqual([]);
    expect(await page.evaluate(() => localStorage.getItem('draft'))).toBeNull();
    expect(await whoAmI('default')).toBe(401);
  });
});
