/**
 * The name of the authentication scheme at the start of an `Authorization` value, in lower case (RFC 9110 §11.1: names are
 * case-insensitive). Not checked to be a token: it is only looked up.
 */
export function authScheme(value: string): string {
  // No space is -1, which `>>>` makes as large as can be: the whole value.
  return value.slice(0, value.indexOf(' ') >>> 0).toLowerCase();
}
