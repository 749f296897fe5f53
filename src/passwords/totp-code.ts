/** The hash of the HMAC (RFC 6238 §1.2). */
export type TotpAlgorithm = 'SHA-1' | 'SHA-256' | 'SHA-512';

/** Length of what the hash makes, in bytes, which is how long a secret should be (RFC 4226 R6, RFC 6238 §5.1). */
export const HASH_LENGTHS: Readonly<Record<TotpAlgorithm, number>> = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-512': 64 };

/** A secret as WebCrypto takes it: the one HMAC-SHA-1 that every runtime has. */
export function importTotpKey(secret: Uint8Array<ArrayBuffer>, algorithm: TotpAlgorithm): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: algorithm }, false, ['sign']);
}

/**
 * The one-time password of a counter (RFC 4226 §5.3).
 *
 * @param counter A whole number from 0. Of a time it is the step: how often the period fits into the seconds since 1970.
 * @param digits How many characters the code has, leading zeros included.
 */
export async function oneTimeCode(key: CryptoKey, counter: number, digits: number): Promise<string> {
  const message = new DataView(new ArrayBuffer(8));
  message.setUint32(0, Math.floor(counter / 2 ** 32));
  message.setUint32(4, counter % 2 ** 32);
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, message));
  // Dynamic truncation: the last four bits say where the 31 that count begin.
  const offset = mac.getUint8(mac.byteLength - 1) & 15;
  return `${(mac.getUint32(offset) & 0x7fffffff) % 10 ** digits}`.padStart(digits, '0');
}
