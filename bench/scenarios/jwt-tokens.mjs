import {
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign as signBytes,
} from 'node:crypto';
import { bearerCredentials, withToken } from './bearer-credentials.mjs';

export const ISSUER = 'https://id.example';
export const AUDIENCE = 'https://api.example';

const HOUR = 3600;

/** About 200 bytes. */
export function smallClaims(subject, now) {
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: subject,
    iat: now,
    exp: now + HOUR,
    jti: randomUUID(),
    client_id: 'web',
    scope: 'files:read files:write',
  };
}

/** About 1.5 kB: roles and a profile, as identity servers put them there. */
export function largeClaims(subject, now) {
  const roles = (name, count) =>
    Array.from({ length: count }, (_, index) => `${name}:${index % 2 ? 'read' : 'write'}:${index}`);
  return {
    ...smallClaims(subject, now),
    email: `${subject}@app.example`,
    email_verified: true,
    name: 'Ada Lovelace',
    locale: 'en-GB',
    realm_access: { roles: roles('projects', 24) },
    resource_access: { files: { roles: roles('files', 12) }, billing: { roles: roles('invoices', 12) } },
    groups: roles('/teams/analytical-engine/members', 6),
  };
}

const KINDS = {
  RS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  EdDSA: ['ed25519', {}],
};
const made = new Map();

/** @returns The secrets, or the pairs of keys, of one algorithm: `own`, and `other`, which nobody trusts. Made when needed. */
export function keysOf(alg) {
  if (!made.has(alg)) {
    const make = () => (alg === 'HS256' ? randomBytes(32) : generateKeyPairSync(...KINDS[alg]));
    made.set(alg, { own: make(), other: make() });
  }
  return made.get(alg);
}

const segment = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** @returns {(input: string) => string} Signs a text, by Node's own functions. */
function signerOf(alg, key) {
  if (alg === 'none') return () => '';
  if (alg === 'HS256') return (input) => createHmac('sha256', key).update(input).digest('base64url');
  const options = { key: key.privateKey, dsaEncoding: 'ieee-p1363' };
  return (input) => signBytes(alg === 'EdDSA' ? null : 'sha256', Buffer.from(input), options).toString('base64url');
}

function flawed(flaw, claims) {
  if (flaw === 'expired') return { ...claims, iat: claims.iat - 2 * HOUR, exp: claims.exp - 2 * HOUR };
  if (flaw === 'of another issuer') return { ...claims, iss: 'https://other.example' };
  if (flaw === 'for another audience') return { ...claims, aud: 'https://other.example' };
  return claims;
}

/**
 * Makes tokens of one algorithm, signed by hand, so that all contenders get the same.
 *
 * @param {'HS256' | 'RS256' | 'ES256' | 'EdDSA'} alg
 * @param {(subject: string, now: number) => object} claimsOf
 * @returns {(subject: string, flaw?: string) => string}
 */
export function tokenIssuer(alg, claimsOf) {
  const { own, other } = keysOf(alg);
  return (subject, flaw) => {
    const claims = flawed(flaw, claimsOf(subject, Math.floor(Date.now() / 1000)));
    const input = (name) => `${segment({ alg: name, typ: 'JWT' })}.${segment(claims)}`;
    const signed = (name, key) => `${input(name)}.${signerOf(name, key)(input(name))}`;
    if (flaw === 'alg none') return signed('none');
    if (flaw === 'HS256 by what is public') return signed('HS256', publicAsSecret(own));
    if (flaw === 'no JSON') return signedText(alg, own, 'garbage');
    return signed(alg, flaw === 'of another key' ? other : own);
  };
}

function signedText(alg, key, text) {
  const input = `${segment({ alg, typ: 'JWT' })}.${segment(text)}`;
  return `${input}.${signerOf(alg, key)(input)}`;
}

const publicAsSecret = ({ publicKey }) =>
  createSecretKey(Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })));

const FLAWS = ['expired', 'of another issuer', 'for another audience', 'of another key', 'alg none', 'no JSON'];

/**
 * @param {number} count How many different tokens are timed, in turns.
 * @returns {Promise<object>} As of `bearerCredentials`, but that `timed` walks over tokens of the first subject.
 */
export async function jwtCredentials(alg, claimsOf, count, issue = tokenIssuer(alg, claimsOf), flaws = []) {
  const confusion = alg === 'HS256' ? [] : ['HS256 by what is public'];
  const credentials = await bearerCredentials({ issue, flaws: [...FLAWS, ...confusion, ...flaws] });
  const requests = Array.from({ length: count }, () => withToken(issue('ada')));
  let next = 0;
  return { ...credentials, timed: () => requests[next++ % count]() };
}
