import { createSecretKey, randomBytes } from 'node:crypto';
import { jwtVerify } from 'jose';
import { freshRequest } from '../lib/fresh-request.mjs';
import { bearerCredentials, tokenOf } from './bearer-credentials.mjs';
import { anyOfFour } from './four-schemes.mjs';
import { AUDIENCE, ISSUER, keysOf, smallClaims, tokenIssuer } from './jwt-tokens.mjs';

const HEADER_READ = 'one read of an absent header';
const ANY_OF_FOUR = 'countersign, in any of four';
const JOSE = 'jose jwtVerify of nothing';

/** HS256 for all who verify; a signature is nobody's business here. */
const credentialsOf = () => bearerCredentials({ issue: tokenIssuer('HS256', smallClaims), flaws: ['of another key'] });

function ours(name, role, compose = (_library, bearer) => bearer) {
  return {
    name,
    role,
    async create(library) {
      const { bearer, createContext, importSecret, jwt } = library;
      const keys = importSecret(keysOf('HS256').own);
      const api = compose(library, bearer({ tokens: jwt({ issuer: ISSUER, audience: AUDIENCE, keys }) }));
      const context = createContext();
      return { call: (request) => api.authenticate(request, context), credentials: await credentialsOf() };
    },
    subjectOf: (outcome) => (outcome.kind === 'accepted' ? outcome.subject : null),
  };
}

const byHand = {
  name: 'floor: one read by hand',
  role: 'floor',
  async create() {
    const token = randomBytes(32).toString('base64url');
    return {
      call: (request) => (tokenOf(request) === token ? 'ada' : null),
      credentials: { good: [], bad: [{ name: 'absent', request: () => freshRequest() }] },
    };
  },
  subjectOf: (subject) => subject,
};

/** As an application would ask it: what is not there is the empty string, and no is an exception. */
const jose = {
  name: JOSE,
  role: 'peer',
  slow: true,
  async create() {
    const key = createSecretKey(keysOf('HS256').own);
    const options = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['HS256'] };
    const call = async (request) => {
      try {
        return (await jwtVerify(tokenOf(request) ?? '', key, options)).payload;
      } catch {
        return null;
      }
    };
    return { call, credentials: await credentialsOf() };
  },
  subjectOf: (claims) => claims?.sub,
};

/** No credential, and the outcome only: what every public page pays. */
export const bearerAbsent = {
  name: 'bearer-absent',
  timed: () => freshRequest(),
  contenders: [
    ours('countersign, bearer', 'ours'),
    ours(ANY_OF_FOUR, 'reference', anyOfFour),
    byHand,
    { name: HEADER_READ, role: 'reference', create: () => (request) => request.headers.get('authorization') },
    jose,
  ],
  goals: [
    { label: 'countersign in header reads', of: 'ours', per: HEADER_READ, most: 1.3 },
    { label: 'in any of four, in header reads', of: ANY_OF_FOUR, per: HEADER_READ, most: 3.5 },
    { label: 'jose over countersign, CPU time', of: JOSE, per: 'ours', by: 'cpus', least: 20 },
  ],
};
