import { formatChallenge } from '../../src/http/challenge.ts';
import type { Authenticator, Carrier, Outcome } from '../../src/index.ts';

/** An authenticator with one answer to everything. */
export function answering(
  answer: Outcome | (() => Outcome | PromiseLike<Outcome>),
  { scheme = 'stub', carriers = [{ header: 'cookie' }] as readonly Carrier[] } = {},
): Authenticator {
  return {
    schemes: [scheme],
    carriers,
    authenticate: () => (typeof answer === 'function' ? answer() : answer),
    challenge: ({ kind, reason }) => [
      formatChallenge(scheme, { realm: 'r', error: kind === 'absent' ? undefined : (reason ?? kind) }),
    ],
  };
}
