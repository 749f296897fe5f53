import { encodeBase64url } from '../crypto/base64url.ts';

/**
 * A signature of ECDSA over P-256 in DER (RFC 3279 §2.2.3), as JWS has it (RFC 7518 §3.4): both numbers in 32 bytes each.
 *
 * @param base64 As a header has it.
 * @returns 86 characters of base64url; `undefined` for anything else. Never throws.
 */
export function derSignature(base64: string): string | undefined {
  // The longest has 72 bytes.
  if (!/^[A-Za-z\d+/]{8,96}={0,2}$/.test(base64) || base64.length % 4) return undefined;
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  if (bytes[0] !== 0x30 || bytes[1] !== bytes.length - 2) return undefined;
  const raw = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = bytes[at + 1] ?? 0;
    const number = bytes.subarray(at + 2, at + 2 + length);
    // One form for one number: no sign, and a zero in front only where it would else have one.
    const isNegative = (number[0] ?? 0x80) > 0x7f;
    const isPadded = number[0] === 0 && number.length > 1 && (number[1] ?? 0) <= 0x7f;
    const digits = number[0] === 0 ? number.subarray(1) : number;
    if (bytes[at] !== 0x02 || number.length !== length || isNegative || isPadded || digits.length > 32)
      return undefined;
    raw.set(digits, end - digits.length);
    at += 2 + length;
  }
  return at === bytes.length ? encodeBase64url(raw) : undefined;
}
