import type { Authenticator } from '../core/authenticator.ts';
import type { MaybePromise } from '../core/chain.ts';
import type { Context, RequestLike } from '../core/context.ts';
import type { Effect } from '../core/effects.ts';
import type { Accepted } from '../core/outcome.ts';
import type { StandardSchema } from '../core/standard-schema.ts';
import type { Secret } from '../crypto/keyring.ts';
import type { StoreOption } from '../stores/store-of.ts';

export type { StandardSchema } from '../core/standard-schema.ts';

/** A session, as the application sees it. Nothing in it opens anything: it may be shown to its owner and logged. */
export interface Session<D = undefined> {
  /** Names it in lists, logs and calls. Another one after each rotation. */
  readonly id: string;
  /** Whose it is, as the application names its users. */
  readonly subject: string;
  /** Its subject's epoch; see {@link Sessions.epoch}. */
  readonly epoch: number;
  /** When it was issued, in seconds since 1970. */
  readonly createdAt: number;
  /** When it was last known to be used: up to half of the idle time before it really was. */
  readonly usedAt: number;
  /** When it ends unless it is used before, in seconds since 1970. */
  readonly expiresAt: number;
  /** When it ends in any case. */
  readonly endsAt: number;
  /** When the store last said that it has not ended, where that was before this request: of a sealed session, or by a cache. */
  readonly freshness?: number | undefined;
  /** What the application keeps in it. */
  readonly data: D;
  /** Its cookie outlives the browser's own session ("remember me"). */
  readonly persistent?: boolean | undefined;
  /** Its own idle time, where it was issued with one, in seconds. */
  readonly idle?: number | undefined;
  /** Helps a person recognise it: what the application said when it was issued. */
  readonly label?: string | undefined;
  readonly device?: string | undefined;
  /** When the person last proved who they are, in seconds since 1970. */
  readonly authTime: number;
  /** How (RFC 8176). */
  readonly amr?: readonly string[] | undefined;
  /** How well (OpenID Connect `acr`). */
  readonly acr?: string | undefined;
}

/** Both limits hold, in whole seconds. */
export interface Lifetime {
  /**
   * Ends a session that nobody uses. At most once in half of this time a request moves the end, so a session ends between
   * half of it and all of it after its last use, and never later.
   */
  readonly idle: number;
  /** Ends it however much it is used; at most 400 days, the most that browsers keep a cookie. */
  readonly absolute: number;
}

/** What may be said of a session when it is issued, and changed later. */
export interface SessionChange<D> {
  readonly data?: D | undefined;
  readonly label?: string | undefined;
  /** The `User-Agent`, or what the application makes of it. */
  readonly device?: string | undefined;
  /** Seconds since 1970. Default: the time of issue; on a rotation, what it was. */
  readonly authTime?: number | undefined;
  readonly amr?: readonly string[] | undefined;
  readonly acr?: string | undefined;
}

/** All that is said of a session, as it is kept: JSON. */
export interface Details extends SessionChange<unknown> {
  readonly persistent?: boolean | undefined;
  /** Where it is not the configured one, in seconds. */
  readonly idle?: number | undefined;
  /** Of a sealed session; see {@link Session}. */
  readonly freshness?: number | undefined;
}

/** A session to be. Without a type for its data, there is none. */
export type NewSession<D> = SessionChange<D> &
  (undefined extends D ? unknown : { readonly data: D }) & {
    readonly subject: string;
    /** Keep the cookie when the browser is closed. Default `false`. */
    readonly persistent?: boolean | undefined;
    /** In place of the option of that name, for this session. */
    readonly lifetime?: Partial<Lifetime> | undefined;
    /**
     * What {@link Sessions.epoch} said before the password was checked. If everything of this subject was ended meanwhile,
     * this session is dead from the start. Default: the epoch of now.
     */
    readonly epoch?: number | undefined;
  };

/** What a change asks of the response. */
export interface SessionEffects {
  /** For adapters; `applyTo` does it for a `Response`. Empty where the browser need not hear of it. */
  readonly effects: readonly Effect[];
  /** The response with the cookies and `Cache-Control: no-store`: a copy, as always. */
  applyTo(response: Response): Response;
}

/** A session that was issued or changed. Until the response with its effects arrives, the browser doesn't know. */
export interface Issued<D> extends SessionEffects {
  readonly session: Session<D>;
}

export interface SignOutOptions {
  /**
   * Have the browser forget more (`Clear-Site-Data`). `cookies` takes those of all subdomains along, `storage` unregisters
   * service workers.
   */
  readonly clearSiteData?: readonly ('cache' | 'cookies' | 'storage')[] | undefined;
}

export type SessionAccepted<S extends string, P, D> = Accepted<S, P> & { readonly session: Session<D> };

/** Where a call takes a session from: the acceptance that a handler got. */
export interface WithSession<D> {
  readonly session: Session<D>;
}

/**
 * An authenticator of sessions and their whole life. `context` is what `createContext` makes and may be left out where the
 * secret and the store don't depend on the platform's bindings.
 *
 * All of them throw when the store fails. None takes a subject from a request: who may end whose session is for the
 * application to decide.
 */
