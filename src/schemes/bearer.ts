/**
 * Bearer tokens (RFC 6750), whatever their format.
 *
 * @module countersign/bearer
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import type { Authenticator } from '../core/authenticator.ts';
import { ABSENT, type Accepted, type Needed, UNKNOWN_SCHEME } from '../core/outcome.ts';
import { formatChallenge } from '../http/challenge.ts';
import type { TokenCarrier } from '../tokens/token-carriers.ts';
import type { TokenFormat } from '../tokens/token-format.ts';
import { type LoadPrincipal, tokenError, tokenVerifier } from '../tokens/token-verifier.ts';

export { firstOf } from '../tokens/first-of.ts';
export {
  cookieToken,
  formTokenReadTwice,
  queryTokenThatLeaksIntoLogs,
  type TokenCarrier,
  tokenCarrier,
} from '../tokens/token-carriers.ts';
export type * from '../tokens/token-format.ts';

export interface BearerOptions<P, Q> {
  /** The format of the tokens, or several as {@link firstOf}. */
  readonly tokens: TokenFormat<P>;
  /**
   * Makes the principal: the user a token stands for, as the application knows it. `undefined` or `null` ("no longer") refuses
   * the token at once; a throw is an outage. Default: what the format says, such as the claims.
   */
  readonly load?: LoadPrincipal<P, Q>;
  /** Names what is protected, in challenges. Default `api`, where nothing else stands in them. */
  readonly realm?: string | undefined;
  /** What `protectedResource` of `countersign/protected-resource` made: clients find out there where to get a token (RFC 9728). */
  readonly resource?: { readonly metadataUrl: string; readonly scopes?: readonly string[] | undefined } | undefined;
  /** What a token needs here at least, for the challenge of whoever has none. Not checked: `scopes` of `countersign/guards` does. */
  readonly scopes?: readonly string[] | undefined;
  /**
   * Where else a token may come from: `cookieToken(…)`, `queryTokenThatLeaksIntoLogs()`, `formTokenReadTwice()`, or a place of
   * your own by `tokenCarrier(…)`. Two tokens in one request are refused, wherever they are; a header's counts before a cookie's.
   */
  readonly alsoFrom?: readonly TokenCarrier[] | undefined;
}

/**
 * Bearer tokens (RFC 6750) in the `Authorization` header.
 *
 * A token that is expired, revoked, unknown or none at all is a 401 `invalid_token`; two of them in one request are a 400
 * `invalid_request`; without one the challenge has no error (§3.1). A 403 `insufficient_scope` names the scopes that guards
 * ask for, and a 401 `insufficient_user_authentication` the sign-in (RFC 9470).
 *
 * What it does not check: that the connection is encrypted, and what the token may be used for.
 *
 * @param options `tokens` at least.
 * @returns An authenticator of the scheme `bearer`.
 * @throws TypeError On an unknown option, and without `tokens`.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { bearer } from 'countersign/bearer';
 * import { memoryStore } from 'countersign/memory-store';
 * import { opaqueTokens } from 'countersign/opaque-tokens';
 *
 * const tokens = opaqueTokens({ store: memoryStore() });
 * const api = bearer({ tokens });
 * export default { fetch: protect(api, (_request, { subject }) => new Response(`Hello, ${subject}`)) };
 * ```
 */
export function bearer<P, Q = P>({
  tokens,
  load,
  realm,
  resource,
  scopes = resource?.scopes,
  alsoFrom = [],
  ...others
}: BearerOptions<P, Q>): Authenticator<Accepted<'bearer', Q>> {
  assertNoOthers(others);
  if (!tokens?.verify) throw new TypeError('tokens: needed');

  const challenge = (error?: string, needed: Needed = {}): readonly string[] => {
    const scope = (needed.scopes ?? scopes)?.join(' ');
    return [
      formatChallenge('Bearer', {
        // There must be one parameter at least (RFC 6750 §3).
        realm: realm ?? (resource || scope ? undefined : 'api'),
        error,
        scope: scope || undefined,
        acr_values: needed.acr?.join(' '),
        max_age: needed.maxAge?.toString(),
        resource_metadata: resource?.metadataUrl,
      }),
    ];
  };
  const bare = challenge();

  const verify = tokenVerifier('bearer', tokens, load);

  return {
    schemes: ['bearer'],
    carriers: [{ header: 'authorization', scheme: 'bearer' }, ...alsoFrom.map(({ carrier }) => carrier)],
    authenticate(request, context) {
      const header = request.headers.get('authorization');
      const nothing = header === null ? ABSENT : UNKNOWN_SCHEME;
      const scheme = /^bearer(?: +|$)/i.exec(header ?? '');
      const token = scheme?.input.slice(scheme[0].length);
      const [other] = alsoFrom;
      if (other) {
        const found = token === undefined ? [] : [token];
        return other.choose(alsoFrom, found, request, context, 'bearer', verify, nothing);
      }
      return token === undefined ? nothing : verify(token, context, false);
    },
    // What was rejected has none of the members that say what is needed.
    challenge: (failure) => (failure.kind === 'absent' ? bare : challenge(tokenError(failure), failure as Needed)),
  };
}
