import type { Authenticator } from '../core/authenticator.ts';
import type { Context } from '../core/context.ts';
import { notify } from '../core/notify.ts';
import type { Accepted } from '../core/outcome.ts';
import { protect } from '../core/protect.ts';
import { createContext } from '../runtime.ts';
import { problem } from './problem.ts';
import type { SignInEndpoint, SignInOptions } from './sign-in-types.ts';

/**
 * An endpoint of one method (and of preflights, which `protect` answers), for those whom `authenticator` accepts and not from
 * other sites, with one time for the whole request. What throws is an outage, a 503: a table that is down must sign nobody out.
 */
export function endpointOf<A extends Accepted>(
  { trustedOrigins, onError }: Pick<SignInOptions<never, never, never, never>, 'trustedOrigins' | 'onError'>,
  method: 'GET' | 'POST',
  authenticator: Authenticator<A>,
  act: (request: Request, accepted: A, context: Context) => Promise<Response>,
): SignInEndpoint {
  const handle = protect(authenticator, act, {
    context: (_request, context) => context,
    trustedOrigins,
    onError: (error, request) => onError?.(error, request as Request),
  });
  return async (request, given) => {
    if (request.method !== method && request.method !== 'OPTIONS') return problem(405, `${method}.`, { allow: method });
    const context = createContext(given);
    try {
      return await handle(request, context);
    } catch (error) {
      notify(context, onError, error, request);
      return problem(503, 'Try again.');
    }
  };
}
