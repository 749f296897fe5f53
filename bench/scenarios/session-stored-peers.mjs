import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { cookieValue, NAME, OTHER_SECRET, SECRET, sessionCredentials } from './session-credentials.mjs';

const COUNT = 10;
const CROWD = 1000;
const SIGNED_FLAWS = ['of another key', 'expired', 'unknown to the store'];

const inADay = () => Date.now() + 86_400_000;

/** As many an application has it: the usual packages, and the id itself in the store. */
export const handwork = {
  name: 'cookie, createHmac, timingSafeEqual, Map',
  role: 'peer',
  async create() {
    const { parseCookie } = await import('cookie');
    const records = new Map();
    const macOf = (id, secret) => createHmac('sha256', secret).update(id).digest();
    const call = (request) => {
      const value = parseCookie(request.headers.get('cookie') ?? '')[NAME];
      const dot = value?.lastIndexOf('.') ?? -1;
      if (dot < 0) return null;
      const id = value.slice(0, dot);
      const presented = Buffer.from(value.slice(dot + 1), 'base64url');
      const expected = macOf(id, SECRET);
      if (presented.length !== expected.length || !timingSafeEqual(presented, expected)) return null;
      const record = records.get(id);
      return record && record.expiresAt > Date.now() ? record : null;
    };
    const issue = (subject, flaw) => {
      const id = addRecord(records, subject, flaw);
      return `${id}.${macOf(id, flaw === 'of another key' ? OTHER_SECRET : SECRET).toString('base64url')}`;
    };
    return { call, credentials: await credentialsOf(NAME, issue) };
  },
  subjectOf: (record) => record?.subject,
};

/** The cookie helper of hono in an app of its own; whom it let in is left in a variable, the cheapest way there is. */
export const hono = {
  name: 'hono getSignedCookie, Map',
  role: 'peer',
  slow: true,
  async create() {
    const { Hono } = await import('hono');
    const { generateSignedCookie, getSignedCookie } = await import('hono/cookie');
    const records = new Map();
    let record;
    const app = new Hono();
    app.get('*', async (context) => {
      const id = await getSignedCookie(context, SECRET, NAME);
      const found = id && records.get(id);
      record = found && found.expiresAt > Date.now() ? found : undefined;
      return new Response(null, { status: record ? 200 : 401 });
    });
    const issue = async (subject, flaw) => {
      const secret = flaw === 'of another key' ? OTHER_SECRET : SECRET;
      const line = await generateSignedCookie(NAME, addRecord(records, subject, flaw), secret, { secure: true });
      return cookieValue(line);
    };
    const call = async (request) => ((await app.fetch(request)).status === 200 ? record : null);
    return { call, credentials: await credentialsOf(NAME, issue) };
  },
  subjectOf: (record) => record?.subject,
};

/** Its own look-up of user and session, kept in the secondary storage; passwords aren't hashed, which nothing here times. */
export const betterAuth = {
  name: 'better-auth getSession, secondaryStorage Map',
  role: 'peer',
  slow: true,
  async create() {
    const { betterAuth: auth } = await import('better-auth');
    const { memoryAdapter } = await import('better-auth/adapters/memory');
    const tables = { user: [], session: [], account: [], verification: [] };
    const storage = new Map();
    const withSecret = (secret) =>
      auth({
        secret,
        baseURL: 'https://app.example',
        database: memoryAdapter(tables),
        secondaryStorage: {
          get: (key) => storage.get(key) ?? null,
          set: (key, value) => void storage.set(key, value),
          delete: (key) => void storage.delete(key),
        },
        emailAndPassword: {
          enabled: true,
          password: { hash: async (password) => password, verify: async ({ hash, password }) => hash === password },
        },
        rateLimit: { enabled: false },
        telemetry: { enabled: false },
        logger: { disabled: true },
      });
    const own = withSecret(SECRET);
    const other = withSecret(OTHER_SECRET);
    const { name } = (await own.$context).authCookies.sessionToken;
    let count = 0;
    const issue = async (subject, flaw) => {
      const body = { email: `${++count}@app.example`, password: 'correct horse', name: subject };
      const before = new Set(storage.keys());
      const { headers } = await (flaw === 'of another key' ? other : own).api.signUpEmail({
        body,
        returnHeaders: true,
      });
      const added = [...storage.keys()].filter((key) => !before.has(key) && !key.startsWith('active-sessions-'));
      if (added.length !== 1) throw new Error(`better-auth keeps a session under ${added.length} keys`);
      if (flaw === 'unknown to the store') storage.delete(added[0]);
      if (flaw === 'expired') storage.set(added[0], expired(storage.get(added[0])));
      return cookieValue(headers.getSetCookie().find((line) => line.startsWith(`${name}=`)));
    };
    const call = (request) => own.api.getSession({ headers: request.headers });
    return { call, credentials: await credentialsOf(name, issue) };
  },
  subjectOf: (result) => result?.user.name,
};

function expired(json) {
  const { session, user } = JSON.parse(json);
  return JSON.stringify({ session: { ...session, expiresAt: new Date(Date.now() - 1000) }, user });
}

/** Does less: nothing is signed, and the id itself is in the store. No longer maintained. */
export const lucia = {
  name: 'lucia validateSession, Map, not signed',
  role: 'peer',
  slow: true,
  async create() {
    const { Lucia } = await import('lucia');
    const records = new Map();
    const users = new Map();
    const auth = new Lucia({
      getSessionAndUser: async (id) => [records.get(id) ?? null, users.get(records.get(id)?.userId) ?? null],
      setSession: async (record) => void records.set(record.id, record),
      deleteSession: async (id) => void records.delete(id),
    });
    const issue = async (subject, flaw) => {
      users.set(subject, { id: subject, attributes: {} });
      const { id } = await auth.createSession(subject, {});
      if (flaw === 'unknown to the store') records.delete(id);
      if (flaw === 'expired') records.get(id).expiresAt = new Date(Date.now() - 1000);
      return cookieValue(auth.createSessionCookie(id).serialize());
    };
    const call = async (request) => {
      const id = auth.readSessionCookie(request.headers.get('cookie') ?? '');
      return id === null ? null : auth.validateSession(id);
    };
    const flaws = SIGNED_FLAWS.slice(1);
    const credentials = await sessionCredentials({
      name: auth.sessionCookieName,
      count: COUNT,
      issue,
      flaws,
      crowd: CROWD,
    });
    return { call, credentials };
  },
  subjectOf: (result) => result?.user?.id,
};

function credentialsOf(name, issue) {
  return sessionCredentials({ name, count: COUNT, issue, flaws: SIGNED_FLAWS, crowd: CROWD });
}

function addRecord(records, subject, flaw) {
  const id = randomBytes(24).toString('base64url');
  const expiresAt = flaw === 'expired' ? Date.now() - 1000 : inADay();
  if (flaw !== 'unknown to the store') records.set(id, { subject, expiresAt });
  return id;
}
