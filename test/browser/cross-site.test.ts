/** The tables of docs/guides/cross-site.md, row by row, in Chromium. */
import { readFileSync } from 'node:fs';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Row, tablesOf } from '../support/markdown-table.ts';
import { type Arrival, crossSiteApp, KINDS } from './cross-site-app.ts';
import { launchChromium, launchProfile, type Profile } from './launch-chromium.ts';
import { act, openAt } from './page-actions.ts';
import { type Sites, startSites } from './start-sites.ts';

const TABLES = tablesOf(readFileSync(new URL('../../docs/guides/cross-site.md', import.meta.url), 'utf8'));
const having = (title: string): readonly Row[] => TABLES.filter(([row]) => row && title in row).flat();
const REQUESTS = having('`none`');
const SIGN_INS = having('Answer');
const CLIENTS = having('with tokens');

const titled = (rows: readonly Row[]) => rows.map((row) => [`${row.Page} ${row['What it does']}`, row] as const);

const APP = 'https://app.example';
const app = crossSiteApp(['https://www.app.example', 'https://admin.example']);
let sites: Sites;
let profile: Profile;
let browser: BrowserContext;

beforeAll(async () => {
  sites = await startSites(app);
  profile = await launchProfile(sites.chromiumArgs);
  browser = profile.context;
});

afterAll(async () => {
  await profile?.close();
  sites?.close();
});

const at = (page: string, action: string): Row => ({ Page: `\`${page}\``, 'What it does': action });

let count = 0;

/** Has a row's page send its request. What arrived, and what the page could read of the answer. */
async function send({ Page, ...row }: Row, path: string, context = browser) {
  const id = `${count++}`;
  const tab = await context.newPage();
  try {
    const frame = await openAt(tab, Page as string);
    const read = await act(frame, row['What it does'] as string, `${APP}/${path}?id=${id}`);
    const [preflight] = app.arrivals(id).filter(({ method }) => method === 'OPTIONS');
    // A preflight that was told no, and a page that was told that there is no answer: nothing more will come.
    const isStopped = preflight && read === undefined && app.arrivals(id).length === 1;
    return { read, arrival: isStopped ? preflight : await app.arrival(id), isStopped: isStopped === true };
  } finally {
    await tab.close();
  }
}

/** As the guide writes a header. */
const headerCell = (value: string | null): string => (value === null ? '–' : `\`${value}\``);
const answerCell = ({ cookie, status }: Arrival, kind: string): string =>
  `${cookie.includes(`__Host-Http-${kind}=`) ? 'sent' : 'kept back'}, ${status}`;

describe('a session', () => {
  beforeAll(async () => {
    const { arrival } = await send(at(APP, 'posts a form'), 'visitor');
    expect(arrival.status).toBe(303);
    expect((await browser.cookies(APP)).map(({ name }) => name).sort()).toEqual(
      KINDS.map((kind) => `__Host-Http-${kind}`).sort(),
    );
  });

  it('has a table for it, with no row twice', () => {
    const rows = REQUESTS.map((row) => `${row.Page} ${row['What it does']}`);
    expect(rows.length).toBe(43);
    expect(new Set(rows).size).toBe(rows.length);
  });

  it.each(titled(REQUESTS))('%s', async (_title, { Why: _, ...row }) => {
    const seen: Record<string, string>[] = [];
    for (const kind of KINDS) {
      const { read, arrival, isStopped } = await send(row, kind);
      const answer = isStopped ? 'no request' : answerCell(arrival, kind);
      seen.push({
        Page: row.Page as string,
        'What it does': row['What it does'] as string,
        '`Sec-Fetch-Site`': headerCell(arrival.site),
        '`Origin`': headerCell(arrival.origin),
        [`\`${kind}\``]: answer,
      });
      // What the page of a refused request reads, if anything, is not what the handler says.
      if (arrival.status !== 200) expect(read === 'ada').toBe(arrival.status === 101);
    }
    // Where the three differ in more than the answer, one of them is not what the row says.
    for (const each of seen) expect(row).toMatchObject(each);
    expect(Object.assign({}, ...seen)).toEqual(row);
  });
});

