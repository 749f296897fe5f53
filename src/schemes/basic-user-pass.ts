/** Longest base64 text that is looked at, in characters: far beyond any password, and little work for a stranger to ask for. */
const MAX_LENGTH = 4096;

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
    let text = atob(token);
    // `atob` skips white space, does without padding, and ignores bits: one password, one spelling.
    if (btoa(text) !== token) return undefined;
    if (/[^ -~]/.test(text)) {
      // `escape` writes a byte above ASCII as %XX, and this decoder throws on what is not UTF-8, where others put U+FFFD for
      // it (two wrong passwords would become the same one) and drop a byte order mark (one name, two spellings).
      text = decodeURIComponent(escape(text)).normalize('NFC');
      // A line feed would forge a line of the log, and NUL would end the password for bcrypt.
      if (/\p{Cc}/u.test(text)) return undefined;
    }
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : [text.slice(0, colon), text.slice(colon + 1)];
  } catch {
    return undefined;
  }
}
