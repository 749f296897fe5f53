/** @module countersign/astro */
import type { Accepted, Authenticator, MaybePromise } from '../src/index.ts';
import { type Admitted, type AuthenticatedOptions, aroundResponse, type EventLike } from './around-response.ts';

export type { Admitted, AuthenticatedOptions, EventLike };

/**
 * An endpoint: runs `handler` for those whom `authenticator` accepts, and answers everybody else as `protect` does.
 *
 * @throws TypeError On a bad option, at construction.
 *
 * @example
 * ```ts
 * import { authenticated } from 'countersign/astro';
 * import { basic } from 'countersign/basic';
 *
 * const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 * export const GET = authenticated(staff, (_context, { accepted }) => Response.json(accepted.principal.username));
 * console.log((await GET({ request: new Request('https://app.example/me') })).status); // 401
 * ```
 */
export function authenticated<A extends Accepted, E extends EventLike>(
  authenticator: Authenticator<A>,
  handler: (context: E, admitted: Admitted<A>) => MaybePromise<Response>,
  options?: AuthenticatedOptions<E>,
): (context: E) => Promise<Response> {
  const around = aroundResponse(authenticator, options);
  return (context) => around(context, (admitted) => handler(context, admitted));
}

/**
 * `onRequest` of `src/middleware.ts`: everything that is rendered on demand is for those whom `authenticator` accepts, and finds them in
 * `Astro.locals.accepted`. With `optional` that is everybody, and pages look whom they have. What is prerendered is made without a
 * request, and is for all.
 */
export function authenticatedMiddleware<E extends EventLike & { locals: object }>(
  authenticator: Authenticator,
  options?: AuthenticatedOptions<E>,
): <T extends E>(context: T, next: () => MaybePromise<Response>) => Promise<Response> {
  const around = aroundResponse(authenticator, options);
  return (context, next) =>
    around(context, (admitted) => {
      Object.assign(context.locals, admitted);
      return next();
    });
}
