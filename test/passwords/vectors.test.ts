import bcryptjs from 'bcryptjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argon2id } from '../../src/passwords/argon2id.ts';
import { bcrypt } from '../../src/passwords/bcrypt.ts';
import { deriveArgon2id } from '../../src/passwords/derive-argon2id.ts';
import { derivePbkdf2 } from '../../src/passwords/derive-pbkdf2.ts';
import { deriveScrypt } from '../../src/passwords/derive-scrypt.ts';
import type { HashVerifier } from '../../src/passwords/hasher.ts';
import { pbkdf2 } from '../../src/passwords/pbkdf2.ts';
import { scrypt } from '../../src/passwords/scrypt.ts';
import { WEAK } from './weak.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const phc = (hexadecimal: string) => Buffer.from(hexadecimal, 'hex').toString('base64').replace(/=+$/, '');

async function verifies(verifier: HashVerifier, password: string, hash: string): Promise<void> {
  expect(verifier.reads(hash)).toBe(true);
  expect(await verifier.verify(password, hash)).toBe(true);
  expect(await verifier.verify(`${password}x`, hash)).toBe(false);
}

describe('Argon2id', () => {
  test('RFC 9106 §5.3, with secret and associated data', async () => {
    const bytes = (length: number, value: number) => new Uint8Array(length).fill(value);
    const more = { secret: bytes(8, 3), associatedData: bytes(12, 4) };
    const tag = '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659';
    // Without help, and with what the platform has: on Node 24 its own.
    for (const native of [null, undefined]) {
      const derived = await deriveArgon2id(bytes(32, 1), bytes(16, 2), [32, 3, 4], 32, native, more);
      expect(hex(derived)).toBe(tag);
    }
  });

  // P-H-C/phc-winner-argon2, src/test.c, version 0x13: those of little memory, and one of 64 MiB.
  test.each([
    ['password', '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'],
    ['password', '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc'],
    ['differentpassword', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94'],
  ])('the reference implementation: %s, %s', async (password, hash) => {
    await verifies(argon2id(WEAK.argon2id), password, hash);
  });
});

describe('scrypt', () => {
  // RFC 7914 §12, but for the one that takes 1 GiB.
  test.each([
    [
      '',
      '',
      [4, 1, 1],
      '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906',
    ],
    [
      'password',
      'NaCl',
      [10, 8, 16],
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    ],
    [
      'pleaseletmein',
      'SodiumChloride',
      [14, 8, 1],
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    ],
  ] as const)('RFC 7914 §12: %j, %j', async (password, salt, cost, derived) => {
    for (const native of [null, undefined]) {
      expect(hex(await deriveScrypt(utf8(password), utf8(salt), cost, 64, native))).toBe(derived);
    }
    const [ln, r, p] = cost;
    const hash = `$scrypt$ln=${ln},r=${r},p=${p}$${phc(hex(utf8(salt)))}$${phc(derived)}`;
    if (password) await verifies(scrypt(WEAK.scrypt), password, hash);
  });
});

describe('PBKDF2-HMAC-SHA-256', () => {
  test.each([
    [
      'passwd',
      'salt',
      1,
      '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',
    ],
    [
      'Password',
      'NaCl',
      80_000,
      '4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d',
    ],
  ] as const)('RFC 7914 §11: %s, %s, %d', async (password, salt, iterations, derived) => {
    for (const subtle of [null, undefined]) {
      expect(hex(await derivePbkdf2(utf8(password), utf8(salt), [iterations], 64, subtle))).toBe(derived);
    }
    const hash = `$pbkdf2-sha256$i=${iterations}$${phc(hex(utf8(salt)))}$${phc(derived)}`;
    await verifies(pbkdf2(WEAK.pbkdf2), password, hash);
  });

  test('a platform that refuses its iterations is done without', async () => {
    // As Cloudflare Workers do, beyond 100,000.
    const limited = {
      importKey: crypto.subtle.importKey.bind(crypto.subtle),
      deriveBits: () => Promise.reject(new DOMException('iteration counts above 100000 are not supported')),
    } as unknown as SubtleCrypto;
    const derive = (subtle?: SubtleCrypto) => derivePbkdf2(utf8('password'), utf8('salt'), [1000], 32, subtle);
    expect(await derive(limited)).toEqual(await derive());
  });
});

describe('a native primitive that will not run', () => {
  const failures = {
    'throws, as one without Argon2 in its OpenSSL': () => {
      throw new Error('ERR_CRYPTO_ARGON2_NOT_SUPPORTED');
    },
    'says so later': (...given: unknown[]) => {
      const done = given.at(-1) as (error: unknown) => void;
      setImmediate(done, new Error('memory limit exceeded'));
    },
  };

  test.each(Object.entries(failures))('%s: portable code gives the same', async (_how, native) => {
    const [password, salt] = [utf8('password'), utf8('somesalt')];
    const argon = (by?: typeof native | null) => deriveArgon2id(password, salt, [32, 1, 1], 32, by);
    expect(hex(await argon(native))).toBe(hex(await argon(null)));
    const scrypted = (by?: typeof native | null) => deriveScrypt(password, salt, [4, 8, 1], 32, by);
    expect(hex(await scrypted(native))).toBe(hex(await scrypted(null)));
  });
});

describe('bcrypt', () => {
  // crypt_blowfish's wrapper.c and jBCrypt's TestBCrypt.java: what is UTF-8 of them, and not empty.
  test.each([
    ['U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
    ['U*U*', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK'],
    ['U*U*U', '$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a'],
    ['a', '$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe'],
    ['abc', '$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i'],
    ['abcdefghijklmnopqrstuvwxyz', '$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC'],
    ['~!@#$%^&*()      ~!@#$%^&*()PNBFRD', '$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO'],
  ])('%s, %s, under all three names', async (password, hash) => {
    for (const name of ['$2a$', '$2b$', '$2y$']) {
      await verifies(bcrypt(bcryptjs, WEAK.bcrypt), password, name + hash.slice(4));
    }
  });
});

describe('portable and native agree', () => {
  const input = fc.tuple(
    fc.uint8Array({ minLength: 1, maxLength: 80 }),
    fc.uint8Array({ minLength: 8, maxLength: 32 }),
  );

  test('scrypt', async () => {
    const cost = fc.tuple(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(
        input,
        cost,
        fc.integer({ min: 16, max: 64 }),
        async ([password, salt], [logN, r, p], length) => {
          const own = await deriveScrypt(password, salt, [logN, r, p], length, null);
          expect(hex(await deriveScrypt(password, salt, [logN, r, p], length))).toBe(hex(own));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('Argon2id, where it is native', async () => {
    const cost = fc.tuple(
      fc.integer({ min: 32, max: 64 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(input, cost, fc.integer({ min: 16, max: 64 }), async ([password, salt], parameters, length) => {
        const own = await deriveArgon2id(password, salt, parameters, length, null);
        expect(hex(await deriveArgon2id(password, salt, parameters, length))).toBe(hex(own));
      }),
      { numRuns: 20 },
    );
  });

  test('PBKDF2', async () => {
    await fc.assert(
      fc.asyncProperty(input, fc.integer({ min: 1, max: 20 }), async ([password, salt], iterations) => {
        const own = await derivePbkdf2(password, salt, [iterations], 32, null);
        expect(await derivePbkdf2(password, salt, [iterations], 32)).toEqual(own);
      }),
      { numRuns: 60 },
    );
  });
});
