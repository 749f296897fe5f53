import { findNodeCrypto, type NodeDecipher } from '../runtime.ts';
import { base64urlDecoder, encodeBase64url } from './base64url.ts';

/** Seals texts under one key. */
export interface TextSeal {
  /**
   * @param text Of two bytes more than a multiple of three, so that what is sealed has no bits that count for nothing. Not
   *   beginning with a byte order mark, which one of the decoders drops.
   * @param nonce 12 random bytes, never used twice under one key. At random, 2^32 texts a key keep the odds of that
   *   negligible (NIST SP 800-38D §8.3).
   * @returns base64url of nonce, ciphertext and tag: 28 bytes more than the text has.
   */
  seal(text: string, nonce: Uint8Array): Promise<string>;
  /**
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
  const decoder = base64urlDecoder();
  const bytes = decoder(key);
  /** Decoders skip what they do not know, and stop at `=`: then bytes are missing. And base64 has names of its own for two. */
  const decode = (sealed: string): Uint8Array<ArrayBuffer> => {
    const data = decoder(sealed);
    if (data.length * 4 !== sealed.length * 3 || sealed.includes('+') || sealed.includes('/'))
      throw new TypeError('not base64url');
    return data;
  };
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
  const openLater = async (sealed: string): Promise<string> => {
    const data = decode(sealed);
    return new TextDecoder().decode(await run('decrypt', data.subarray(0, NONCE), data.subarray(NONCE)));
  };

  return {
    async seal(text, nonce) {
      const sealed = await run('encrypt', nonce as BufferSource, new TextEncoder().encode(text));
      return encodeBase64url(Uint8Array.from([...nonce, ...sealed]));
    },
    open(sealed) {
      if (!createDecipher) return openLater(sealed).catch(() => undefined);
      try {
        return openNow(createDecipher, decode(sealed));
      } catch {
        return undefined;
      }
    },
  };
}
