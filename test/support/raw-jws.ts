import { createHmac } from 'node:crypto';
import { importSecret, type JwtOptions, jwt } from '../../src/tokens/jwt.ts';
import { START } from './sessions.ts';

export const ISSUER = 'https://id.example/tenant';
export const AUDIENCE = 'https://api.example/files';
const SECRET = 'a secret for tests, of 32 bytes..';
/** The key that {@link rawJws} signs with. */
export const KEY = importSecret(SECRET);

export const HEADER = { alg: 'HS256', typ: 'at+jwt' } as const;
/** Good for ten minutes from {@link START} on. */
export const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: 'ada', iat: START, exp: START + 600 } as const;

/** What a segment says: JSON, text that may be none, or bytes. */
export type Raw = object | string;

export function segment(raw: Raw): string {
  const data = typeof raw === 'string' || raw instanceof Uint8Array ? raw : JSON.stringify(raw);
  return Buffer.from(data as string).toString('base64url');
}

/** HS256 of any two segments, whatever they are: what is wrong with the token is not its signature. */
export function signSegments(header: string, payload: string, secret = SECRET): string {
  return `${header}.${payload}.${createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url')}`;
}

/** A token that our own code would not sign. */
export function rawJws(payload: Raw = CLAIMS, header: Raw = HEADER): string {
  return signSegments(segment(header), segment(payload));
}

/** A token with these claims beside the usual ones. */
export function claiming(claims: object): string {
  return rawJws({ ...CLAIMS, ...claims });
}

/** JSON of an object with a member more, whose value is given as JSON: so there may be numbers that no number is. */
export function jsonWith(members: object, name: string, json: string | undefined): string {
  const kept = Object.entries(members).filter(([each]) => each !== name);
  const written = kept.map(([each, value]) => `${JSON.stringify(each)}:${JSON.stringify(value)}`);
  if (json !== undefined) written.push(`${JSON.stringify(name)}:${json}`);
  return `{${written.join(',')}}`;
}

/** A format for those tokens, that remembers none unless told to. */
export function formatOf<C = Record<string, unknown>>(options: Partial<JwtOptions<C>> = {}) {
  return jwt<C>({ issuer: ISSUER, keys: KEY, audience: AUDIENCE, cache: 0, ...options } as JwtOptions<C>);
}
