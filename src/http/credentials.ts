/**
 * The name of the authentication scheme at the start of an `Authorization` value, in lower case (RFC 9110 §11.1: names are
 * case-insensitive). Not checked to be a token: it is only looked up.
 */
export function authScheme(value: string): string {
  // No space is -1, which `>>>` makes as large as can be: the whole value.
  return value.slice(0, value.indexOf(' ') >>> 0).toLowerCase();
}

/**
 * What follows the scheme's name in an `Authorization` value, or `null` where the value is of another scheme.
 *
 * @param value The field value.
 * @param scheme Name of the scheme, in lower case.
 * @returns The rest without leading spaces; empty for a bare scheme name. Not checked any further.
 */
export function credentialsOf(value: string, scheme: string): string | null {
  return authScheme(value) === scheme ? value.slice(scheme.length).replace(/^ +/, '') : null;
}
