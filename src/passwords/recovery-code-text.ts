import type { Context } from '../core/context.ts';
import { encodeBase32 } from './base32.ts';

/**
 * Digits and letters without I, L, O and U (Crockford's base32): the first three are read as the digits that they look like, and
 * a U as the V that somebody has written by hand.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 120 bits, as 24 characters. */
const BYTES = 15;

/** A code as it is compared: 24 characters. */
export function makeRecoveryCode({ random }: Context): string {
  const bytes = random(BYTES);
  if (bytes.length !== BYTES) throw new Error('recovery codes: random gave another number of bytes');
  return encodeBase32(bytes, ALPHABET);
}

/** As it is printed: `ABCD-EFGH-…`. */
export function formatRecoveryCode(code: string): string {
  return code.replace(/.{4}(?!$)/g, '$&-');
}

/**
 * A code as it is compared, of what somebody has typed: either case, any grouping by spaces and dashes, those of word processors
 * too.
 *
 * @returns `undefined` of anything else.
 */
export function parseRecoveryCode(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > 100) return undefined;
  const code = typed.replace(/[\s\p{Pd}\u2212]/gu, '');
  // Before the case is changed: upper case makes ASCII letters of some that are none.
  if (!/^[\da-z]{24}$/i.test(code)) return undefined;
  return code.toUpperCase().replace(/[IL]/g, '1').replace(/O/g, '0').replace(/U/g, 'V');
}
