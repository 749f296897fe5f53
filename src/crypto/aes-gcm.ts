import { findNodeCrypto, type NodeDecipher } from '../runtime.ts';
import { encodeBase64url, strictBase64url } from './base64url.ts';

/** Seals texts under one key. */
export interface TextSeal {
  /**
   * @param text Not beginning with a byte order mark, which one of the decoders drops.
   * @param nonce 12 random bytes, never used twice under one key. At random, 2^32 texts a key keep the odds of that
   *   negligible (NIST SP 800-38D §8.3).
   * @returns base64url of nonce, ciphertext and tag: 28 bytes more than the text has.
   */
  seal(text: string, nonce: Uint8Array): Promise<string>;
  /**
   * @param sealed Characters up to U+00FF, as all that come by headers are.
   * @returns The text, or `undefined` of anything that was not sealed here, and of another spelling of what was. Never throws.
   */
  open(sealed: string): string | undefined | Promise<string | undefined>;
}

/** In bytes. */
const NONCE = 12;
const TAG = 16;

/**
 * AES-256-GCM of texts. Opening is what each request does: at once where the platform has synchronous ciphers, for a fifth
 * of the CPU time that WebCrypto takes; sealing is rare, and WebCrypto's.
 *
 * @param key 256 bits, as 43 characters of base64url, of one purpose only: nothing else keeps what was sealed for one from
 *   opening for another.
 * @param createDecipher The platform's; another one, or none, for tests.
 */
export function aesGcm(
  key: string,
  createDecipher: NodeDecipher | undefined = findNodeCrypto()?.createDecipheriv,
): TextSeal {
  const decode = strictBase64url();
  const bytes = decode(key) as Uint8Array<ArrayBuffer>;
  let imported: CryptoKey | undefined;
  // The key is kept, and not the promise of it: on Workers nothing that one request started may be awaited by another.
  const run = async (verb: 'encrypt' | 'decrypt', iv: BufferSource, data: BufferSource): Promise<Uint8Array> => {
    imported ??= await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
    return new Uint8Array(await crypto.subtle[verb]({ name: 'AES-GCM', iv }, imported, data));
  };
  const openNow = (create: NodeDecipher, sealed: Uint8Array): string => {
    const decipher = create('aes-256-gcm', bytes, sealed.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAuthTag(sealed.subarray(-TAG));
    const text = decipher.update(sealed.subarray(NONCE, -TAG));
    // Throws unless the tag holds: before this nothing of the text may be believed.
    decipher.final();
    return text.toString();
  };
  const openLater = async (data: Uint8Array<ArrayBuffer>): Promise<string> => {
    return new TextDecoder().decode(await run('decrypt', data.subarray(0, NONCE), data.subarray(NONCE)));
  };

  return {
    async seal(text, nonce) {
      const sealed = await run('encrypt', nonce as BufferSource, new TextEncoder().encode(text));
      return encodeBase64url(Uint8Array.from([...nonce, ...sealed]));
    },
    open(sealed) {
      const data = decode(sealed);
      if (!data) return undefined;
      if (!createDecipher) return openLater(data).catch(() => undefined);
      try {
        return openNow(createDecipher, data);
      } catch {
        return undefined;
      }
    },
  };
}
