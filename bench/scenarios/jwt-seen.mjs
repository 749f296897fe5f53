import { tokenOf } from './bearer-credentials.mjs';
import { ourBearer } from './jwt-new.mjs';
import { fastJwt } from './jwt-peers.mjs';
import { jwtCredentials, smallClaims, tokenIssuer } from './jwt-tokens.mjs';

const ALG = 'HS256';
/** How many tokens are remembered, and timed in turns. */
const COUNT = 256;
/** How many tokens of others, and how many others, have been taken back. */
const CROWD = 1000;
const FAST_JWT = 'fast-jwt, cache';
const FLAWS = ['revoked', 'revoked with all of the subject'];

const claimsIn = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

/**
 * Tokens of which some are taken back.
 *
 * @param {(claims: object) => unknown} revoke
 * @param {(claims: object) => unknown} revokeAll
 */
async function revocable(revoke, revokeAll) {
  const issue = tokenIssuer(ALG, smallClaims);
  for (let index = 0; index < CROWD; index++) {
    const claims = smallClaims(`user-${index}`, Math.floor(Date.now() / 1000));
    await revoke(claims);
    await revokeAll(claims);
  }
  const taken = { [FLAWS[0]]: issue('eve'), [FLAWS[1]]: issue('mallory') };
  await revoke(claimsIn(taken[FLAWS[0]]));
  await revokeAll(claimsIn(taken[FLAWS[1]]));
  return jwtCredentials(ALG, smallClaims, COUNT, (subject, flaw) => taken[flaw] ?? issue(subject, flaw), FLAWS);
}

const ours = {
  name: 'countersign, jwt, jwtRevocations',
  role: 'ours',
  async create(library) {
    const { createContext, jwtRevocations, memoryStore } = library;
    const revocations = jwtRevocations({ store: memoryStore() });
    const authenticator = ourBearer(library, ALG, { revocations });
    const credentials = await revocable(
      (claims) => revocations.revoke(claims),
      (claims) => revocations.revokeAll(claims),
    );
    return { call: (request) => authenticator.authenticate(request, createContext()), credentials };
  },
  subjectOf: (outcome) => (outcome.kind === 'accepted' ? outcome.principal.sub : null),
};

const withoutRevocations = {
  name: 'countersign, jwt',
  role: 'reference',
  slow: true,
  async create(library) {
    const authenticator = ourBearer(library, ALG);
    const { createContext } = library;
    const call = (request) => authenticator.authenticate(request, createContext());
    return { call, credentials: await jwtCredentials(ALG, smallClaims, COUNT) };
  },
  subjectOf: ours.subjectOf,
};

/**
 * The least work that is still a remembered token which may have been taken back: one header read, a look-up by the last
 * characters, the whole token compared, its end, and two look-ups more. What is not remembered, fast-jwt verifies.
 */
const floor = {
  name: 'floor: Map by 43 characters, compare, exp, two Maps',
  role: 'floor',
  async create() {
    const verify = await fastJwt(ALG, false);
    const seen = new Map();
    const revoked = new Map();
    const before = new Map();
    const judge = (claims) => {
      const { exp, iat, jti, sub } = claims;
      const isGood = exp > Date.now() / 1000 && !revoked.has(jti) && !(before.get(sub) > iat);
      return isGood ? claims : null;
    };
    const call = (request) => {
      const token = tokenOf(request);
      if (token === null) return null;
      const found = seen.get(token.slice(-43));
      if (found !== undefined && found.token === token) return judge(found.claims);
      const claims = verify(request);
      if (claims === null) return null;
      seen.set(token.slice(-43), { token, claims });
      return judge(claims);
    };
    const credentials = await revocable(
      ({ jti }) => revoked.set(jti, true),
      ({ sub, iat }) => before.set(sub, iat + 1),
    );
    return { call, credentials };
  },
  subjectOf: (claims) => claims?.sub,
};

/** It asks about no revocation. */
const peer = {
  name: FAST_JWT,
  role: 'peer',
  async create() {
    return { call: await fastJwt(ALG, 1000), credentials: await jwtCredentials(ALG, smallClaims, COUNT) };
  },
  subjectOf: (claims) => claims?.sub,
};

/** Tokens that were verified before, about 200 bytes of claims each; whether they were taken back is asked each time. */
export const jwtSeen = {
  name: 'jwt-seen',
  timedOf: ({ timed }) => timed,
  contenders: [ours, withoutRevocations, floor, peer],
  goals: [
    { label: 'countersign over the floor', of: 'ours', per: 'floor', most: 1.7 },
    { label: 'fast-jwt, which knows no revocation, over countersign', of: FAST_JWT, per: 'ours', least: 2.5 },
  ],
};
