import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { digest, portableDigest } from '../../src/crypto/digest.ts';
import { withoutNodeCrypto } from './without-node-crypto.ts';

const ENCODINGS = ['latin1', 'base64url'] as const;

const byNode = (data: Uint8Array, encoding: BufferEncoding): string =>
  createHash('sha256').update(data).digest().toString(encoding);

/** As on a platform without Node's module: the choice is made once, at the first hash of a fresh copy. */
async function digestElsewhere(): Promise<typeof digest> {
  vi.resetModules();
  const fresh = await import('../../src/crypto/digest.ts');
  withoutNodeCrypto(() => fresh.digest('', 'latin1'));
  return fresh.digest;
}

describe.each([
  ['with Node’s hash', async () => digest],
  ['without it', digestElsewhere],
  ['by noble', async () => portableDigest],
])('digest %s', (_, make) => {
  // FIPS 180-4 examples, as NIST publishes them.
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
  ])('hashes the published message %j', async (message, hex) => {
    const hash = await make();
    for (const encoding of ENCODINGS) {
      const expected = Buffer.from(hex, 'hex').toString(encoding);
      expect(hash(message, encoding)).toBe(expected);
      expect(hash(new TextEncoder().encode(message), encoding)).toBe(expected);
    }
  });

  it('agrees with Node on bytes of every length around a block', async () => {
    const hash = await make();
    for (let length = 0; length < 200; length++) {
      const bytes = randomBytes(length);
      for (const encoding of ENCODINGS) {
        expect(hash(bytes, encoding), bytes.toString('hex')).toBe(byNode(bytes, encoding));
      }
    }
  });

  it.each(['\0', 'p\u00e4ss', '\u{1f511}\u4e2d', 'e\u0301', '\ufeffx', '\ud800', 'a\udc00b', '\r\n', '€'.repeat(999)])(
    'hashes the UTF-8 of %j',
    async (text) => {
      const hash = await make();
      for (const encoding of ENCODINGS) {
        expect(hash(text, encoding)).toBe(byNode(Buffer.from(text, 'utf8'), encoding));
      }
    },
  );

  it('takes a view of bytes for what it shows, and leaves it as it was', async () => {
    const hash = await make();
    const whole = new Uint8Array(randomBytes(64));
    const before = whole.slice();
    expect(hash(whole.subarray(10, 20), 'latin1')).toBe(hash(whole.slice(10, 20), 'latin1'));
    expect(whole).toEqual(before);
  });
});
