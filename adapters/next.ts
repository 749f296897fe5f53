/** @module countersign/next */
import type { Accepted, Authenticator, Insufficient, MaybePromise, ProtectOptions } from '../src/index.ts';
import { createContext, decide } from '../src/index.ts';

export interface AuthenticateProxyOptions<A extends Accepted, R extends Request> extends ProtectOptions<R, []> {
  /** In place of going on: `() => NextResponse.rewrite(url)`. `headers` go with it, unless it has others. */
  readonly next?: ((request: R, accepted: A, headers: Headers) => MaybePromise<Response | Insufficient>) | undefined;
}

/**
 * `proxy.ts` and `middleware.ts` of Next: refuses as `protect` does, renews cookies, for this request too, and removes what
 * clients send as `x-countersign-*`. Pages, actions and routes check for themselves: not every request comes by here.
 *
 * @throws TypeError On a bad option, at construction.
 * @example
 * ```ts
 * import { basic } from 'countersign/basic';
 * import { authenticateProxy } from 'countersign/next';
 * export const proxy = authenticateProxy(basic({ realm: 'Staff', users: new Map() }));
 * console.log((await proxy(new Request('https://app.example/'))).status); // 401
 * ```
 */
export function authenticateProxy<A extends Accepted, R extends Request = Request>(
  authenticator: Authenticator<A>,
  { context, next = goOn, preflight, ...options }: AuthenticateProxyOptions<A, R> = {},
): (request: R, event?: { waitUntil(promise: Promise<unknown>): void }) => Promise<Response> {
  const decision = decide(authenticator, options);
  return async (request, event) => {
    const known = { waitUntil: (promise: Promise<unknown>) => event?.waitUntil(promise), ...context?.(request) };
    const { response: refusal, accepted, finish } = await decision(request, createContext(known));
    const onward = new Headers(request.headers);
    // A server behind would believe what a client says of itself; some take `_` for `-`.
    for (const name of request.headers.keys()) if (/^x[_-]countersign[_-]/.test(name)) onward.delete(name);
    for (const { key, value } of accepted?.effects ?? []) if (key) setCookie(onward, key, value);
    const answer = finish ? await finish(await next(request, accepted, onward)) : refusal;
    if (!answer) return preflight?.(request) ?? new Response(null, { status: 204 });
    const response = new Response(answer.body, answer);
    const { headers } = response;
    // As `NextResponse.next({ request: { headers } })` writes it.
    if ((headers.has(`${X}next`) || headers.has(`${X}rewrite`)) && !headers.has(`${X}override-headers`)) {
      for (const [name, value] of onward) headers.set(`${X}request-${name}`, value);
      headers.set(`${X}override-headers`, [...onward.keys()].join());
    }
    // Next takes no address without an origin, and no route's stricter Cache-Control where this one stands.
    const location = headers.get('location');
    if (location) headers.set('location', new URL(location, request.url).href);
    if (/private/.test(headers.get('cache-control') ?? '')) headers.set('cache-control', 'private, no-store');
    return response;
  };
}

const X = 'x-middleware-';
const goOn = (): Response => new Response(null, { headers: { 'x-middleware-next': '1' } });

/** As the browser would send it after a `Set-Cookie`; one that is empty is gone. */
function setCookie(headers: Headers, name: string, line: string): void {
  const others = (headers.get('cookie') ?? '').split(/; */).filter((each) => each && !each.startsWith(`${name}=`));
  const [pair = ''] = line.split(';');
  headers.set('cookie', [...others, ...(pair === `${name}=` ? [] : [pair])].join('; '));
}
