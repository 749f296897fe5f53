/** @module countersign/sveltekit */
import type { Accepted, Authenticator, MaybePromise } from '../src/index.ts';
import { type Admitted, type AuthenticatedOptions, aroundResponse, type EventLike } from './around-response.ts';

export type { Admitted, AuthenticatedOptions, EventLike };

/**
 * A handler of `+server.ts`: runs `handler` for those whom `authenticator` accepts, and answers everybody else as `protect` does.
 *
 * @throws TypeError On a bad option, at construction.
 *
 * @example
 * ```ts
 * import { basic } from 'countersign/basic';
 * import { authenticated } from 'countersign/sveltekit';
 *
 * const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 * export const GET = authenticated(staff, (_event, { accepted }) => Response.json(accepted.principal.username));
 * console.log((await GET({ request: new Request('https://app.example/me') })).status); // 401
 * ```
 */
export function authenticated<A extends Accepted, E extends EventLike>(
  authenticator: Authenticator<A>,
  handler: (event: E, admitted: Admitted<A>) => MaybePromise<Response>,
  options?: AuthenticatedOptions<E>,
): (event: E) => Promise<Response> {
  const around = aroundResponse(authenticator, options);
  return (event) => around(event, (admitted) => handler(event, admitted));
}

/**
 * `handle` of `hooks.server.ts`: everything that is rendered is for those whom `authenticator` accepts, and finds them in
 * `locals.accepted`. With `optional` that is everybody, and `load` functions and form actions look whom they have: only here can a page
 * get a renewed cookie. What is prerendered is made without a request, and is for all.
 */
export function authenticatedHandle<E extends EventLike & { locals: object }>(
  authenticator: Authenticator,
  options?: AuthenticatedOptions<E>,
): <T extends E>(input: { event: T; resolve(event: T): MaybePromise<Response> }) => Promise<Response> {
  const around = aroundResponse(authenticator, options);
  return ({ event, resolve }) =>
    around(event, (admitted) => {
      Object.assign(event.locals, admitted);
      return resolve(event);
    });
}
