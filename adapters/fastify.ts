/** @module countersign/fastify */
import type { Accepted, Authenticator, Needed } from '../src/index.ts';
import { type Admitted, type AuthenticatedOptions, admission } from './node-admission.ts';
import type { NodeRequest } from './node-request.ts';
import type { NodeResponse } from './node-response.ts';

/** What is used of Fastify's request. */
export type FastifyRequestLike = NodeRequest & { readonly ip: string };
/** What is used of Fastify's reply. */
export interface FastifyReplyLike {
  readonly raw: NodeResponse;
  getHeader(name: string): unknown;
  header(name: string, value: string): unknown;
  code(status: number): { send(payload?: Uint8Array): unknown };
}

export interface AuthenticatedHook<A extends Accepted> {
  (request: FastifyRequestLike, reply: FastifyReplyLike): Promise<unknown>;
  /** @throws TypeError Where this hook has not let the request in: a handler that lost its hook answers nobody. */
  accepted(request: object): A;
  /** Refuses what this caller may not do: `return staff.insufficient(request, { scopes: ['files:write'] })`. */
  insufficient(request: object, needed: Needed): Promise<void>;
}

/**
 * An `onRequest` hook for routes of Fastify: lets those through whom `authenticator` accepts, before a body is read or a schema is
 * looked at, and answers everybody else as `protect` does. Handlers ask it who that is:
 * `app.get('/me', { onRequest: staff }, (request) => staff.accepted(request).principal.username)`. Docs: `docs/guides/node-servers.md`.
 *
 * @throws TypeError On a bad option, at construction.
 */
export function authenticated<A extends Accepted>(
  authenticator: Authenticator<A>,
  options?: AuthenticatedOptions<FastifyRequestLike>,
): AuthenticatedHook<A> {
  const admit = admission(authenticator, options);
  const known = new WeakMap<object, Admitted<A>>();
  const found = (request: object): Admitted<A> => {
    const admitted = known.get(request);
    if (!admitted) throw new TypeError('authenticated: not the onRequest hook of this route');
    return admitted;
  };
  const hook = async (request: FastifyRequestLike, reply: FastifyReplyLike): Promise<unknown> => {
    const admitted = await admit(request, reply.raw, async ({ status, headers, body }) => {
      // What a CORS plugin has said of `Vary` stays.
      const vary = reply.getHeader('vary');
      for (const [name, value] of headers) reply.header(name, name === 'vary' && vary ? `${vary}, ${value}` : value);
      reply.code(status).send(body ? new Uint8Array(await new Response(body).arrayBuffer()) : undefined);
    });
    if (admitted) known.set(request, admitted);
    return admitted ? undefined : reply;
  };
  const insufficient = (request: object, needed: Needed): Promise<void> => found(request).insufficient(needed);
  return Object.assign(hook, { accepted: (request: object) => found(request).accepted, insufficient });
}
