import type { Context } from '../core/context.ts';
import { notify } from '../core/notify.ts';
import { createContext } from '../runtime.ts';
import { problem } from './problem.ts';
import type { SignInEndpoint, SignInOptions } from './sign-in-types.ts';

/**
 * An endpoint of one method (and of preflights, which `protect` answers), with one time for the whole request. What throws is an
 * outage, a 503: a table that is down must sign nobody out.
 */
export function endpointOf(
  method: 'GET' | 'POST',
  onError: SignInOptions<never, never, never, never>['onError'],
  handle: (request: Request, context: Context) => Promise<Response>,
): SignInEndpoint {
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
