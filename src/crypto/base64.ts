/** Padded, canonical base64 (RFC 4648 §4): bits that no decoder reads must be zero, or one text would have many spellings. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$/;

/**
 * Decodes base64, strictly.
 *
 * @param text Padded base64 of the standard alphabet. White space is not skipped, as `atob` alone would.
 * @returns The bytes as a string of characters up to U+00FF, or `undefined` where the text is anything else.
 */
export function decodeBase64(text: string): string | undefined {
  return BASE64.test(text) ? atob(text) : undefined;
}
