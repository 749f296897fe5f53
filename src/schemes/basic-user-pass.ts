/** Longest base64 text that is looked at, in characters: far beyond any password, and little work for a stranger to ask for. */
const MAX_LENGTH = 4096;

/** The first colon divides. A line feed would forge a line of the log, and NUL would end the password for bcrypt. */
const USER_PASS = /^([^:\p{Cc}]*):(\P{Cc}*)$/u;

/**
 * Takes the credentials of Basic apart (RFC 7617 §2): padded base64 of UTF-8, one colon at least, no control characters.
 *
 * ISO-8859-1, which Python's requests sends, is refused unless it happens to be UTF-8 too: the challenge asks for UTF-8
 * (§2.1), and guessing would give one password two spellings.
 *
 * @param token What follows `Basic` in the header.
 * @returns Name and password, in Unicode NFC (§2.1), either of them possibly empty; or `undefined`.
 */
export function decodeUserPass(token: string): [username: string, password: string] | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  try {
    const bytes = atob(token);
    // `escape` writes a byte above ASCII as %XX, and this decoder throws on what is not UTF-8, where others put U+FFFD for it
    // (two wrong passwords would become the same one) and drop a byte order mark (one name would have two spellings).
    const text = /[^\0-\x7f]/.test(bytes) ? decodeURIComponent(escape(bytes)) : bytes;
    const match = USER_PASS.exec(normalize(text));
    // `atob` skips white space, does without padding, and ignores bits: one password, one spelling.
    return match && btoa(bytes) === token ? (match.slice(1) as [string, string]) : undefined;
  } catch {
    return undefined;
  }
}

/** One text for one name: `é` may come as one character or as two. */
export function normalize(text: string): string {
  return text.normalize('NFC');
}
