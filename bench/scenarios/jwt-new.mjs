import { BY_HASH, jwtFloors } from './jwt-floors.mjs';
import { FAST_JWT, HONO, JOSE, JOSE_KEY_OBJECT, JSONWEBTOKEN, jwtPeers } from './jwt-peers.mjs';
import { AUDIENCE, ISSUER, jwtCredentials, keysOf, largeClaims, smallClaims } from './jwt-tokens.mjs';

/**
 * How many tokens are timed in turns: more than any cache keeps, so that none is found again; fewer where signing is slow, and
 * then nobody has a cache.
 */
const COUNTS = { HS256: 2048, RS256: 64, ES256: 64, EdDSA: 64 };

/** The library with local keys. */
export function ourBearer({ bearer, importJwk, importSecret, jwt }, alg, more) {
  const { own } = keysOf(alg);
  const keys = alg === 'HS256' ? importSecret(own) : importJwk(own.publicKey.export({ format: 'jwk' }), alg);
  return bearer({ tokens: jwt({ issuer: ISSUER, audience: AUDIENCE, keys, ...more }) });
}

const ours = (alg, more) => (library) => {
  const authenticator = ourBearer(library, alg, more);
  const { createContext } = library;
  return (request) => authenticator.authenticate(request, createContext());
};

const subjectOfOutcome = (outcome) => (outcome.kind === 'accepted' ? outcome.principal.sub : null);
const subjectOfClaims = (claims) => claims?.sub;

function contendersOf(alg, claimsOf) {
  const withCredentials = (role, subjectOf) => (contender) => ({
    role,
    subjectOf,
    ...contender,
    async create(library) {
      const credentials = await jwtCredentials(alg, claimsOf, COUNTS[alg]);
      return { call: await contender.create(library), credentials };
    },
  });
  // The default: what a cache costs that never helps.
  const cached = { name: 'countersign, its cache always full', role: 'reference', slow: true, create: ours(alg) };
  return [
    ...[{ name: 'countersign, jwt', create: ours(alg, { cache: 0 }) }, ...(alg === 'HS256' ? [cached] : [])].map(
      withCredentials('ours', subjectOfOutcome),
    ),
    ...jwtFloors(alg).map(withCredentials('floor', subjectOfClaims)),
    ...jwtPeers(alg).map(withCredentials('peer', subjectOfClaims)),
  ];
}

/** A token that nobody has seen before: its signature is checked. */
const newToken = (name, alg, claimsOf, goals) => ({
  name,
  timedOf: ({ timed }) => timed,
  contenders: contendersOf(alg, claimsOf),
  goals,
});

const over = (name, least, by) => ({
  label: `${name} over countersign${by ? ', CPU time' : ''}`,
  of: name,
  per: 'ours',
  least,
  by,
});

/** Those that hop to other threads: see basic.mjs. */
const overAsync = (least) => [JOSE, JOSE_KEY_OBJECT].flatMap((name) => [over(name, least, 'cpus'), over(name)]);

export const jwtHs256Small = newToken('jwt-hs256-small', 'HS256', smallClaims, [
  { label: 'countersign over the floor', of: 'ours', per: 'floor', most: 1.3 },
  { label: 'countersign over the floor with crypto.hash', of: 'ours', per: BY_HASH },
  over(FAST_JWT, 1),
  over(JSONWEBTOKEN),
  ...overAsync(10),
  over(HONO, 10, 'cpus'),
  over(HONO),
]);

export const jwtHs256Large = newToken('jwt-hs256-large', 'HS256', largeClaims, [
  { label: 'countersign over the floor', of: 'ours', per: 'floor', most: 1.1 },
  over(FAST_JWT, 1),
  over(JSONWEBTOKEN),
  ...overAsync(7),
  over(HONO, undefined, 'cpus'),
]);

const publicKeyGoals = (most) => [
  { label: 'countersign over the floor', of: 'ours', per: 'floor', most },
  over(FAST_JWT),
  over(JSONWEBTOKEN),
  ...overAsync(1.3),
  over(HONO, undefined, 'cpus'),
];

export const jwtRs256 = newToken('jwt-rs256', 'RS256', smallClaims, publicKeyGoals(1.1));
export const jwtEs256 = newToken('jwt-es256', 'ES256', smallClaims, publicKeyGoals(1.15));
export const jwtEd25519 = newToken('jwt-ed25519', 'EdDSA', smallClaims, publicKeyGoals(1.15));
