import { strictBase64url } from '../crypto/base64url.ts';
import { isText, mayBe } from './claim-types.ts';
import type { JwsHeader } from './key-source.ts';

/** Longest token that is looked at, in characters, before anything is decoded or computed. */
const MAX_LENGTH = 8192;

/** The three parts of a token, as they stand there, and what is signed. */
export type Segments = readonly [header: string, payload: string, signature: string, input: string];

/** @returns `undefined` of what is no signed token (RFC 7515 §7.1): an encrypted one has five parts. */
export function splitJws(token: string): Segments | undefined {
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first < 1 || second < 0 || token.length > MAX_LENGTH || token.includes('.', second + 1)) return undefined;
  return [token.slice(0, first), token.slice(first + 1, second), token.slice(second + 1), token.slice(0, second)];
}

/** What a segment says, and as which text. */
interface Read {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Reads a segment: an object in JSON in UTF-8 in base64url, each of them strictly; `undefined` of anything else. */
export type ReadSegment = (segment: string) => Read | undefined;

export function segmentReader(): ReadSegment {
  const decode = strictBase64url();
  // Throws on what is not UTF-8, where others put U+FFFD in its place: two names would become one (RFC 8725 §3.7).
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return (segment) => {
    try {
      const text = decoder.decode(decode(segment));
      const value = JSON.parse(text);
      return value instanceof Object && !Array.isArray(value) ? { text, value } : undefined;
    } catch {
      return undefined;
    }
  };
}

/**
 * What would have to be understood, or gives a key or an address to get one from (CVE-2018-0114), or says that there is more
 * inside (RFC 7515 §4.1, RFC 7516 §4.1, RFC 7797). None of it is here, so nothing of it is ignored.
 */
const FOREIGN = /^(crit|jku|jwk|x5[uc]|zip|enc|p2c|cty|b64)$/;

/** @returns `undefined` of a header that may not be believed, whoever signed it. */
export function headerOf(read: Read | undefined): JwsHeader | undefined {
  if (!read) return undefined;
  const { alg, kid, typ } = read.value;
  const names = Object.keys(read.value);
  // Two of one name (RFC 7515 §4): JSON takes the last, and another reader the first. Names are counted, since no value here
  // has any of its own. Each text is taken whole, value or name: begun anew at every quote in it, one would take 20 ms.
  const count = read.text.match(/"(?:[^"\\]|\\.)*"\s*:?/g)?.filter((text) => text.endsWith(':')).length;
  const isGood =
    isText(alg) &&
    mayBe(kid, isText) &&
    mayBe(typ, isText) &&
    Object.values(read.value).every((value) => !(value instanceof Object)) &&
    count === names.length &&
    !names.some((name) => FOREIGN.test(name));
  return isGood ? ({ alg, kid, typ } as JwsHeader) : undefined;
}
