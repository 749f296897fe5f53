/** Longer ones are named by their hash, so that the parts of a key together keep within what a backend takes. */
const MOST = 100;

/**
 * Names text inside a key whose parts are joined by `:`. Short text can be read; two texts never have one name.
 *
 * @returns Letters, digits and `-_.!~*'()%`, 100 of them at most; or `=` and 64 hexadecimal digits, which no other text gives.
 */
export async function keyName(text: string): Promise<string> {
  const name = encodeURIComponent(text);
  if (name.length <= MOST) return name;
  const digits = Array.from(await sha256(text), (byte) => byte.toString(16).padStart(2, '0'));
  return `=${digits.join('')}`;
}

/** As {@link keyName}, for keys that are lists of parts: text as it is, 300 bytes of UTF-8 at most, or else a hash's 32 bytes. */
export async function keyPart(text: string): Promise<string | Uint8Array> {
  return text.length <= MOST ? text : sha256(text);
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}
