/**
 * The part of a request that an authenticator may read. A Fetch `Request` fits, and so does a view of a few lines over
 * another server's request: nothing here is called but these three members.
 */
export interface RequestLike {
  /** Upper case, as Fetch normalizes it. */
  readonly method: string;
  /** Absolute, as Fetch gives it. Not believed about the origin: a client may write what it likes there. */
  readonly url: string;
  readonly headers: {
    /** The values of all field lines of that name joined by `, `, or `null`. */
    get(name: string): string | null;
  };
}

/**
 * What an authenticator knows beside the request. Everything that is not a function of the request comes through here,
 * so that a test can set the clock and the dice. {@link createContext} fills it from the platform.
 */
export interface Context {
  /** The time of this request, in seconds since 1970 (may have a fraction). Read once, so that one request has one time. */
  readonly now: number;
  /** `length` cryptographically random bytes. */
  random(length: number): Uint8Array;
  /** Keeps the platform alive for work that may finish after the response: `(promise) => ctx.waitUntil(promise)`. */
  waitUntil?(promise: Promise<unknown>): void;
  /** The client's address as the adapter knows it. Never read from a header here. */
  readonly address?: string | undefined;
  /** Aborted when the client has gone. */
  readonly signal?: AbortSignal | undefined;
  /** `true`: no answer from a cache; ask the source of truth. For authenticators that have one; Basic has none. */
  readonly fresh?: boolean | undefined;
  /**
   * `false`: response headers can't be changed any more (a server component, an upgraded socket), so whatever would need a
   * cookie to be set must wait. For authenticators that set one; Basic sets none.
   */
  readonly deliverable?: boolean | undefined;
  /** The platform's bindings, such as `env` on Workers. The library hands them on and never looks inside. */
  readonly bindings?: unknown;
}
