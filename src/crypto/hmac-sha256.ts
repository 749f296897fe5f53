import { digest } from './digest.ts';

/**
 * HMAC-SHA-256 (RFC 2104) under one key, at once on every runtime. Two hashes by {@link digest}, over buffers that are kept
 * from one call to the next: on Node half of what `createHmac` costs for a short message.
 *
 * @param key At most 64 bytes, one a character up to U+00FF. Whoever has a longer one hashes it first, as the RFC says.
 * @returns A function from a message, as `key`, to 43 characters of base64url.
 */
export function hmacSha256(key: string): (message: string) => string {
  const inner = keyedHash(key, 0x36);
  const outer = keyedHash(key, 0x5c);
  return (message) => outer(inner(message, 'latin1'), 'base64url');
}

function keyedHash(key: string, pad: number): (binary: string, encoding: 'latin1' | 'base64url') => string {
  let bytes = new Uint8Array(0);
  return (binary, encoding) => {
    if (bytes.length !== 64 + binary.length) {
      // Beyond the key's end its characters are NaN, which counts as 0.
      bytes = Uint8Array.from({ length: 64 + binary.length }, (_, index) => key.charCodeAt(index) ^ pad);
    }
    for (let index = 0; index < binary.length; index++) bytes[64 + index] = binary.charCodeAt(index);
    return digest(bytes, encoding);
  };
}
