import { freshRequest } from '../lib/fresh-request.mjs';
import { staff } from './basic-contenders.mjs';
import { basicCredentials, USERS } from './basic-credentials.mjs';

const TOKENS = new Map([['tok_7Rk2mWcVx0', 'service']]);
const KEYS = new Map([['key_bQ81nPz4Lf', 'robot']]);
const SESSIONS = new Map([['5f2c9e7ab01d', 'erin']]);

/** Basic, and three more that do no more than look up: what is timed is the search among them. */
export function anyOfFour(library, bearer = bearerLike(library)) {
  const { any } = library;
  return any(staff(library), bearer, keyLike(library), cookieLike(library));
}

function bearerLike({ ABSENT, accept, reject }) {
  return {
    schemes: ['bearer'],
    carriers: [{ header: 'authorization', scheme: 'bearer' }],
    authenticate({ headers }) {
      const value = headers.get('authorization');
      if (value === null || !/^bearer /i.test(value)) return ABSENT;
      const subject = TOKENS.get(value.slice(7));
      return subject ? accept('bearer', { username: subject }) : reject('bearer', 'invalid');
    },
    challenge: () => ['Bearer realm="api"'],
  };
}

function keyLike({ ABSENT, accept, reject }) {
  return {
    schemes: ['api-key'],
    carriers: [{ header: 'x-api-key' }],
    authenticate({ headers }) {
      const value = headers.get('x-api-key');
      if (value === null) return ABSENT;
      const subject = KEYS.get(value);
      return subject ? accept('api-key', { username: subject }) : reject('api-key', 'invalid');
    },
    challenge: () => ['ApiKey realm="api"'],
  };
}

function cookieLike({ ABSENT, accept, reject }) {
  return {
    schemes: ['session'],
    carriers: [{ header: 'cookie' }],
    authenticate({ headers }) {
      const value = headers.get('cookie');
      if (value === null || !value.startsWith('sid=')) return ABSENT;
      const subject = SESSIONS.get(value.slice(4));
      return subject ? accept('session', { username: subject }, { ambient: true }) : reject('session', 'invalid');
    },
    challenge: () => ['Cookie realm="app"'],
  };
}

/** The same by hand: three reads, and what each may say. */
export function subjectByHand({ headers }) {
  const authorization = headers.get('authorization');
  const key = headers.get('x-api-key');
  if (authorization !== null) return key === null ? subjectOfAuthorization(authorization) : null;
  if (key !== null) return KEYS.get(key) ?? null;
  const cookie = headers.get('cookie');
  return cookie?.startsWith('sid=') ? (SESSIONS.get(cookie.slice(4)) ?? null) : null;
}

function subjectOfAuthorization(value) {
  if (value.startsWith('Bearer ')) return TOKENS.get(value.slice(7)) ?? null;
  if (!value.startsWith('Basic ')) return null;
  const user = USERS.find(({ username, password }) => btoa(`${username}:${password}`) === value.slice(6));
  return user?.username ?? null;
}

const bearer = { authorization: `Bearer ${[...TOKENS.keys()][0]}` };
const key = { 'x-api-key': [...KEYS.keys()][0] };
const cookie = { cookie: `sid=${[...SESSIONS.keys()][0]}` };
const row = (name, headers) => ({ name, request: () => freshRequest(headers) });

/** One good credential for each of the four schemes. */
export const fourCredentials = {
  good: [
    basicCredentials.good[0],
    { subject: 'service', ...row('', bearer) },
    { subject: 'robot', ...row('', key) },
    { subject: 'erin', ...row('', cookie) },
  ],
  bad: [
    ...basicCredentials.bad,
    row('unknown token', { authorization: 'Bearer tok_0' }),
    row('unknown key', { 'x-api-key': 'key_0' }),
    row('unknown session', { cookie: 'sid=0' }),
    row('a good token and a good key', { ...bearer, ...key }),
    row('a bad token and a good session', { authorization: 'Bearer tok_0', ...cookie }),
  ],
};
