import { type AuthLimits, DEFAULT_MAX_LENGTH, readAuthElement, skipSeparators, startsScheme } from './auth-params.ts';
import { skipBlank } from './tokens.ts';

/** Credentials as an `Authorization` header has them: a scheme, and one form or the other of what belongs to it. */
export type Credentials = {
  /** In lower case: names of schemes are case-insensitive. */
  readonly scheme: string;
} & (
  | { readonly token68: string; readonly params?: undefined }
  /** By name in lower case; empty for a scheme that stands alone. */
  | { readonly token68?: undefined; readonly params: ReadonlyMap<string, string> }
);

/**
 * Reads the value of an `Authorization` or `Proxy-Authorization` header (RFC 9110 §11.4).
 *
 * Read: blanks around `=`, quoted strings with their escapes, empty list elements. Refused: an auth-param twice, a token68
 * together with auth-params, anything but spaces behind the scheme's name.
 *
 * Not checked: whether the scheme takes the form found, whether a token68 is good base64, whether auth-params make sense.
 * Values are characters as Fetch hands them out, Latin-1 beyond ASCII: a scheme that has UTF-8 in them decodes it itself.
 *
 * @param value The field value. Blanks around it are no part of it and are skipped.
 * @param limits How much is read; the default is 16384 characters and 32 auth-params. Beyond is `'malformed'`.
 * @returns The credentials; or `'multiple'` for two values joined by a comma, which is what Fetch makes of two header
 *   lines: "the first wins" would let whoever can add a line choose; or `'malformed'`. Never throws.
 *
 * @example
 * ```ts
 * import { parseCredentials } from 'countersign/http';
 *
 * parseCredentials('Bearer mF_9.B5f-4.1JqM'); // { scheme: 'bearer', token68: 'mF_9.B5f-4.1JqM' }
 * parseCredentials('Digest username="Ada, L.", qop=auth'); // { scheme: 'digest', params: Map { username, qop } }
 * parseCredentials('Bearer a, Basic YTpi'); // 'multiple'
 * parseCredentials('Bearer a b'); // 'malformed'
 * ```
 */
export function parseCredentials(
  value: string,
  { maxLength = DEFAULT_MAX_LENGTH, maxParams }: AuthLimits = {},
): Credentials | 'malformed' | 'multiple' {
  if (value.length > maxLength) return 'malformed';
  const element = readAuthElement(value, skipBlank(value, 0), maxParams);
  if (!element) return 'malformed';

  const { token68, params, end } = element;
  // Of a second scheme only the name is read: whatever it is worth, there is one too many.
  if (end < value.length) return startsScheme(value, skipSeparators(value, end)) ? 'multiple' : 'malformed';
  const scheme = element.scheme.toLowerCase();
  return token68 === undefined ? { scheme, params } : { scheme, token68 };
}
