import { argon2id } from '@noble/hashes/argon2.js';
import { findNodeDerivations, type NodeDerivations, nativeOr } from './node-derivations.ts';

/** Of RFC 9106 §3.1; PHC strings of passwords have neither, its test vector has both. */
interface MoreInput {
  readonly secret?: Uint8Array;
  readonly associatedData?: Uint8Array;
}

/**
 * Argon2id (RFC 9106), version 19.
 *
 * @param parameters Memory in KiB, passes, lanes.
 * @param length In bytes.
 * @param native The platform's; another, or none (`null`), for tests.
 */
export function deriveArgon2id(
  password: Uint8Array,
  salt: Uint8Array,
  [memory, passes, parallelism]: readonly [memory: number, passes: number, parallelism: number],
  length: number,
  native: NodeDerivations['argon2'] | null = findNodeDerivations()?.argon2,
  more: MoreInput = {},
): Promise<Uint8Array> {
  const cost = { message: password, nonce: salt, memory, passes, parallelism, tagLength: length, ...more };
  return nativeOr(native ? (done) => native('argon2id', cost, done) : undefined, () =>
    // Not noble's `argon2idAsync`: it costs a fifth more, and as many sign-ins as come at once would each hold their memory.
    argon2id(password, salt, {
      m: memory,
      t: passes,
      p: parallelism,
      dkLen: length,
      maxmem: 2 ** 32 - 1,
      ...(more.secret && { key: more.secret }),
      ...(more.associatedData && { personalization: more.associatedData }),
    }),
  );
}
