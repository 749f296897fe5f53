/**
 * Endpoints for refresh tokens: refresh, revoke, and the sign-ins of whoever is signed in.
 *
 * @module countersign/token-endpoints
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import type { Authenticator } from '../core/authenticator.ts';
import type { Context } from '../core/context.ts';
import { type Accepted, accept } from '../core/outcome.ts';
import { createContext } from '../runtime.ts';
import type { IssuedTokens, NewTokenFamily, RefreshRefusal } from '../tokens/refresh-token-types.ts';
import { type EndpointOptions, endpointOf } from './endpoint-of.ts';
import { json } from './json.ts';
import { assertPath, mounted } from './mounted.ts';
import { type OAuthErrorCode, oauthError, sayOAuthError } from './oauth-error.ts';
import { readFields, refuseField } from './read-fields.ts';
import { refreshCookie } from './refresh-cookie.ts';
import type { SignInEndpoint } from './sign-in-types.ts';
import { signInsEndpoints } from './sign-ins-endpoints.ts';
import type { TokenEndpoints, TokenEndpointsOptions } from './token-endpoint-types.ts';

export type * from '../tokens/refresh-token-types.ts';
export type { RefreshCookieOptions } from './refresh-cookie.ts';
export type { SignedIn, SignInEndpoint, SignInTokens, SignInUser } from './sign-in-types.ts';
export type * from './token-endpoint-types.ts';

/** What the wire shows of it: a stranger who tries tokens learns nothing. */
const ERRORS: Readonly<Record<RefreshRefusal, OAuthErrorCode>> = {
  malformed: 'invalid_grant',
  invalid: 'invalid_grant',
  revoked: 'invalid_grant',
  replayed: 'invalid_grant',
  invalid_scope: 'invalid_scope',
  invalid_target: 'invalid_target',
};

/**
 * The token endpoint of an application's own clients (RFC 6749 §6), revocation (RFC 7009), and the list of sign-ins.
 *
 * | request | response |
 * | --- | --- |
 * | `POST path/token` | 200 `access_token`, `token_type`, `expires_in`, `scope`, and `refresh_token` where there is another one |
 * | the token is not good (any more) | 400 `invalid_grant` |
 * | more scopes, or another audience, than the sign-in has | 400 `invalid_scope`, `invalid_target` |
 * | `POST path/revoke` | 200, whether there was anything to revoke |
 * | from another site, with a cookie | 403 |
 * | store or signer fails | 503 `temporarily_unavailable`: nobody is signed out by it |
 *
 * A family delivers in one way. By cookie: `HttpOnly`, `Secure`, `SameSite=Strict`, to `path` alone; its token is never in a body, and
 * one that comes in a body is refused. In the body: no cookie is set, nor read. Both at once are an `invalid_request`. Where the token
 * stays, there is neither `refresh_token` nor `Set-Cookie`.
 *
 * What it does not do: authenticate clients (`client_id` is compared, and everybody can write it), other grants, CORS.
 *
 * @param options `path` and `families` at least.
 * @returns Each endpoint, and `fetch` for all of them. Handlers take a context as their second argument.
 * @throws TypeError On a bad option.
 *
 * @example
 * ```ts
 * import { jwtAccess } from 'countersign/access-tokens';
 * import { bearer } from 'countersign/bearer';
 * import { importSecret, jwt } from 'countersign/jwt';
 * import { memoryStore } from 'countersign/memory-store';
 * import { refreshTokens } from 'countersign/refresh-tokens';
 * import { tokenEndpoints } from 'countersign/token-endpoints';
 *
 * const [issuer, audience] = ['https://id.example', 'https://api.example'];
 * const key = importSecret('not a secret: an example of 32 bytes');
 * const families = refreshTokens({
 *   store: memoryStore(),
 *   secrets: { a: 'not a secret: another one of 32 bytes' },
 *   access: jwtAccess({ key, issuer }),
 *   audience,
 * });
 * const authenticator = bearer({ tokens: jwt({ issuer, audience, keys: key }) });
 * const endpoints = tokenEndpoints({ path: '/oauth', families, authenticator });
 *
 * const { refreshToken } = await families.issue({ subject: 'ada' });
 * const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken });
 * const response = await endpoints.fetch(new Request('https://id.example/oauth/token', { method: 'POST', body }));
 * console.log(response.status); // 200
 * ```
 */
