/**
 * Authentication at a gateway: `Proxy-Authorization` and 407.
 *
 * @module countersign/proxy
 */
import type { Authenticator } from './authenticator.ts';
import { chain, type MaybePromise } from './chain.ts';
import type { RequestLike } from './context.ts';
import { copyOf } from './effects.ts';
import type { Accepted, Failure, Insufficient } from './outcome.ts';
import { type ProtectOptions, protect } from './protect.ts';
import type { Refusal, RefusalResponder } from './refusal.ts';

/**
 * {@link protect} for a gateway (RFC 9110 §11.7): it reads `Proxy-Authorization`, never `Authorization`, which is for the
 * server behind it, and answers with 407 and `Proxy-Authenticate` where `protect` answers with 401 and `WWW-Authenticate`.
 * What the handler returns is passed on, a 401 of the server behind included.
 *
 * What a client sends to its gateway is not sent unasked to somebody else's, and fetch metadata is about the site behind, so
 * the cross-site check does not apply. Events tell the 407 as a 401.
 *
 * @param authenticator Schemes of `Authorization` alone: cookies and other headers are for the server behind.
 * @param handler As for {@link protect}; usually it forwards the request.
 * @param options As for {@link protect}. `refuse` gets a refusal with status 407 and the challenges to offer.
 * @throws TypeError On an authenticator that reads anything else, and as `protect` does.
 *
 * @example
 * ```ts
 * import { basic } from 'countersign/basic';
 * import { protectProxy } from 'countersign/proxy';
 *
 * const staff = basic({ realm: 'Gateway', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 * export default { fetch: protectProxy(staff, () => new Response('forwarded')) };
 * ```
 */
export function protectProxy<A extends Accepted, R extends RequestLike = Request, Rest extends readonly unknown[] = []>(
  authenticator: Authenticator<A>,
  handler: (request: R, accepted: A, ...rest: Rest) => MaybePromise<Response | Insufficient>,
  options: ProtectOptions<R, Rest> = {},
): (request: R, ...rest: Rest) => Promise<Response> {
  return protect(gatewayView(authenticator), handler, {
    ...options,
    refuse: challengeBy(authenticator, options.refuse),
  });
}

/** The authenticator with `Proxy-Authorization` shown to it as `Authorization`, and without challenges of its own. */
function gatewayView<A extends Accepted>(authenticator: Authenticator<A>): Authenticator<A> {
  if (!authenticator?.carriers?.every(({ scheme }) => scheme)) {
    throw new TypeError('protectProxy(): give it an authenticator that reads Authorization alone');
  }
  return {
    schemes: authenticator.schemes,
    carriers: [{ header: 'proxy-authorization' }],
    authenticate: ({ method, url, headers }, context) => {
      const get = (name: string): string | null =>
        headers.get(name.toLowerCase() === 'authorization' ? 'proxy-authorization' : name);
      return chain(authenticator.authenticate({ method, url, headers: { get } }, context), (outcome) =>
        outcome.kind === 'accepted' ? { ...outcome, ambient: false } : outcome,
      );
    },
    challenge: () => [],
  };
}

function challengeBy(authenticator: Authenticator, respond: RefusalResponder = () => undefined): RefusalResponder {
  return (given, request, context) => {
    const offered = isFailure(given) ? authenticator.challenge(given, context) : [];
    const challenges = [...new Set(offered)];
    const refusal: Refusal = { ...given, status: given.status === 401 ? 407 : given.status, challenges };
    return chain(respond(refusal, request, context), (own) => {
      const response = own?.status ? copyOf(own) : new Response(null, { status: refusal.status });
      // What `refuse` wrote for an origin server is meant for the gateway.
      const written = response.headers.get('www-authenticate') ?? challenges.join(', ');
      response.headers.delete('www-authenticate');
      if (written && response.status >= 400) response.headers.set('proxy-authenticate', written);
      return response;
    });
  };
}

function isFailure(refusal: Refusal): refusal is Refusal & Failure {
  return refusal.kind === 'absent' || refusal.kind === 'rejected' || refusal.kind === 'insufficient';
}
