import { createHmac, createSecretKey, hash, randomBytes } from 'node:crypto';
import { scanCookie } from '../lib/scan-cookie.mjs';
import { hmacWords, sha256Words } from '../lib/sha256-words.mjs';
import { NAME, OTHER_SECRET, SECRET, sessionCredentials } from './session-credentials.mjs';

/** 24 random bytes in base64url; behind it 43 characters of HMAC. */
const ID = 32;
const LENGTH = ID + 43;

/**
 * The least work that is still a signed session in a store that sees no id: one header read, a scan for one cookie, one HMAC
 * over the id, a comparison in constant time, a hash of the id, a look-up, its expiry. No other name or key is tried, no
 * second cookie looked for, nothing renewed; the record is handed on as it is.
 *
 * @param {(secret: string) => { sign(id: string): string, holds(id: string, value: string): boolean }} signer `holds` gets the
 *   whole value.
 * @param {(id: string) => string} keyOf What the store knows an id by.
 */
function floor(name, signer, keyOf, slow) {
  return {
    name,
    role: 'floor',
    slow,
    async create() {
      const start = `${NAME}=`;
      const { sign, holds } = signer(SECRET);
      const records = new Map();
      const call = (request) => {
        const header = request.headers.get('cookie');
        if (header === null) return null;
        const value = scanCookie(header, start);
        if (value === undefined || value.length !== LENGTH) return null;
        const id = value.slice(0, ID);
        if (!holds(id, value)) return null;
        const record = records.get(keyOf(id));
        return record !== undefined && record.expiresAt > Date.now() / 1000 ? record : null;
      };
      const issue = (subject, flaw) => {
        const id = randomBytes(24).toString('base64url');
        const expiresAt = Date.now() / 1000 + (flaw === 'expired' ? -1 : 86_400);
        if (flaw !== 'unknown to the store') records.set(keyOf(id), { subject, expiresAt });
        return id + (flaw === 'of another key' ? signer(OTHER_SECRET).sign(id) : sign(id));
      };
      const flaws = ['of another key', 'expired', 'unknown to the store'];
      return { call, credentials: await sessionCredentials({ name: NAME, count: 10, issue, flaws, crowd: 1000 }) };
    },
    subjectOf: (record) => record?.subject,
  };
}

/** Whether the end of a value is this MAC, in base64url, in a time that depends on nothing but its length. */
function endsWith(value, mac) {
  let difference = 0;
  for (let i = 0; i < 43; i++) difference |= value.charCodeAt(ID + i) ^ mac.charCodeAt(i);
  return difference === 0;
}

const fromText = (sign) => ({ sign, holds: (id, value) => endsWith(value, sign(id)) });
const hashOf = (id) => hash('sha256', id, 'latin1');

function hashTwice(secret) {
  const pad = (byte) => Uint8Array.from({ length: 64 + 32 }, (_, index) => secret.charCodeAt(index) ^ byte);
  const inner = pad(0x36);
  const outer = pad(0x5c);
  return fromText((id) => {
    for (let i = 0; i < ID; i++) inner[64 + i] = id.charCodeAt(i);
    const digest = hash('sha256', inner, 'latin1');
    for (let i = 0; i < 32; i++) outer[64 + i] = digest.charCodeAt(i);
    return hash('sha256', outer, 'base64url');
  });
}

function nodeHmac(secret) {
  const key = createSecretKey(Buffer.from(secret));
  return fromText((id) => createHmac('sha256', key).update(id).digest('base64url'));
}

/** The eight words of a digest, and one of zeros: base64url ends within it. */
const words = new Int32Array(9);
const DIGITS = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');

/** The code of one of the 43 digits that the words are in base64url. */
function digitOf(index) {
  const bit = 6 * index;
  const word = bit >> 5;
  const shift = 26 - (bit & 31);
  const digit = shift >= 0 ? words[word] >>> shift : (words[word] << -shift) | (words[word + 1] >>> (32 + shift));
  return DIGITS[digit & 63];
}

function hmacByHand(secret) {
  const mac = hmacWords(secret);
  return {
    sign(id) {
      mac(id, words);
      return String.fromCharCode(...Array.from({ length: 43 }, (_, index) => digitOf(index)));
    },
    holds(id, value) {
      mac(id, words);
      let difference = 0;
      for (let i = 0; i < 43; i++) difference |= value.charCodeAt(ID + i) ^ digitOf(i);
      return difference === 0;
    },
  };
}

/** A digest as sixteen characters: the cheapest key of a map there is. */
function wideKey(id) {
  sha256Words(id, words);
  const [a, b, c, d, e, f, g, h] = words;
  return String.fromCharCode(
    a >>> 16,
    a,
    b >>> 16,
    b,
    c >>> 16,
    c,
    d >>> 16,
    d,
    e >>> 16,
    e,
    f >>> 16,
    f,
    g >>> 16,
    g,
    h >>> 16,
    h,
  );
}

export const BY_HASH = 'floor: scan, crypto.hash twice, crypto.hash of the id, Map';

export const storedFloors = [
  floor(BY_HASH, hashTwice, hashOf),
  floor('floor: scan, HMAC by hand, SHA-256 by hand of the id, Map', hmacByHand, wideKey),
  floor('floor: scan, HMAC by hand, crypto.hash of the id, Map', hmacByHand, hashOf, true),
  floor('floor: scan, createHmac, crypto.hash of the id, Map', nodeHmac, hashOf, true),
];