export function tokenEndpoints<D, const C extends string>({
  path,
  families,
  authenticator,
  cookie: cookieOptions,
  binding,
  trustedOrigins,
  onError,
  ...others
}: TokenEndpointsOptions<D, C>): TokenEndpoints<D, C> {
  assertNoOthers(others);
  assertPath(path, '/oauth');
  if (!families?.refresh) throw new TypeError('families: what refreshTokens() made');
  const cookie = refreshCookie(path, families.isRefreshToken, cookieOptions);
  const options: EndpointOptions = {
    trustedOrigins,
    onError,
    say: sayOAuthError,
    refuse: ({ status }) => oauthError(status, 'access_denied', 'From another site.'),
  };
  /** Everybody. A browser sends a cookie unasked, so then it matters whose page made it. */
  const bringer: Authenticator<Accepted<'refresh-token', null>> = {
    schemes: ['refresh-token'],
    carriers: [{ header: 'cookie' }],
    authenticate: (request) => accept('refresh-token', null, { ambient: cookie.isIn(request) }),
    challenge: () => [],
  };

  /** The one token of a request; or why it can't be told. */
  const presentedIn = (request: Request, inBody: string | undefined, context: Context) => {
    const found = cookie.find(request, context);
    if (found.length + (inBody === undefined ? 0 : 1) > 1) return 'several refresh tokens';
    const [token] = found;
    return token === undefined
      ? ({ token: inBody, delivery: 'body' } as const)
      : ({ token, delivery: 'cookie' } as const);
  };

  const deliver = ({ accessToken, expiresIn, scopes, refreshToken, family }: IssuedTokens<D>, context: Context) => {
    const isCookie = family.delivery === 'cookie';
    const response = json(200, {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: expiresIn,
      scope: scopes.join(' '),
      refresh_token: isCookie ? undefined : refreshToken,
    });
    if (isCookie && refreshToken !== undefined) {
      response.headers.append('set-cookie', cookie.write(refreshToken, family.endsAt - Math.floor(context.now)));
    }
    return response;
  };

  const token = endpointOf(options, 'POST', bringer, async (request, _accepted, context) => {
    const fields = await readFields(
      request,
      {
        grant_type: 'line',
        refresh_token: 'line?',
        scope: 'line?',
        resource: 'lines?',
        client_id: 'line?',
        attempt: 'line?',
      },
      { formOnly: true, say: sayOAuthError },
    );
    if (fields instanceof Response) return fields;
    if (fields.grant_type !== 'refresh_token') return oauthError(400, 'unsupported_grant_type');
    if (!/^([\w-]{22,128})?$/.test(fields.attempt ?? ''))
      return refuseField('attempt', 'base64url, 22 to 128', sayOAuthError);
    const presented = presentedIn(request, fields.refresh_token, context);
    if (typeof presented === 'string') return oauthError(400, 'invalid_request', presented);
    // A browser that has none has been signed out, which is not a mistake of its program.
    if (presented.token === undefined) return oauthError(400, 'invalid_grant', 'no refresh token');
    const result = await families.refresh(
      presented.token,
      {
        scopes: fields.scope?.split(' ').filter((each) => each),
        audience: fields.resource,
        attempt: fields.attempt,
        client: fields.client_id,
        delivery: presented.delivery,
        binding: binding?.(request, context),
      },
      context,
    );
    return result.ok ? deliver(result, context) : oauthError(400, ERRORS[result.reason]);
  });

  const revoke = endpointOf(options, 'POST', bringer, async (request, _accepted, context) => {
    const kinds = { token: 'line?', token_type_hint: 'line?', client_id: 'line?' } as const;
    const fields = await readFields(request, kinds, { formOnly: true, say: sayOAuthError });
    if (fields instanceof Response) return fields;
    const presented = presentedIn(request, fields.token, context);
    if (typeof presented === 'string') return oauthError(400, 'invalid_request', presented);
    const { token: text = '', delivery } = presented;
    if (families.isRefreshToken(text, context)) {
      await families.revokeToken(text, { client: fields.client_id, delivery }, context);
    } else if (families.revokeAccessToken) {
      await families.revokeAccessToken(text, context);
    } else if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) {
      // Said, since whoever asks would else believe it (RFC 7009 §2.2.1).
      return oauthError(400, 'unsupported_token_type', 'Access tokens are good until they expire.');
    }
    const headers = new Headers({ 'cache-control': 'no-store' });
    if (cookie.isIn(request)) headers.append('set-cookie', cookie.write('', 0));
    return new Response(null, { status: 200, headers });
  });

  const issue: TokenEndpoints<D, C>['issue'] = async (details, context = createContext()) =>
    deliver(await families.issue(details, context), context);

  const { signIns, endSignIn, endSignIns } = signInsEndpoints({ families, authenticator, trustedOrigins, onError });
  const routes: ReadonlyMap<string, SignInEndpoint> = new Map([
    ['/token', token],
    ['/revoke', revoke],
    ['/sign-ins', signIns],
    ['/sign-ins/end', endSignIn],
    ['/sign-ins/end-all', endSignIns],
  ]);
  return {
    token,
    revoke,
    signIns,
    endSignIn,
    endSignIns,
    issue,

    fetch: mounted(path, routes),

    forSignIn: (describe) => ({
      clients: families.clients,
      epoch: families.epoch,
      issue: ({ request, user, client, epoch, amr, authTime }, context) => {
        const named = client as C;
        const described = { amr, authTime, ...describe?.(request, user, named, context) };
        // The data is what `describe` gave: its type asks for it where the families' does.
        return issue({ ...described, subject: user.subject, client: named, epoch } as NewTokenFamily<D, C>, context);
      },
    }),
  };
}
