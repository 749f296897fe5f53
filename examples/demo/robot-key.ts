import { constantTimeEqual, sha256 } from '../../src/crypto/index.ts';
import { formatChallenge } from '../../src/http/index.ts';
import { ABSENT, type Accepted, type Authenticator, accept, reject } from '../../src/index.ts';

/**
 * An authenticator of one's own: a key in the header `X-Robot-Key`.
 *
 * @param key The one good key.
 */
export function robotKey(key: string): Authenticator<Accepted<'robot', { readonly name: string }>> {
  const expected = sha256(key);
  return {
    schemes: ['robot'],
    carriers: [{ header: 'x-robot-key' }],
    authenticate(request) {
      const presented = request.headers.get('x-robot-key');
      if (presented === null) return ABSENT;
      // Digests, so that the time of the comparison does not tell how much of a guess was right.
      return constantTimeEqual(sha256(presented), expected)
        ? accept('robot', { name: 'the robot' })
        : reject('robot', 'invalid');
    },
    challenge: ({ status }) => (status === 403 ? [] : [formatChallenge('Robot', { realm: 'Robots' })]),
  };
}
