import type { Accepted, Authenticator, Context, DecideOptions, Needed } from '../src/index.ts';
import { createContext, decide, insufficient } from '../src/index.ts';
import { type Line, withAdditions } from './additions.ts';
import { type NodeRequest, requestView } from './node-request.ts';
import { addWhenWritten, type NodeResponse, send } from './node-response.ts';

export interface AuthenticatedOptions<Req> extends DecideOptions {
  /** What is known of a request, such as `(req) => ({ address: req.socket.remoteAddress })`. */
  readonly context?: ((req: Req) => Partial<Context>) | undefined;
}

/** What a handler gets. */
export interface Admitted<A extends Accepted> {
  accepted: A;
  /** Refuses what this caller may not do: `return insufficient({ scopes: ['files:write'] })`. */
  insufficient: (needed: Needed) => Promise<void>;
}

/**
 * Lets in, or answers and gives `undefined`. What authentication adds is added when the head is written.
 *
 * @returns A function; its third argument sends a refusal where that is not written to `res`.
 */
export function admission<A extends Accepted, Req extends NodeRequest>(
  authenticator: Authenticator<A>,
  { context, ...options }: AuthenticatedOptions<Req> = {},
): (req: Req, res: NodeResponse, refuse?: (response: Response) => Promise<void>) => Promise<Admitted<A> | undefined> {
  const decision = decide(authenticator, options);
  // Without effects it is the same for all of a scheme, and making it would cost more than the decision.
  const kept = new Map<string, readonly Line[]>();
  return async (req, res, refuse = (response) => send(res, response)) => {
    const { response, accepted, finish } = await decision(requestView(req), createContext(context?.(req)));
    if (!finish) {
      // Without either it is a CORS preflight, which carries no credentials: no handler may run for it.
      await refuse(response ?? new Response(null, { status: 204 }));
      return undefined;
    }
    let usual: readonly Line[] | undefined;
    if (!accepted.effects?.length) {
      usual = kept.get(accepted.scheme) ?? withAdditions(new Headers(), finish);
      kept.set(accepted.scheme, usual);
    }
    addWhenWritten(res, finish, usual);
    return { accepted, insufficient: async (needed) => refuse(await finish(insufficient(needed))) };
  };
}
