import bcryptjs from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { createContext } from '../../src/index.ts';
import { argon2id } from '../../src/passwords/argon2id.ts';
import { bcrypt } from '../../src/passwords/bcrypt.ts';
import { passwords } from '../../src/passwords/passwords.ts';
import { WEAK } from './weak.ts';

const hasher = bcrypt(bcryptjs, WEAK.bcrypt);
const hashing = passwords({ hasher });

describe('what bcrypt would not read', () => {
  // crypt_blowfish's wrapper.c: "chars after 72 are ignored".
  const HASH = '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui';
  const LONG = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored';

  test('the published password of more than 72 bytes is wrong here, its first 72 bytes are right', async () => {
    expect(await bcryptjs.compare(LONG, HASH)).toBe(true);
    expect(await hasher.verify(LONG, HASH)).toBe(false);
    expect(await hasher.verify(LONG.slice(0, 72), HASH)).toBe(true);
  });

  test.each([73, 255, 256, 257, 1024])('%d bytes are never right (CVE-2025-22228), nor hashed', async (length) => {
    const seventyTwo = 'x'.repeat(72);
    const hash = await hasher.hash(seventyTwo, createContext());
    expect(await hashing.verify(seventyTwo, hash)).toEqual({ ok: true });
    expect(await hashing.verify('x'.repeat(length), hash)).toEqual({ ok: false, reason: 'invalid' });
    expect(await hashing.hash('x'.repeat(length))).toEqual({ ok: false, reason: 'too_long' });
  });

  test('bytes count, and not characters', async () => {
    const fits = '\u00e4'.repeat(36);
    const hash = await hasher.hash(fits, createContext());
    expect(await hashing.verify(fits, hash)).toEqual({ ok: true });
    expect(await hashing.verify(`${fits}x`, hash)).toEqual({ ok: false, reason: 'invalid' });
    expect(await hashing.hash(`${fits}x`)).toEqual({ ok: false, reason: 'too_long' });
  });

  test('what follows a NUL counts', async () => {
    const hash = await hasher.hash('correct horse', createContext());
    expect(await hashing.verify('correct horse\0battery', hash)).toEqual({ ok: false, reason: 'malformed' });
    expect(await hasher.verify('correct horse\0', hash)).toBe(false);
    await expect(hasher.hash('correct\0horse', createContext())).rejects.toThrow('72 bytes, none of them NUL');
    await expect(hasher.hash('x'.repeat(73), createContext())).rejects.toThrow('72 bytes');
  });

  test('a good password that is too long for it is not hashed anew', async () => {
    const strong = argon2id(WEAK.argon2id);
    const long = 'x'.repeat(100);
    const back = passwords({ hasher, verifiers: [strong] });
    expect(await back.verify(long, await strong.hash(long, createContext()))).toEqual({ ok: true });
  });
});

test('a package that does not hash is an outage, and no wrong password', async () => {
  const broken = bcrypt({ hash: async () => 'oops' }, WEAK.bcrypt);
  await expect(passwords({ hasher: broken }).verify('x', undefined)).rejects.toThrow(
    'bcrypt: the package gave no hash',
  );
});
