import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { scanCookie } from '../lib/scan-cookie.mjs';
import { DATA, NAME, OTHER_SECRET, SECRET, sessionCredentials } from './session-credentials.mjs';

const NONCE = 12;
const TAG = 28;

/**
 * The least work that is still an encrypted session: one header read, a scan for one cookie, AES-256-GCM under a key that is
 * derived once, JSON, its expiry. No other name or key is tried, no chunk looked for, nothing bound to a purpose or renewed.
 *
 * @param {(value: string) => [nonce: Buffer, tag: Buffer, body: Buffer]} partsOf
 */
function floor(name, partsOf, slow) {
  return {
    name,
    role: 'floor',
    slow,
    async create() {
      const start = `${NAME}=`;
      const key = keyOf(SECRET);
      const open = (value) => {
        const [nonce, tag, body] = partsOf(value);
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
        decipher.setAuthTag(tag);
        const text = decipher.update(body);
        decipher.final();
        return text.utf8Slice();
      };
      const call = (request) => {
        const header = request.headers.get('cookie');
        if (header === null) return null;
        const value = scanCookie(header, start);
        if (value === undefined) return null;
        try {
          const session = JSON.parse(open(value));
          return session.expiresAt > Date.now() / 1000 ? session : null;
        } catch {
          return null;
        }
      };
      const issue = (subject, flaw) => {
        const expiresAt = Math.floor(Date.now() / 1000) + (flaw === 'expired' ? -1 : 86_400);
        const text = JSON.stringify({ subject, expiresAt, data: DATA });
        return seal(text, flaw === 'of another key' ? keyOf(OTHER_SECRET) : key);
      };
      const flaws = ['of another key', 'expired'];
      return { call, credentials: await sessionCredentials({ name: NAME, count: 3, issue, flaws }) };
    },
    subjectOf: (session) => session?.subject,
  };
}

function keyOf(secret) {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'floor', 32));
}

function seal(text, key) {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(text), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
}

const kept = Buffer.alloc(4096);
const keptNonce = kept.subarray(0, NONCE);
const keptTag = kept.subarray(NONCE, TAG);

export const sealedFloors = [
  floor('floor: scan, AES-256-GCM out of a kept buffer, JSON', (value) => {
    const length = kept.write(value, 'base64url');
    return [keptNonce, keptTag, kept.subarray(TAG, length)];
  }),
  floor(
    'floor: scan, AES-256-GCM, JSON',
    (value) => {
      const bytes = Buffer.from(value, 'base64url');
      return [bytes.subarray(0, NONCE), bytes.subarray(NONCE, TAG), bytes.subarray(TAG)];
    },
    true,
  ),
];
