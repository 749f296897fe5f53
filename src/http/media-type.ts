import { readValue, skipBlank, skipToken } from './tokens.ts';

/** A media type, or a media range of an `Accept` header, in its parts. */
export interface MediaType {
  /** In lower case. */
  readonly type: string;
  /** In lower case. */
  readonly subtype: string;
  /** By name in lower case, values as they were written without quotes and escapes. */
  readonly params: ReadonlyMap<string, string>;
}

/** How much of a media type is read. `Infinity` lifts a limit. */
export interface MediaTypeLimits {
  /** Characters of the whole value, or of the whole `Accept` header. Default 16384, what Node accepts of all headers. */
  readonly maxLength?: number | undefined;
}

/** How much of an `Accept` header is read. A longer one is taken for none. */
export interface AcceptLimits extends MediaTypeLimits {
  /** Elements of the list, empty and malformed ones included; what follows is not looked at. Default 64. */
  readonly maxRanges?: number | undefined;
}

const MAX_LENGTH = 16_384;

/**
 * Reads the value of a `Content-Type` header (RFC 9110 §8.3.1).
 *
 * Not checked: whether the type is registered. A range such as `text/*` has the same syntax and is read as well. Of a
 * parameter that comes twice, the first counts.
 *
 * @param value The field value. Two header lines joined by a comma are malformed.
 * @param limits How much is read; the default is 16384 characters. Beyond is malformed.
 * @returns Its parts, or `undefined` where it is malformed. Never throws.
 *
 * @example
 * ```ts
 * import { parseMediaType } from 'countersign/http';
 *
 * const { type, subtype, params } = parseMediaType('Text/HTML; charset="utf-8"') ?? {};
 * type === 'text' && subtype === 'html' && params?.get('charset') === 'utf-8'; // true
 * ```
 */
export function parseMediaType(value: string, { maxLength = MAX_LENGTH }: MediaTypeLimits = {}): MediaType | undefined {
  if (value.length > maxLength) return undefined;
  const start = skipBlank(value, 0);
  const slash = skipToken(value, start);
  const end = skipToken(value, slash + 1);
  if (slash === start || value[slash] !== '/' || end === slash + 1) return undefined;

  const params = new Map<string, string>();
  for (let at = skipBlank(value, end); at < value.length; at = skipBlank(value, at)) {
    if (value[at] !== ';') return undefined;
    at = skipBlank(value, at + 1);
    const nameEnd = skipToken(value, at);
    if (nameEnd === at) continue;
    const read = value[nameEnd] === '=' ? readValue(value, nameEnd + 1) : undefined;
    if (!read) return undefined;
    const name = value.slice(at, nameEnd).toLowerCase();
    if (!params.has(name)) params.set(name, read.value);
    at = read.end;
  }
  const [type, subtype] = [value.slice(start, slash).toLowerCase(), value.slice(slash + 1, end).toLowerCase()];
  return { type, subtype, params };
}

/**
 * Chooses what to answer with by an `Accept` header (RFC 9110 §12.5.1): the available type of the highest weight, where the
 * most specific range that matches a type decides its weight, and of equally specific ones the first. The order of
 * `available` breaks ties.
 *
 * A malformed element is skipped. Without a header, or without a range in it, anything is acceptable and the first
 * available type is the answer.
 *
 * @param accept `request.headers.get('accept')`.
 * @param available Media types, best first: `['application/problem+json', 'text/html']`. With parameters, they match ranges
 *   that have the same ones.
 * @param limits How much of the header is read.
 * @returns One of `available`, or `undefined` where none is acceptable.
 * @throws TypeError On an available type that is malformed.
 *
 * @example
 * ```ts
 * import { preferredMediaType } from 'countersign/http';
 *
 * preferredMediaType('text/*;q=0.5, application/json', ['text/html', 'application/json']); // application/json
 * preferredMediaType('*\/*', ['text/html', 'application/json']); // text/html
 * preferredMediaType('image/png', ['text/html', 'application/json']); // undefined
 * ```
 */
