/** The platform's `fetch`, as far as it is used here. */
export type ClientFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** What a sign-in and the token endpoint answer with (RFC 6749 §5.1). Other members are ignored. */
export interface TokenResponse {
  readonly access_token: string;
  /** `Bearer`, in any case. Another one needs a proof that this client doesn't make. */
  readonly token_type?: string | undefined;
  /** How long the access token is good, in seconds. Left out, it is used until somebody refuses it. */
  readonly expires_in?: number | undefined;
  /** With the delivery `body`, and only there. */
  readonly refresh_token?: string | undefined;
}

/**
 * Where one text survives a restart: JSON with the attempt of a refresh that has had no answer, and with the delivery `body` the
 * refresh token. That one opens everything: a keychain, or a file that only its owner reads. With the delivery `cookie` there is
 * nothing secret in it, and `localStorage` will do.
 */
export interface ClientStorage {
  get(): string | null | undefined | PromiseLike<string | null | undefined>;
  /** @param text `undefined`: there is nothing to keep any more. What was set last has to stay, also where calls overlap. */
  set(text: string | undefined): unknown;
}

export interface TokenClientOptions {
  /** Where the endpoints are: the `path` of `tokenEndpoints`, in a page; elsewhere with its origin, `https://api.example/auth`. */
  readonly url: string;
  /** Which of the application's clients this is, where there are several. */
  readonly clientId?: string | undefined;
  /**
   * How the refresh token travels, as the server has it for this client. `cookie`: out of reach for scripts. `body`: it is in
   * answers, and kept in `storage`. Default: `cookie` in a page or a worker of one, `body` elsewhere.
   */
  readonly delivery?: 'cookie' | 'body' | undefined;
  /** Default: memory, which is gone with the page or the process. Tabs with the delivery `body` need one that they share. */
  readonly storage?: ClientStorage | undefined;
  /** Origins that get the access token beside that of `url`, such as `https://files.example`. Of a longer URL its origin counts. */
  readonly origins?: readonly string[] | undefined;
  /**
   * Called when a sign-in ends: by {@link TokenClient.signOut} here or in another tab, or because the server says that it is over.
   * Not where it turns out that nobody was signed in. What it throws is an uncaught error, as of any listener.
   */
  readonly onSignOut?: (() => unknown) | undefined;
  /** Default: the platform's, looked up at each call. */
  readonly fetch?: ClientFetch | undefined;
  /** Seconds since 1970. Default: the platform's clock. */
  readonly now?: (() => number) | undefined;
}

/** Its functions may be taken out and passed on. */
export interface TokenClient {
  /**
   * As the platform's `fetch`, with the access token for the origins that get it.
   *
   * | request, response | what happens |
   * | --- | --- |
   * | to another origin, or with an `Authorization` of the caller's | sent as it is |
   * | nobody is signed in | sent without a token |
   * | the token is about to expire | refreshed before |
   * | 401 | refreshed, and sent once more; the second answer is the caller's |
   * | 401 for a step-up (RFC 9470), or of another scheme than Bearer | the caller's: no other token would help |
   * | 401 to a body that is a stream, which is gone | the caller's; the next call has another token |
   * | 401 also to a new token | the caller's, until that token expires: such an endpoint would cost a refresh a call |
   *
   * The body of a `Request` object is held in memory until it was answered; for large ones pass a URL and a `Blob`. The platform gets
   * a `Request`: members of `init` that it doesn't know are lost. A redirect to another origin goes without the token, by the Fetch
   * standard.
   *
   * @throws What the platform's `fetch` throws; what the refresh failed by; and the signal's reason, which ends the caller's own
   *   waiting and not the refresh of others.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /**
   * An access token that is good now, for a WebSocket or another HTTP library. `undefined` where nobody is signed in.
   *
   * @throws What the refresh failed by: nobody is signed out by an outage, and the next call tries again.
   */
  token(): Promise<string | undefined>;
  /**
   * Takes over what a sign-in was answered with, in every tab. By nothing else is a tab signed in again that was signed out, but by
   * being loaded anew.
   *
   * @returns When it is in the storage.
   * @throws TypeError On what is no such answer, and on one of another `delivery`; never with a token in its message.
   */
  accept(tokens: TokenResponse): Promise<void>;
  /**
   * Forgets everything here and in other tabs, at once; then tells the server.
   *
   * @throws Where the server could not be told. Then the sign-in lives on there, and with a cookie it is back when the page is loaded
   *   anew: say so to the person, and call it again. Where only the storage failed, the server was told.
   */
  signOut(): Promise<void>;
  /** Hears nothing of other tabs any more. For one that is given up before its page is. */
  close(): void;
}
