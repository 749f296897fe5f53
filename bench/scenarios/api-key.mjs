import { hash, randomBytes } from 'node:crypto';
import { apiKeyCredentials } from './api-key-credentials.mjs';
import { betterAuthMap, betterAuthTables, honoStatic } from './api-key-peers.mjs';

const CROWD = 1000;
const HOUR = 3600;
const PEPPERED = 'countersign, with a pepper';
const FLAWS = ['expired', 'unknown', 'of another secret'];

/** The library's keys in its memory store, and keys of theirs, good but for a flaw. */
function ours(name, role, more) {
  return {
    name,
    role,
    slow: role === 'reference',
    async create(library) {
      const { apiKey, apiKeys, createContext, manageApiKeys, memoryStore } = library;
      const keysIn = (store) => apiKeys({ store, prefix: 'acme', environment: 'live', ...more });
      const keys = keysIn(memoryStore());
      const [own, elsewhere] = [keys, keysIn(memoryStore())].map((each) => manageApiKeys(each));
      const issue = async (subject, flaw) => {
        const context = createContext();
        const then = { ...context, now: context.now - (flaw === 'expired' ? 2 * HOUR : 0) };
        const manage = flaw === 'unknown' ? elsewhere : own;
        const { key, record } = await manage.create(
          { subject, expiresIn: flaw === 'expired' ? HOUR : 24 * HOUR },
          then,
        );
        if (flaw === 'revoked') await own.revoke(subject, record.id);
        return flaw === 'of another secret' ? otherSecret(keys, key, context) : key;
      };
      const credentials = await apiKeyCredentials({ issue, flaws: [...FLAWS, 'revoked'], crowd: CROWD });
      const authenticator = apiKey({ keys });
      return { call: (request) => authenticator.authenticate(request, createContext()), credentials };
    },
    subjectOf: (outcome) => (outcome.kind === 'accepted' ? outcome.subject : null),
  };
}

/** The id of a good key, and a secret that anybody could put behind it, with the right checksum. */
function otherSecret({ format }, key, context) {
  return format.sign(key.slice(0, -(SECRET + CHECKSUM)) + 'A'.repeat(SECRET), context);
}

/** The key is as long as ours: prefix, version, partition, id, secret, checksum. */
const BEGIN = 'acme_live_';
const WHOLE = /^acme_live_1[0-9A-Za-z]{24}[\w-]{43}[\w-]{6}$/;
const ID = BEGIN.length + 1 + 12;
const SECRET = 43;
const CHECKSUM = 6;

const hashOf = (signed) => hash('sha256', signed, 'base64url');

/**
 * The least work that is still an API key in a store that sees no key: one header read, its form, one hash, which is also its
 * checksum, one look-up, a comparison in constant time, its expiry. No other carrier or environment is known, nothing of its use
 * kept, no reason given; the record is handed on as it is.
 */
const floor = {
  name: 'floor: RegExp, crypto.hash, Map',
  role: 'floor',
  async create() {
    const records = new Map();
    const call = ({ headers }) => {
      const key = headers.get('x-api-key');
      if (key === null || !WHOLE.test(key)) return null;
      const digest = hashOf(key.slice(0, -CHECKSUM));
      if (!key.endsWith(digest.slice(0, CHECKSUM))) return null;
      const record = records.get(key.slice(ID, ID + 12));
      if (record === undefined || !isSame(record.digest, digest)) return null;
      return record.expiresAt > Date.now() / 1000 ? record : null;
    };
    const issue = (subject, flaw) => put(records, subject, flaw);
    return { call, credentials: await apiKeyCredentials({ issue, flaws: FLAWS, crowd: CROWD }) };
  },
  subjectOf: (record) => record?.subject,
};

/** In constant time, of two digests. */
function isSame(a, b) {
  let difference = 0;
  for (let at = 0; at < 43; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}

function put(records, subject, flaw) {
  const id = randomBytes(12).toString('hex');
  const signedWith = (secret) => `${BEGIN}1${id}${secret}`;
  const signed = signedWith(randomBytes(32).toString('base64url'));
  const expiresAt = Date.now() / 1000 + (flaw === 'expired' ? -1 : 24 * HOUR);
  if (flaw !== 'unknown') records.set(signed.slice(ID, ID + 12), { subject, digest: hashOf(signed), expiresAt });
  const presented = flaw === 'of another secret' ? signedWith('A'.repeat(SECRET)) : signed;
  return presented + hashOf(presented).slice(0, CHECKSUM);
}

/** A key in a header of its own, a thousand of them in the store, which is a `Map` for all of them. */
export const apiKeyAccepted = {
  name: 'api-key',
  timedOf: ({ timed }) => timed,
  contenders: [
    ours('countersign, apiKey, apiKeys', 'ours'),
    ours(PEPPERED, 'reference', { pepper: { a: randomBytes(32).toString('base64url') } }),
    floor,
    betterAuthTables,
    betterAuthMap,
    honoStatic,
  ],
  goals: [
    { label: 'countersign over the floor', of: 'ours', per: 'floor', most: 1.7 },
    { label: 'with a pepper, over the floor', of: PEPPERED, per: 'floor' },
    // They hash on the thread pool, see basic.mjs: what it costs counts, and not how long it takes.
    { label: 'better-auth over countersign, CPU time', of: betterAuthTables.name, per: 'ours', by: 'cpus', least: 300 },
    { label: 'better-auth over countersign, wall clock', of: betterAuthTables.name, per: 'ours' },
    { label: 'the same with a Map, CPU time', of: betterAuthMap.name, per: 'ours', by: 'cpus' },
    { label: 'the same with a Map, wall clock', of: betterAuthMap.name, per: 'ours' },
    { label: 'hono over countersign, CPU time', of: honoStatic.name, per: 'ours', by: 'cpus' },
  ],
};
