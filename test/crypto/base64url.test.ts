import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { binaryToBase64url, decodeBase64url, encodeBase64url } from '../../src/crypto/base64url.ts';

describe('base64url', () => {
  // RFC 4648 §10, without the padding.
  it.each([
    ['', ''],
    ['f', 'Zg'],
    ['fo', 'Zm8'],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg'],
    ['fooba', 'Zm9vYmE'],
    ['foobar', 'Zm9vYmFy'],
    ['\xfb\xff\xbf', '-_-_'],
  ])('writes and reads %j as published', (binary, encoded) => {
    expect(binaryToBase64url(binary)).toBe(encoded);
    expect(encodeBase64url(Buffer.from(binary, 'latin1'))).toBe(encoded);
    expect(decodeBase64url(encoded)).toEqual(new Uint8Array(Buffer.from(binary, 'latin1')));
  });

  it('writes what Node writes, and reads it back, at every length', () => {
    for (let length = 0; length < 300; length++) {
      const bytes = randomBytes(length);
      const encoded = encodeBase64url(bytes);
      expect(encoded).toBe(bytes.toString('base64url'));
      expect(binaryToBase64url(bytes.toString('latin1'))).toBe(encoded);
      expect(decodeBase64url(encoded)).toEqual(new Uint8Array(bytes));
    }
  });

  it('has a character of its own for each byte, wherever it stands', () => {
    const all = Uint8Array.from({ length: 3 * 256 }, (_, index) => (index * 85) % 256);
    expect(decodeBase64url(encodeBase64url(all))).toEqual(all);
    expect(encodeBase64url(all)).toMatch(/^[\w-]{1024}$/);
  });

  it('takes a view of bytes for what it shows', () => {
    const whole = new Uint8Array(randomBytes(64));
    expect(encodeBase64url(whole.subarray(10, 20))).toBe(encodeBase64url(whole.slice(10, 20)));
  });

  it.each(['A', 'AAAAA', '!', 'Zm9v!', 'Zm\0v', 'Zm9\u0142', 'Zg=A', '\ud800'])('throws at %j', (text) => {
    expect(() => decodeBase64url(text)).toThrow();
  });
});
