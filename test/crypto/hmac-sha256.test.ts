import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { hmacSha256 } from '../../src/crypto/hmac-sha256.ts';
import { withoutNodeCrypto } from './without-node-crypto.ts';

/** RFC 4231 §4, bytes as characters up to U+00FF; the fifth shows 128 bits of its answer only. */
const VECTORS = [
  ['\x0b'.repeat(20), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  ['Jefe', 'what do ya want for nothing?', '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'],
  ['\xaa'.repeat(20), '\xdd'.repeat(50), '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe'],
  [
    String.fromCharCode(...Array.from({ length: 25 }, (_, index) => index + 1)),
    '\xcd'.repeat(50),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  ['\x0c'.repeat(20), 'Test With Truncation', 'a3b6167473100ee06e0c796c2955552b'],
  [
    '\xaa'.repeat(131),
    'Test Using Larger Than Block-Size Key - Hash Key First',
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    '\xaa'.repeat(131),
    'This is a test using a larger than block-size key and a larger than block-size data. ' +
      'The key needs to be hashed before being used by the HMAC algorithm.',
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
] as const;

/** Around the block of 64 bytes and the 9 that end a message, and well beyond. */
const LENGTHS = [0, 1, 2, 31, 43, 51, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 1000, 5000];

const latin1 = (length: number): string => randomBytes(length).toString('latin1');
const byNode = (key: string, message: string): string =>
  createHmac('sha256', Buffer.from(key, 'latin1')).update(message, 'latin1').digest('base64url');
const shown = (...texts: readonly string[]): string => texts.map((text) => JSON.stringify(text)).join(' and ');

/** As on a platform without Node's module: the choice is made once, at the first hash of a fresh copy. */
async function hmacElsewhere(): Promise<typeof hmacSha256> {
  vi.resetModules();
  const fresh = await import('../../src/crypto/hmac-sha256.ts');
  withoutNodeCrypto(() => fresh.hmacSha256('')(''));
  return fresh.hmacSha256;
}

describe.each([
  ['with Node’s hash', async () => hmacSha256],
  ['without it', hmacElsewhere],
])('hmacSha256 %s', (_, make) => {
  it.each(VECTORS)('answers the published case %#', async (key, message, hex) => {
    const hmac = await make();
    const short = key.length > 64 ? createHash('sha256').update(key, 'latin1').digest().toString('latin1') : key;
    expect(Buffer.from(hmac(short)(message), 'base64url').toString('hex').slice(0, hex.length)).toBe(hex);
  });

  it('agrees with Node for 1,000 keys and messages', async () => {
    const hmac = await make();
    for (let round = 0; round < 1000; round++) {
      const [key, message] = [latin1(round % 65), latin1(LENGTHS[round % LENGTHS.length] as number)];
      expect(hmac(key)(message), shown(key, message)).toBe(byNode(key, message));
    }
  });

  // What is kept from one call to the next must be of no consequence: not of another message, nor of another key.
  it('agrees with Node however the calls of several keys are mixed', async () => {
    const hmac = await make();
    const keys = Array.from({ length: 12 }, () => latin1(randomInt(65)));
    const macs = keys.map((key) => hmac(key));
    for (let round = 0; round < 1000; round++) {
      const index = randomInt(keys.length);
      const [key, mac] = [keys[index] as string, macs[index] as (message: string) => string];
      const message = latin1(LENGTHS[randomInt(LENGTHS.length)] as number);
      expect(mac(message), shown(key, message)).toBe(byNode(key, message));
    }
  });

  it('gives one answer to one message, whatever was asked before it', async () => {
    const mac = (await make())(latin1(32));
    const message = latin1(51);
    const first = mac(message);
    for (const length of LENGTHS) {
      mac(latin1(length));
      expect(mac(message)).toBe(first);
    }
    expect(mac(latin1(51))).not.toBe(first);
  });

  it('tells a key from the same key and a byte more, and a message likewise', async () => {
    const hmac = await make();
    const [key, message] = [latin1(32), latin1(51)];
    const macs = [hmac(key)(message), hmac(`${key}\x01`)(message), hmac(key)(`${message}\0`), hmac(message)(key)];
    expect(new Set(macs).size).toBe(4);
  });
});
