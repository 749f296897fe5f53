import { scrypt } from '@noble/hashes/scrypt.js';
import { findNodeDerivations, type NodeDerivations, nativeOr } from './node-derivations.ts';

/**
 * Scrypt (RFC 7914).
 *
 * @param parameters Binary logarithm of N, r, p.
 * @param length In bytes.
 * @param native The platform's; another, or none (`null`), for tests.
 */
export function deriveScrypt(
  password: Uint8Array,
  salt: Uint8Array,
  [logN, r, p]: readonly [logN: number, r: number, p: number],
  length: number,
  native: NodeDerivations['scrypt'] | null = findNodeDerivations()?.scrypt,
): Promise<Uint8Array> {
  const N = 2 ** logN;
  // Node's default is 32 MiB. Twice what the algorithm needs: runtimes count their scratch space differently.
  const cost = { N, r, p, maxmem: 256 * r * (N + p) + 2 ** 20 };
  return nativeOr(native ? (done) => native(password, salt, length, cost, done) : undefined, () =>
    scrypt(password, salt, { N, r, p, dkLen: length, maxmem: cost.maxmem }),
  );
}
