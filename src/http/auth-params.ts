import { readValue, skipBlank, skipToken, skipToken68 } from './tokens.ts';

/** How much of an authentication header is read; beyond it the header is malformed. `Infinity` lifts a limit. */
export interface AuthLimits {
  /** Characters of the whole value. Default 16384, which is what Node accepts of all headers together. */
  readonly maxLength?: number | undefined;
  /** Auth-params of one scheme. Default 32; Digest, the longest in use, has 13. */
  readonly maxParams?: number | undefined;
}

export const DEFAULT_MAX_LENGTH = 16_384;

/** One for all: a map for each comma would be a hundred times the header in memory. Read only, as its type says. */
const NO_PARAMS: ReadonlyMap<string, string> = new Map();

/** A scheme with what follows it: one form or the other. */
export interface AuthElement {
  /** As it was written. */
  readonly scheme: string;
  readonly token68: string | undefined;
  /** By name in lower case. */
  readonly params: ReadonlyMap<string, string>;
  /** Where it ends: at the end of the text, at a comma, or at the name of the scheme after it. */
  readonly end: number;
}

/**
 * Reads what credentials and challenges are both made of (RFC 9110 §11.3, §11.4): the name of a scheme, alone, or followed
 * by one or more spaces and then a token68 or a list of auth-params.
 *
 * A comma separates auth-params from each other, and schemes too. What tells them apart: the name of an auth-param has a
 * `=` behind it, the name of a scheme never has.
 *
 * @returns `undefined` where it is malformed, has more params than `maxParams`, or has one twice: two readers that choose
 *   differently among two values could be played against each other.
 */
export function readAuthElement(text: string, start: number, maxParams: number = 32): AuthElement | undefined {
  const schemeEnd = skipToken(text, start);
  if (schemeEnd === start) return undefined;
  const scheme = text.slice(start, schemeEnd);
  let first = schemeEnd;
  while (text[first] === ' ') first++;

  const alone = first === schemeEnd;
  const token68End = alone ? first : skipToken68(text, first);
  const end = skipBlank(text, token68End);
  if ((alone || token68End > first) && endsListElement(text, end)) {
    return { scheme, token68: alone ? undefined : text.slice(first, token68End), params: NO_PARAMS, end };
  }
  const list = alone ? undefined : readAuthParams(text, first, maxParams);
  return list && { scheme, token68: undefined, ...list };
}

/** Reads a list of auth-params, perhaps empty, up to the end of the text or the name of a scheme. */
function readAuthParams(
  text: string,
  first: number,
  maxParams: number,
): Pick<AuthElement, 'params' | 'end'> | undefined {
  const params = new Map<string, string>();
  for (let at = first; ; ) {
    const nameEnd = skipToken(text, at);
    if (nameEnd > at) {
      const equals = skipBlank(text, nameEnd);
      if (text[equals] !== '=') return at > first ? { params, end: at } : undefined;
      const name = text.slice(at, nameEnd).toLowerCase();
      const read = readValue(text, skipBlank(text, equals + 1));
      if (!read || params.has(name) || params.size >= maxParams) return undefined;
      params.set(name, read.value);
      at = read.end;
    }
    at = skipBlank(text, at);
    if (!endsListElement(text, at)) return undefined;
    if (at === text.length) return { params, end: at };
    at = skipBlank(text, at + 1);
  }
}

/** Where the commas and blanks that begin at `at` end: recipients skip empty list elements (RFC 9110 §5.6.1.2). */
export function skipSeparators(text: string, at: number): number {
  for (;;) {
    at = skipBlank(text, at);
    if (text[at] !== ',') return at;
    at++;
  }
}

/** Whether the name of a scheme stands at `at`, and not that of an auth-param. */
export function startsScheme(text: string, at: number): boolean {
  const nameEnd = skipToken(text, at);
  const next = skipBlank(text, nameEnd);
  return nameEnd > at && (next > nameEnd ? text[next] !== '=' : endsListElement(text, next));
}

function endsListElement(text: string, at: number): boolean {
  return at === text.length || text[at] === ',';
}
