import type { Context } from '../core/context.ts';

/*
 * An API key, each part of letters and digits, so that a double click selects all of it:
 *
 *   prefix_ | environment_ | version 1 | partition 12 | id 12 | secret 43 (256 bits) | checksum 6
 *
 * The version is `1` where the checksum is SHA-256, and a pepper's name where it is HMAC under that pepper.
 */
/** What follows the prefix and the environment. */
const BODY = 74;
const CHECKSUM = 6;

/** SHA-256, or HMAC of it under a pepper: 43 characters of base64url. */
export type Hash = (text: string, context: Context) => string;

/** What a key says of itself, its checksum being right. */
export interface ParsedApiKey {
  readonly partition: string;
  /** Names the key: nothing secret. */
  readonly id: string;
  /** Of all but the checksum. What the store knows of the secret. */
  readonly hash: string;
}

/** How the keys of one prefix and environment are written. */
export interface ApiKeyFormat {
  /** Of their records: keys that begin otherwise are another kind. */
  readonly kind: string;
  /** Prefix and environment, each with its `_`. */
  readonly begin: string;
  /** Of keys that are made now. */
  readonly version: string;
  /** A regular expression that all keys of this format match, and nothing else of their length. */
  readonly pattern: string;
  /** @returns `undefined` for what does not begin like one of these keys; `malformed` for what begins so, and is none. */
  parse(text: string, context: Context): ParsedApiKey | 'malformed' | undefined;
  /** A key that was signed: with its checksum. */
  sign(signed: string, context: Context): string;
}

/**
 * @param begin Prefix and environment, each with its `_`.
 * @param hashes By version; the first makes keys.
 */
export function apiKeyFormat(begin: string, hashes: ReadonlyMap<string, Hash>): ApiKeyFormat {
  const versions = [...hashes.keys()].join('');
  const pattern = `${begin}[${versions}][0-9A-Za-z]{${BODY - 1}}`;
  const whole = new RegExp(`^${pattern}$`);
  const own = new RegExp(`^${begin}([${versions}]|$)`);
  const from = begin.length + 1;
  const hashOf = (signed: string, context: Context): string =>
    (hashes.get(signed.charAt(from - 1)) as Hash)(signed, context);

  return {
    kind: `key.${begin}`,
    begin,
    version: versions.charAt(0),
    pattern,
    sign: (signed, context) => signed + wordOf(hashOf(signed, context).slice(0, CHECKSUM)),
    parse(text, context) {
      // Length and characters first, before anything is computed. Whoever computes a checksum could else put any text before the
      // store as a partition.
      if (text.length !== begin.length + BODY || !whole.test(text)) {
        return own.test(text) ? 'malformed' : undefined;
      }
      const hash = hashOf(text.slice(0, -CHECKSUM), context);
      // Not in constant time where anybody can compute it. Under a pepper 36 bits of a MAC are: what they save is a look-up, and
      // what they guard is compared in constant time.
      // Most have none of the two marks, and replacing nothing costs as much as a look-up.
      const sum = hash.slice(0, CHECKSUM);
      return text.endsWith(sum) || text.endsWith(wordOf(sum))
        ? { partition: text.slice(from, from + 12), id: text.slice(from + 12, from + 24), hash }
        : 'malformed';
    },
  };
}

/** Base64url without its two marks: of a hash, whose every character counts for itself, so that nothing is lost but 1 %. */
export function wordOf(hash: string): string {
  return hash.replaceAll('-', '0').replaceAll('_', '1');
}
