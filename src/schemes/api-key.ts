/**
 * API keys in a request, whatever made them.
 *
 * @module countersign/api-key
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import type { Authenticator } from '../core/authenticator.ts';
import { ABSENT, type Accepted, reject, UNKNOWN_SCHEME } from '../core/outcome.ts';
import { formatChallenge } from '../http/challenge.ts';
import { queryTokenThatLeaksIntoLogs, type TokenCarrier } from '../tokens/token-carriers.ts';
import type { TokenFormat } from '../tokens/token-format.ts';
import { type LoadPrincipal, tokenError, tokenVerifier } from '../tokens/token-verifier.ts';

export { firstOf } from '../tokens/first-of.ts';
export {
  cookieToken as cookieKey,
  type TokenCarrier as KeyCarrier,
  tokenCarrier as keyCarrier,
} from '../tokens/token-carriers.ts';
export type * from '../tokens/token-format.ts';

export interface ApiKeyOptions<P, Q> {
  /** What knows the keys: `apiKeys` of `countersign/api-keys`, any other format of tokens, or several as {@link firstOf}. */
  readonly keys: TokenFormat<P>;
  /** The request header that has the key. Default `x-api-key`. */
  readonly header?: string | undefined;
  /**
   * Makes the principal: the customer a key stands for, as the application knows it. `undefined` or `null` ("no longer")
   * refuses the key at once; a throw is an outage. Default: what the format says, such as the key's record.
   */
  readonly load?: LoadPrincipal<P, Q>;
  /** Names what is protected, in challenges. Default `api`. */
  readonly realm?: string | undefined;
  /** What a key needs here at least, for the challenge of whoever has none. Not checked: `scopes` of `countersign/guards` does. */
  readonly scopes?: readonly string[] | undefined;
  /**
   * Where else a key may come from: `cookieKey(…)`, `queryKeyThatLeaksIntoLogs()`, or a place of your own by `keyCarrier(…)`.
   * Two keys in one request are refused, wherever they are; a header's counts before a cookie's.
   */
  readonly alsoFrom?: readonly TokenCarrier[] | undefined;
}

/**
 * A key in the URL, as `?api_key=`, for callers that can't send a header, such as webhooks of others. URLs end up in logs,
 * histories and `Referer` headers, and the key with them; of these three, the response's `Referrer-Policy: no-referrer`
 * prevents the last.
 *
 * @param name Of the parameter: ASCII letters, digits, `-` and `_`. Default `api_key`.
 * @throws TypeError On another name.
 */
export function queryKeyThatLeaksIntoLogs(name = 'api_key'): TokenCarrier {
  return queryTokenThatLeaksIntoLogs(name);
}

/**
 * API keys in a header of their own, or as `Authorization: ApiKey …`.
 *
 * A key that is none, unknown, revoked or expired is a 401; two of them in one request are a 400. The challenge is
 * `ApiKey realm="api"`, with the words of RFC 6750 §3.1 for what is wrong: a scheme that is not registered with IANA, since
 * none is, and in the form that RFC 9110 §11.3 asks for. Keys as bearer tokens are `bearer({ tokens: keys })`.
 *
 * What it does not check: that the connection is encrypted, what the key may be used for, and how often
 * (`countersign/limits`).
 *
 * @param options `keys` at least.
 * @returns An authenticator of the scheme `api-key`.
 * @throws TypeError On an unknown option, without `keys`, and on what is no name for a header of its own.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { apiKey } from 'countersign/api-key';
 * import { apiKeys } from 'countersign/api-keys';
 * import { memoryStore } from 'countersign/memory-store';
 *
 * const keys = apiKeys({ store: memoryStore(), prefix: 'acme' });
 * export default {
 *   fetch: protect(apiKey({ keys }), (_request, { principal }) => new Response(`Hello, ${principal.subject}`)),
 * };
 * ```
 */
export function apiKey<P, Q = P>({
  keys,
  header = 'x-api-key',
  load,
  realm = 'api',
  scopes,
  alsoFrom = [],
  ...others
}: ApiKeyOptions<P, Q>): Authenticator<Accepted<'api-key', Q>> {
  assertNoOthers(others);
  if (!keys?.verify) throw new TypeError('keys: needed');
  const name = header.toLowerCase() as Lowercase<string>;
  // Cookies are ambient: taken for a header they would get no cross-site check.
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /^((proxy-)?authorization|cookie)$/.test(name)) {
    throw new TypeError('header: one of its own');
  }
  const verify = tokenVerifier('api-key', keys, load);

  const challenge = (error?: string, needed = scopes): readonly string[] => [
    formatChallenge('ApiKey', { realm, error, scope: needed?.join(' ') }),
  ];
  const bare = challenge();

  return {
    schemes: ['api-key'],
    carriers: [
      { header: name },
      { header: 'authorization', scheme: 'apikey' },
      ...alsoFrom.map(({ carrier }) => carrier),
    ],
    authenticate(request, context) {
      const own = request.headers.get(name);
      const authorization = request.headers.get('authorization');
      const scheme = /^apikey(?: +|$)/i.exec(authorization ?? '');
      const other = scheme?.input.slice(scheme[0].length);
      const nothing = authorization === null ? ABSENT : UNKNOWN_SCHEME;
      const [place] = alsoFrom;
      if (place) {
        const found = [own ?? [], other ?? []].flat();
        return place.choose(alsoFrom, found, request, context, 'api-key', verify, nothing);
      }
      // "The first wins" would let whoever can add a header choose.
      if (own !== null && other !== undefined) return reject('api-key', 'malformed', { status: 400 });
      const key = own ?? other;
      return key === undefined ? nothing : verify(key, context, false);
    },
    challenge: (failure) =>
      failure.kind === 'absent'
        ? bare
        : challenge(tokenError(failure), failure.kind === 'insufficient' ? failure.scopes : undefined),
  };
}
