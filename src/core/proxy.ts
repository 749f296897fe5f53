/**
 * Authentication at a gateway: `Proxy-Authorization` and 407.
 *
 * @module countersign/proxy
 */
import type { Authenticator } from './authenticator.ts';
import { chain } from './chain.ts';
import { assertAuthenticators } from './composition.ts';
import type { RequestLike } from './context.ts';
import type { Accepted, Outcome } from './outcome.ts';

/**
 * The same authenticator for a gateway (RFC 9110 §11.7): it reads `Proxy-Authorization`, never `Authorization`, which is
 * for the server behind it, and its refusals are 407 with `Proxy-Authenticate`.
 *
 * What a client sends to its gateway is not sent unasked to somebody else's, and fetch metadata is about the site behind,
 * so the cross-site check does not apply.
 *
 * @param authenticator The whole composition: `proxy(any(…))`.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { basic } from 'countersign/basic';
 * import { proxy } from 'countersign/proxy';
 *
 * const staff = basic({ realm: 'Gateway', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 * export default { fetch: protect(proxy(staff), () => new Response('forwarded')) };
 * ```
 */
export function proxy<A extends Accepted>(authenticator: Authenticator<A>): Authenticator<A> {
  assertAuthenticators([authenticator]);
  return {
    schemes: authenticator.schemes,
    carriers: authenticator.carriers.map((carrier) => (carrier.scheme ? { header: 'proxy-authorization' } : carrier)),
    authenticate: (request, context) => chain(authenticator.authenticate(viewOf(request), context), toProxyOutcome),
    challenge: (failure, context) => authenticator.challenge(failure, context),
  };
}

function toProxyOutcome<A extends Accepted>(outcome: Outcome<A>): Outcome<A> {
  if (outcome.kind === 'accepted') return { ...outcome, ambient: false };
  return outcome.status === 401 ? { ...outcome, status: 407 } : outcome;
}

function viewOf({ method, url, headers }: RequestLike): RequestLike {
  return {
    method,
    url,
    headers: { get: (name) => headers.get(name.toLowerCase() === 'authorization' ? 'proxy-authorization' : name) },
  };
}
