import { visitor } from '../../src/guards/visitor.ts';
import { protect } from '../../src/index.ts';
import { sealedSession } from '../../src/schemes/sealed-session.ts';
import { session } from '../../src/schemes/session.ts';
import type { CookieOptions, Lifetime, SessionAccepted, Sessions } from '../../src/session/types.ts';
import { memoryStore } from '../../src/stores/memory.ts';

export const LIFETIME: Lifetime = { idle: 3600, absolute: 86_400 };

/** By path: the same application with its cookie as each says. */
export const COOKIES = {
  default: {},
  strict: { sameSite: 'strict' },
  none: { sameSite: 'none' },
  host: { name: '__Host-sid' },
  domain: { name: 'sid', domain: 'app.example' },
  partitioned: { sameSite: 'none', partitioned: true },
  renamed: { name: '__Host-Http-new', previous: [{ name: 'sid', domain: 'app.example' }] },
} satisfies Readonly<Record<string, CookieOptions>>;

/** More than two cookies hold. */
export const LONG_DATA = 'long '.repeat(1700);

type Handler = (request: Request) => Promise<Response>;
type TextSessions = Sessions<'session', string, string>;

/** Every kind of cookie that a session can have, each at its own path, under every name. */
export function cookieApp(): Handler {
  const options = {
    secret: crypto.getRandomValues(new Uint8Array(32)),
    // One store for all: what one of them issued, another that reads its cookie knows.
    store: memoryStore(),
    load: ({ subject }: { subject: string }) => subject,
    lifetime: LIFETIME,
  };
  const kinds: Record<string, TextSessions> = {
    sealed: sealedSession<string, string>({ ...options, maxDataBytes: 10_000 }),
  };
  for (const [name, cookie] of Object.entries(COOKIES)) kinds[name] = session<string, string>({ ...options, cookie });
  const routes = new Map<string, Handler>(
    Object.entries(kinds).flatMap(([name, sessions]) =>
      Object.entries(routesOf(sessions)).map(([verb, handler]) => [`/${name}/${verb}`, handler] as const),
    ),
  );

  return async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/plant') {
      return new Response('planted', { headers: { 'set-cookie': searchParams.get('cookie') ?? '' } });
    }
    const html = '<!doctype html><title>a page</title><link rel="icon" href="data:,">';
    return (
      routes.get(pathname)?.(request) ?? new Response(html, { headers: { 'content-type': 'text/html; charset=utf-8' } })
    );
  };
}

function routesOf(sessions: TextSessions): Readonly<Record<string, Handler>> {
  const own = (handler: (accepted: SessionAccepted<'session', string, string>) => Promise<Response>): Handler =>
    protect(sessions, (_request, accepted) => handler(accepted));
  const anybody = (handler: Handler): Handler => protect(visitor, handler);
  const issue = (persistent: boolean, data: string): Handler =>
    anybody(async (request) => {
      const { session, applyTo } = await sessions.issue(request, { subject: 'ada', persistent, data });
      return applyTo(new Response(session.id));
    });
  return {
    issue: issue(false, 'short'),
    'issue-long': issue(false, LONG_DATA),
    'issue-persistent': issue(true, 'short'),
    rotate: own(async (accepted) => {
      const rotated = await sessions.rotate(accepted);
      return rotated ? rotated.applyTo(new Response(rotated.session.id)) : new Response('ended', { status: 409 });
    }),
    'who-am-i': own(async ({ session: { id, data } }) => Response.json({ id, data })),
    'sign-out': anybody(async (request) => (await sessions.signOut(request)).applyTo(new Response('signed out'))),
    forget: anybody(async (request) => {
      const { applyTo } = await sessions.signOut(request, { clearSiteData: ['cookies', 'storage'] });
      return applyTo(new Response('forgotten'));
    }),
  };
}
