import { findNodeCrypto, type NodeDecipher } from '../runtime.ts';
import { decodeBase64url, encodeBase64url } from './base64url.ts';

/** Seals texts under one key, for one purpose. */
export interface TextSeal {
  /**
   * @param text Not beginning with a byte order mark, which one of the decoders drops.
   * @param nonce 12 random bytes, never used twice under one key. At random, 2^32 texts a key keep the odds of that
   *   negligible (NIST SP 800-38D §8.3).
   * @returns base64url: nonce and tag together 38 characters, then the ciphertext.
   */
  seal(text: string, nonce: Uint8Array): Promise<string>;
  /**
   * @param sealed Characters of base64url, and no bits over: some decoders skip what is neither, and the caller has to see to
   *   it that one text has one spelling.
   * @returns The text, or `undefined` of anything that was not sealed here. Never throws.
   */
  open(sealed: string): string | undefined | Promise<string | undefined>;
}

/** In bytes. */
const NONCE = 12;
const TAG = 16;
/** Both, in characters. */
const HEAD = 38;

/**
 * AES-256-GCM of texts. Opening is what each request does: at once where the platform has synchronous ciphers, for a fifth
 * of the CPU time that WebCrypto takes; sealing is rare, and WebCrypto's.
 *
 * @param key 256 bits, as 43 characters of base64url.
 * @param purpose Bound to what is sealed, and not in it: another purpose does not open it.
 * @param createDecipher The platform's; another one, or none, for tests.
 */
export function aesGcm(
  key: string,
  purpose: string,
  createDecipher: NodeDecipher | undefined = findNodeCrypto()?.createDecipheriv,
): TextSeal {
  const bytes = decodeBase64url(key);
  const additionalData = new TextEncoder().encode(purpose);
  let imported: CryptoKey | undefined;
  // The key is kept, and not the promise of it: on Workers nothing that one request started may be awaited by another.
  const run = async (verb: 'encrypt' | 'decrypt', iv: BufferSource, data: BufferSource): Promise<Uint8Array> => {
    imported ??= await crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
    return new Uint8Array(await crypto.subtle[verb]({ name: 'AES-GCM', iv, additionalData }, imported, data));
  };
  const openNow = (create: NodeDecipher, sealed: string): string => {
    const head = decodeBase64url(sealed.slice(0, HEAD));
    const decipher = create('aes-256-gcm', bytes, head.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAAD(additionalData);
    decipher.setAuthTag(head.subarray(NONCE));
    return decipher.update(sealed.slice(HEAD), 'base64url', 'utf8') + decipher.final('utf8');
  };
  const openLater = async (sealed: string): Promise<string> => {
    const head = decodeBase64url(sealed.slice(0, HEAD));
    const data = Uint8Array.from([...decodeBase64url(sealed.slice(HEAD)), ...head.subarray(NONCE)]);
    return new TextDecoder().decode(await run('decrypt', head.subarray(0, NONCE), data));
  };

  return {
    async seal(text, nonce) {
      const sealed = await run('encrypt', nonce as BufferSource, new TextEncoder().encode(text));
      const head = [...nonce, ...sealed.subarray(-TAG)];
      return encodeBase64url(Uint8Array.from(head)) + encodeBase64url(sealed.subarray(0, -TAG));
    },
    open(sealed) {
      if (!createDecipher) return openLater(sealed).catch(() => undefined);
      try {
        return openNow(createDecipher, sealed);
      } catch {
        return undefined;
      }
    },
  };
}
