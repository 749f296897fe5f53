const BLANK = 0x20;
const SEMICOLON = 0x3b;

/**
 * Finds one cookie without looking at the others. A floor, and no product: cookies are separated by `; ` and nothing else,
 * and only the first of a name is found.
 *
 * @param {string} header
 * @param {string} start The cookie's name and `=`.
 * @returns {string | undefined}
 */
export function scanCookie(header, start) {
  for (let at = header.indexOf(start); at >= 0; at = header.indexOf(start, at + 1)) {
    if (at > 0 && (header.charCodeAt(at - 1) !== BLANK || header.charCodeAt(at - 2) !== SEMICOLON)) continue;
    const end = header.indexOf(';', at);
    return end < 0 ? header.slice(at + start.length) : header.slice(at + start.length, end);
  }
  return undefined;
}
