import { expect } from 'vitest';
import type { Algorithm, Jwk } from '../../src/jwt/key.ts';
import { importJwk } from '../../src/tokens/jwt.ts';
import { withoutNodeCrypto } from '../crypto/without-node-crypto.ts';
import { signByNode } from './sign-by-node.ts';

/** Checks a signature by a key as it is on a platform with Node's module, and on one without: it must be one answer. */
type VerifyBothWays = (input: string, signature: string) => Promise<boolean>;

export async function bothWays(alg: Algorithm, key: Jwk): Promise<VerifyBothWays> {
  const now = importJwk(key, alg);
  // A public key decides at its first signature which way it goes.
  const signature = signByNode(alg, key, 'first').toString('base64url');
  const make = () => {
    const made = importJwk(key, alg);
    return [made, made.verify('first', signature)] as const;
  };
  // HS256 is at once everywhere: two hashes, whose two ways test/crypto/digest.test.ts compares.
  const [later, first] = alg === 'HS256' ? make() : withoutNodeCrypto(make);
  expect(first instanceof Promise).toBe(alg !== 'HS256');
  expect([now.verify('first', signature), await first]).toEqual([true, true]);
  return async (input, given) => {
    const answer = now.verify(input, given);
    expect(typeof answer).toBe('boolean');
    expect(await later.verify(input, given), `without node:crypto, of ${given.slice(0, 400)}`).toBe(answer);
    return answer;
  };
}
