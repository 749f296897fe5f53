/** A password as it is hashed, or why it can't be one. */
export type PreparedPassword =
  | { readonly text: string; readonly reason?: undefined }
  | { readonly text?: undefined; readonly reason: 'malformed' | 'too_long' };

/**
 * What a person typed, in the one spelling that is hashed: the profile OpaqueString of RFC 8265 §4.2, as far as every runtime
 * agrees on it. Spaces of other scripts become U+0020, and the whole is in Unicode NFC; case, width and spaces at the ends stay.
 *
 * Refused: nothing, control characters, and lone surrogates, which UTF-8 can't write (all would be hashed as U+FFFD, so one
 * password would be many). Not refused, against the profile: code points that are unassigned or ignorable. Which are unassigned
 * depends on a runtime's version of Unicode, and a password must not be good on one runtime and malformed on the next; and the
 * ignorable ones stand in many an emoji.
 *
 * @param maxBytes Of UTF-8. Longer ones are not looked at.
 */
export function preparePassword(given: unknown, maxBytes: number): PreparedPassword {
  if (typeof given !== 'string' || !given) return { reason: 'malformed' };
  // Each UTF-16 unit is a byte at least.
  if (given.length > maxBytes) return { reason: 'too_long' };
  if (/[\p{Cc}\p{Cs}]/u.test(given)) return { reason: 'malformed' };
  const text = given.replace(/\p{Zs}/gu, ' ').normalize('NFC');
  return bytesOf(text) > maxBytes ? { reason: 'too_long' } : { text };
}

/** Bytes of a text in UTF-8. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
