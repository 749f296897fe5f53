import type { Authenticator } from '../core/authenticator.ts';
import { type Accepted, accept } from '../core/outcome.ts';

/**
 * Accepts everybody, as somebody whom a browser may have sent unasked: so `protect` checks which site sent the request, and
 * nothing else. For routes that set a cookie, such as sign-in: a page elsewhere that signs a user in as somebody else would
 * make that user work in a stranger's account.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { visitor } from 'countersign/csrf';
 *
 * const signIn = protect(visitor, () => new Response('signed in'));
 * const headers = { origin: 'https://elsewhere.example', host: 'app.example' };
 * const response = await signIn(new Request('https://app.example/sign-in', { method: 'POST', headers }));
 * console.log(response.status); // 403
 * ```
 */
export const visitor: Authenticator<Accepted<'visitor', null>> = {
  schemes: ['visitor'],
  carriers: [],
  authenticate: () => accept('visitor', null, { ambient: true }),
  challenge: () => [],
};
