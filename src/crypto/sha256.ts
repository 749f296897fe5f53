import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { encodeHexLowerCase } from '@oslojs/encoding';
import { findNodeCrypto } from '../runtime.ts';

let hash: ((data: string | Uint8Array) => string) | undefined;

/**
 * SHA-256, at once on every runtime: Node's own where there is one, else `@noble/hashes`. For secrets that were made at
 * random, such as tokens and keys: what is stored of them, and what is compared. Not for passwords, which can be guessed.
 *
 * @param data Bytes, or text that is hashed as UTF-8.
 * @returns 64 hexadecimal digits, lower case.
 *
 * @example
 * ```ts
 * import { sha256 } from 'countersign/crypto';
 *
 * sha256('abc'); // ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
 * ```
 */
export function sha256(data: string | Uint8Array): string {
  if (!hash) {
    const native = findNodeCrypto()?.hash;
    hash = native ? (input) => native('sha256', input, 'hex') : portableSha256;
  }
  return hash(data);
}

/** The same without the platform's help. */
export function portableSha256(data: string | Uint8Array): string {
  return encodeHexLowerCase(nobleSha256(typeof data === 'string' ? new TextEncoder().encode(data) : data));
}
