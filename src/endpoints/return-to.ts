/** Longest text that is looked at, and longest path that comes out: more than any page's, less than a server's limit. */
const MAX_LENGTH = 2048;

/**
 * Where somebody is sent after signing in, as a path that cannot leave the origin: an open redirect at a sign-in page makes its
 * address the first half of a phishing mail.
 *
 * Taken are a path from the root, and a URL of the origin itself. The rest is refused, not mended: what begins with two slashes
 * or a backslash is another host to a browser, also after dots are resolved (`/..//evil.example`), and might be to whoever
 * decodes it once more (`/%2f/evil.example`, `/%09/evil.example`).
 *
 * Not checked: whether there is such a page, and whether a GET of it changes anything, which none should.
 *
 * @param value Of a query or a form: anything.
 * @param base The application's own origin. Nothing of it is in what comes out.
 * @returns Path, query and fragment as the URL standard writes them, in ASCII; `undefined` where it may not be followed.
 * @throws TypeError On a base that is no URL, or of a kind without an origin.
 */
export function safeReturnTo(value: unknown, base: string): string | undefined {
  const { origin } = new URL(base);
  if (origin === 'null') throw new TypeError('base: an origin such as https://app.example');
  // Tabs and line breaks are skipped by URL parsers, wherever they stand; a lone surrogate would become another character.
  if (typeof value !== 'string' || value.length > MAX_LENGTH || /[\p{Cc}\p{Cs}\\]/u.test(value)) return undefined;
  // No `https:evil.example`, `https:///evil.example`, and no path from wherever the page was.
  if (!/^(\/(?!\/)|https?:\/\/[^/])/i.test(value)) return undefined;
  let url: URL;
  try {
    url = new URL(value, origin);
  } catch {
    return undefined;
  }
  const { pathname, search, hash } = url;
  const path = pathname + search + hash;
  const isOurs = url.origin === origin && !url.username && !url.password;
  return isOurs && staysPath(pathname) && path.length <= MAX_LENGTH ? path : undefined;
}

/** Whether it is a path to everybody: as it is, decoded once more, and with full-width characters made ordinary ones. */
function staysPath(pathname: string): boolean {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return false;
  }
  return [pathname, decoded, decoded.normalize('NFKC')].every((path) => !/^\/\s*[/\\]|\p{Cc}/u.test(path));
}
