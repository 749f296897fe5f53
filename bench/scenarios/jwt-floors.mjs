import { createHmac, createSecretKey, hash, verify } from 'node:crypto';
import { hmacWords } from '../lib/sha256-words.mjs';
import { tokenOf } from './bearer-credentials.mjs';
import { AUDIENCE, ISSUER, keysOf } from './jwt-tokens.mjs';

/**
 * The least work that is still a token: one header read, a comparison of the token's header with the one there is, the
 * signature, the claims out of JSON, and four comparisons. No other spelling of anything, no types, no `nbf`, no second key, no
 * reasons; the claims are handed on as they are.
 *
 * @param {string} alg
 * @param {() => (input: string, signature: string) => boolean} makeHolds
 * @returns {() => (request: Request) => object | null}
 */
function byHand(alg, makeHolds) {
  const start = `${Buffer.from(JSON.stringify({ alg, typ: 'JWT' })).toString('base64url')}.`;
  return () => {
    const holds = makeHolds();
    return (request) => {
      const token = tokenOf(request);
      if (token === null || !token.startsWith(start)) return null;
      const dot = token.indexOf('.', start.length);
      if (dot < 0 || !holds(token.slice(0, dot), token.slice(dot + 1))) return null;
      try {
        const claims = JSON.parse(Buffer.from(token.slice(start.length, dot), 'base64url').toString());
        return claims.exp > Date.now() / 1000 && claims.iss === ISSUER && claims.aud === AUDIENCE ? claims : null;
      } catch {
        return null;
      }
    };
  };
}

/** Whether two texts are the same, in a time that depends on nothing but their length. */
function equal(signature, expected) {
  if (signature.length !== expected.length) return false;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) difference |= signature.charCodeAt(i) ^ expected.charCodeAt(i);
  return difference === 0;
}

function nodeHmac() {
  const key = createSecretKey(keysOf('HS256').own);
  return (input, signature) => equal(signature, createHmac('sha256', key).update(input).digest('base64url'));
}

/** Room for a token of four kilobytes. */
const ROOM = 4096;

function hashTwice() {
  const secret = keysOf('HS256').own;
  const pad = (byte, size) => Uint8Array.from({ length: 64 + size }, (_, index) => (secret[index] ?? 0) ^ byte);
  const inner = Buffer.from(pad(0x36, ROOM));
  const outer = Buffer.from(pad(0x5c, 32));
  return (input, signature) => {
    inner.latin1Write(input, 64);
    const digest = hash('sha256', inner.subarray(0, 64 + input.length), 'latin1');
    outer.latin1Write(digest, 64);
    return equal(signature, hash('sha256', outer, 'base64url'));
  };
}

/** The eight words of a digest. */
const words = new Int32Array(8);

function hmacByHand() {
  const mac = hmacWords(keysOf('HS256').own.toString('latin1'));
  return (input, signature) => {
    const bytes = Buffer.from(signature, 'base64url');
    if (signature.length !== 43 || bytes.length !== 32) return false;
    mac(input, words);
    let difference = 0;
    for (let i = 0; i < 8; i++) difference |= bytes.readInt32BE(4 * i) ^ words[i];
    return difference === 0;
  };
}

function nodeVerify(alg) {
  const { publicKey } = keysOf(alg).own;
  const digest = alg === 'EdDSA' ? null : 'sha256';
  const key = alg === 'ES256' ? { key: publicKey, dsaEncoding: 'ieee-p1363' } : publicKey;
  return (input, signature) => verify(digest, Buffer.from(input, 'latin1'), key, Buffer.from(signature, 'base64url'));
}

export const BY_HASH = 'floor: crypto.hash twice, JSON.parse';

/** @param {string} alg @returns {{ name: string, create(): (request: Request) => object | null, slow?: boolean }[]} */
export const jwtFloors = (alg) =>
  alg === 'HS256'
    ? [
        { name: BY_HASH, create: byHand(alg, hashTwice) },
        { name: 'floor: HMAC by hand, JSON.parse', slow: true, create: byHand(alg, hmacByHand) },
        { name: 'floor: createHmac, JSON.parse', slow: true, create: byHand(alg, nodeHmac) },
      ]
    : [{ name: 'floor: crypto.verify, JSON.parse', create: byHand(alg, () => nodeVerify(alg)) }];
