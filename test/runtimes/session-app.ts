import type { AcceptedBy, Context } from '../../src/index.ts';
import type { CommonOptions, Session, Sessions, Store } from '../../src/schemes/session.ts';
import { ok } from './expect.ts';
import type { Case, Library, Platform } from './library.ts';
import { request } from './requests.ts';

export const SECRET = 'not a secret: an example of 32 bytes';
/** The name of the cookie. */
export const NAME = '__Host-Http-session';
export const NOW = 1_800_000_000;
export const HOUR = 3600;

export type Kind = 'stored session' | 'sealed session';
export type AppSessions = Sessions<'session', string, string | undefined>;
export interface AppOptions extends Partial<CommonOptions<'session', string, string | undefined>> {
  readonly store?: Store | ((context: Context) => Store);
}

/** Sessions of an hour without use, and eight hours in all, for users who are found by adding a word. */
export function sessionsOf(
  { session, sealedSession, memoryStore }: Library,
  kind: Kind,
  options: AppOptions = {},
): AppSessions {
  const all = {
    secret: SECRET,
    store: memoryStore.memoryStore(),
    load: ({ subject }: Session<string | undefined>) => `user ${subject}`,
    lifetime: { idle: HOUR, absolute: 8 * HOUR },
    ...options,
  };
  return kind === 'stored session' ? session.session(all) : sealedSession.sealedSession(all);
}

/** A case for each kind of session. */
export function both(
  name: string,
  run: (library: Library, kind: Kind, platform: Platform) => void | Promise<void>,
): readonly Case[] {
  return (['stored session', 'sealed session'] as const).map((kind) => [
    `${kind}: ${name}`,
    (library, platform) => run(library, kind, platform),
  ]);
}

/** So many seconds after the beginning; the dice are the platform's. */
export function at({ core }: Library, seconds: number, more: Partial<Context> = {}): Context {
  return core.createContext({ now: NOW + seconds, ...more });
}

/** Clock and dice stand still. */
export function frozen(): Context {
  return { now: NOW, random: (length) => Uint8Array.from({ length }, (_, index) => (index * 73 + length) % 256) };
}

/** What a browser has. */
export type Cookies = Map<string, string>;

export function cookieHeader(cookies: Cookies): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}

/** Takes the cookies of a response, as a browser does. */
export function take(cookies: Cookies, { headers }: Response): void {
  for (const line of headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (line.includes('; Max-Age=0')) cookies.delete(name);
    else cookies.set(name, value);
  }
}

/** Signs ada in. @returns What her browser has then. */
export async function signIn(sessions: AppSessions, context: Context, data?: string): Promise<Cookies> {
  const cookies: Cookies = new Map();
  const issued = await sessions.issue(request(), { subject: 'ada', data }, context);
  take(cookies, issued.applyTo(new Response()));
  return cookies;
}

export async function acceptedBy(
  sessions: AppSessions,
  cookies: Cookies,
  context: Context,
): Promise<AcceptedBy<AppSessions>> {
  const outcome = await sessions.authenticate(request({ cookie: cookieHeader(cookies) }), context);
  ok(outcome.kind === 'accepted', `it is ${outcome.kind}`);
  return outcome;
}

/** What a request with those cookies is answered: whom the handler has seen, or status and reason; and `Set-Cookie`. */
export async function ask(
  { core }: Library,
  sessions: AppSessions,
  cookies: Cookies,
  context: Context,
): Promise<readonly [answer: string, ...setCookie: readonly string[]]> {
  let reason = '';
  const handler = core.protect(sessions, (_request, { principal }) => new Response(principal), {
    context: () => context,
    onEvent: (event) => {
      if ('reason' in event) reason = event.reason;
    },
  });
  const response = await handler(request({ cookie: cookieHeader(cookies) }));
  return [reason ? `${response.status} ${reason}` : await response.text(), ...response.headers.getSetCookie()];
}
