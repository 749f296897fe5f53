import { Hono } from 'hono';
import { basicAuth } from 'hono/basic-auth';
import { sha256Words } from '../lib/sha256-words.mjs';
import { USERS } from './basic-credentials.mjs';

export const EMPTY_HONO = 'hono, one empty async middleware';
export const HONO_FASTEST = 'hono basicAuth, verifyUser, plain compare';
export const HONO_DEFAULT = 'hono basicAuth, default';

/** The library's scheme with a static list of users. */
export function staff({ basic }) {
  return basic({
    realm: 'Staff',
    users: USERS.map(({ username, password }) => ({ username, plaintextPassword: password })),
  });
}

export const ours = {
  name: 'countersign',
  role: 'ours',
  create(library) {
    const authenticator = staff(library);
    const { createContext } = library;
    return (request) => authenticator.authenticate(request, createContext());
  },
  subjectOf: (outcome) => (outcome.kind === 'accepted' ? outcome.principal.username : null),
};

/**
 * The least work that is still Basic: one header read, one decoding, one hash, one comparison that takes the same time
 * wherever texts differ. Nothing else is checked: no control characters, no UTF-8, no spelling of the scheme but one.
 */
function floor(name, hashOf, equal) {
  return {
    name,
    role: 'floor',
    create() {
      const digests = new Map(USERS.map(({ username, password }) => [username, hashOf(`${username}:${password}`)]));
      const decoy = hashOf('nobody: at all');
      return (request) => {
        const value = request.headers.get('authorization');
        if (value === null || !value.startsWith('Basic ')) return null;
        let text;
        try {
          text = atob(value.slice(6));
        } catch {
          return null;
        }
        const colon = text.indexOf(':');
        if (colon < 0) return null;
        const username = text.slice(0, colon);
        return equal(digests.get(username) ?? decoy, text) ? username : null;
      };
    },
    subjectOf: (username) => username,
  };
}

const { hash } = process.getBuiltinModule('node:crypto');
const sha256Text = (text) => hash('sha256', text, 'latin1');
const presented = new Int32Array(8);

export const floors = [
  floor('floor: atob, crypto.hash, compare', sha256Text, (expected, text) => {
    const digest = sha256Text(text);
    let difference = 0;
    for (let i = 0; i < 32; i++) difference |= digest.charCodeAt(i) ^ expected.charCodeAt(i);
    return difference === 0;
  }),
  floor(
    'floor: atob, SHA-256 by hand, compare',
    (text) => {
      const digest = new Int32Array(8);
      sha256Words(text, digest);
      return digest;
    },
    (expected, text) => {
      // One block is all that the hand-written hash can do.
      if (text.length > 55) return false;
      sha256Words(text, presented);
      let difference = 0;
      for (let i = 0; i < 8; i++) difference |= presented[i] ^ expected[i];
      return difference === 0;
    },
  ),
];

/**
 * A hono app behind a middleware. Whom it let in is left in a variable, the cheapest way there is: an app would pay for
 * `context.set`. The response has no body unless a scenario wants one.
 */
function honoContender(name, role, middleware, body) {
  let subject = null;
  const letIn = (username) => {
    subject = username;
  };
  return {
    name,
    role,
    create() {
      const app = new Hono();
      app.use(middleware(letIn));
      app.get('*', () => new Response(body ? subject : null));
      return (request) => {
        subject = null;
        return app.fetch(request);
      };
    },
    subjectOf: (response) => (response.status === 200 ? subject : null),
  };
}

/** What hono's middleware offers at its fastest: a synchronous comparison of the application's own, and no hash. */
export const honoFastest = (body = false) =>
  honoContender(
    HONO_FASTEST,
    'peer',
    (letIn) => {
      const passwords = new Map(USERS.map(({ username, password }) => [username, password]));
      const verifyUser = (username, password) => {
        const good = passwords.get(username) === password;
        if (good) letIn(username);
        return good;
      };
      return basicAuth({ verifyUser });
    },
    body,
  );

/** As its guide shows it: hono hashes both sides of name and password by WebCrypto, one user after another. */
export const honoDefault = honoContender(HONO_DEFAULT, 'peer', (letIn) => {
  // The middleware keeps what it is given, and puts the first user in front.
  const [first, ...others] = USERS.map((user) => ({ ...user }));
  return basicAuth({ ...first, onAuthSuccess: (_context, username) => letIn(username) }, ...others);
});

/** What is hono's own in the rows above: routing, its context and a response. Authenticates nobody. */
export const honoEmpty = {
  ...honoContender(EMPTY_HONO, 'reference', () => async (_context, next) => next()),
  subjectOf: undefined,
};