describe('where third-party cookies are blocked', () => {
  it('that of a `none` session is kept back, but for what becomes the page in the tab', async () => {
    const blocking = await launchChromium(sites.chromiumArgs);
    try {
      const context = await blocking.newContext();
      const answer = async (row: Row): Promise<string> =>
        answerCell((await send(row, 'none', context)).arrival, 'none');
      await send(at(APP, 'posts a form'), 'visitor', context);
      expect(await answer(at(APP, 'posts a form'))).toBe('sent, 200');
      const elsewhere = 'https://elsewhere.example';
      expect(await answer(at(elsewhere, 'posts a form'))).toBe('sent, 403');
      for (const action of ['fetches with `no-cors`', 'sends a beacon', 'opens a WebSocket', 'shows a frame']) {
        expect(await answer(at(elsewhere, action)), action).toBe('kept back, 401');
      }
    } finally {
      await blocking.close();
    }
  });
});

describe('a route that signs in', () => {
  it.each(titled(SIGN_INS))('%s', async (_title, row) => {
    await browser.clearCookies();
    const { arrival } = await send(row, 'visitor');
    expect(`${arrival.status}`).toBe(row.Answer);
    const names = (await browser.cookies(APP)).map(({ name }) => name);
    expect(names.includes('__Host-Http-none')).toBe(arrival.status === 303);
  });

  it('has a table for it', () => {
    expect(SIGN_INS.length).toBe(9);
  });
});

describe('a client that is no browser', () => {
  const request = (path: string, init: RequestInit = {}): Promise<Response> =>
    app.fetch(new Request(`${APP}/${path}`, init));
  const tokenIn = (html: string): string => /name="csrf_token" value="([^"]+)"/.exec(html)?.[1] ?? '';
  /** Signs in anew. @returns The cookie, and a token of its session. */
  const signIn = async (): Promise<{ cookie: string; token: string }> => {
    const [first = ''] = (await request('visitor', { method: 'POST' })).headers.getSetCookie();
    const cookie = first.split(';')[0] as string;
    return { cookie, token: tokenIn(await (await request('tokens', { headers: { cookie } })).text()) };
  };
  const COLUMNS = { 'by default': 'lax', '`strict: true`': 'only-browsers', 'with tokens': 'tokens' };

  it.each(CLIENTS.map((row) => [row["A client's POST with"] as string, row] as const))('with %s', async (what, row) => {
    const { cookie, token } = await signIn();
    const headers: Record<string, string> = { host: 'app.example', cookie };
    for (const [, name = '', value = ''] of what.matchAll(/`([\w-]+): ([^`]+)`/g)) headers[name] = value;
    const body = new URLSearchParams();
    if (/its token in the header/.test(what)) headers['x-csrf-token'] = token;
    else if (/its token/.test(what)) body.set('csrf_token', token);
    else if (/another session's token/.test(what)) body.set('csrf_token', (await signIn()).token);

    const statuses = Object.entries(COLUMNS).map(async ([title, path]) => {
      const { status } = await request(path, { method: 'POST', headers, body });
      return [title, `${status}`];
    });
    expect({ "A client's POST with": what, ...Object.fromEntries(await Promise.all(statuses)) }).toEqual(row);
  });

  it('has a table for it', () => {
    expect(CLIENTS.length).toBe(7);
  });
});

describe('a token', () => {
  it('lets a form through in Chromium, and none without it', async () => {
    await browser.clearCookies();
    await send(at(APP, 'posts a form'), 'visitor');
    const tab = await browser.newPage();
    await tab.goto(`${APP}/tokens`);
    await tab.getByRole('button', { name: 'Pay' }).click();
    await expect.poll(() => tab.locator('body').innerText()).toBe('ada');
    await tab.close();
    expect((await send(at(APP, 'posts a form'), 'tokens')).arrival.status).toBe(403);
  });
});
