import type { Effect } from './effects.ts';

/**
 * Why presented credentials were refused. Stable: for logs, metrics and tests. The wire never shows it:
 * `errorOf` of `countersign/refusals` says what it shows.
 *
 * - `malformed`: not the syntax of the scheme, or credentials given twice or in two ways.
 * - `invalid`: well formed, and not good: wrong password, unknown token, bad signature.
 * - `expired`, `not_yet_valid`, `revoked`, `replayed`: good once, or not yet, or once too often.
 * - `incomplete`: `all` asks for several credentials, and some are missing (the scheme is `all` then).
 * - `cleartext`: did not come over `https:` where that is asked for.
 */
export type RejectReason =
  | 'malformed'
  | 'invalid'
  | 'expired'
  | 'not_yet_valid'
  | 'revoked'
  | 'replayed'
  | 'incomplete'
  | 'cleartext';

/** What the library may know beside the principal. Every member is optional: a scheme states only what it checked. */
export interface Facts {
  /** Stable identifier of the principal, as the scheme knows it: user name, `sub`, owner of a key. */
  readonly subject?: string | undefined;
  /** What the credential may be used for. Absent: the scheme has no notion of scopes. */
  readonly scopes?: readonly string[] | undefined;
  /** When the credential stops being good, in seconds since 1970. */
  readonly expiresAt?: number | undefined;
  /** When the person last proved who they are, in seconds since 1970 (OpenID Connect `auth_time`). */
  readonly authTime?: number | undefined;
  /** How: authentication methods (RFC 8176). */
  readonly amr?: readonly string[] | undefined;
  /** How well: authentication context class (OpenID Connect `acr`). */
  readonly acr?: string | undefined;
  /** Names the credential without opening anything: a session's public id, `jti`, a key id. */
  readonly credentialId?: string | undefined;
  /** When the answer was last checked at its source, in seconds since 1970. Absent: in this request. */
  readonly freshness?: number | undefined;
}

/** Credentials were presented and are good. */
export interface Accepted<S extends string = string, P = unknown> extends Facts {
  readonly kind: 'accepted';
  /** Which scheme accepted; narrows `principal` when several are composed. */
  readonly scheme: S;
  /** Who is asking, as a type of the application's. */
  readonly principal: P;
  /** A browser may have sent the credentials unasked (cookies, Basic), so the cross-site check applies. */
  readonly ambient: boolean;
  /** Filled by `all`: what each part accepted, in order. */
  readonly parts?: readonly Accepted[] | undefined;
  /**
   * Reserved for others who vouch for the same request, such as an agent acting for the user (RFC 8693 §4.1). Nothing in
   * the library fills it yet.
   */
  readonly actors?: readonly Accepted[] | undefined;
  readonly effects?: readonly Effect[] | undefined;
}

/** No credentials were needed and none that count were presented; only `optional` says so. */
export type Anonymous = Accepted<'anonymous', null>;

/** No credentials of this kind were presented. */
export interface Absent {
  readonly kind: 'absent';
  readonly status: 401;
  /** There is an `Authorization` header, of a scheme that is not configured. It counts as nothing. */
  readonly reason?: 'unknown_scheme' | undefined;
  readonly scheme?: undefined;
  readonly effects?: readonly Effect[] | undefined;
}

/** Credentials were presented and are not good. */
export interface Rejected {
  readonly kind: 'rejected';
  readonly scheme: string;
  readonly reason: RejectReason;
  /** 400 only where credentials came twice or in two ways; else 401. */
  readonly status: 400 | 401;
  readonly effects?: readonly Effect[] | undefined;
}

/** What would have been enough. */
export interface Needed {
  /** All scopes the operation needs, in one challenge (RFC 6750 §3). */
  readonly scopes?: readonly string[] | undefined;
  /** Acceptable authentication context classes, best first (RFC 9470 `acr_values`). Makes the answer a 401. */
  readonly acr?: readonly string[] | undefined;
  /** Greatest age of the sign-in, in seconds (RFC 9470 `max_age`). Makes the answer a 401. */
  readonly maxAge?: number | undefined;
}

/** Credentials are good, but not enough for this. */
export interface Insufficient extends Needed {
  readonly kind: 'insufficient';
  readonly scheme: string;
  /** `limited`: it came too often, which is a 429. */
  readonly reason?: 'limited' | undefined;
  /** 403; 401 where signing in again would help (RFC 9470); 429 where waiting would. */
  readonly status: 401 | 403 | 429;
  /** Who it is that may not, for the log. */
  readonly subject?: string | undefined;
  readonly effects?: readonly Effect[] | undefined;
}

export type Failure = Absent | Rejected | Insufficient;

/** What an authenticator answers. A store that is down is not among the answers: it throws. */
export type Outcome<A extends Accepted = Accepted> = A | Failure;

/** The answer when nothing of a scheme's kind was presented. */
export const ABSENT: Absent = { kind: 'absent', status: 401 };

/** The answer when `Authorization` names a scheme that is not configured. */
export const UNKNOWN_SCHEME: Absent = /* @__PURE__ */ { ...ABSENT, reason: 'unknown_scheme' };

/**
 * Says that credentials were presented and are good.
 *
 * @param scheme Name of the scheme; a literal, so that composition can narrow by it.
 * @param principal Who is asking: any type of the application's.
 * @param facts What was checked beside it. `ambient` (default `false`) is `true` for anything a browser may send unasked:
 *   leaving it out there switches the cross-site check off.
 */
export function accept<const S extends string, P>(
  scheme: S,
  principal: P,
  facts?: Partial<Omit<Accepted, 'kind' | 'scheme' | 'principal'>>,
): Accepted<S, P> {
  return { kind: 'accepted', scheme, principal, ambient: false, ...facts };
}

/**
 * Says that credentials were presented and are not good.
 *
 * @param scheme Name of the scheme.
 * @param reason For logs, tests and events.
 * @param more `status` (default 401; 400 where credentials were given twice or in two ways) and `effects`.
 */
export function reject(
  scheme: string,
  reason: RejectReason,
  more?: { readonly status?: 400 | 401; readonly effects?: readonly Effect[] },
): Rejected {
  return { kind: 'rejected', scheme, reason, status: 401, ...more };
}

/**
 * Says that credentials are good, but not enough: from an authenticator, or as what a handler of {@link protect} returns
 * in place of a response.
 *
 * @param needed What would be enough. With `acr` or `maxAge` the answer is a 401 that asks for a better sign-in
 *   (RFC 9470 §3), else a 403 (RFC 6750 §3.1 `insufficient_scope`).
 * @param scheme Name of the scheme. `protect` fills it in for a handler.
 */
export function insufficient(needed: Needed = {}, scheme = ''): Insufficient {
  const status = (needed.acr ?? needed.maxAge) === undefined ? 403 : 401;
  return { ...needed, kind: 'insufficient', scheme, status };
}
