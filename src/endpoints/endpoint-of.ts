import type { Authenticator } from '../core/authenticator.ts';
import type { Context } from '../core/context.ts';
import { notify } from '../core/notify.ts';
import type { Accepted } from '../core/outcome.ts';
import { protect } from '../core/protect.ts';
import type { RefusalResponder } from '../core/refusal.ts';
import { createContext } from '../runtime.ts';
import { problem } from './problem.ts';
import type { SignInEndpoint } from './sign-in-types.ts';

export interface EndpointOptions {
  readonly trustedOrigins?: readonly string[] | undefined;
  readonly onError?: ((error: unknown, request: Request) => unknown) | undefined;
  /** How the endpoint itself refuses. Default: problem details. */
  readonly say?: typeof problem | undefined;
  /** How `protect` does. Default: without a body. */
  readonly refuse?: RefusalResponder | undefined;
}

/**
 * An endpoint of one method (and of preflights, which `protect` answers), for those whom `authenticator` accepts and not from
 * other sites, with one time for the whole request. What throws is an outage, a 503: a table that is down must sign nobody out.
 */
export function endpointOf<A extends Accepted>(
  { trustedOrigins, onError, say = problem, refuse }: EndpointOptions,
  method: 'GET' | 'POST',
  authenticator: Authenticator<A>,
  act: (request: Request, accepted: A, context: Context) => Promise<Response>,
): SignInEndpoint {
  const handle = protect(authenticator, act, {
    context: (_request, context) => context,
    trustedOrigins,
    refuse,
    onError: (error, request) => onError?.(error, request as Request),
  });
  return async (request, given) => {
    if (request.method !== method && request.method !== 'OPTIONS') return say(405, `${method}.`, { allow: method });
    const context = createContext(given);
    try {
      return await handle(request, context);
    } catch (error) {
      notify(context, onError, error, request);
      return say(503, 'Try again.');
    }
  };
}
