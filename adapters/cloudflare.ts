/** @module countersign/cloudflare */
import type { Accepted, Authenticator, Context, Insufficient, MaybePromise, ProtectOptions } from '../src/index.ts';
import { protect } from '../src/index.ts';

/** Of what the platform passes as `ctx`. */
export type WaitUntil = { waitUntil(promise: Promise<unknown>): void };
export type WorkerHandler<Env, Ctx> = (request: Request, env: Env, ctx: Ctx) => MaybePromise<Response>;

/** For endpoints that take a context, such as `door.fetch`: the bindings, `waitUntil`, and the client's address. */
export const workerContext = (request: Request, env: unknown, ctx: WaitUntil): Partial<Context> => ({
  bindings: env,
  waitUntil: (promise) => ctx.waitUntil(promise),
  // Cloudflare overwrites it. Any other header about addresses is whatever the client wrote.
  address: request.headers.get('cf-connecting-ip') ?? undefined,
  // The answer to an upgrade sets no cookie: a renewal waits for a request that can carry one.
  deliverable: !request.headers.get('upgrade'),
});

/** `protect` with the context of a Worker, whose `env` and `ctx` the handler gets. */
export const protectWorker = <A extends Accepted, Env = unknown, Ctx extends WaitUntil = WaitUntil>(
  authenticator: Authenticator<A>,
  handler: (request: Request, accepted: A, env: Env, ctx: Ctx) => MaybePromise<Response | Insufficient>,
  options: Omit<ProtectOptions<Request, [env: Env, ctx: Ctx]>, 'context'> = {},
): ((request: Request, env: Env, ctx: Ctx) => Promise<Response>) =>
  protect<A, Request, [env: Env, ctx: Ctx]>(authenticator, handler, { ...options, context: workerContext });

/**
 * A module Worker that is made of its `env` at the first request, once an isolate: nothing runs at top level, and a bad secret shows
 * then. Where `create` throws, each request is a 503, and tries again. It can't wait: other requests would have to wait with it.
 *
 * @example
 * ```ts
 * import { protectWorker, worker } from 'countersign/cloudflare';
 * import { type D1Binding, d1Store } from 'countersign/d1-store';
 * import { session } from 'countersign/session';
 *
 * export default worker(({ DB, SECRET: secret }: { readonly DB: D1Binding; readonly SECRET: string }) => {
 *   const sessions = session({ secret, store: d1Store(DB), load: ({ subject }) => ({ name: subject }) });
 *   return protectWorker(sessions, (_request, { principal }) => new Response(`Hello, ${principal.name}`));
 * });
 * ```
 */
export function worker<Env extends object, Ctx extends WaitUntil = WaitUntil>(
  create: (env: Env) => WorkerHandler<Env, Ctx>,
  { onError = console.error }: { readonly onError?: ((error: unknown) => unknown) | undefined } = {},
): { fetch(request: Request, env: Env, ctx: Ctx): Promise<Response> } {
  const made = new WeakMap<Env, WorkerHandler<Env, Ctx>>();
  return {
    async fetch(request, env, ctx) {
      try {
        if (!made.has(env)) made.set(env, create(env));
      } catch (error) {
        onError(error);
        // Never a 401: a mistake in the configuration must sign nobody out.
        return new Response(null, { status: 503, headers: { 'cache-control': 'no-store' } });
      }
      return (made.get(env) as WorkerHandler<Env, Ctx>)(request, env, ctx);
    },
  };
}
