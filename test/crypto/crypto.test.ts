import { describe, expect, it } from 'vitest';
import { constantTimeEqual, constantTimeEqualBytes, sha256 } from '../../src/crypto/index.ts';
import { portableSha256 } from '../../src/crypto/sha256.ts';

describe('sha256', () => {
  // FIPS 180-4 examples, as NIST publishes them.
  it.each([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    [
      'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    ],
    ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
  ])('hashes the published message', (message, digest) => {
    expect(sha256(message)).toBe(digest);
    expect(portableSha256(message)).toBe(digest);
    expect(sha256(new TextEncoder().encode(message))).toBe(digest);
  });

  it('gives the same digest with and without the platform, for text and bytes', () => {
    for (let length = 0; length < 200; length++) {
      const text = 'ü€𝄞x'.repeat(length).slice(0, length);
      expect(portableSha256(text)).toBe(sha256(text));
      const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length) % 256);
      expect(portableSha256(bytes)).toBe(sha256(bytes));
    }
  });
});

describe.each([
  ['constantTimeEqual', constantTimeEqual],
  ['constantTimeEqualBytes', (a: string, b: string) => constantTimeEqualBytes(bytes(a), bytes(b))],
])('%s', (_, equal) => {
  it('is equality', () => {
    const digest = sha256('x');
    expect(equal('', '')).toBe(true);
    expect(equal(digest, sha256('x'))).toBe(true);
    expect(equal(digest, digest.slice(1))).toBe(false);
    expect(equal(digest, `${digest}0`)).toBe(false);
    for (let index = 0; index < digest.length; index++) {
      const other = digest.slice(0, index) + (digest[index] === '0' ? '1' : '0') + digest.slice(index + 1);
      expect(equal(digest, other)).toBe(false);
    }
  });
});

it('constantTimeEqual tells characters apart that differ in the high byte alone', () => {
  expect(constantTimeEqual('\u0141', '\u0041')).toBe(false);
});

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
