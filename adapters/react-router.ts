/** @module countersign/react-router */
import type { Accepted, Authenticator, MaybePromise, Needed } from '../src/index.ts';
import { type Admitted, type AuthenticatedOptions, aroundResponse, type EventLike } from './around-response.ts';

export type { AuthenticatedOptions, EventLike };

/** What is read of the arguments of a middleware. */
export interface MiddlewareArgs extends EventLike {
  readonly context: object;
}

/** Middleware, and what it found out, which the loaders and actions behind it ask for. */
export interface AuthenticatedMiddleware<A extends Accepted> {
  (args: MiddlewareArgs, next: () => MaybePromise<Response>): Promise<Response>;
  /** @throws TypeError Where this middleware has not let the request in: a loader that lost it answers nobody. */
  accepted(context: object): A;
  /** Refuses what this caller may not do: `throw await staff.insufficient(context, { scopes: ['files:write'] })`. */
  insufficient(context: object, needed: Needed): Promise<Response>;
}

/**
 * Middleware for a route module of React Router (with `future.v8_middleware`): lets those through whom `authenticator` accepts,
 * and answers everybody else as `protect` does. It goes into the module whose `loader` or `action` asks it. A page without a loader is
 * rendered in the browser, and asks nobody.
 *
 * @throws TypeError On a bad option, at construction.
 *
 * @example
 * ```ts
 * import { basic } from 'countersign/basic';
 * import { authenticated } from 'countersign/react-router';
 *
 * const users = [{ username: 'ada', plaintextPassword: 'correct horse' }];
 * const staff = authenticated(basic({ realm: 'Staff', users }));
 * export const middleware = [staff];
 * export const loader = ({ context }: { context: object }) => ({ name: staff.accepted(context).principal.username });
 * ```
 */
export function authenticated<A extends Accepted>(
  authenticator: Authenticator<A>,
  options?: AuthenticatedOptions<MiddlewareArgs>,
): AuthenticatedMiddleware<A> {
  const around = aroundResponse(authenticator, options);
  const known = new WeakMap<object, Admitted<A>>();
  const found = (context: object): Admitted<A> => {
    const admitted = known.get(context);
    if (!admitted) throw new TypeError('authenticated: not among the middleware of this route');
    return admitted;
  };
  const middleware = (args: MiddlewareArgs, next: () => MaybePromise<Response>): Promise<Response> =>
    around(args, (admitted) => {
      known.set(args.context, admitted);
      return next();
    });
  return Object.assign(middleware, {
    accepted: (context: object) => found(context).accepted,
    insufficient: (context: object, needed: Needed) => found(context).insufficient(needed),
  });
}
