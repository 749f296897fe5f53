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
    // Asked for when it is needed: Hono throws where there is none, and then the process stays anyway.
    const waitUntil = async (promise: Promise<unknown>) => c.executionCtx.waitUntil(promise);
    const known = {
      bindings: c.env,
      waitUntil: (promise: Promise<unknown>) => void waitUntil(promise).catch(() => {}),
    };
    const { response, accepted, finish } = await decision(c.req.raw, createContext({ ...known, ...context?.(c) }));
    if (response) return response;
    // A CORS preflight carries no credentials: no handler may run for it.
    if (!finish) return c.body(null, 204);
    c.set('accepted', accepted);
    c.set('insufficient', async (needed) => finish(insufficient(needed)));
    await next();
    const finished = await finish(c.res);
    if (finished === c.res) return;
    // Else Hono puts the old headers over the new ones.
    c.res = undefined;
    c.res = finished;
  };
}