export function preferredMediaType<T extends string>(
  accept: string | null,
  available: readonly T[],
  limits?: AcceptLimits,
): T | undefined {
  return choose(accept ?? '', available, false, limits);
}

/**
 * Chooses as {@link preferredMediaType} does, but only among the types that the header names in full: `*` is no wish for
 * anything in particular. For a body that is not worth making unless somebody asks for it.
 *
 * @param accept `request.headers.get('accept')`.
 * @param available Media types, best first.
 * @param limits How much of the header is read.
 * @returns One of `available`, or `undefined` where none is named, or only with the weight 0.
 * @throws TypeError On an available type that is malformed.
 *
 * @example
 * ```ts
 * import { namedMediaType } from 'countersign/http';
 *
 * namedMediaType('text/html, *\/*;q=0.8', ['application/problem+json', 'text/html']); // text/html
 * namedMediaType('*\/*', ['application/problem+json', 'text/html']); // undefined
 * ```
 */
export function namedMediaType<T extends string>(
  accept: string | null,
  available: readonly T[],
  limits?: AcceptLimits,
): T | undefined {
  return choose(accept ?? '', available, true, limits);
}

function choose<T extends string>(
  header: string,
  available: readonly T[],
  named: boolean,
  { maxLength = MAX_LENGTH, maxRanges = 64 }: AcceptLimits = {},
): T | undefined {
  const accept = header.length > maxLength ? '' : header;
  const candidates = available.map((text) => ({ text, mediaType: parseAvailable(text), specificity: -1, weight: 0 }));
  let anything = !named;
  for (let at = 0, count = 0; at < accept.length && count < maxRanges; count++) {
    const end = endOfElement(accept, at);
    const range = parseMediaType(accept.slice(at, end), { maxLength });
    at = end + 1;
    const weight = range && weightOf(range);
    if (!range || weight === undefined) continue;
    anything = false;
    const specificity = specificityOf(range);
    for (const candidate of candidates) {
      if (specificity <= candidate.specificity || (named && specificity < 2) || !covers(range, candidate.mediaType)) {
        continue;
      }
      candidate.specificity = specificity;
      candidate.weight = weight;
    }
  }
  if (anything) return available[0];
  const best = Math.max(0, ...candidates.map(({ weight }) => weight));
  return candidates.find(({ weight }) => weight > 0 && weight === best)?.text;
}

function parseAvailable(text: string): MediaType {
  const mediaType = parseMediaType(text);
  if (!mediaType) throw new TypeError(`available: '${text}' is not a media type like text/html`);
  return mediaType;
}

/** From 0 to 1. `undefined` where it is none, and where the range is none. */
function weightOf({ type, subtype, params }: MediaType): number | undefined {
  // Wherever it stands among the parameters, `q` is the weight.
  const weight = params.get('q') ?? '1';
  const isRange = type !== '*' || subtype === '*';
  return isRange && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight) ? Number(weight) : undefined;
}

/** 0 for everything, 1 for a whole type, 2 for one subtype, and one more for each parameter. */
function specificityOf({ type, subtype, params }: MediaType): number {
  if (subtype === '*') return type === '*' ? 0 : 1;
  return 2 + params.size - (params.has('q') ? 1 : 0);
}

function covers({ type, subtype, params }: MediaType, candidate: MediaType): boolean {
  if (type !== '*' && type !== candidate.type) return false;
  if (subtype !== '*' && subtype !== candidate.subtype) return false;
  for (const [name, value] of params) {
    if (name !== 'q' && candidate.params.get(name)?.toLowerCase() !== value.toLowerCase()) return false;
  }
  return true;
}

/** Where the element at `at` ends: at a comma that is not in a quoted string, or at the end of the list. */
function endOfElement(list: string, at: number): number {
  let quoted = false;
  for (; at < list.length; at++) {
    const character = list[at];
    if (character === '"') quoted = !quoted;
    else if (quoted && character === '\\') at++;
    else if (character === ',' && !quoted) break;
  }
  return Math.min(at, list.length);
}
