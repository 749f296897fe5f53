/**
 * The words that header grammars share (RFC 9110 §5.6), as a scanner: each function takes a text and a position, and none
 * looks at a character twice. Loops over characters and not regular expressions: those backtrack, and a quoted string of
 * some megabytes overflows their stack.
 */

/** Where the token that begins at `at` ends (RFC 9110 §5.6.2); `at` itself where there is none. */
export function skipToken(text: string, at: number): number {
  while (at < text.length && isTokenCharacter(text.charCodeAt(at))) at++;
  return at;
}

/** Where the token68 that begins at `at` ends (RFC 9110 §11.2); `at` itself where there is none. */
export function skipToken68(text: string, at: number): number {
  let end = at;
  while (end < text.length && isToken68Character(text.charCodeAt(end))) end++;
  if (end > at) while (end < text.length && text.charCodeAt(end) === EQUALS) end++;
  return end;
}

/**
 * Where the spaces and tabs that begin at `at` end. Nothing else is blank: `trim()` would take a no-break space (U+00A0) or
 * a byte order mark (U+FEFF) away too, and so turn one name into another (CVE-2026-39410).
 */
export function skipBlank(text: string, at: number): number {
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** The part of a text between two positions, without the spaces and tabs around it. */
export function sliceTrimmed(text: string, start: number, end: number): string {
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  return text.slice(start, end);
}

/** What was read, and the position behind it. */
export interface Read {
  readonly value: string;
  readonly end: number;
}

/** Reads the value of a parameter, a token or a quoted-string, at `at`. */
export function readValue(text: string, at: number): Read | undefined {
  if (text[at] === '"') return readQuotedString(text, at);
  const end = skipToken(text, at);
  return end > at ? { value: text.slice(at, end), end } : undefined;
}

/** Reads a quoted-string (RFC 9110 §5.6.4), its opening quote at `at`. `undefined`: not closed, or not made of text. */
function readQuotedString(text: string, at: number): Read | undefined {
  let escaped = false;
  for (let end = at + 1; end < text.length; end++) {
    let code = text.charCodeAt(end);
    if (code === QUOTE) {
      const raw = text.slice(at + 1, end);
      return { value: escaped ? raw.replace(/\\(.)/g, '$1') : raw, end: end + 1 };
    }
    if (code === BACKSLASH) {
      escaped = true;
      code = text.charCodeAt(++end);
    }
    if (!isText(code)) return undefined;
  }
  return undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const EQUALS = 0x3d;

// Past the end of a text there is NaN, which is none of these.

function isAlphanumeric(code: number): boolean {
  const lower = code | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (code >= 0x30 && code <= 0x39);
}

/** Letters, digits, and `! # $ % & ' * + - . ^ _ \` | ~`. */
function isTokenCharacter(code: number): boolean {
  if (isAlphanumeric(code) || (code >= 0x5e && code <= 0x60)) return true;
  if (code >= 0x21 && code <= 0x2e) return code !== 0x22 && code !== 0x28 && code !== 0x29 && code !== 0x2c;
  return code === 0x7c || code === 0x7e;
}

/** Letters, digits, and `- . _ ~ + /`. */
function isToken68Character(code: number): boolean {
  return isAlphanumeric(code) || (code >= 0x2d && code <= 0x2f) || code === 0x2b || code === 0x5f || code === 0x7e;
}

/** A space or a tab. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Tab, space, visible ASCII, and `obs-text`: bytes above ASCII, which Fetch reads as Latin-1. */
function isText(code: number): boolean {
  return code === 0x09 || (code >= 0x20 && code <= 0xff && code !== 0x7f);
}
