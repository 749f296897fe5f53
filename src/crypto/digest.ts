import { _SHA256 } from '@noble/hashes/sha2.js';
import { findNodeCrypto } from '../runtime.ts';
import { binaryToBase64url } from './base64url.ts';

let hash: ((data: string | Uint8Array, encoding: 'latin1' | 'base64url') => string) | undefined;

/**
 * SHA-256, at once on every runtime: Node's own where there is one, else `@noble/hashes`.
 *
 * @param data Bytes, or text that is hashed as UTF-8.
 * @param encoding `latin1`: 32 characters up to U+00FF; `base64url`: 43 characters.
 */
export function digest(data: string | Uint8Array, encoding: 'latin1' | 'base64url'): string {
  hash ??= findNodeCrypto()?.hash?.bind(undefined, 'sha256') ?? portableDigest;
  return hash(data, encoding);
}

/** The same without the platform's help. */
export function portableDigest(data: string | Uint8Array, encoding: 'latin1' | 'base64url'): string {
  // noble's class, and not its `sha256` around it: that takes options, which cost 0.3 kB and are never given.
  const hasher = new _SHA256().update(typeof data === 'string' ? new TextEncoder().encode(data) : data);
  const binary = String.fromCharCode(...hasher.digest());
  return encoding === 'latin1' ? binary : binaryToBase64url(binary);
}
