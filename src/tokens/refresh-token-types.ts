import type { MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import type { Secret } from '../crypto/keyring.ts';
import type { StoreOption } from '../stores/store-of.ts';
import type { RefreshAnswer } from './decide-refresh.ts';
import type { RevocationCheck } from './jwt.ts';

/** What a family is for, and whose. Nothing in it opens anything: it may be shown to its owner and logged. */
export interface TokenFamily<D = undefined> {
  /** Names the sign-in in lists, logs and calls; access tokens have it as `sid`. The same for as long as it lasts. */
  readonly id: string;
  /** Whose it is, as the application names its users. */
  readonly subject: string;
  /** Which of the application's clients it was issued to, where there are several. */
  readonly client?: string | undefined;
  /** How its refresh token travels. */
  readonly delivery: Delivery;
  /** The most that its access tokens may be used for. */
  readonly scopes: readonly string[];
  /** Whom its access tokens may be meant for. */
  readonly audience: Audiences;
  /** How often its refresh token was replaced. */
  readonly generation: number;
  /** When it was issued, in seconds since 1970. */
  readonly createdAt: number;
  /** When it was last rotated. */
  readonly usedAt: number;
  /** When it ends unless it is used before. */
  readonly expiresAt: number;
  /** When it ends in any case. */
  readonly endsAt: number;
  /** When the person last proved who they are, in seconds since 1970. */
  readonly authTime: number;
  /** How (RFC 8176). */
  readonly amr?: readonly string[] | undefined;
  /** How well (OpenID Connect `acr`). */
  readonly acr?: string | undefined;
  /** Helps a person recognise it: what the application said when it was issued. */
  readonly label?: string | undefined;
  readonly device?: string | undefined;
  /** What the application keeps with it. */
  readonly data: D;
}

/** At least one: RFC 9068 §2.2 wants each access token to say whom it is for. */
export type Audiences = readonly [string, ...string[]];

/** `body`: to apps and command lines, which keep it themselves. `cookie`: to browsers, out of reach for scripts. */
export type Delivery = 'body' | 'cookie';

/** A sign-in to be. Without a type for its data, there is none. */
export type NewTokenFamily<D, C extends string> = {
  readonly subject: string;
  /** One of the `clients`, where there are some. */
  readonly client?: C | undefined;
  /** Scope tokens of RFC 6749 §3.3. Default: none. */
  readonly scopes?: readonly string[] | undefined;
  /** Some of the `audience` option. Default: all of it. */
  readonly audience?: readonly string[] | undefined;
  /** Seconds since 1970. Default: now. */
  readonly authTime?: number | undefined;
  readonly amr?: readonly string[] | undefined;
  readonly acr?: string | undefined;
  readonly label?: string | undefined;
  /** The `User-Agent`, or what the application makes of it. */
  readonly device?: string | undefined;
  /** What whoever refreshes must show again, such as the thumbprint of a key (RFC 9449 `jkt`). Kept as its SHA-256. */
  readonly binding?: string | undefined;
  /**
   * What {@link RefreshTokens.epoch} said before the password was checked. If everything of this subject was ended meanwhile,
   * this family is dead from the start. Default: the epoch of now.
   */
  readonly epoch?: number | undefined;
} & (undefined extends D ? { readonly data?: D | undefined } : { readonly data: D });

/** What an access token is to say. */
export interface AccessGrant<D = unknown> {
  readonly family: TokenFamily<D>;
  /** Those of the family, or fewer. */
  readonly scopes: readonly string[];
  /** That of the family, or less of it. */
  readonly audience: Audiences;
}

export interface AccessToken {
  readonly token: string;
  /** How long it is good, in seconds from now. */
  readonly expiresIn: number;
}

/** Makes access tokens: `jwtAccess` or `opaqueAccess` of `countersign/access-tokens`, or the application's own. */
export interface AccessTokenIssuer<D = unknown> {
  issue(grant: AccessGrant<D>, context: Context): MaybePromise<AccessToken>;
  /**
   * Ends those of a family before they expire. Where it is there, a family that ended while a token was made for it is noticed, at
   * the price of one more read.
   */
  revokeFamily?(family: Pick<TokenFamily, 'id' | 'subject'>, context: Context): Promise<unknown>;
  /** Ends those of a subject. */
  revokeAll?(subject: string, context: Context): Promise<unknown>;
  /** Ends one for whoever has it (RFC 7009). */
  revokeToken?(token: string, context: Context): Promise<unknown>;
}

/** The answer to a sign-in or a refresh. */
export interface IssuedTokens<D> extends AccessGrant<D> {
  readonly accessToken: string;
  /** How long that is good, in seconds. */
  readonly expiresIn: number;
  /** Absent where the one that was presented stays the family's. */
  readonly refreshToken?: string | undefined;
}

/**
 * Why there is no token. Stable: for logs, metrics and tests; the wire shows only OAuth's codes.
 *
 * - `malformed`: not of this form, or not made with one of our keys.
 * - `invalid`: no proof of this family; or of another client, delivery, binding or key than the family's.
 * - `revoked`: the store has no such family: ended, or idle for too long.
 * - `replayed`: of an earlier generation. The family has ended by this.
 * - `invalid_scope`, `invalid_target`: more was asked for than the family has. Nothing else has happened.
 */
export type RefreshRefusal = 'malformed' | 'invalid' | 'revoked' | 'replayed' | 'invalid_scope' | 'invalid_target';

export type RefreshResult<D> =
  | ({ readonly ok: true; readonly answer: Exclude<RefreshAnswer, 'reused'> } & IssuedTokens<D>)
  | { readonly ok: false; readonly reason: RefreshRefusal };

export interface RefreshRequest {
  /** Fewer scopes than the family's, for this access token. Default: all of them. */
  readonly scopes?: readonly string[] | undefined;
  /** Less of the family's audience (RFC 8707 `resource`). Default: all of it. */
  readonly audience?: readonly string[] | undefined;
  /** Random text that the client sends again with the same token until it has an answer. Its form is the endpoint's to check. */
  readonly attempt?: string | undefined;
  /** Who says to be asking. Of a family of another client it is refused; left out, it is not looked at. */
  readonly client?: string | undefined;
  /** How the token came. Default `body`. */
  readonly delivery?: Delivery | undefined;
  /** See {@link NewTokenFamily}. */
  readonly binding?: string | undefined;
}

/** What happened to a family, built from codes and identifiers. */
export interface RefreshEvent {
  /**
   * - `issued`: somebody signed in.
   * - `kept`, `rotated`, `repeated`: a refresh; see {@link RefreshAnswer}.
   * - `forwarded`: the store had lost a rotation. Look at its failover.
   * - `reused`: an earlier token was used again, and the sign-in has ended. Somebody may have a copy.
   * - `refused`: no family's token, or not for this; why is the `reason`.
   * - `revoked`: ended by who may.
   */
  readonly type: 'issued' | RefreshAnswer | 'refused' | 'revoked';
  /** Seconds since 1970. */
  readonly at: number;
  readonly reason?: RefreshRefusal | undefined;
  /** Where it is known whose. */
  readonly subject?: string | undefined;
  /** The family's id. */
  readonly family?: string | undefined;
  readonly client?: string | undefined;
}

/** Both limits hold, in whole seconds to 400 days. */
export interface RefreshLifetime {
  /** Ends a sign-in that nobody uses. Default 30 days. */
  readonly idle?: number | undefined;
  /** Ends it however much it is used. Default 90 days. */
  readonly absolute?: number | undefined;
}

/** What may differ from client to client. */
export interface RefreshPolicy {
  /**
   * For how long after a rotation the token before it is served, in seconds: for other tabs, and for retries. At least twice the
   * `skew` and at most 600; 0 is strict, where a tab that comes second ends the sign-in. Default 30.
   */
  readonly leeway?: number | undefined;
  readonly lifetime?: RefreshLifetime | undefined;
  /** Default `body`. */
  readonly delivery?: Delivery | undefined;
}

export interface RefreshTokensOptions<D, C extends string> extends RefreshPolicy {
  /** Where families are kept. On Workers a function: bindings arrive with the request. */
  readonly store: StoreOption<'atomic' | 'consistent'>;
  /**
   * Secrets by name (a lower-case letter, then letters and digits), of at least 32 bytes each: the first makes tokens, all of them
   * read. To change one, add it as the second everywhere, then make it the first; and keep the old one until families that are not
   * used have ended.
   */
  readonly secrets: Readonly<Record<string, Secret | ((context: Context) => Secret)>>;
  /** What makes access tokens. */
  readonly access: AccessTokenIssuer<NoInfer<D>>;
  /** Whom access tokens are meant for: the APIs, by the names that they check. */
  readonly audience: string | Audiences;
  /**
   * What each refresh token begins with: an ASCII lower-case letter, then letters and digits, 16 at most. Tokens of one prefix are
   * nothing to another, even in the same store. Default `refresh`.
   */
  readonly prefix?: string | undefined;
  /** The application's clients by name, where they differ; each says what is otherwise. Then each family is of one of them. */
  readonly clients?: Readonly<Record<C, RefreshPolicy>> | undefined;
  /** How far the clocks of two of the application's servers may be apart, in seconds. Default 5. */
  readonly skew?: number | undefined;
  /**
   * Whether a subject may still have tokens, asked at each refresh: `false` ends the family. Default: yes. Whoever suspends a user
   * calls {@link RefreshTokens.revokeAll} besides, which needs no refresh to work.
   */
  readonly isActive?: ((family: TokenFamily<D>, context: Context) => MaybePromise<boolean>) | undefined;
  /** How much may be kept of one family, in bytes. Default 4096. */
  readonly maxDataBytes?: number | undefined;
  /** Hears of everything. Whatever it throws is swallowed. */
  readonly onEvent?: ((event: RefreshEvent) => unknown) | undefined;
}

/**
 * The life of sign-ins by refresh token. `context` is what `createContext` makes and may be left out where store and secrets do
 * not depend on the platform's bindings.
 *
 * All of them throw when the store fails. None takes a subject from a request: who may end whose sign-in is for the application
 * to decide.
 */
export interface RefreshTokens<D, C extends string> {
  /**
   * Signs somebody in.
   *
   * @throws TypeError On what is no scope, an audience beyond the option's, a client that is not configured, and data that is too
   *   large, is not JSON or has a member `__proto__`.
   */
  issue(details: NewTokenFamily<D, C>, context?: Context): Promise<IssuedTokens<D> & { readonly refreshToken: string }>;
  /**
   * Trades a refresh token for an access token, and the token for its successor where that is due. Safe to repeat and to run
   * many times at once.
   *
   * @param token Whatever somebody sent: of any length, of any characters.
   * @throws Error Where the secret that the family is under is not configured here, and where others were faster nine times: outages.
   */
  refresh(token: string, request?: RefreshRequest, context?: Context): Promise<RefreshResult<D>>;
  /** Ends one sign-in. @returns `true` for exactly one caller, `false` where the subject has no such sign-in. */
  revoke(subject: string, id: string, context?: Context): Promise<boolean>;
  /**
   * Ends a sign-in for whoever has a token of it, of any generation, as an endpoint of RFC 7009 does.
   *
   * @returns `true` for exactly one caller, `false` for any other text, and where `delivery` or `client` are not the family's.
   */
  revokeToken(
    token: string,
    request?: Pick<RefreshRequest, 'client' | 'delivery'>,
    context?: Context,
  ): Promise<boolean>;
  /** Ends all sign-ins of a subject by one write, and their access tokens where the issuer can. */
  revokeAll(subject: string, context?: Context): Promise<void>;
  /** The living sign-ins of a subject, newest first, in pages. `limit`: how many, default 50; `after`: the `next` of the page before. */
  list(
    subject: string,
    page?: { readonly after?: string | undefined; readonly limit?: number | undefined },
    context?: Context,
  ): Promise<TokenFamilyPage<D>>;
  /** The subject's epoch; see {@link NewTokenFamily}. */
  epoch(subject: string, context?: Context): Promise<number>;
  /**
   * For `jwt({ revocations })`: an access token is refused once its family has ended, at one read a request (none behind a
   * `cachedStore`). Without it a JWT is good until it expires. A token without `sid` is not a family's and is refused.
   */
  readonly revocations: RevocationCheck;
  /** Of the access tokens: ends one for whoever has it. Absent where the issuer can't. */
  readonly revokeAccessToken?: ((token: string, context: Context) => Promise<unknown>) | undefined;
  /** Whether a text was made with one of the secrets. Asks no store, and says nothing of whether it is still good. */
  isRefreshToken(token: string, context?: Context): boolean;
  /** The names of the `clients`, if there are any. */
  readonly clients: readonly C[];
}

export interface TokenFamilyPage<D> {
  readonly families: readonly TokenFamily<D>[];
  /** Asks for the next page; absent on the last. */
  readonly next?: string | undefined;
}
