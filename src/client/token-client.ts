/**
 * A `fetch` that carries the access token, for browsers, apps and command lines.
 *
 * @module countersign/client
 */
import { isPage } from './tab-channel.ts';
import type { TokenClient, TokenClientOptions } from './token-client-types.ts';
import { askTokenEndpoint } from './token-endpoint.ts';
import { tokenKeeper } from './token-keeper.ts';

export type * from './token-client-types.ts';

/**
 * A client of `tokenEndpoints` that keeps one person signed in: it refreshes before a token expires and when one is refused, and
 * sends again what was refused for it.
 *
 * One refresh at a time: in a page, and by Web Locks in all tabs of its origin, which hear of the new token over a
 * `BroadcastChannel`. Where there are no Web Locks, each tab refreshes for itself, and processes that share a `storage` do: the server
 * answers the same token in the same way. An answer that was lost is asked for again with the same attempt.
 *
 * The access token is in memory alone, and in none of the requests to origins that were not named. Nothing is done in the background:
 * no timer, no request that nobody waits for.
 *
 * What is not checked: that `url` and `origins` are `https:`, and what scripts of the same origin do. They can call this client; they
 * can't take a refresh token away that is delivered by cookie. It is for one person, so not for a server that acts for several. React
 * Native needs `crypto.getRandomValues` and a standard `URL`, which packages bring.
 *
 * @param options `url` at least.
 * @throws TypeError On a bad option.
 *
 * @example
 * ```ts
 * import { tokenClient } from 'countersign/client';
 *
 * // In place of a server.
 * const fetch = async (input: string | URL | Request, init?: RequestInit) => {
 *   const { url, headers } = new Request(input, init);
 *   return url.endsWith('/auth/token')
 *     ? Response.json({ access_token: 'second', token_type: 'Bearer', expires_in: 300 })
 *     : new Response(headers.get('authorization'));
 * };
 *
 * let now = 1_800_000_000;
 * const client = tokenClient({ url: 'https://api.example/auth', clientId: 'cli', fetch, now: () => now });
 * await client.accept({ access_token: 'first', expires_in: 300, refresh_token: 'not a secret' });
 * now += 3600;
 * const response = await client.fetch('https://api.example/files');
 * console.log(await response.text()); // Bearer second
 * ```
 */
export function tokenClient({
  url,
  clientId,
  // Read when it is called, and not at import: on a server that renders pages, an import is nobody's page.
  delivery = isPage() ? 'cookie' : 'body',
  storage,
  origins = [],
  onSignOut = () => {},
  fetch,
  now = () => Date.now() / 1000,
  ...others
}: TokenClientOptions): TokenClient {
  for (const name of Object.keys(others)) throw new TypeError(`no option '${name}'`);
  // A path on a server that renders pages is none, either: one client there would be everybody's.
  const read = (text: string): URL => new URL(text, globalThis.location?.href);
  const base = read(url).href.replace(/\/$/, '');
  const allowed = new Set([url, ...origins].map((text) => read(text).origin));
  // What all local files have, and all sandboxes.
  allowed.delete('null');
  let memory: string | undefined;
  const isCookie = delivery === 'cookie';
  const send: TokenClient['fetch'] = (input, init) => (fetch ?? globalThis.fetch)(input, init);
  const { refuse, ...keeper } = tokenKeeper(
    `countersign ${base} ${clientId}`,
    isCookie,
    storage ?? {
      get: () => memory,
      set: (text) => {
        memory = text;
      },
    },
    now,
    onSignOut,
    (path, fields) => askTokenEndpoint(`${base}/${path}`, { ...fields, client_id: clientId }, isCookie, send),
  );
  /** The last token that was new, and refused. */
  let useless: string | undefined;

  return {
    ...keeper,
    async fetch(input, init) {
      let refused: Response | undefined;
      for (;;) {
        // A copy the first time: a body can be read once.
        const request = new Request((!refused && (input as Partial<Request>).clone?.()) || input, init);
        const { headers, signal } = request;
        // A URL that came from somewhere must not carry the token to a stranger. It is looked at as the platform has read it.
        if (!allowed.has(new URL(request.url).origin) || headers.has('authorization')) return send(request);
        const token = await untilAborted(keeper.token(), signal);
        if (!token) return refused ?? send(request);
        headers.set('authorization', `Bearer ${token}`);
        const response = await send(request);
        if (!isForUs(response)) return response;
        if (refused) useless = token;
        if (token === useless) return response;
        refuse(token);
        // A stream is gone.
        if (Symbol.asyncIterator in Object(init?.body)) return response;
        refused = response;
      }
    },
  };
}

/** Whether another access token may help. A header that another origin doesn't expose says nothing, and the token was ours. */
function isForUs({ status, headers }: Response): boolean {
  const challenges = headers.get('www-authenticate') ?? 'Bearer';
  return status === 401 && /^(?!.*insufficient_user_authentication).*\bBearer\b/i.test(challenges);
}

/** Ends the waiting of one caller, and not what all of them wait for. @param signal Of a request of our own. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.onabort = () => reject(signal.reason);
    if (signal.aborted) reject(signal.reason);
    promise.then(resolve, reject);
  });
}
