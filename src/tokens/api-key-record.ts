import type { StoreRecord } from '../stores/contract.ts';

/** A key, as the application and its customers see it. Nothing in it opens anything: it may be shown and logged. */
export interface ApiKey<D = undefined> {
  /** Names it in lists, logs and calls; 12 letters and digits that stand in the key itself. */
  readonly id: string;
  /** Whose it is, as the application names its users. */
  readonly subject: string;
  /** What its owner calls it. */
  readonly name: string;
  /** The key's last characters, for its owner to tell it from others. */
  readonly last: string;
  /** What it may be used for. Empty: nothing that asks for a scope. */
  readonly scopes: readonly string[];
  /** When it was made, in seconds since 1970. */
  readonly createdAt: number;
  /** When it was last known to be used: up to `sampleUse` before it really was. When it was made, until then. */
  readonly usedAt: number;
  /** When it ends, in seconds since 1970; `undefined`: not by itself. */
  readonly expiresAt: number | undefined;
  /** When it was revoked. Only in lists: such a key opens nothing. */
  readonly revokedAt: number | undefined;
  /** The id of the key that was made in its place, while both are good. */
  readonly replacedBy: string | undefined;
  /** What the application keeps with it. */
  readonly data: D;
}

/** What is kept of a key beside its record's own members. */
export interface ApiKeyDetails {
  readonly hash: string;
  /** 0: none. */
  readonly expiresAt: number;
  /** 0: not. */
  readonly revokedAt: number;
  readonly last: string;
  readonly replacedBy: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** JSON, or nothing. */
  readonly json: string;
}

/*
 * A record's data: of fixed places what each request looks at, then a line each for the name, the scopes, and JSON, which has no
 * line ends in it. Nothing is parsed of a key without data.
 */
const [EXPIRES, REVOKED, LAST, REPLACED, NAME] = [43, 53, 63, 67, 79] as const;

export function encodeApiKey(details: ApiKeyDetails): string {
  const { hash, expiresAt, revokedAt, last, replacedBy, name, scopes, json } = details;
  const times = [expiresAt, revokedAt].map((time) => String(time).padStart(10, '0')).join('');
  return `${hash}${times}${last}${replacedBy.padEnd(12)}${name}\n${scopes.join(' ')}\n${json}`;
}

export function decodeApiKey(data: string): ApiKeyDetails {
  const nameEnd = data.indexOf('\n', NAME);
  const scopesEnd = data.indexOf('\n', nameEnd + 1);
  const scopes = data.slice(nameEnd + 1, scopesEnd);
  return {
    hash: data.slice(0, EXPIRES),
    expiresAt: timeAt(data, EXPIRES),
    revokedAt: timeAt(data, REVOKED),
    last: data.slice(LAST, REPLACED),
    replacedBy: data[REPLACED] === ' ' ? '' : data.slice(REPLACED, NAME),
    name: data.slice(NAME, nameEnd),
    scopes: scopes ? scopes.split(' ') : [],
    json: data.slice(scopesEnd + 1),
  };
}

/** Ten digits, read where they stand: a piece of text and its number are garbage for each request. */
function timeAt(data: string, from: number): number {
  let time = 0;
  for (let at = from; at < from + 10; at++) time = time * 10 + data.charCodeAt(at) - 48;
  return time;
}

/** @param given Its details, if they are known. */
export function apiKeyOf<D>(
  id: string,
  { subject, createdAt, usedAt, data }: Pick<StoreRecord, 'subject' | 'createdAt' | 'usedAt' | 'data'>,
  given: ApiKeyDetails = decodeApiKey(data),
): ApiKey<D> {
  const { name, last, scopes, expiresAt, revokedAt, replacedBy, json } = given;
  return {
    id,
    subject,
    name,
    last,
    scopes,
    createdAt,
    usedAt,
    expiresAt: expiresAt || undefined,
    revokedAt: revokedAt || undefined,
    replacedBy: replacedBy || undefined,
    data: json ? JSON.parse(json) : undefined,
  };
}