export interface Sessions<S extends string, P, D> extends Authenticator<SessionAccepted<S, P, D>> {
  /**
   * Signs somebody in. The session whose cookie the request carries, if any, ends: an id from before never works after
   * (session fixation).
   *
   * @param request The request that signs in. Its credentials are the application's affair; whether another site sent it is
   *   not checked here: put the route behind `protect(visitor, …)`.
   * @throws TypeError On data that the schema refuses, that is too large or not JSON, and on a bad lifetime.
   */
  issue(request: RequestLike, details: NewSession<D>, context?: Context): Promise<Issued<D>>;
  /**
   * Gives a session another id, at step-up and change of privilege; the old id is dead at once. What is left out of
   * `change` stays; the absolute end stays in any case.
   *
   * @returns `undefined` where the session has ended meanwhile.
   */
  rotate(accepted: WithSession<D>, change?: SessionChange<D>, context?: Context): Promise<Issued<D> | undefined>;
  /** Changes what is in a session; the id stays. @returns `undefined` where the session has ended meanwhile. */
  update(accepted: WithSession<D>, change: SessionChange<D>, context?: Context): Promise<Issued<D> | undefined>;
  /**
   * Signs out: ends the session that the request carries, if it carries a good one, and clears the cookies in any case.
   */
  signOut(request: RequestLike, options?: SignOutOptions, context?: Context): Promise<SessionEffects>;
  /**
   * Ends one session by the id that {@link Session.id} shows. @returns `true` for exactly one caller, `false` where the
   * subject has no such session.
   */
  revoke(subject: string, id: string, context?: Context): Promise<boolean>;
  /**
   * Ends all sessions of its subject but this one, which stays ended if it has ended meanwhile. @returns `undefined` then, of a
   * sealed session; a stored one is not asked about again.
   */
  revokeOthers(accepted: WithSession<D>, context?: Context): Promise<Issued<D> | undefined>;
  /** Ends all sessions of a subject, of every browser, by one write: when a password changes, for "sign out everywhere". */
  revokeAll(subject: string, context?: Context): Promise<void>;
  /** The subject's epoch; see {@link NewSession}. */
  epoch(subject: string, context?: Context): Promise<number>;
}

/** What both kinds of sessions take. */
export interface CommonOptions<S extends string, P, D> {
  /**
   * Names it on outcomes, in the store, in the cookie's name and in the keys: a session of one scheme is nothing to another,
   * even with the same secret and store. Default `session`.
   */
  readonly scheme?: S | undefined;
  /** On Workers a function: secrets arrive with the request. */
  readonly secret: Secret | ((context: Context) => Secret);
  /**
   * Loads whom a session belongs to, for each request. No answer (`null`, `undefined`) means "no longer": a suspended user's
   * session ends at once. A throw is an outage.
   */
  readonly load: (session: Session<D>, context: Context) => MaybePromise<P | null | undefined>;
  /** Default: 7 days idle, 30 days in all. */
  readonly lifetime?: Partial<Lifetime> | undefined;
  readonly cookie?: CookieOptions | undefined;
  /** Validates `data` on its way in. */
  readonly schema?: StandardSchema<D> | undefined;
  /** How much a session's data, label and device may be as JSON, in bytes. Default 4096. */
  readonly maxDataBytes?: number | undefined;
}

/** The cookie is always `Secure`, `HttpOnly` and `Path=/`. */
export interface CookieOptions {
  /**
   * The whole name. Default `__Host-Http-` and the scheme: a browser takes such a cookie from this host's responses alone. A
   * name without prefix can be planted by a sibling subdomain or a script.
   */
  readonly name?: string | undefined;
  /** Default `lax`. `strict`: a link from another site arrives signed out. `none`: for embedding, best with `partitioned`. */
  readonly sameSite?: 'strict' | 'lax' | 'none' | undefined;
  /** Share it with all subdomains of this host; needs a name without `__Host-`. */
  readonly domain?: string | undefined;
  /** One jar for each top-level site that embeds this one (CHIPS). */
  readonly partitioned?: boolean | undefined;
  /** Cookies that this one replaces: still read, and cleared when the new one is written. */
  readonly previous?: readonly { readonly name: string; readonly domain?: string | undefined }[] | undefined;
}

export interface SessionOptions<S extends string, P, D> extends CommonOptions<S, P, D> {
  /** Where sessions are kept. On Workers a function: bindings arrive with the request. */
  readonly store: StoreOption<'atomic' | 'consistent'>;
}

export interface SessionPage<D> {
  /** Newest first. */
  readonly sessions: readonly Session<D>[];
  /** Asks for the next page; absent on the last. */
  readonly next?: string | undefined;
}

export interface StoredSessions<S extends string, P, D> extends Sessions<S, P, D> {
  /**
   * The living sessions of a subject, for a page that shows them and lets each be ended.
   *
   * @param page `limit`, default 50; `after`: what the page before gave as `next`.
   */
  list(
    subject: string,
    page?: { readonly after?: string | undefined; readonly limit?: number | undefined },
    context?: Context,
  ): Promise<SessionPage<D>>;
}
