import { readFile } from 'node:fs/promises';
import { answer } from './layout.ts';
import { demoPage, otherSitePage } from './page.ts';
import type { Handler } from './panel.ts';
import { basicPanel } from './panels/basic.ts';
import { keysPanel } from './panels/keys.ts';
import { sessionsPanel } from './panels/sessions.ts';
import { severalSchemesPanel } from './panels/several-schemes.ts';
import { tokensPanel } from './panels/tokens.ts';
import { createParts } from './parts.ts';
import { createServerLog } from './server-log.ts';

/** Files of the page, with their media types. */
const ASSETS: ReadonlyMap<string, string> = new Map([
  ['/page.css', 'text/css; charset=utf-8'],
  ['/page.js', 'text/javascript; charset=utf-8'],
  ['/keys/list.js', 'text/javascript; charset=utf-8'],
  ['/keys/page.css', 'text/css; charset=utf-8'],
  ['/keys/page.js', 'text/javascript; charset=utf-8'],
]);

/** The demo as a fetch handler: a page, the server's log, and what each panel protects. */
export async function createApp(): Promise<Handler> {
  const log = createServerLog();
  const parts = await createParts();
  const panels = [basicPanel, sessionsPanel, tokensPanel, keysPanel, severalSchemesPanel].map((create) =>
    create(log.event, parts),
  );
  const routes = new Map(panels.flatMap((panel) => [...panel.routes]));

  return async (request, context) => {
    const url = new URL(request.url);
    const handler = handlerFor(url.pathname, routes);
    if (handler) {
      log.request(request);
      return handler(request, context);
    }

    if (request.method !== 'GET' && request.method !== 'HEAD') return answer('Not found.', 'text/plain', 404);
    if (url.pathname === '/') return demoPage(panels, url);
    if (url.pathname === '/other-site') return otherSitePage(panels, url);
    // Reason codes stay in the server's log. That anybody may read the log is what makes this a demo.
    if (url.pathname === '/log') return answer(JSON.stringify(log.lines), 'application/json');
    // The same for everybody, so a cache in front may keep it.
    if (url.pathname === '/icon.svg') return answer(await read('/icon.svg'), 'image/svg+xml', 200, 'max-age=3600');
    const type = ASSETS.get(url.pathname);
    return type ? answer(await read(url.pathname), type) : answer('Not found.', 'text/plain', 404);
  };
}

/** A path that ends in `/*` stands for all that is below it. */
function handlerFor(path: string, routes: ReadonlyMap<string, Handler>): Handler | undefined {
  const below = [...routes.keys()].find((each) => each.endsWith('/*') && path.startsWith(each.slice(0, -1)));
  return routes.get(path) ?? (below === undefined ? undefined : routes.get(below));
}

/** @param path Never what a client wrote: one of the names above. */
function read(path: string): Promise<string> {
  return readFile(new URL(`.${path}`, import.meta.url), 'utf8');
}
