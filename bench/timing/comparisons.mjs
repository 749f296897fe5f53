import { hash, randomBytes, randomInt } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const randomText = (length) => Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');

/** What may follow that many characters of a secret, the first of it another one. */
function differentAfter(secret, at) {
  const other = LETTERS[(LETTERS.indexOf(secret[at]) + 1 + randomInt(LETTERS.length - 1)) % LETTERS.length];
  return other + randomText(secret.length - at - 1);
}

/** Wrong guesses at a secret of letters and digits, as long as it is: how much of them is right. */
const NEAR = {
  'first half': (secret) => secret.slice(0, secret.length >> 1) + differentAfter(secret, secret.length >> 1),
  'all but the last': (secret) => secret.slice(0, -1) + differentAfter(secret, secret.length - 1),
  'all but the first': (secret) => differentAfter(secret, 0)[0] + secret.slice(1),
};

/**
 * Guesses whose hash begins as the secret's does, with three characters of 43: whoever knew the hash could look for such, and where
 * hashes are compared there is no other way to be nearly right.
 *
 * @param {(guess: string) => string} hashOf
 */
function hashedAlike(hashOf) {
  const pools = new Map();
  const search = (secret) => {
    const [begin, wanted] = [randomText(secret.length - 6), hashOf(secret).slice(0, 3)];
    for (let count = 0; ; count++) {
      const guess = begin + count.toString(36).padStart(6, '0');
      if (hashOf(guess).startsWith(wanted)) return guess;
    }
  };
  return (secret) => {
    if (!pools.has(secret))
      pools.set(
        secret,
        Array.from({ length: 4 }, () => search(secret)),
      );
    return pools.get(secret)[randomInt(4)];
  };
}
const sha256 = (text) => hash('sha256', text, 'base64url');

/** Ends where the first difference is. Not ours: were it not seen here, nothing would be seen anywhere. */
function leaky(a, b) {
  for (let at = 0; at < b.length; at++) if (a.charCodeAt(at) !== b.charCodeAt(at)) return false;
  return true;
}

/** Two texts as long as a digest. Eight calls a sample, or the clock would be most of it. */
const compared = (find) => async (load) => {
  const equal = await find(load);
  return {
    secrets: [randomText(43), randomText(43)],
    repeats: 8,
    verifierOf: (secret) => (text) => equal(secret, text),
    isRight: (result) => result,
  };
};
const constantTime = compared(async (load) => (await load('crypto')).constantTimeEqual);

/** The same loop behind as much other work, and as much noise, as the schemes have. */
const leakyBehindHash = async () => ({
  secrets: [randomText(43), randomText(43)],
  verifierOf: (secret) => (text) => hash('sha256', text, 'base64url') !== '' && leaky(secret, text),
  isRight: (result) => result,
});

/** Keys of one id in two stores, and guesses with that id, and with the checksum that anybody can compute. */
const keyed = (options) => async (load) => {
  const { createContext } = await load('index');
  const { memoryStore } = await load('memory-store');
  const { apiKeys } = await load('api-keys');
  const { manageApiKeys } = await load('manage-api-keys');
  const context = createContext();
  const make = async () => {
    const keys = apiKeys({ store: memoryStore(), prefix: 'acme', ...options });
    // The first twelve are the id's.
    const random = (length) => randomBytes(length).fill(0, 0, 12);
    const { key } = await manageApiKeys(keys).create({ subject: 'ada' }, createContext({ random }));
    return { keys, key };
  };
  const made = [await make(), await make()];
  const { keys, key } = made[0];
  return {
    secrets: made.map((each) => each.key.slice(-49, -6)),
    textOf: (guess) => keys.format.sign(key.slice(0, -49) + guess, context),
    verifierOf: (secret) => {
      const own = made.find((each) => each.key.slice(-49, -6) === secret).keys;
      return (text) => own.verify(text, context);
    },
    isRight: (result) => typeof result === 'object',
    nearHash: hashedAlike((guess) => sha256(key.slice(0, -49) + guess)),
  };
};

/** Somebody of a list, by a plain text password. */
const basicUser = async (load) => {
  const { createContext } = await load('index');
  const { basic } = await load('basic');
  const context = createContext();
  return {
    secrets: [randomText(24), randomText(24)],
    textOf: (guess) => `Basic ${btoa(`ada:${guess}`)}`,
    verifierOf: (plaintextPassword) => {
      const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword }] });
      return (value) => staff.authenticate({ url: 'https://a.example/', headers: { get: () => value } }, context);
    },
    isRight: (result) => result.kind === 'accepted',
    nearHash: hashedAlike(sha256),
  };
};

const each = (name, create) => Object.entries(NEAR).map(([right, near]) => ({ name, right, near, create }));

/** What compares secrets, and guesses. The first ones must be seen to leak, the others must not. */
export const comparisons = [
  {
    ...each(
      '(a loop with an early exit)',
      compared(async () => leaky),
    )[0],
    leaks: true,
  },
  { ...each('(the same behind a hash)', leakyBehindHash)[0], leaks: true },
  ...each('constantTimeEqual', constantTime),
  ...each('apiKeys.verify', keyed({})),
  { name: 'apiKeys.verify', right: 'three of its hash', create: keyed({}) },
  ...each('apiKeys.verify with a pepper', keyed({ pepper: { a: 'not a secret: an example of 32 bytes' } })),
  ...each('basic', basicUser),
  { name: 'basic', right: 'three of its hash', create: basicUser },
].map((comparison) => ({ leaks: false, ...comparison }));
