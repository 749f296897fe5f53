import { scanCookie } from '../lib/scan-cookie.mjs';
import { DATA, NAME, OTHER_SECRET, SECRET, sessionCredentials } from './session-credentials.mjs';

const AGES = { expired: -3600 };
const A_DAY = 86_400;

/**
 * @param {string} name
 * @param {string} cookie Its name.
 * @param {() => Promise<{ call: (request: Request) => unknown, seal: (subject: string, secret: string, ttl: number) => Promise<string> }>} load
 */
function peer(name, cookie, load, subjectOf, slow) {
  return {
    name,
    role: 'peer',
    slow,
    async create() {
      const { call, seal } = await load();
      const issue = (subject, flaw) =>
        seal(subject, flaw === 'of another key' ? OTHER_SECRET : SECRET, AGES[flaw] ?? A_DAY);
      const flaws = ['of another key', 'expired'];
      return { call, credentials: await sessionCredentials({ name: cookie, count: 3, issue, flaws }) };
    },
    subjectOf,
  };
}

async function ironSeal() {
  const { sealData } = await import('iron-session');
  return (subject, password, ttl) => sealData({ subject, data: DATA }, { password, ttl });
}

/** With the floor's scan in front of it: the least there is of iron-session. */
export const ironUnseal = peer(
  'iron-session unsealData',
  NAME,
  async () => {
    const { unsealData } = await import('iron-session');
    const start = `${NAME}=`;
    const call = (request) => {
      const value = scanCookie(request.headers.get('cookie') ?? '', start);
      return value === undefined ? null : unsealData(value, { password: SECRET, ttl: A_DAY });
    };
    return { call, seal: await ironSeal() };
  },
  (session) => session?.subject,
  true,
);

export const ironSession = peer(
  'iron-session getIronSession',
  NAME,
  async () => {
    const { getIronSession } = await import('iron-session');
    const options = { password: SECRET, cookieName: NAME, ttl: A_DAY };
    return { call: (request) => getIronSession(request, new Headers(), options), seal: await ironSeal() };
  },
  (session) => session.subject,
  true,
);

const AUTH_JS = '__Secure-authjs.session-token';

export const authJs = peer(
  '@auth/core getToken',
  AUTH_JS,
  async () => {
    const { encode, getToken } = await import('@auth/core/jwt');
    return {
      call: (request) => getToken({ req: request, secret: SECRET, secureCookie: true }),
      seal: (subject, secret, maxAge) => encode({ token: { sub: subject, data: DATA }, secret, salt: AUTH_JS, maxAge }),
    };
  },
  (token) => token?.sub,
  true,
);

const NEXT_AUTH = '__Secure-next-auth.session-token';

/** Takes cookies that are parsed already, as Next's request has them; here `cookie` parses them. */
export const nextAuth = peer(
  'next-auth 4 getToken, cookies by cookie',
  NEXT_AUTH,
  async () => {
    const { encode, getToken } = await import('next-auth/jwt');
    const { parseCookie } = await import('cookie');
    const call = ({ headers }) => {
      const cookies = parseCookie(headers.get('cookie') ?? '');
      return getToken({ req: { cookies, headers }, secret: SECRET, secureCookie: true });
    };
    return {
      call,
      seal: (subject, secret, maxAge) => encode({ token: { sub: subject, data: DATA }, secret, maxAge }),
    };
  },
  (token) => token?.sub,
);
