/**
 * What bench/http.mjs compares: for each scenario servers that do the same work, ours by the adapter, by hand, and peers. Each makes
 * its credentials, and a listener or a fetch handler.
 */
import { hash, randomBytes } from 'node:crypto';
import { Hono } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { floors as basicFloors, honoDefault, honoFastest, staff } from './scenarios/basic-contenders.mjs';
import { accepted as basicAccepted, basicCredentials } from './scenarios/basic-credentials.mjs';
import { bearerCredentials } from './scenarios/bearer-credentials.mjs';
import { bearerOpaque } from './scenarios/bearer-opaque.mjs';
import { jwtHs256Small, ourBearer } from './scenarios/jwt-new.mjs';
import { jwtCredentials, smallClaims } from './scenarios/jwt-tokens.mjs';
import { NAME, sessionCredentials } from './scenarios/session-credentials.mjs';
import { storedAccepted, storedSessions } from './scenarios/session-stored.mjs';

/** The handler says `private` itself, as an application does that thinks of caches: then nothing has to be copied. */
const INIT = { headers: { 'cache-control': 'private' } };

/** Our adapter for Hono around an authenticator. */
const adapter = (library, authenticator) => {
  const app = new Hono();
  app.get('*', library.authenticated(authenticator), (c) => new Response(c.get('accepted').subject, INIT));
  return app.fetch;
};

/** The raw contender: a floor in a middleware, as somebody would write it who has no library. */
const byHand = (contender) => async (library) => {
  const made = await contender.create(library);
  const { call, credentials } = typeof made === 'function' ? { call: made } : made;
  const app = new Hono();
  const middleware = async (c, next) => {
    const subject = contender.subjectOf(call(c.req.raw));
    if (!subject) return new Response(null, { status: 401 });
    c.set('subject', subject);
    await next();
    // What every adapter has to look at: whether a shared cache may keep this.
    if (!/\b(?:private|no-store)\b/.test(c.res.headers.get('cache-control') ?? ''))
      c.header('cache-control', 'private');
  };
  app.get('*', middleware, (c) => new Response(c.get('subject'), INIT));
  return { fetch: app.fetch, credentials };
};

/** A peer: an application of its own, or a function inside of a handler. */
const peer = (contender) => async (library) => {
  const made = await contender.create(library);
  const { call, credentials } = typeof made === 'function' ? { call: made } : made;
  const app = new Hono();
  app.get('*', async ({ req }) => {
    const result = await call(req.raw);
    if (result instanceof Response && result.status !== 200) return result;
    const subject = contender.subjectOf(result);
    return subject ? new Response(subject, INIT) : new Response(null, { status: 401 });
  });
  return { fetch: app.fetch, credentials };
};

const named = (contenders, part) => contenders.find(({ name }) => name.includes(part));

/** Hono's middleware over tokens that are stored hashed, as ours are. */
async function honoBearer() {
  const records = new Map();
  const keyOf = (token) => hash('sha256', token, 'base64url');
  const issue = (subject, flaw) => {
    const token = randomBytes(32).toString('base64url');
    const expiresAt = Date.now() / 1000 + (flaw === 'expired' ? -1 : 86_400);
    if (flaw !== 'unknown') records.set(keyOf(token), { subject, expiresAt });
    return token;
  };
  const app = new Hono();
  const verifyToken = (token, c) => {
    const record = records.get(keyOf(token));
    if (!record || record.expiresAt <= Date.now() / 1000) return false;
    c.set('subject', record.subject);
    return true;
  };
  app.get('*', bearerAuth({ verifyToken }), (c) => new Response(c.get('subject'), INIT));
  return {
    fetch: app.fetch,
    credentials: await bearerCredentials({ issue, flaws: ['expired', 'unknown'], crowd: 1000 }),
  };
}

async function ourTokens({ memoryStore, opaqueTokens }) {
  const tokens = opaqueTokens({ store: memoryStore() });
  const issue = async (subject) => (await tokens.issue({ subject })).token;
  return { tokens, credentials: await bearerCredentials({ issue, flaws: [], crowd: 1000 }) };
}

async function ourSessions(library) {
  const { sessions, issue, flaws } = storedSessions(library);
  return { sessions, credentials: await sessionCredentials({ name: NAME, count: 10, issue, flaws, crowd: 1000 }) };
}

/** `bar`: the least share of the bare app’s throughput. `cpu`: the most that it may cost more, in µs a request. */
export const SCENARIOS = {
  basic: {
    bar: 0.7,
    servers: {
      ours: async (library) => ({
        fetch: adapter(library, staff(library)),
        credentials: { ...basicCredentials, timed: basicAccepted },
      }),
      'by hand': async (library) => ({
        ...(await byHand(basicFloors[0])(library)),
        credentials: { ...basicCredentials, timed: basicAccepted },
      }),
      'hono basicAuth, plain compare': async (library) => ({
        ...(await peer(honoFastest(true))(library)),
        credentials: { ...basicCredentials, timed: basicAccepted },
      }),
      'hono basicAuth': async (library) => ({
        ...(await peer(honoDefault)(library)),
        credentials: { ...basicCredentials, timed: basicAccepted },
      }),
    },
  },
  bearer: {
    bar: 0.7,
    cpu: 5,
    servers: {
      ours: async (library) => {
        const { tokens, credentials } = await ourTokens(library);
        return { fetch: adapter(library, library.bearer({ tokens })), credentials };
      },
      'by hand': byHand(named(bearerOpaque.contenders, 'crypto.hash')),
      'hono bearerAuth, SHA-256, Map': honoBearer,
    },
  },
  session: {
    bar: 0.6,
    cpu: 10,
    servers: {
      ours: async (library) => {
        const { sessions, credentials } = await ourSessions(library);
        return { fetch: adapter(library, sessions), credentials };
      },
      'by hand': byHand(storedAccepted.contenders.find(({ role }) => role === 'floor')),
      'hono getSignedCookie': peer(named(storedAccepted.contenders, 'hono')),
      'better-auth getSession': peer(named(storedAccepted.contenders, 'better-auth')),
    },
  },
  hs256: {
    bar: 0.42,
    cpu: 18,
    servers: {
      ours: async (library) => ({
        fetch: adapter(library, ourBearer(library, 'HS256', { cache: 0 })),
        credentials: await jwtCredentials('HS256', smallClaims, 2048),
      }),
      'by hand': byHand(named(jwtHs256Small.contenders, 'crypto.hash')),
      'fast-jwt': peer(named(jwtHs256Small.contenders, 'fast-jwt')),
      jose: peer(named(jwtHs256Small.contenders, 'jose')),
      'hono/jwt': peer(named(jwtHs256Small.contenders, 'hono')),
    },
  },
};

/** The bare app, which gets the same headers, and lets in everybody. */
export function bare(body) {
  const app = new Hono();
  app.get('*', () => new Response(body, INIT));
  return app.fetch;
}
