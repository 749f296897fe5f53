import type { Context } from '../core/context.ts';
import type { ApiKey } from './api-key-record.ts';

/** A key to be. Without a type for its data, there is none. */
export type NewApiKey<D> = {
  readonly subject: string;
  /** What its owner calls it: up to 100 characters, none of them a control character. Default: nothing. */
  readonly name?: string | undefined;
  /** What it may be used for. Default: nothing that asks for a scope. */
  readonly scopes?: readonly string[] | undefined;
  /** In place of the option of that name, for this key. */
  readonly expiresIn?: number | 'never' | undefined;
  /** What {@link ApiKeyManagement.epoch} said before a password was checked; see `opaqueTokens`. Default: the epoch of now. */
  readonly epoch?: number | undefined;
} & (undefined extends D ? { readonly data?: D | undefined } : { readonly data: D });

/** What is to be otherwise. What is left out stays. */
export interface ApiKeyChange<D> {
  readonly name?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** From now. It can be shortened and prolonged. */
  readonly expiresIn?: number | 'never' | undefined;
  readonly data?: D | undefined;
}

/** A key that was made. */
export interface IssuedApiKey<D> {
  /** The key itself. Nobody can find it out again: not the store, and not the application. */
  readonly key: string;
  /** What is known of it, as it will be verified. */
  readonly record: ApiKey<D>;
}

export interface ApiKeyPage<D> {
  readonly keys: readonly ApiKey<D>[];
  /** Asks for the next page; absent on the last. */
  readonly next?: string | undefined;
}

/**
 * What can be done to keys. `context` is what `createContext` makes and may be left out where store and pepper do not depend on the
 * platform's bindings.
 *
 * All of them throw when the store fails. None takes a subject from a request: who may do what to whose keys is for the
 * application to decide.
 */
export interface ApiKeyManagement<D> {
  /**
   * Makes a key.
   *
   * @throws TypeError On a scope that is none or unknown, a name or a lifetime out of bounds, and data that is too large, is not
   *   JSON or has a member `__proto__`.
   */
  create(details: NewApiKey<D>, context?: Context): Promise<IssuedApiKey<D>>;
  /** A subject's key by its id, one that is revoked or expired too. */
  get(subject: string, id: string, context?: Context): Promise<ApiKey<D> | undefined>;
  /** A subject's keys, newest first, in pages; those that ended within `keepEnded` too. `limit`: how many, default 50. */
  list(
    subject: string,
    page?: { readonly after?: string | undefined; readonly limit?: number | undefined },
    context?: Context,
  ): Promise<ApiKeyPage<D>>;
  /** Renames, rescopes, prolongs. @returns `undefined` for a key that is unknown, revoked or expired. @throws As `create`. */
  update(subject: string, id: string, change: ApiKeyChange<D>, context?: Context): Promise<ApiKey<D> | undefined>;
  /**
   * Makes a key in another's place, with its name, scopes and data, and lets the old one be good a while longer.
   *
   * @param options `overlap`: for how long, in seconds; default a week, 0 ends it at once. `expiresIn`: how
   *   long the new one is good; default as long as the old one was to be.
   * @returns `undefined` for a key that is unknown, revoked, expired, replaced already, or being changed by somebody else at this
   *   moment.
   */
  rotate(
    subject: string,
    id: string,
    options?: { readonly overlap?: number | undefined; readonly expiresIn?: number | 'never' | undefined },
    context?: Context,
  ): Promise<IssuedApiKey<D> | undefined>;
  /** Ends one key. @returns Which it was, for exactly one caller; `undefined` where the subject has no such key that is good. */
  revoke(subject: string, id: string, context?: Context): Promise<ApiKey<D> | undefined>;
  /** Ends a key for whoever has it, as a report of a leak. @returns Which it was; `undefined` for any other text. */
  revokeKey(key: string, context?: Context): Promise<ApiKey<D> | undefined>;
  /** Ends all keys of a subject by one write. None of them is listed afterwards. */
  revokeAll(subject: string, context?: Context): Promise<void>;
  /** The subject's epoch; see {@link NewApiKey}. */
  epoch(subject: string, context?: Context): Promise<number>;
}

export interface ManageApiKeysOptions {
  /** All scopes there are; `create` and `update` refuse others. Default: any. */
  readonly scopes?: readonly string[] | undefined;
  /** How long a key is good, in whole seconds up to 10 years, or `never` ends by itself. Default a year. */
  readonly expiresIn?: number | 'never' | undefined;
  /** How long after its end a key is still listed, and told apart from one unknown, in seconds. Default 30 days. */
  readonly keepEnded?: number | undefined;
  /** How much a key's name, scopes and data may be as they are kept, in bytes. Default 1024. */
  readonly maxDataBytes?: number | undefined;
}
