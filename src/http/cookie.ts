import { isBlank, skipBlank, sliceTrimmed } from './tokens.ts';

/**
 * Reads one cookie of a `Cookie` header (RFC 6265bis §4.2, §5.6): the first of that name.
 *
 * Reading is tolerant, and it reads what a browser would have stored:
 * - Names are exact and case-sensitive. Only spaces and tabs around them are dropped, so that no other blank makes
 *   `__Host-sid` out of a look-alike that a sibling subdomain may set.
 * - A cookie without a name (`=__Host-sid=x`), or without `=` (`__Host-sid`), is found under no name.
 * - Values are as they were sent: not percent-decoded, quotes kept. `$Version` is a cookie like any other.
 * - Semicolons separate cookies and commas don't. Some runtimes (Deno, workerd) join two `Cookie` lines by a comma, and a
 *   cookie of the second line is not found there. Splitting at commas would be worse: browsers store values with commas, so
 *   a sibling subdomain could set `x` to `1, __Host-sid=evil` and with it a name that browsers don't let it set.
 *
 * Takes about as long for fifty cookies as for one, and stops at the cookie that it looks for.
 *
 * @param header `request.headers.get('cookie')`.
 * @param name The cookie's name, compared as it is. A name that no cookie can have (empty, with `;` or `=`, with blanks
 *   around it) is never found.
 * @returns The value, or `undefined` where there is no such cookie. Never throws. Not checked: who set the cookie. Several
 *   of one name may arrive, in an order that an attacker can influence: see {@link readCookies}.
 *
 * @example
 * ```ts
 * import { readCookie } from 'countersign/http';
 *
 * readCookie('theme=dark; __Host-sid=31d4d96e407aad42', '__Host-sid'); // 31d4d96e407aad42
 * ```
 */
export function readCookie(header: string | null, name: string): string | undefined {
  if (header === null) return undefined;
  const start = findValue(header, name, 0);
  return start < 0 ? undefined : sliceTrimmed(header, start, endOfPiece(header, start));
}

/**
 * Reads all cookies of one name, in the order of the header. Cookies of different paths and domains may have one name, and
 * servers should not rely on their order (RFC 6265bis §4.2.2): try each, and take the one that proves to be yours.
 *
 * @param header `request.headers.get('cookie')`.
 * @param name As for {@link readCookie}.
 * @param limit How many to read at most: whoever checks a signature for each should not be kept busy. Default 8.
 * @returns The values, duplicates included. Never throws.
 *
 * @example
 * ```ts
 * import { readCookies } from 'countersign/http';
 *
 * readCookies('sid=planted; theme=dark; sid=genuine', 'sid'); // ['planted', 'genuine']
 * ```
 */
export function readCookies(header: string | null, name: string, limit = 8): readonly string[] {
  const values: string[] = [];
  for (let at = header && name ? header.indexOf(name) : -1; header && at >= 0 && values.length < limit; ) {
    const end = endOfPiece(header, at);
    // Looked for in the piece and not in the header: a header of nothing but `a;` would be searched to its end each time.
    const piece = header.slice(header.lastIndexOf(';', at) + 1, end);
    const equals = piece.indexOf('=');
    if (equals > 0 && sliceTrimmed(piece, 0, equals) === name) {
      values.push(sliceTrimmed(piece, equals + 1, piece.length));
    }
    at = header.indexOf(name, end + 1);
  }
  return values;
}

/**
 * Reads all cookies of a `Cookie` header, by the rules of {@link readCookie}, which is the faster one for a single name.
 *
 * @param header `request.headers.get('cookie')`.
 * @param limits `maxCookies`: how many pieces between semicolons are read, empty ones included; what follows is not looked
 *   at. Default 180, which is what browsers keep for one site.
 * @returns Values by name, the first of each name. Never throws. A `Map`, in which `__proto__` is a name like any other.
 *
 * @example
 * ```ts
 * import { parseCookies } from 'countersign/http';
 *
 * const cookies = parseCookies('theme=dark; lang="en"');
 * cookies.get('lang'); // "en", with the quotes
 * ```
 */
export function parseCookies(
  header: string | null,
  { maxCookies = 180 }: { readonly maxCookies?: number | undefined } = {},
): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  if (header === null) return cookies;
  for (let at = 0, count = 0; at < header.length && count < maxCookies; count++) {
    const end = endOfPiece(header, at);
    // Looked for in the piece and not in the header: a header of nothing but `a;` would be searched to its end each time.
    const piece = header.slice(at, end);
    const equals = piece.indexOf('=');
    const name = equals > 0 ? sliceTrimmed(piece, 0, equals) : '';
    if (name && !cookies.has(name)) cookies.set(name, sliceTrimmed(piece, equals + 1, piece.length));
    at = end + 1;
  }
  return cookies;
}

/** Where the value of the first cookie of that name behind `from` begins, or -1. */
function findValue(header: string, name: string, from: number): number {
  for (let at = header.indexOf(name, from); at >= 0; ) {
    const equals = skipBlank(header, at + name.length);
    if (header.charCodeAt(equals) === EQUALS && startsPiece(header, at) && isCookieName(name)) return equals + 1;
    // The name can't begin in this piece any more; what it looks like in a value doesn't count.
    const semicolon = header.indexOf(';', at);
    if (semicolon < 0) break;
    at = header.indexOf(name, semicolon + 1);
  }
  return -1;
}

const EQUALS = 0x3d;
const SEMICOLON = 0x3b;

/** Whether nothing but blanks is between `at` and the semicolon before it. */
function startsPiece(header: string, at: number): boolean {
  while (at > 0 && isBlank(header.charCodeAt(at - 1))) at--;
  return at === 0 || header.charCodeAt(at - 1) === SEMICOLON;
}

/** Whether a cookie can have that name: `a=b` would be found in `a=b=c`, whose name is `a`. */
function isCookieName(name: string): boolean {
  return /^[^\t ;=](?:[^;=]*[^\t ;=])?$/.test(name);
}

function endOfPiece(header: string, at: number): number {
  const semicolon = header.indexOf(';', at);
  return semicolon < 0 ? header.length : semicolon;
}
