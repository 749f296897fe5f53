/** A cookie to set. What is left out is not written, and then the browser's default holds. */
export interface SetCookie {
  /**
   * A token. A prefix asks for attributes, and browsers drop a cookie that lacks them: `__Secure-` for `secure`; `__Host-`
   * for `secure`, `path: '/'` and no `domain`; `__Http-` for `secure` and `httpOnly`; `__Host-Http-` for all of these.
   */
  readonly name: string;
  /** Visible ASCII without `"`, `,`, `;` and `\`; may be empty. Encode anything else, as base64url for instance. */
  readonly value: string;
  /** Begins with `/`. Left out: the directory of the request's path. */
  readonly path?: string | undefined;
  /** A host name: the cookie goes to all its subdomains as well. Left out: to the host that set it alone. */
  readonly domain?: string | undefined;
  /** Lifetime in whole seconds, at most 400 days; 0 removes the cookie. Left out: until the browser is closed. */
  readonly maxAge?: number | undefined;
  /** Over TLS only (and to loopback addresses). */
  readonly secure?: boolean | undefined;
  /** Out of reach for scripts. */
  readonly httpOnly?: boolean | undefined;
  /** Which requests from other sites carry it. Left out: some browsers take `lax` with holes, others `none`. */
  readonly sameSite?: 'strict' | 'lax' | 'none' | undefined;
  /** One jar for each top-level site that embeds this one (CHIPS). */
  readonly partitioned?: boolean | undefined;
  /** Which cookies are dropped first when there are too many (Chromium). */
  readonly priority?: 'low' | 'medium' | 'high' | undefined;
}

/**
 * Writes the value of a `Set-Cookie` header (RFC 6265bis §4.1). Strict: what is outside the grammar, or would be dropped
 * or cut by a browser, is never written.
 *
 * No attribute is added that was not asked for. `Expires` is not written at all: every browser in use understands
 * `Max-Age`, which doesn't depend on two clocks agreeing, and whose limit can be checked without reading one.
 *
 * Not checked: whether `domain` belongs to the host that answers, or is a public suffix (`co.uk`).
 *
 * @param cookie Name, value and attributes.
 * @returns The field value. Each cookie needs a header line of its own: `headers.append('set-cookie', …)`.
 * @throws TypeError That names the attribute, and never the value: on characters outside the grammar (a `;` would start an
 *   attribute of an attacker's, a line break a header), on a name that contradicts its prefix, on `sameSite: 'none'` or
 *   `partitioned` without `secure`, on a name and value of more than 4096 characters together, on an attribute of more than
 *   1024, on a lifetime of more than 400 days, and on an unknown attribute.
 *
 * @example
 * ```ts
 * import { formatSetCookie } from 'countersign/http';
 *
 * const headers = new Headers();
 * const cookie = { name: '__Host-theme', value: 'dark', path: '/', secure: true, sameSite: 'lax', maxAge: 86400 } as const;
 * headers.append('set-cookie', formatSetCookie(cookie)); // __Host-theme=dark; Path=/; Max-Age=86400; Secure; SameSite=Lax
 * ```
 */
export function formatSetCookie(cookie: SetCookie): string {
  const { name, value, path, domain, maxAge, secure, httpOnly, sameSite, partitioned, priority, ...others } = cookie;
  const [unknown] = Object.keys(others);
  check(unknown === undefined, `${unknown}`, 'is not an attribute that is written; for a lifetime there is maxAge');

  check(matches(name, /^[!#$%&'*+.^_`|~\w-]+$/), 'name', 'must be a token, like __Host-sid');
  check(
    matches(value, /^[!#-+\--:<-[\]-~]*$/),
    'value',
    'must be visible ASCII without quotes, commas, semicolons, \\',
  );
  check(
    name.length + value.length <= 4096,
    'value',
    'and name are longer than 4096 characters, and browsers drop them',
  );
  // A comma is in the grammar of paths. But where header lines are joined, `/a, sid=x` reads as a second cookie.
  check(
    isOptional(path, (given) => matches(given, /^\/[!-+\--:<-~]*$/, 1024)),
    'path',
    'must be like /app',
  );
  check(
    isOptional(domain, (given) => matches(given, HOST, 1024)),
    'domain',
    'must be a host name, like app.example',
  );
  check(isOptional(maxAge, isLifetime), 'maxAge', 'must be whole seconds, from 0 to 400 days');
  for (const [attribute, flag] of Object.entries({ secure, httpOnly, partitioned })) {
    // `'false'` from untyped code would count as true, and `'true'` read from a setting as a promise kept.
    check(
      isOptional(flag, (given) => typeof given === 'boolean'),
      attribute,
      'must be true or false',
    );
  }
  check(
    isOptional(sameSite, (given) => SAME_SITE.includes(given)),
    'sameSite',
    `must be one of ${SAME_SITE}`,
  );
  check(
    isOptional(priority, (given) => PRIORITY.includes(given)),
    'priority',
    `must be one of ${PRIORITY}`,
  );
  check(sameSite !== 'none' || secure, 'sameSite', "'none' needs secure: true");
  check(!partitioned || secure, 'partitioned', 'needs secure: true');
  checkPrefix(cookie);

  let line = `${name}=${value}`;
  if (path !== undefined) line += `; Path=${path}`;
  if (domain !== undefined) line += `; Domain=${domain}`;
  if (maxAge !== undefined) line += `; Max-Age=${maxAge}`;
  if (secure) line += '; Secure';
  if (httpOnly) line += '; HttpOnly';
  if (sameSite) line += `; SameSite=${capitalize(sameSite)}`;
  if (partitioned) line += '; Partitioned';
  if (priority) line += `; Priority=${capitalize(priority)}`;
  return line;
}

/** RFC 6265bis §4.1.3. Browsers match prefixes in any case, so `__HOST-sid` must keep the promise too. */
function checkPrefix({ name, path, domain, secure, httpOnly }: SetCookie): void {
  const prefix = /^__(?:secure|host-http|host|http)-/i.exec(name)?.[0].toLowerCase();
  if (!prefix) return;
  check(secure, 'secure', `must be true: the name begins with ${prefix}`);
  if (prefix.includes('http-')) check(httpOnly, 'httpOnly', `must be true: the name begins with ${prefix}`);
  if (!prefix.includes('host-')) return;
  check(path === '/', 'path', `must be '/': the name begins with ${prefix}`);
  check(domain === undefined, 'domain', `must be left out: the name begins with ${prefix}`);
}

const HOST = /^[a-z\d-]+(?:\.[a-z\d-]+)*$/i;
const SAME_SITE = ['strict', 'lax', 'none'];
const PRIORITY = ['low', 'medium', 'high'];

function check(holds: unknown, attribute: string, fault: string): asserts holds {
  if (!holds) throw new TypeError(`formatSetCookie(): ${attribute} ${fault}`);
}

function matches(text: unknown, grammar: RegExp, maxLength = 4096): boolean {
  return typeof text === 'string' && text.length <= maxLength && grammar.test(text);
}

function isOptional<T>(value: T | undefined, isGood: (value: T) => boolean): boolean {
  return value === undefined || isGood(value);
}

function isLifetime(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= 400 * 86_400;
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
