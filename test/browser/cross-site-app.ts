import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type CsrfTokens, csrfTokens, type TokenBearer } from '../../src/guards/csrf-tokens.ts';
import { visitor } from '../../src/guards/visitor.ts';
import { createContext, type DecideOptions, decide, protect, type Refusal, type RequestLike } from '../../src/index.ts';
import { session } from '../../src/schemes/session.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { acceptWebSocket, refuseUpgrade, requestOfUpgrade } from './upgrade.ts';

export const KINDS = ['lax', 'strict', 'none'] as const;
type Kind = (typeof KINDS)[number];

/** A request as it arrived, and what it got. */
export interface Arrival {
  readonly method: string;
  readonly site: string | null;
  readonly origin: string | null;
  readonly cookie: string;
  readonly status: number;
}

export interface CrossSiteApp {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly upgrade: (incoming: IncomingMessage, socket: Duplex) => Promise<void>;
  /** Whatever arrived under an id, oldest first. */
  arrivals(id: string): readonly Arrival[];
  /** Waits for one that is no preflight. */
  arrival(id: string): Promise<Arrival>;
}

const page = (headers: Record<string, string> = {}, body = ''): Response =>
  new Response(`<!doctype html><title>a page</title><link rel="icon" href="data:,"><body>${body}`, {
    headers: { 'content-type': 'text/html', ...headers },
  });

/**
 * All sites of the guide: the application with a session of each `sameSite` (`/lax`, `/strict`, `/none`), a route that signs
 * in (`/visitor`), the first session's with more asked for (`/only-browsers`, `/tokens`); and under every name the pages that
 * have requests sent.
 */
export function crossSiteApp(trustedOrigins: readonly string[]): CrossSiteApp {
  const store = memoryStore();
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const sessions = (sameSite: Kind) =>
    session({ scheme: sameSite, secret, store, load: ({ subject }) => subject, cookie: { sameSite } });
  const kinds = { lax: sessions('lax'), strict: sessions('strict'), none: sessions('none') };

  const corsOf = ({ headers }: RequestLike): Record<string, string> => {
    const origin = headers.get('origin') ?? '';
    if (!trustedOrigins.includes(origin)) return {};
    return {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'content-type',
    };
  };
  const options = {
    trustedOrigins,
    // Chromium shows a page of its own where a refusal has no body.
    refuse: ({ status }: Refusal) => new Response(`refused: ${status}`, { status }),
    preflight: (request: Request) => new Response(null, { status: 204, headers: corsOf(request) }),
  };
  const greet = (request: Request, { principal }: { principal: string }): Response =>
    new Response(principal, { headers: corsOf(request) });
  const signIn = protect(
    visitor,
    async (request) => {
      let response = new Response(null, { status: 303, headers: { location: '/signed-in' } });
      for (const kind of KINDS) response = (await kinds[kind].issue(request, { subject: 'ada' })).applyTo(response);
      return response;
    },
    options,
  );
  const routes: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
    lax: protect(kinds.lax, greet, options),
    strict: protect(kinds.strict, greet, options),
    none: protect(kinds.none, greet, options),
    visitor: signIn,
    'only-browsers': protect(kinds.lax, greet, { ...options, strict: true }),
    tokens: protect(kinds.lax, withToken(csrfTokens({ secret }), greet), options),
  };
  const { arrivals, arrival, note } = createNotes();

  return {
    arrivals,
    arrival,
    async fetch(request) {
      const { hostname, pathname, searchParams } = new URL(request.url);
      const route = routes[pathname.slice(1)];
      if (hostname === 'app.example' && route) {
        const response = await route(request);
        note(request, response.status);
        return response;
      }
      if (pathname === '/send-on') {
        return new Response(null, { status: 307, headers: { location: searchParams.get('to') ?? '' } });
      }
      if (pathname === '/sandboxed') return page({ 'content-security-policy': 'sandbox allow-scripts allow-forms' });
      return page(pathname === '/no-referrer' ? { 'referrer-policy': 'no-referrer' } : {});
    },
    async upgrade(incoming, socket) {
      const request = requestOfUpgrade(incoming);
      const kind = KINDS.find((each) => new URL(request.url).pathname === `/${each}`);
      const status = kind ? await answerUpgrade(kinds[kind], request, socket, { trustedOrigins }) : 404;
      note(request, status);
    },
  };
}

/** A page with a token in its form; and what the form is for, for whoever has one. */
function withToken(
  tokens: CsrfTokens,
  handler: (request: Request, accepted: { readonly principal: string }) => Response,
): (request: Request, accepted: TokenBearer & { readonly principal: string }) => Promise<Response> {
  return async (request, accepted) => {
    if (request.method === 'GET') {
      const field = `<input type="hidden" name="csrf_token" value="${tokens.issue(accepted)}">`;
      return page({}, `<form method="post">${field}<button>Pay</button></form>`);
    }
    return (await tokens.check(request, accepted))
      ? handler(request, accepted)
      : new Response('refused', { status: 403 });
  };
}

async function answerUpgrade(
  authenticator: Parameters<typeof decide>[0],
  request: RequestLike,
  socket: Duplex,
  options: DecideOptions,
): Promise<number> {
  const { accepted, response } = await decide(authenticator, options)(request, createContext({ deliverable: false }));
  if (accepted) acceptWebSocket(socket, request, String(accepted.principal));
  else refuseUpgrade(socket, response?.status ?? 400);
  return response?.status ?? 101;
}

/** Notes what arrives, by the `id` of its URL. */
function createNotes() {
  const notes = new Map<string, Arrival[]>();
  const events = new EventEmitter();
  const arrivals = (id: string): readonly Arrival[] => notes.get(id) ?? [];
  const isReal = ({ method }: Arrival): boolean => method !== 'OPTIONS';

  return {
    arrivals,
    async arrival(id: string): Promise<Arrival> {
      while (!arrivals(id).some(isReal)) await once(events, id, { signal: AbortSignal.timeout(5000) });
      return arrivals(id).findLast(isReal) as Arrival;
    },
    note({ method, url, headers }: RequestLike, status: number): void {
      const id = new URL(url).searchParams.get('id') ?? '';
      const cookie = headers.get('cookie') ?? '';
      const arrival = { method, site: headers.get('sec-fetch-site'), origin: headers.get('origin'), cookie, status };
      notes.set(id, [...arrivals(id), arrival]);
      events.emit(id);
    },
  };
}
