import { createContext } from '../runtime.ts';
import type { Authenticator } from './authenticator.ts';
import type { MaybePromise } from './chain.ts';
import type { Context, RequestLike } from './context.ts';
import { type DecideOptions, decide } from './decide.ts';
import type { Accepted, Insufficient } from './outcome.ts';

export interface ProtectOptions<R extends RequestLike, Rest extends readonly unknown[]> extends DecideOptions {
  /** What the platform knows of this request: `(request, env, ctx) => ({ bindings: env, waitUntil: … })`. */
  readonly context?: ((request: R, ...rest: Rest) => Partial<Context>) | undefined;
  /**
   * Answers CORS preflights, which carry no credentials and so reach the application unauthenticated. Default: 204 with no
   * CORS header, which a browser reads as "no".
   */
  readonly preflight?: ((request: R, ...rest: Rest) => MaybePromise<Response>) | undefined;
}

/**
 * A fetch handler that runs `handler` for those whom `authenticator` accepts, and answers everybody else itself.
 *
 * | outcome | response |
 * | --- | --- |
 * | accepted | the handler's, with `Cache-Control: private` and `Vary` unless it is kept from shared caches already |
 * | nothing presented | 401 with the challenges of all schemes, no `error` |
 * | bad credentials | 401, the refusing scheme's challenge first; 400 where credentials came twice |
 * | good, but not enough | 403, or 401 where signing in again would help |
 * | ambient credentials sent by another site, unsafe method or WebSocket | 403 |
 * | a store or lookup threw | 503; no other scheme is tried |
 *
 * What it does not do: answer `OPTIONS` preflights for you (see `preflight`), check `request.url` (which a client may
 * choose), or catch what the handler throws.
 *
 * @param authenticator Who may call.
 * @param handler Gets the request, the acceptance, and whatever else the platform passes (`env`, `ctx`). It may return
 *   {@link insufficient} in place of a response, or `undefined` where the platform has taken the connection over.
 * @throws TypeError On a bad option, at construction.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { basic } from 'countersign/basic';
 *
 * const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 *
 * export default {
 *   fetch: protect(staff, (_request, { principal }) => new Response(`Hello, ${principal.username}`)),
 * };
 * ```
 */
export function protect<A extends Accepted, R extends RequestLike = Request, Rest extends readonly unknown[] = []>(
  authenticator: Authenticator<A>,
  handler: (request: R, accepted: A, ...rest: Rest) => MaybePromise<Response | Insufficient>,
  options?: ProtectOptions<R, Rest>,
): (request: R, ...rest: Rest) => Promise<Response>;
export function protect<A extends Accepted, R extends RequestLike = Request, Rest extends readonly unknown[] = []>(
  authenticator: Authenticator<A>,
  handler: (request: R, accepted: A, ...rest: Rest) => MaybePromise<Response | Insufficient | undefined>,
  options?: ProtectOptions<R, Rest>,
): (request: R, ...rest: Rest) => Promise<Response | undefined>;
export function protect<A extends Accepted, R extends RequestLike, Rest extends readonly unknown[]>(
  authenticator: Authenticator<A>,
  handler: (request: R, accepted: A, ...rest: Rest) => MaybePromise<Response | Insufficient | undefined>,
  { context, preflight, ...options }: ProtectOptions<R, Rest> = {},
): (request: R, ...rest: Rest) => Promise<Response | undefined> {
  const decision = decide(authenticator, options);
  return async (request, ...rest) => {
    const decided = await decision(request, createContext(context?.(request, ...rest)));
    if (decided.response) return decided.response;
    if (!decided.finish) return preflight?.(request, ...rest) ?? new Response(null, { status: 204 });
    const answer = await handler(request, decided.accepted, ...rest);
    return answer && decided.finish(answer);
  };
}
