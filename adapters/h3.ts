/** @module countersign/h3 */
import type { H3Event } from 'h3';
import type { Accepted, Authenticator, MaybePromise } from '../src/index.ts';
import { createContext, decide } from '../src/index.ts';
import { withAdditions } from './additions.ts';
import { type Admitted, type AuthenticatedOptions, admittedBy } from './around-response.ts';

export type { Admitted, AuthenticatedOptions };

/**
 * A handler for h3 2 and Nitro 3: runs `handler` for those whom `authenticator` accepts, and answers everybody else as `protect` does.
 *
 * @throws TypeError On a bad option, at construction.
 *
 * @example
 * ```ts
 * import { basic } from 'countersign/basic';
 * import { authenticated } from 'countersign/h3';
 * import { H3 } from 'h3';
 *
 * const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 * const app = new H3().get('/me', authenticated(staff, (_event, { accepted }) => accepted.principal.username));
 * console.log((await app.request('/me')).status); // 401
 * ```
 */
export function authenticated<A extends Accepted, R>(
  authenticator: Authenticator<A>,
  handler: (event: H3Event, admitted: Admitted<A>) => MaybePromise<R>,
  { context, ...options }: AuthenticatedOptions<H3Event> = {},
): (event: H3Event) => Promise<R | Response> {
  const decision = decide(authenticator, options);
  return async (event) => {
    const waitUntil = (promise: Promise<unknown>): void => event.waitUntil(promise);
    const { response, accepted, finish } = await decision(event.req, createContext({ waitUntil, ...context?.(event) }));
    // Without either it is a CORS preflight, which carries no credentials: no handler may run for it.
    if (!finish) return response ?? new Response(null, { status: 204 });
    const answer = await handler(event, admittedBy(accepted, finish));
    // As h3 puts them together: those of a response, and over them those that were set on the event.
    const own = answer && typeof answer === 'object' && 'headers' in answer ? answer.headers : undefined;
    const before = new Headers(own instanceof Headers ? own : undefined);
    for (const [name, value] of event.res.headers) before[name === 'set-cookie' ? 'append' : 'set'](name, value);
    const cookies = before.getSetCookie().length;
    for (const [name, value] of withAdditions(before, finish)) {
      // It takes the second of them for a response of 400 and above.
      for (const headers of [event.res.headers, event.res.errHeaders]) {
        if (typeof value === 'string') headers.set(name, value);
        else for (const line of value.slice(cookies)) headers.append(name, line);
      }
    }
    return answer;
  };
}
