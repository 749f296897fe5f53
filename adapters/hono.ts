/** @module countersign/hono */
import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import type { Accepted, Authenticator, Context, DecideOptions, Needed } from '../src/index.ts';
import { createContext, decide, insufficient } from '../src/index.ts';

/** What handlers behind it find in `c.var`. */
export interface AuthenticatedVariables<A extends Accepted> {
  accepted: A;
  /** Refuses what this caller may not do: `return c.var.insufficient({ scopes: ['files:write'] })`. */
  insufficient: (needed: Needed) => Promise<Response>;
}
export interface AuthenticatedOptions extends DecideOptions {
  /** What is known besides `c.env` and `waitUntil`, such as `(c) => ({ address: getConnInfo(c).remote.address })`. */
  readonly context?: ((c: HonoContext) => Partial<Context>) | undefined;
}

/**
 * Middleware for Hono: lets those through whom `authenticator` accepts, and answers everybody else as `protect` does. On a route it runs
 * wherever the handler does; `use('/admin/*')` compares paths as they stand, and not `//admin`. Register `hono/cors` before it.
 *
 * @throws TypeError On a bad option, at construction.
 *
 * @example
 * ```ts
 * import { basic } from 'countersign/basic';
 * import { authenticated } from 'countersign/hono';
 * import { Hono } from 'hono';
 *
 * const staff = authenticated(basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] }));
 * const app = new Hono().get('/me', staff, (c) => c.text(c.var.accepted.principal.username));
 * console.log((await app.request('/me')).status); // 401
 * ```
 */
export function authenticated<A extends Accepted>(
  authenticator: Authenticator<A>,
  { context, ...options }: AuthenticatedOptions = {},
): MiddlewareHandler<{ Variables: AuthenticatedVariables<A> }> {
  const decision = decide(authenticator, options);
  return async (c, next) => {
    const waitUntil = (promise: Promise<unknown>): void => {
      try {
        c.executionCtx.waitUntil(promise);
      } catch {
        // There is none, and then the process stays anyway.
      }
    };
    const decided = await decision(c.req.raw, createContext({ bindings: c.env, waitUntil, ...context?.(c) }));
    if (decided.response) return decided.response;
    // A CORS preflight carries no credentials: no handler may run for it.
    if (!decided.finish) return c.body(null, 204);
    c.set('accepted', decided.accepted);
    c.set('insufficient', async (needed) => decided.finish(insufficient(needed)));
    await next();
    const finished = await decided.finish(c.res);
    if (finished === c.res) return;
    // Else Hono puts the old headers over the new ones.
    c.res = undefined;
    c.res = finished;
  };
}
