import { createHash, createHmac } from 'node:crypto';
import bcryptjs from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { createContext } from '../../src/index.ts';
import { bcrypt } from '../../src/passwords/bcrypt.ts';
import { type PepperOption, passwords } from '../../src/passwords/passwords.ts';
import { scrypt } from '../../src/passwords/scrypt.ts';
import { PASSWORD, WEAK } from './weak.ts';

const OLD = 'an old pepper, of 32 bytes......';
const YOUNG = 'a young pepper, of 32 bytes.....';
const create = (pepper?: PepperOption, hasher = scrypt(WEAK.scrypt)) =>
  passwords({ hasher, verifiers: [scrypt(WEAK.scrypt)], pepper });

async function hashed(hashing: ReturnType<typeof create>, password = PASSWORD): Promise<string> {
  const made = await hashing.hash(password);
  if (!made.ok) throw new Error(made.reason);
  return made.hash;
}
const REHASH = { ok: true, rehash: expect.any(Function) };

describe('a pepper', () => {
  test('stands in the hash by its name, and never by itself', async () => {
    const hash = await hashed(create({ a: OLD }));
    expect(hash.startsWith('$hmac-sha256$k=a$scrypt$ln=4,r=8,p=1$')).toBe(true);
    expect(hash).not.toContain(OLD);
    expect(await create({ a: OLD }).verify(PASSWORD, hash)).toEqual({ ok: true });
  });

  test('is HMAC-SHA-256 under a key of its own purpose, so that others can compute it', async () => {
    const hash = await hashed(create({ a: OLD }));
    const key = createHmac('sha256', createHash('sha256').update(OLD).digest())
      .update('password pepper')
      .digest('base64url');
    const mac = createHmac('sha256', key).update(PASSWORD).digest('base64url');
    expect(await scrypt(WEAK.scrypt).verify(mac, hash.slice('$hmac-sha256$k=a'.length))).toBe(true);
  });

  test('another secret under its name is another pepper', async () => {
    const hash = await hashed(create({ a: OLD }));
    expect(await create({ a: YOUNG }).verify(PASSWORD, hash)).toEqual({ ok: false, reason: 'invalid' });
  });

  test('that is gone makes the hash unreadable', async () => {
    const hash = await hashed(create({ a: OLD }));
    for (const hashing of [create(), create({ b: OLD })]) {
      expect(await hashing.verify(PASSWORD, hash)).toEqual({ ok: false, reason: 'unreadable' });
    }
  });

  test('that is taken off a stolen hash leaves nothing that the password opens', async () => {
    const bare = (await hashed(create({ a: OLD }))).slice('$hmac-sha256$k=a'.length);
    expect(await create({ a: OLD }).verify(PASSWORD, bare)).toEqual({ ok: false, reason: 'invalid' });
  });

  test('twice in a hash is unreadable', async () => {
    const hash = await hashed(create({ a: OLD }));
    expect(await create({ a: OLD }).verify(PASSWORD, `$hmac-sha256$k=a${hash}`)).toEqual({
      ok: false,
      reason: 'unreadable',
    });
  });

  test('is changed: old ones are good, and hashed anew under the first', async () => {
    const plain = await hashed(create());
    const old = await hashed(create({ a: OLD }));
    const both = create({ b: YOUNG, a: OLD });
    for (const hash of [plain, old]) {
      const verified = await both.verify(PASSWORD, hash);
      expect(verified).toEqual(REHASH);
      const next = (verified.ok && (await verified.rehash?.())) || '';
      expect(next.startsWith('$hmac-sha256$k=b$scrypt$')).toBe(true);
      expect(await create({ b: YOUNG }).verify(PASSWORD, next)).toEqual({ ok: true });
    }
  });

  test('that is a function of the context gets it, also for the new hash', async () => {
    const pepper = { a: (context: { bindings?: unknown }) => (context.bindings as { PEPPER: string }).PEPPER };
    const context = createContext({ bindings: { PEPPER: OLD } });
    const plain = await hashed(create());
    const verified = await create(pepper).verify(PASSWORD, plain, context);
    const next = (verified.ok && (await verified.rehash?.())) || '';
    expect(await create({ a: OLD }).verify(PASSWORD, next)).toEqual({ ok: true });
    const later = verified.ok && (await verified.rehash?.(createContext({ bindings: { PEPPER: YOUNG } })));
    expect(await create({ a: YOUNG }).verify(PASSWORD, later || '')).toEqual({ ok: true });
    const short = createContext({ bindings: { PEPPER: 'short' } });
    await expect(create(pepper).verify(PASSWORD, next, short)).rejects.toThrow('secret: needs 32 bytes');
  });

  test('lifts bcrypt’s limit of 72 bytes', async () => {
    const hasher = bcrypt(bcryptjs, WEAK.bcrypt);
    const long = 'x'.repeat(100);
    expect(await create(undefined, hasher).hash(long)).toEqual({ ok: false, reason: 'too_long' });
    const hashing = create({ a: OLD }, hasher);
    const hash = await hashed(hashing, long);
    expect(await hashing.verify(long, hash)).toEqual({ ok: true });
    expect(await hashing.verify(`${'x'.repeat(99)}y`, hash)).toEqual({ ok: false, reason: 'invalid' });
  });
});
