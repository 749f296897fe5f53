/**
 * Authentication at a gateway: `Proxy-Authorization` and 407.
 *
 * @module countersign/proxy
 */
import { createContext } from '../runtime.ts';
import type { Authenticator } from './authenticator.ts';
import { chain, type MaybePromise } from './chain.ts';
import type { RequestLike } from './context.ts';
import { decide } from './decide.ts';
import { copyOf } from './effects.ts';
import type { Accepted, Insufficient } from './outcome.ts';
import type { ProtectOptions } from './protect.ts';
import type { RefusalResponder } from './refusal.ts';

/** {@link ProtectOptions} without what is about sites. */
export type ProxyOptions<R extends RequestLike, Rest extends readonly unknown[]> = Omit<
  ProtectOptions<R, Rest>,
  'trustedOrigins' | 'strict' | 'preflight'
>;

/**
 * {@link protect} for a gateway (RFC 9110 §11.7): it reads `Proxy-Authorization`, never `Authorization`, which is for the
 * server behind it, and answers with 407 and `Proxy-Authenticate` where `protect` answers with 401 and `WWW-Authenticate`.
 * What the handler returns is passed on, a 401 of the server behind included.
 *
 * What a client sends to its gateway is not sent unasked to somebody else's, and fetch metadata is about the site behind, so
 * the cross-site check does not apply; a CORS preflight is a request like any other. Events tell the 407 as a 401.
 *
 * Forwarding is the handler's, and so is taking `Proxy-Authorization` out first (RFC 9110 §11.7.2): a request that is passed
 * on as it came hands the gateway's password to the server behind.
 *
 * @param authenticator Schemes of `Authorization` alone: cookies and other headers are for the server behind.
 * @param handler As for {@link protect}; usually it forwards the request. It returns `undefined` where it has taken the
 *   connection over (`CONNECT`).
 * @param options As for {@link protect}, without what is about sites. `refuse` gets a refusal with status 407.
 * @throws TypeError On an authenticator that reads anything else, and as `protect` does.
 *
 * @example
 * ```ts
 * import { basic } from 'countersign/basic';
 * import { protectProxy } from 'countersign/proxy';
 *
 * const staff = basic({ realm: 'Gateway', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 *
 * export default {
 *   // A gateway for requests without a body.
 *   fetch: protectProxy(staff, (request) => {
 *     const headers = new Headers(request.headers);
 *     headers.delete('proxy-authorization');
 *     return fetch(request.url, { method: request.method, headers, redirect: 'manual' });
 *   }),
 * };
 * ```
 */
export function protectProxy<A extends Accepted, R extends RequestLike = Request, Rest extends readonly unknown[] = []>(
  authenticator: Authenticator<A>,
  handler: (request: R, accepted: A, ...rest: Rest) => MaybePromise<Response | Insufficient>,
  options?: ProxyOptions<R, Rest>,
): (request: R, ...rest: Rest) => Promise<Response>;
export function protectProxy<A extends Accepted, R extends RequestLike = Request, Rest extends readonly unknown[] = []>(
  authenticator: Authenticator<A>,
  handler: (request: R, accepted: A, ...rest: Rest) => MaybePromise<Response | Insufficient | undefined>,
  options?: ProxyOptions<R, Rest>,
): (request: R, ...rest: Rest) => Promise<Response | undefined>;
export function protectProxy<A extends Accepted, R extends RequestLike, Rest extends readonly unknown[]>(
  authenticator: Authenticator<A>,
  handler: (request: R, accepted: A, ...rest: Rest) => MaybePromise<Response | Insufficient | undefined>,
  { context, refuse, ...options }: ProxyOptions<R, Rest> = {},
): (request: R, ...rest: Rest) => Promise<Response | undefined> {
  const asGateway: RefusalResponder | undefined =
    refuse && ((refusal, ...more) => refuse({ ...refusal, status: statusOf(refusal.status) }, ...more));
  const decision = decide(gatewayView(authenticator), { ...options, refuse: asGateway });
  return async (request, ...rest) => {
    const decided = await decision(asNoPreflight(request), createContext(context?.(request, ...rest)));
    if (decided.response) return toGateway(decided.response);
    if (!decided.finish) return undefined;
    const answer = await handler(request, decided.accepted, ...rest);
    if (!answer) return answer;
    const response = await decided.finish(answer);
    return 'kind' in answer ? toGateway(response) : response;
  };
}

/** A preflight carries a gateway's credentials as every request to it does, and the server behind answers it. */
function asNoPreflight(request: RequestLike): RequestLike {
  if (request.method !== 'OPTIONS') return request;
  return withHeaders(request, (name) => (name === 'access-control-request-method' ? null : request.headers.get(name)));
}

/** The authenticator with `Proxy-Authorization` shown to it as `Authorization`. */
function gatewayView<A extends Accepted>(authenticator: Authenticator<A>): Authenticator<A> {
  if (!authenticator?.carriers?.every(({ scheme }) => scheme)) {
    throw new TypeError('protectProxy(): give it an authenticator that reads Authorization alone');
  }
  return {
    schemes: authenticator.schemes,
    carriers: [{ header: 'proxy-authorization' }],
    authenticate: (request, context) => {
      const view = withHeaders(request, (name) =>
        request.headers.get(name.toLowerCase() === 'authorization' ? 'proxy-authorization' : name),
      );
      return chain(authenticator.authenticate(view, context), (outcome) =>
        outcome.kind === 'accepted' ? { ...outcome, ambient: false } : outcome,
      );
    },
    challenge: (failure, context) => authenticator.challenge(failure, context),
  };
}

/** The request as it is, but for what its headers tell. */
function withHeaders({ method, url }: RequestLike, get: (name: string) => string | null): RequestLike {
  return { method, url, headers: { get } };
}

/** What was written for an origin server, by `refuse` too, is meant for the gateway. */
function toGateway(response: Response): Response {
  const { status, headers } = response;
  const copy = status === 401 ? new Response(response.body, { status: 407, headers }) : copyOf(response);
  const written = copy.headers.get('www-authenticate');
  copy.headers.delete('www-authenticate');
  if (written !== null && status >= 400 && !copy.headers.has('proxy-authenticate')) {
    copy.headers.set('proxy-authenticate', written);
  }
  return copy;
}

function statusOf<S extends number>(status: S): S | 407 {
  return status === 401 ? 407 : status;
}
