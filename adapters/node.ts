/** @module countersign/node */
import type { Accepted, Authenticator } from '../src/index.ts';
import { type Admitted, type AuthenticatedOptions, admission } from './node-admission.ts';
import { type NodeRequest, requestView } from './node-request.ts';
import type { NodeResponse } from './node-response.ts';

export { type Admitted, type AuthenticatedOptions, type NodeRequest, type NodeResponse, requestView };

/**
 * A listener for `node:http` and `node:http2`, and a handler for Connect: runs `handler` for those whom `authenticator` accepts, and
 * answers everybody else as `protect` does. No `Request` is built: headers are read where they lie, in `rawHeaders`, which shows an
 * `Authorization` that came twice. Cookies and cache headers are added when the head is written, so what the handler sets wins.
 *
 * What it does not do: catch what `handler` throws. Its promise rejects, and ends the process unless somebody listens:
 * `EventEmitter.captureRejections = true` of `node:events`, set before the server is made, has Node answer 500.
 *
 * @param handler Gets what the server passes (Connect's `next` stands last) and, third, who was accepted.
 * @throws TypeError On a bad option, at construction.
 *
 * @example
 * ```ts no-run
 * import { createServer } from 'node:http';
 * import { basic } from 'countersign/basic';
 * import { authenticated } from 'countersign/node';
 *
 * const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
 * createServer(authenticated(staff, (_req, res, { accepted }) => res.end(accepted.principal.username))).listen(3000);
 * ```
 */
export function authenticated<
  A extends Accepted,
  Req extends NodeRequest,
  Res extends NodeResponse,
  Rest extends readonly unknown[] = [],
>(
  authenticator: Authenticator<A>,
  handler: (req: Req, res: Res, admitted: Admitted<A>, ...rest: Rest) => unknown,
  options?: AuthenticatedOptions<Req>,
): (req: Req, res: Res, ...rest: Rest) => Promise<void> {
  const admit = admission(authenticator, options);
  return async (req, res, ...rest) => {
    const admitted = await admit(req, res);
    if (admitted) await handler(req, res, admitted, ...rest);
  };
}
