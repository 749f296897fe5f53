import type { Context } from '../core/context.ts';
import type { StoreOption } from '../stores/store-of.ts';
import type { TokenFormat } from './token-format.ts';

/** An opaque token, as the application sees it. Nothing in it opens anything: it may be shown to its owner and logged. */
export interface OpaqueToken<D = undefined> {
  /** Names it in lists, logs and calls. */
  readonly id: string;
  /** Whose it is, as the application names its users. */
  readonly subject: string;
  /** What it may be used for. Empty: nothing that asks for a scope. */
  readonly scopes: readonly string[];
  /** When it was issued, in seconds since 1970. */
  readonly createdAt: number;
  /** When it ends, in seconds since 1970. */
  readonly expiresAt: number;
  /** What the application keeps with it. */
  readonly data: D;
}

/** A token to be. Without a type for its data, there is none. */
export type NewOpaqueToken<D> = {
  readonly subject: string;
  /** Scope tokens of RFC 6749 §3.3: ASCII without spaces, quotes and backslashes. Default: none. */
  readonly scopes?: readonly string[] | undefined;
  /** In place of the option of that name, for this token. */
  readonly expiresIn?: number | undefined;
  /**
   * What {@link OpaqueTokens.epoch} said before a password was checked. If everything of this subject was revoked meanwhile,
   * this token is dead from the start. Default: the epoch of now.
   */
  readonly epoch?: number | undefined;
} & (undefined extends D ? { readonly data?: D | undefined } : { readonly data: D });

/** A token that was issued. */
export interface IssuedOpaqueToken<D> {
  /** The token itself. Nobody can find it out again: not the store, and not the application. */
  readonly token: string;
  /** What is known of it, as it will be verified. */
  readonly record: OpaqueToken<D>;
}

export interface OpaqueTokenPage<D> {
  readonly tokens: readonly OpaqueToken<D>[];
  /** Asks for the next page; absent on the last. */
  readonly next?: string | undefined;
}

/**
 * A format of tokens for `bearer`, and the whole life of such tokens. `context` is what `createContext` makes and may be left
 * out where the store does not depend on the platform's bindings.
 *
 * All of them throw when the store fails. None takes a subject from a request: who may end whose tokens is for the
 * application to decide.
 */
export interface OpaqueTokens<D> extends TokenFormat<OpaqueToken<D>> {
  /**
   * Makes a token.
   *
   * @returns The token, and what is known of it. `data` in it is what JSON makes of what was given.
   * @throws TypeError On what is no scope, a lifetime out of bounds, and data that is too large, is not JSON or has a member
   *   `__proto__`.
   */
  issue(details: NewOpaqueToken<D>, context?: Context): Promise<IssuedOpaqueToken<D>>;
  /**
   * Ends one token by the id that {@link OpaqueToken.id} shows. @returns `true` for exactly one caller, `false` where the
   * subject has no such token.
   */
  revoke(subject: string, id: string, context?: Context): Promise<boolean>;
  /**
   * Ends a token for whoever has it, as an endpoint of RFC 7009 does. @returns `true` for exactly one caller, `false` for any
   * other text.
   */
  revokeToken(token: string, context?: Context): Promise<boolean>;
  /** Ends all tokens of a subject by one write. */
  revokeAll(subject: string, context?: Context): Promise<void>;
  /** The living tokens of a subject, newest first, in pages. `limit`: how many, default 50; `after`: the `next` of the page before. */
  list(
    subject: string,
    page?: { readonly after?: string | undefined; readonly limit?: number | undefined },
    context?: Context,
  ): Promise<OpaqueTokenPage<D>>;
  /** The subject's epoch; see {@link NewOpaqueToken}. */
  epoch(subject: string, context?: Context): Promise<number>;
}

export interface OpaqueTokensOptions {
  /** Where they are kept. On Workers a function: bindings arrive with the request. */
  readonly store: StoreOption<'atomic' | 'consistent'>;
  /**
   * What each token begins with, before `_`: an ASCII lower-case letter, then letters and digits, 16 at most. It lets scanners
   * for leaked secrets find them. Tokens of one prefix are nothing to another, even in the same store. Default `token`.
   */
  readonly prefix?: string | undefined;
  /** How long a token is good, in whole seconds up to 10 years. Default 3600. */
  readonly expiresIn?: number | undefined;
  /** How much a token's scopes and data may be as they are kept, in bytes. Default 1024. */
  readonly maxDataBytes?: number | undefined;
}
