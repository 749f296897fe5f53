import type { RequestLike } from './context.ts';

/** How `protect` decides which sites may act in a browser user's name. */
export interface CrossSiteOptions {
  /**
   * Origins that may send requests with the user's cookies, as a browser writes them: `https://admin.example`. Exact, no
   * patterns. Name this application's own here where a proxy changes the `Host` header.
   */
  readonly trustedOrigins?: readonly string[] | undefined;
  /** Refuse also what has neither `Sec-Fetch-Site` nor `Origin`. No current browser leaves both out; `curl` does. */
  readonly strict?: boolean | undefined;
}

/**
 * Finds out whether another site made the browser send a request. For unsafe methods of any content type (a page can send
 * JSON without asking, as `text/plain`), and for WebSocket upgrades, which are GETs that no CORS rule stops.
 *
 * @returns A function that says so of a request. For ambient credentials only.
 */
export function crossSiteCheck(
  trustedOrigins: readonly string[] = [],
  strict?: boolean,
): (request: RequestLike) => boolean | undefined {
  for (const origin of trustedOrigins) {
    // A path, a final slash, a capital or a pattern would make it an origin that no browser ever sends.
    if (!/^[a-z-]+:\/\/[a-z\d.:[\]-]+$/.test(origin)) {
      throw new TypeError(`trustedOrigins: ${origin} unlike https://app.example`);
    }
  }
  return ({ method, headers }) => {
    // A safe method achieves nothing (RFC 9110 §9.2.1).
    if (/^(GET|HEAD|OPTIONS)$/.test(method) && !headers.get('upgrade')) return false;
    const origin = headers.get('origin');
    if (trustedOrigins.includes(origin as string)) return false;
    const site = headers.get('sec-fetch-site');
    // `same-site` is refused: a sibling subdomain is another application, often with other people's content.
    if (site !== null) return !/^(same-origin|none)$/.test(site);
    if (origin === null) return strict;
    // Not compared with request.url or X-Forwarded-Host: a client may choose those. `null`, a sandboxed frame, equals neither.
    return origin.replace(/^https?:/, '') !== `//${(headers.get('host') ?? '').toLowerCase()}`;
  };
}
