import type { IncomingMessage } from 'node:http';
import { build } from 'esbuild';
import { tokenEndpoints } from '../../src/endpoints/token-endpoints.ts';
import { visitor } from '../../src/guards/visitor.ts';
import { type Context, createContext, protect } from '../../src/index.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { jwtAccess } from '../../src/tokens/access-tokens.ts';
import { importSecret, jwt } from '../../src/tokens/jwt.ts';
import { refreshTokens } from '../../src/tokens/refresh-tokens.ts';

export const APP = 'https://app.example';
export const COOKIE = '__Secure-refresh';
/** Of an access token, in seconds. */
export const LIFETIME = 2;
/** In seconds; a refresh token that is older than twice as much is replaced. */
export const LEEWAY = 1;

/** A request that somebody's page sent, other than for what the page is made of. */
interface Arrival {
  readonly url: string;
  readonly authorization: string | null;
  readonly status: number;
}

export interface TokenApp {
  readonly fetch: (request: Request, server?: { readonly incoming: IncomingMessage }) => Promise<Response>;
  /** Oldest first. A preflight is none. */
  readonly arrivals: Arrival[];
  /** What became of each refresh: `rotated`, `kept`, `refused revoked`. */
  readonly refreshes: string[];
  /** Does the work of the token endpoint, and then cuts the connection. */
  losesAnswers: boolean;
  /** Milliseconds that an answer of the token endpoint takes. */
  delay: number;
  /** By how many seconds the server's clock is ahead. */
  ahead: number;
}

/** An application with tokens by cookie, whose page has a client; and other origins, which let it call them. */
export async function openTokenApp(): Promise<TokenApp> {
  const script = await bundle();
  const key = importSecret(crypto.getRandomValues(new Uint8Array(32)));
  const families = refreshTokens({
    store: memoryStore(),
    secrets: { a: crypto.getRandomValues(new Uint8Array(32)) },
    access: jwtAccess({ key, issuer: APP, expiresIn: LIFETIME }),
    audience: APP,
    clients: { web: { delivery: 'cookie', leeway: LEEWAY } },
    skew: 0,
    onEvent: ({ type, reason }) => {
      if (!['issued', 'revoked'].includes(type)) app.refreshes.push(reason ? `${type} ${reason}` : type);
    },
  });
  const authenticator = bearer({ tokens: jwt({ issuer: APP, audience: APP, keys: key, tolerance: 0 }) });
  const endpoints = tokenEndpoints({ path: '/auth', families, authenticator });
  const context = (): Context => createContext({ now: Date.now() / 1000 + app.ahead });
  const signIn = protect(visitor, () => endpoints.issue({ subject: 'ada', client: 'web' }, context()), { context });
  const api = protect(authenticator, (_request, { principal }) => new Response(principal.sub), { context });

  const route = async (request: Request): Promise<Response> => {
    const { host, pathname } = new URL(request.url);
    // Other origins let the page in, with whatever it brings.
    if (host !== 'app.example') return new Response('elsewhere', { headers: CORS });
    if (pathname === '/sign-in') return signIn(request);
    if (pathname === '/api') return api(request);
    if (pathname === '/leave') return Response.redirect('https://elsewhere.example/after-redirect');
    if (pathname.startsWith('/auth/')) return endpoints.fetch(request, context());
    return new Response('not found', { status: 404 });
  };
  const app: TokenApp = {
    arrivals: [],
    refreshes: [],
    losesAnswers: false,
    delay: 0,
    ahead: 0,
    async fetch(request, server) {
      const { host, pathname } = new URL(request.url);
      if (host === 'app.example' && pathname === '/') return html(PAGE);
      if (pathname === '/client.js') return new Response(script, { headers: { 'content-type': 'text/javascript' } });
      if (request.method === 'OPTIONS') return new Response(null, { headers: CORS });
      const response = await route(request);
      const { url, headers } = request;
      app.arrivals.push({ url, authorization: headers.get('authorization'), status: response.status });
      if (pathname === '/auth/token') {
        await new Promise((resolve) => setTimeout(resolve, app.delay));
        if (app.losesAnswers) server?.incoming.socket.destroy();
      }
      return response;
    },
  };
  return app;
}

const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization' };

const html = (body: string): Response =>
  new Response(`<!doctype html><title>a page</title><link rel="icon" href="data:,"><body>${body}`, {
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });

/** Its script is what a page of an application would have. */
const PAGE = `<h1>A page</h1><p role="status"></p>
<script type="module">
import { tokenClient } from '/client.js';
const status = document.querySelector('[role=status]');
let signOuts = 0;
window.client = tokenClient({
  url: '/auth',
  clientId: 'web',
  onSignOut: () => { status.textContent = 'signed out ' + ++signOuts; },
});
window.signIn = async () => {
  await client.accept(await (await fetch('/sign-in', { method: 'POST' })).json());
  status.textContent = 'signed in';
};
window.call = async (path = '/api') => (await client.fetch(path)).status;
window.calls = (count) => Promise.all(Array.from({ length: count }, () => call()));
</script>`;

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL('../../src/client/token-client.ts', import.meta.url).pathname],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}
