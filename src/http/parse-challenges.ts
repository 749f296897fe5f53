import { type AuthLimits, DEFAULT_MAX_LENGTH, readAuthElement, skipSeparators } from './auth-params.ts';

/** One challenge of a list. */
export interface ParsedChallenge {
  /** As it was written. Compare it in lower case: names of schemes are case-insensitive. */
  readonly scheme: string;
  /** Where the scheme takes a token68 (`Negotiate`), in place of auth-params. */
  readonly token68?: string;
  /** By name in lower case, values without quotes and escapes. Empty for a scheme that stands alone. */
  readonly params: ReadonlyMap<string, string>;
}

/**
 * Reads the value of a `WWW-Authenticate` or `Proxy-Authenticate` header (RFC 9110 §11.6.1): a list of challenges, in one
 * line or in several that Fetch joined by commas.
 *
 * Read: challenges with auth-params, with a token68, and alone; commas and escapes in quoted strings; blanks around `=`;
 * empty list elements. Not checked: whether the schemes are known, and what their auth-params mean.
 *
 * @param value The field value: `response.headers.get('www-authenticate')`, where that is not `null`.
 * @param limits How much is read; the default is 16384 characters, and 32 auth-params a challenge.
 * @returns The challenges in order, none for an empty value; `undefined` where the value is malformed anywhere or beyond
 *   the limits: a list is not trusted in part, since a stray quote makes a challenge out of what was a value. Never throws.
 *
 * @example
 * ```ts
 * import { parseChallenges } from 'countersign/http';
 *
 * const challenges = parseChallenges('Bearer realm="api", error="invalid_token", Basic realm="Staff, please"');
 * challenges?.[0]?.params.get('error'); // invalid_token
 * challenges?.[1]?.params.get('realm'); // Staff, please
 * ```
 */
export function parseChallenges(
  value: string,
  { maxLength = DEFAULT_MAX_LENGTH, maxParams }: AuthLimits = {},
): readonly ParsedChallenge[] | undefined {
  if (value.length > maxLength) return undefined;
  const challenges: ParsedChallenge[] = [];
  for (let at = skipSeparators(value, 0); at < value.length; ) {
    const element = readAuthElement(value, at, maxParams);
    if (!element) return undefined;
    const { scheme, token68, params, end } = element;
    challenges.push(token68 === undefined ? { scheme, params } : { scheme, token68, params });
    at = skipSeparators(value, end);
  }
  return challenges;
}
