import type { Authenticator } from '../core/authenticator.ts';
import type { Context } from '../core/context.ts';
import type { Accepted } from '../core/outcome.ts';
import type { NewTokenFamily, RefreshTokens } from '../tokens/refresh-token-types.ts';
import type { RefreshCookieOptions } from './refresh-cookie.ts';
import type { SignInEndpoint, SignInTokens, SignInUser } from './sign-in-types.ts';

export interface TokenEndpointsOptions<D, C extends string> {
  /** Where they are mounted, such as `/oauth`. A refresh token in a cookie goes there and nowhere else. */
  readonly path: string;
  /** Of `refreshTokens`. */
  readonly families: RefreshTokens<D, C>;
  /** Who may see and end their own sign-ins: usually the `bearer` of these access tokens. Left out, nobody. */
  readonly authenticator?: Authenticator<Accepted> | undefined;
  readonly cookie?: RefreshCookieOptions | undefined;
  /** What a family is bound to, of a request that refreshes; see `refreshTokens`. Default: nothing. */
  readonly binding?: ((request: Request, context: Context) => string | undefined) | undefined;
  /** Origins that may refresh by cookie, beside the application's own. */
  readonly trustedOrigins?: readonly string[] | undefined;
  /** Gets what a store or a signer threw. Whatever it throws itself is swallowed. */
  readonly onError?: ((error: unknown, request: Request) => unknown) | undefined;
}

export interface TokenEndpoints<D, C extends string> {
  /** `POST path/token`: `grant_type=refresh_token`, `refresh_token` but for browsers, `scope`, `resource`, `client_id`, `attempt`. */
  readonly token: SignInEndpoint;
  /** `POST path/revoke` (RFC 7009): `token` but for browsers, `client_id`. */
  readonly revoke: SignInEndpoint;
  /** `GET path/sign-ins`, `?after=` for the next page. */
  readonly signIns: SignInEndpoint;
  /** `POST path/sign-ins/end`: `id`. */
  readonly endSignIn: SignInEndpoint;
  /** `POST path/sign-ins/end-all`. This one, too. */
  readonly endSignIns: SignInEndpoint;
  /** All of them by path, and a 404 for the rest. */
  readonly fetch: SignInEndpoint;
  /**
   * Signs somebody in, and answers as the token endpoint does: for a route of the application's own that has found the password to
   * be right. Whether another site sent the request is not checked here: put the route behind `protect(visitor, …)`.
   */
  issue(details: NewTokenFamily<D, C>, context?: Context): Promise<Response>;
  /**
   * For `signIn({ tokens })`: programs that name one of the `clients` get tokens in place of a session.
   *
   * @param describe What a family is to have beside its subject: `scopes`, `data`, `label`, `device`.
   */
  forSignIn<U extends SignInUser>(
    describe?: (
      request: Request,
      user: U,
      client: C,
      context: Context,
    ) => Partial<Omit<NewTokenFamily<D, C>, 'subject'>>,
  ): SignInTokens<U>;
}
