import type { Accepted, Authenticator, Context, DecideOptions, MaybePromise, Needed } from '../src/index.ts';
import { createContext, decide, insufficient } from '../src/index.ts';
import type { Finish } from './additions.ts';

/** What is read of what a framework hands over with a request. */
export interface EventLike {
  readonly request: Request;
}

export interface AuthenticatedOptions<E> extends DecideOptions {
  /** What is known of a request, such as `(event) => ({ address: event.getClientAddress() })`. */
  readonly context?: ((event: E) => Partial<Context>) | undefined;
}

/** What a handler gets. */
export type Admitted<A extends Accepted> = {
  accepted: A;
  /** Refuses what this caller may not do: `return insufficient({ scopes: ['files:write'] })`. */
  insufficient: (needed: Needed) => Promise<Response>;
};

export function admittedBy<A extends Accepted>(accepted: A, finish: Finish): Admitted<A> {
  return { accepted, insufficient: async (needed) => finish(insufficient(needed)) };
}

/** For frameworks whose handlers make a `Response`: runs what makes it for those who are accepted, and finishes it. */
export function aroundResponse<A extends Accepted, E extends EventLike>(
  authenticator: Authenticator<A>,
  { context, ...options }: AuthenticatedOptions<E> = {},
): <T extends E>(event: T, run: (admitted: Admitted<A>) => MaybePromise<Response>) => Promise<Response> {
  const decision = decide(authenticator, options);
  return async (event, run) => {
    const { response, accepted, finish } = await decision(event.request, createContext(context?.(event)));
    // Without either it is a CORS preflight, which carries no credentials: no handler may run for it.
    if (!finish) return response ?? new Response(null, { status: 204 });
    return finish(await run(admittedBy(accepted, finish)));
  };
}
