/**
 * Writes one challenge of `WWW-Authenticate` or `Proxy-Authenticate` (RFC 9110 §11.3).
 *
 * @param scheme Name of the authentication scheme, a token: `Bearer`. Written as it is: it comes from code.
 * @param params Auth-params in order, each name a token of the same kind. Values may be anything: they are quoted, and
 *   characters that can't be written are left out. A member that is `undefined` is left out too.
 *
 * @example
 * ```ts
 * import { formatChallenge } from 'countersign/http';
 *
 * formatChallenge('Bearer', { realm: 'api', error: 'invalid_token' }); // Bearer realm="api", error="invalid_token"
 * ```
 */
export function formatChallenge(scheme: string, params: Readonly<Record<string, string | undefined>> = {}): string {
  const list = Object.entries(params).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${quoteString(value)}`,
  );
  return `${scheme} ${list.join(', ')}`.trim();
}

/**
 * A quoted-string (RFC 9110 §5.6.4). A value with CR LF in it would start a header of its own, and a raw quote would end
 * the string and start a parameter of the attacker's: control characters go, `"` and `\` are escaped. Characters beyond
 * ASCII go too: what a client reads back in their place is anybody's guess.
 */
function quoteString(value: string): string {
  return `"${value.replace(/[^ -~]/g, '').replace(/["\\]/g, '\\$&')}"`;
}
