import { readFile } from 'node:fs/promises';
import { demoPage, otherSitePage } from './page.ts';
import { basicPanel } from './panels/basic.ts';
import { severalSchemesPanel } from './panels/several-schemes.ts';
import { createServerLog } from './server-log.ts';

/** Files of the page, with their media types. */
const ASSETS: ReadonlyMap<string, string> = new Map([
  ['/page.css', 'text/css; charset=utf-8'],
  ['/page.js', 'text/javascript; charset=utf-8'],
  ['/icon.svg', 'image/svg+xml'],
]);

const PAGE_HEADERS = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
};

/** The demo as a fetch handler: a page, the server's log, and what each panel protects. */
export function createApp(): (request: Request) => Promise<Response> {
  const log = createServerLog();
  const panels = [basicPanel, severalSchemesPanel].map((create) => create(log.event));

  return async (request) => {
    const url = new URL(request.url);
    const panel = panels.find(({ path }) => path === url.pathname);
    if (panel) {
      log.request(request);
      return panel.handler(request);
    }

    if (request.method !== 'GET' && request.method !== 'HEAD') return answer('Not found.', 'text/plain', 404);
    if (url.pathname === '/') return answer(demoPage(panels, url), 'text/html; charset=utf-8');
    if (url.pathname === '/other-site') return answer(otherSitePage(panels, url), 'text/html; charset=utf-8');
    // Reason codes stay in the server's log. That anybody may read the log is what makes this a demo.
    if (url.pathname === '/log') return answer(JSON.stringify(log.lines), 'application/json');
    const type = ASSETS.get(url.pathname);
    if (type) return answer(await readFile(new URL(`.${url.pathname}`, import.meta.url), 'utf8'), type);
    return answer('Not found.', 'text/plain', 404);
  };
}

function answer(body: string, type: string, status = 200): Response {
  return new Response(body, { status, headers: { ...PAGE_HEADERS, 'content-type': type } });
}
