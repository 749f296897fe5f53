import type { Frame, Page } from 'playwright-core';

/** What pages do, and where, in the words of `docs/guides/cross-site.md`. */
type Action = (frame: Frame, url: string) => Promise<unknown>;

/** Waits until the frame shows another page: a tab that is closed on the way there may stay open. */
const leaving =
  (action: Action): Action =>
  async (frame, url) => {
    const before = frame.url();
    await action(frame, url);
    await frame.waitForURL(({ href }) => href !== before);
  };

/** A POST whose content type a page may choose without asking. */
const form = (enctype: string): Action =>
  leaving((frame, url) =>
    frame.evaluate(
      ([action, type]) => {
        const made = document.createElement('form');
        Object.assign(made, { method: 'post', action, enctype: type });
        const field = document.createElement('input');
        Object.assign(field, { name: 'username', value: 'ada' });
        made.append(field);
        document.body.append(made);
        made.submit();
      },
      [url, enctype] as const,
    ),
  );

const ACTIONS: Readonly<Record<string, Action>> = {
  'is typed into': (frame, url) => frame.page().goto(url),
  'follows a link': leaving((frame, url) =>
    frame.evaluate((href) => {
      const link = document.createElement('a');
      link.href = href;
      document.body.append(link);
      link.click();
    }, url),
  ),
  'posts a form': form('application/x-www-form-urlencoded'),
  'posts a form of plain text': form('text/plain'),
  'posts a form with a file': form('multipart/form-data'),
  'fetches with `no-cors`': (frame, url) =>
    frame.evaluate(async (to) => {
      await fetch(to, { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}' });
    }, url),
  'fetches with JSON': (frame, url) =>
    frame.evaluate(async (to) => {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(to, { method: 'POST', credentials: 'include', headers, body: '{}' });
      return response.text();
    }, url),
  'sends a beacon': (frame, url) => frame.evaluate((to) => navigator.sendBeacon(to, '{}'), url),
  'shows an image': (frame, url) =>
    frame.evaluate((src) => {
      new Image().src = src;
    }, url),
  'shows a frame': (frame, url) =>
    frame.evaluate((src) => {
      const embedded = document.createElement('iframe');
      embedded.src = src;
      document.body.append(embedded);
    }, url),
  'opens a WebSocket': (frame, url) =>
    frame.evaluate(
      (to) =>
        new Promise((resolve, reject) => {
          const socket = new WebSocket(to.replace('https:', 'wss:'));
          // The server speaks first, so what arrives shows a connection and not a mere status.
          socket.onmessage = ({ data }) => resolve(data);
          socket.onerror = () => reject(new TypeError('no WebSocket'));
        }),
      url,
    ),
};

/**
 * Has a page do something.
 *
 * @param action `posts a form`, or `posts a form to https://elsewhere.example, which sends it on (307)`.
 * @param url Where the request goes in the end.
 * @returns What a script of the page got to read, if anything; `undefined` where it was told that there was no answer.
 */
export async function act(frame: Frame, action: string, url: string): Promise<unknown> {
  const [, sent = action, by] = /^(.*) to `(.*)`, which sends it on \(307\)$/.exec(action) ?? [];
  const perform = ACTIONS[sent];
  if (!perform) throw new Error(`no page can do this: ${action}`);
  const first = by ? `${by}/send-on?to=${encodeURIComponent(url)}` : url;
  return perform(frame, first).catch((error: Error) => {
    if (/Failed to fetch|no WebSocket/.test(error.message)) return undefined;
    throw error;
  });
}

/** Opens the page of a row in a tab, and finds the frame that is meant. */
export async function openAt(tab: Page, page: string): Promise<Frame> {
  if (page === 'the address bar') return tab.mainFrame();
  const [origin = '', host] = [...page.matchAll(/`(.*?)`/g)].map(([, each]) => each as string);
  switch (page.replace(/`.*?`/g, '…')) {
    case '…':
      await tab.goto(origin);
      return tab.mainFrame();
    case '…, no referrer':
      await tab.goto(`${origin}/no-referrer`);
      return tab.mainFrame();
    case 'a sandboxed page of …':
      await tab.goto(`${origin}/sandboxed`);
      return tab.mainFrame();
    case 'a sandboxed frame in …':
      await tab.goto(origin);
      return embed(tab, origin, true);
    case '…, in a frame of …':
      await tab.goto(host as string);
      return embed(tab, origin, false);
    default:
      throw new Error(`no such page: ${page}`);
  }
}

async function embed(tab: Page, origin: string, sandboxed: boolean): Promise<Frame> {
  await tab.evaluate(
    ([src, isSandboxed]) =>
      new Promise((resolve) => {
        const frame = document.createElement('iframe');
        if (isSandboxed) frame.sandbox.add('allow-scripts', 'allow-forms');
        frame.onload = resolve;
        frame.src = src;
        document.body.append(frame);
      }),
    [origin, sandboxed] as const,
  );
  return tab.frames()[1] as Frame;
}
