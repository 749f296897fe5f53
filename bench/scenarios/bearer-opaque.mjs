import { hash, randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { sha256Words } from '../lib/sha256-words.mjs';
import { bearerCredentials, tokenOf } from './bearer-credentials.mjs';
import { anyOfFour } from './four-schemes.mjs';

const CROWD = 1000;
const ANY_OF_FOUR = 'countersign, in any of four';
const HONO = 'hono bearerAuth, verifyToken, plain look-up';
const EMPTY_HONO = 'hono, one empty async middleware';

/** The library's tokens in its memory store, and tokens of theirs, good but for a flaw. */
function ours(name, role, compose = (_library, bearer) => bearer) {
  return {
    name,
    role,
    async create(library) {
      const { bearer, createContext, memoryStore, opaqueTokens } = library;
      const tokens = opaqueTokens({ store: memoryStore() });
      const elsewhere = opaqueTokens({ store: memoryStore() });
      const issue = async (subject, flaw) => {
        const context = createContext();
        const then = { ...context, now: context.now - (flaw === 'expired' ? 3601 : 0) };
        const { token, record } = await (flaw === 'unknown' ? elsewhere : tokens).issue({ subject }, then);
        if (flaw === 'revoked') await tokens.revoke(subject, record.id);
        return token;
      };
      const credentials = await bearerCredentials({ issue, flaws: ['expired', 'unknown', 'revoked'], crowd: CROWD });
      const authenticator = compose(library, bearer({ tokens }));
      return { call: (request) => authenticator.authenticate(request, createContext()), credentials };
    },
    subjectOf: (outcome) => (outcome.kind === 'accepted' ? outcome.subject : null),
  };
}

/** 32 random bytes in base64url. */
const LENGTH = 43;

/**
 * The least work that is still a token in a store that sees no token: one header read, one hash, one look-up, its expiry. No
 * other spelling of the scheme, no checksum, no reasons; the record is handed on as it is.
 *
 * @param {(token: string) => string} keyOf What the store knows a token by.
 */
function floor(name, keyOf, slow) {
  return {
    name,
    role: 'floor',
    slow,
    async create() {
      const records = new Map();
      const call = (request) => {
        const token = tokenOf(request);
        if (token === null || token.length !== LENGTH) return null;
        const record = records.get(keyOf(token));
        return record !== undefined && record.expiresAt > Date.now() / 1000 ? record : null;
      };
      const issue = (subject, flaw) => put(records, subject, flaw, keyOf);
      return { call, credentials: await bearerCredentials({ issue, flaws: ['expired', 'unknown'], crowd: CROWD }) };
    },
    subjectOf: (record) => record?.subject,
  };
}

function put(records, subject, flaw, keyOf) {
  const token = randomBytes(32).toString('base64url');
  const expiresAt = Date.now() / 1000 + (flaw === 'expired' ? -1 : 86_400);
  if (flaw !== 'unknown') records.set(keyOf(token), { subject, expiresAt });
  return token;
}

const words = new Int32Array(8);

/** A digest as sixteen characters: the cheapest key of a map there is. */
function wideKey(token) {
  sha256Words(token, words);
  const halves = new Uint16Array(words.buffer);
  return String.fromCharCode.apply(null, halves);
}

const floors = [
  floor('floor: crypto.hash, Map', (token) => hash('sha256', token, 'latin1')),
  floor('floor: SHA-256 by hand, Map', wideKey, true),
];

let letIn = null;

/** Does less: the token itself is in the map. Whom it let in is left in a variable, the cheapest way there is. */
const hono = {
  name: HONO,
  role: 'peer',
  async create() {
    const records = new Map();
    const verifyToken = (token) => {
      const record = records.get(token);
      if (record === undefined || record.expiresAt <= Date.now() / 1000) return false;
      letIn = record.subject;
      return true;
    };
    const app = new Hono();
    app.use(bearerAuth({ verifyToken }));
    app.get('*', () => new Response(null));
    const issue = (subject, flaw) => put(records, subject, flaw, (token) => token);
    const credentials = await bearerCredentials({ issue, flaws: ['expired', 'unknown'], crowd: CROWD });
    return { call: (request) => app.fetch(request), credentials };
  },
  subjectOf: (response) => (response.status === 200 ? letIn : null),
};

/** What is hono's own in the row above. Authenticates nobody. */
const honoEmpty = {
  name: EMPTY_HONO,
  role: 'reference',
  slow: true,
  async create() {
    const app = new Hono();
    app.use(async (_context, next) => next());
    app.get('*', () => new Response(null));
    const issue = () => randomBytes(32).toString('base64url');
    return {
      call: (request) => app.fetch(request),
      credentials: await bearerCredentials({ issue, flaws: [] }),
    };
  },
};

/** A random token, a thousand of them in the store, which is a `Map` for all of them. */
export const bearerOpaque = {
  name: 'bearer-opaque',
  timedOf: ({ timed }) => timed,
  contenders: [
    ours('countersign, bearer, opaqueTokens', 'ours'),
    ours(ANY_OF_FOUR, 'reference', anyOfFour),
    ...floors,
    hono,
    honoEmpty,
  ],
  goals: [
    { label: 'countersign over the floor', of: 'ours', per: 'floor', most: 1.8 },
    { label: 'in any of four, over the floor', of: ANY_OF_FOUR, per: 'floor', most: 2.2 },
    { label: 'hono over countersign', of: HONO, per: 'ours', least: 1 },
    { label: 'hono, less its empty app, over countersign', of: HONO, less: EMPTY_HONO, per: 'ours' },
  ],
};
