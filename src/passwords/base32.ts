/** Of RFC 4648 §6, which authenticator apps read. */
const RFC4648 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Bytes as base32 without padding, the bits that are left over zero. @param alphabet 32 characters. */
export function encodeBase32(bytes: Uint8Array, alphabet: string = RFC4648): string {
  let text = '';
  // Of what was shifted out of 32 bits nothing is needed any more.
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet.charAt((value >> (bits - 5)) & 31);
  }
  return bits ? text + alphabet.charAt((value << (5 - bits)) & 31) : text;
}

/**
 * The bytes of base32, as other systems have written it: either case, in groups or not, padded or not, bits that are left over
 * of any value. So several texts are the same bytes: whoever makes an id of them takes the bytes.
 *
 * @returns `undefined` of anything else, and of more than 512 characters.
 */
export function decodeBase32(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length > 512) return undefined;
  // Before the case is changed: upper case makes ASCII letters of some that are none, such as the dotless i.
  const digits = text.replace(/[\s-]/g, '').replace(/={1,6}$/, '');
  // Whole bytes never leave one, three or six characters.
  if (!/^[a-z2-7]*$/i.test(digits) || [1, 3, 6].includes(digits.length % 8)) return undefined;
  const bytes = new Uint8Array((digits.length * 5) >> 3);
  let value = 0;
  let bits = 0;
  let at = 0;
  for (const digit of digits.toUpperCase()) {
    value = (value << 5) | RFC4648.indexOf(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = value >> bits;
    }
  }
  return bytes;
}
