import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256 } from '@noble/hashes/sha2.js';

/**
 * PBKDF2-HMAC-SHA-256 (RFC 8018 §5.2), by WebCrypto. Where that refuses, as Cloudflare Workers do beyond 100,000 iterations,
 * by portable code, for about seven times the time.
 *
 * @param length In bytes.
 * @param subtle The platform's, which a page without TLS has none of; another, or none (`null`), for tests.
 */
export async function derivePbkdf2(
  password: Uint8Array,
  salt: Uint8Array,
  [iterations]: readonly [iterations: number],
  length: number,
  subtle: Pick<SubtleCrypto, 'importKey' | 'deriveBits'> | null | undefined = crypto.subtle,
): Promise<Uint8Array> {
  if (subtle) {
    try {
      const key = await subtle.importKey('raw', password as BufferSource, 'PBKDF2', false, ['deriveBits']);
      const by = { name: 'PBKDF2', hash: 'SHA-256', salt: salt as BufferSource, iterations };
      return new Uint8Array(await subtle.deriveBits(by, key, length * 8));
    } catch {
      // The platform's own limit.
    }
  }
  return pbkdf2(sha256, password, salt, { c: iterations, dkLen: length });
}
