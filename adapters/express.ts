/** @module countersign/express */
import type { Accepted, Authenticator } from '../src/index.ts';
import { type Admitted, type AuthenticatedOptions, admission } from './node-admission.ts';
import type { NodeRequest } from './node-request.ts';
import type { NodeResponse } from './node-response.ts';

export type { Admitted, AuthenticatedOptions, NodeRequest, NodeResponse };

/** What is read of Express's request; `ip` and `protocol` follow its `trust proxy`. */
export type ExpressRequestLike = NodeRequest & { readonly ip?: string | undefined };

type Next = (error?: unknown) => void;

export interface AuthenticatedMiddleware<A extends Accepted> {
  /** For a whole application or router: its handlers are not told about it by types. */
  (req: ExpressRequestLike, res: NodeResponse & { locals: object }, next: Next): void;
  /** On a route: the handlers that follow find who was accepted in `res.locals`. */
  (req: ExpressRequestLike, res: NodeResponse & { locals: Admitted<A> }, next: Next): void;
}

/**
 * Middleware for Express: lets those through whom `authenticator` accepts, and answers everybody else as `protect` does. On a
 * route it runs wherever the handler does, and types `res.locals.accepted` and `res.locals.insufficient` there. `app.use('/admin')`
 * guards a pattern: what answers elsewhere, such as `//admin` in a catch-all, is not behind it. Register `cors` before it.
 *
 * @throws TypeError On a bad option, at construction.
 *
 * @example
 * ```ts no-run
 * import { basic } from 'countersign/basic';
 * import { authenticated } from 'countersign/express';
 * import express from 'express';
 *
 * const staff = authenticated(basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] }));
 * const app = express();
 * app.get('/me', staff, (_req, res) => {
 *   res.send(res.locals.accepted.principal.username);
 * });
 * app.listen(3000);
 * ```
 */
export function authenticated<A extends Accepted>(
  authenticator: Authenticator<A>,
  options?: AuthenticatedOptions<ExpressRequestLike>,
): AuthenticatedMiddleware<A> {
  const admit = admission(authenticator, options);
  return (req: ExpressRequestLike, res: NodeResponse & { locals: object }, next: Next): void => {
    const pass = (admitted: Admitted<A> | undefined): void => {
      if (!admitted) return;
      Object.assign(res.locals, admitted);
      next();
    };
    admit(req, res).then(pass, next);
  };
}
