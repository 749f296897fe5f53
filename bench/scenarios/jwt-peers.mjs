import { createSecretKey } from 'node:crypto';
import { tokenOf } from './bearer-credentials.mjs';
import { AUDIENCE, ISSUER, keysOf } from './jwt-tokens.mjs';

export const FAST_JWT = 'fast-jwt, no cache';
export const JSONWEBTOKEN = 'jsonwebtoken, KeyObject';
export const JOSE = 'jose jwtVerify, CryptoKey';
export const JOSE_KEY_OBJECT = 'jose jwtVerify, KeyObject';
export const HONO = 'hono/jwt verify, CryptoKey';

/** What verifies, as Node keeps keys. */
function keyObjectOf(alg) {
  const { own } = keysOf(alg);
  return alg === 'HS256' ? createSecretKey(own) : own.publicKey;
}

const WEB_CRYPTO = {
  HS256: { name: 'HMAC', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  EdDSA: { name: 'Ed25519' },
};

function cryptoKeyOf(alg) {
  const jwk = keyObjectOf(alg).export({ format: 'jwk' });
  return crypto.subtle.importKey('jwk', jwk, WEB_CRYPTO[alg], false, ['verify']);
}

/** They throw what they refuse: it is caught here, as an application would have to. */
const asked = (verify) => (request) => {
  try {
    return verify(tokenOf(request) ?? '');
  } catch {
    return null;
  }
};

const askedLater = (verify) => async (request) => {
  try {
    return await verify(tokenOf(request) ?? '');
  } catch {
    return null;
  }
};

/** @param {boolean | number} cache As fast-jwt takes it. */
export async function fastJwt(alg, cache) {
  const { createVerifier } = await import('fast-jwt');
  const { own } = keysOf(alg);
  const key = alg === 'HS256' ? own : own.publicKey.export({ type: 'spki', format: 'pem' });
  return asked(createVerifier({ key, algorithms: [alg], allowedIss: ISSUER, allowedAud: AUDIENCE, cache }));
}

async function jsonwebtoken(alg) {
  const { default: library } = await import('jsonwebtoken');
  const key = keyObjectOf(alg);
  const options = { algorithms: [alg], issuer: ISSUER, audience: AUDIENCE };
  return asked((token) => library.verify(token, key, options));
}

async function jose(alg, key) {
  const { jwtVerify } = await import('jose');
  const options = { algorithms: [alg], issuer: ISSUER, audience: AUDIENCE };
  return askedLater(async (token) => (await jwtVerify(token, key, options)).payload);
}

async function hono(alg) {
  const { verify } = await import('hono/jwt');
  const key = await cryptoKeyOf(alg);
  return askedLater((token) => verify(token, key, { alg, iss: ISSUER, aud: AUDIENCE }));
}

/** All check issuer, audience and algorithm. jsonwebtoken has no EdDSA. */
export const jwtPeers = (alg) => [
  { name: FAST_JWT, create: () => fastJwt(alg, false) },
  ...(alg === 'EdDSA' ? [] : [{ name: JSONWEBTOKEN, slow: true, create: () => jsonwebtoken(alg) }]),
  { name: JOSE, slow: true, create: async () => jose(alg, await cryptoKeyOf(alg)) },
  { name: JOSE_KEY_OBJECT, slow: true, create: () => jose(alg, keyObjectOf(alg)) },
  { name: HONO, slow: true, create: () => hono(alg) },
];
