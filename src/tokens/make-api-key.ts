import type { Context } from '../core/context.ts';
import { digest } from '../crypto/digest.ts';
import { type ApiKeyFormat, type ParsedApiKey, wordOf } from './api-key-format.ts';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Where the records of a subject are kept: the same for all its keys, so that they are listed and ended together. */
export function partitionOf(subject: string): string {
  return wordOf(digest(subject, 'base64url').slice(0, 12));
}

/** A key that nobody has: 12 random characters that name it, and 43 that are its secret. */
export function makeApiKey(
  format: ApiKeyFormat,
  subject: string,
  context: Context,
): { readonly key: string; readonly parsed: ParsedApiKey } {
  const key = format.sign(format.begin + format.version + partitionOf(subject) + randomWord(55, context), context);
  // Read as anybody's is: dice that give too little make no key.
  const parsed = format.parse(key, context);
  if (typeof parsed !== 'object') throw new Error('api key: no random bytes');
  return { key, parsed };
}

/** Letters and digits, each as likely as any other: bytes beyond the last multiple of 62 are thrown away. */
function randomWord(length: number, context: Context): string {
  let word = '';
  // Bounded: dice that always show 255 must not hang a server.
  for (let tries = 0; word.length < length && tries < 16; tries++) {
    for (const byte of context.random(64)) if (byte < 248 && word.length < length) word += ALPHABET.charAt(byte % 62);
  }
  return word;
}
