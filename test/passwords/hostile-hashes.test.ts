import bcryptjs from 'bcryptjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { argon2id } from '../../src/passwords/argon2id.ts';
import { bcrypt } from '../../src/passwords/bcrypt.ts';
import { passwords } from '../../src/passwords/passwords.ts';
import { pbkdf2 } from '../../src/passwords/pbkdf2.ts';
import { scrypt } from '../../src/passwords/scrypt.ts';
import { MADE_BY_PYTHON, PASSWORD, WEAK } from './weak.ts';

const ALL = [argon2id(WEAK.argon2id), scrypt(WEAK.scrypt), pbkdf2(WEAK.pbkdf2), bcrypt(bcryptjs, WEAK.bcrypt)];
const hashing = passwords({ hasher: scrypt(WEAK.scrypt), verifiers: ALL });
const SALT = 'AAECAwQFBgcICQoLDA0ODw';
const DIGEST = 'Yr4U4dM+2N2MhjIl8bwq3Y10KyYQQ87ie/P3fo78JgU';
const { argon2id: ARGON, scrypt: SCRYPT, pbkdf2: PBKDF2, bcrypt: BCRYPT } = MADE_BY_PYTHON;

describe('unreadable, and never computed', () => {
  test.each<[what: string, hash: string]>([
    ['no algorithm', '$'],
    ['one that nobody knows', `$md5$${SALT}$${DIGEST}`],
    ['a plain password', PASSWORD],
    ['Argon2i', ARGON.replace('argon2id', 'argon2i')],
    ['upper case', ARGON.replace('argon2id', 'ARGON2ID')],
    ['no version', ARGON.replace('v=19$', '')],
    ['version 16', ARGON.replace('v=19', 'v=16')],
    ['a parameter missing', ARGON.replace(',p=1', '')],
    ['a parameter twice', ARGON.replace('p=1', 'p=1,p=1')],
    ['another order', ARGON.replace('m=64,t=2', 't=2,m=64')],
    ['a key id', ARGON.replace('p=1', 'p=1,keyid=AA')],
    ['a leading zero', ARGON.replace('t=2', 't=02')],
    ['a sign', ARGON.replace('t=2', 't=+2')],
    ['a hexadecimal number', ARGON.replace('t=2', 't=0x2')],
    ['an exponent', ARGON.replace('t=2', 't=2e0')],
    ['digits of another script', ARGON.replace('t=2', 't=\u0662')],
    ['no passes', ARGON.replace('t=2', 't=0')],
    ['less memory than lanes need', ARGON.replace('m=64', 'm=7')],
    ['a terabyte', ARGON.replace('m=64', 'm=1073741824')],
    ['129 MiB', ARGON.replace('m=64', 'm=132096')],
    ['a billion passes', ARGON.replace('t=2', 't=1000000000')],
    ['too much of both', ARGON.replace('m=64,t=2', 'm=131072,t=3')],
    ['a million lanes', ARGON.replace('m=64', 'm=65536').replace('p=1', 'p=1000000')],
    ['a salt too short', ARGON.replace(SALT, 'AAAAAAAAAA')],
    ['no salt', ARGON.replace(SALT, '')],
    ['a digest cut off', ARGON.slice(0, -23)],
    ['no digest', ARGON.slice(0, -DIGEST.length)],
    ['a digest too long', `${ARGON}${'A'.repeat(44)}`],
    ['padding', `${ARGON}=`],
    ['base64url', ARGON.replace('+', '-')],
    ['bits that count for nothing', ARGON.replace(/U$/, 'V')],
    ['a line feed at its end', `${ARGON}\n`],
    ['a blank in front', ` ${ARGON}`],
    ['a NUL', `${ARGON}\0`],
    ['characters whose lower byte is base64', ARGON.replace('A', '\u0141')],
    ['one more part', `${ARGON}$${DIGEST}`],
    ['scrypt: 2^40', SCRYPT.replace('ln=4', 'ln=40')],
    ['scrypt: 2^9999999999', SCRYPT.replace('ln=4', 'ln=9999999999')],
    ['scrypt: 256 MiB', SCRYPT.replace('ln=4', 'ln=18')],
    ['scrypt: blocks of 128 MiB', SCRYPT.replace('r=8', 'r=1048576')],
    ['scrypt: blocks of 2^30', SCRYPT.replace('r=8', 'r=1073741824')],
    ['scrypt: p of a million', SCRYPT.replace('p=1', 'p=1000000')],
    ['scrypt: much of both', SCRYPT.replace('ln=4,r=8,p=1', 'ln=17,r=8,p=9')],
    ['scrypt: N beyond what r allows', SCRYPT.replace('ln=4,r=8', 'ln=16,r=1')],
    ['scrypt: N itself', SCRYPT.replace('ln=4', 'N=16')],
    ['PBKDF2: a billion', PBKDF2.replace('i=1000', 'i=1000000000')],
    ['PBKDF2: 5 million', PBKDF2.replace('i=1000', 'i=5000000')],
    ['PBKDF2: another length than it says', PBKDF2.replace('i=1000', 'i=1000,l=64')],
    ['PBKDF2: SHA-1', PBKDF2.replace('sha256', 'sha1')],
    ['PBKDF2: none', PBKDF2.replace('i=1000', 'i=0')],
    ['bcrypt: cost 31', BCRYPT.replace('$04$', '$31$')],
    ['bcrypt: cost 14', BCRYPT.replace('$04$', '$14$')],
    ['bcrypt: cost 3', BCRYPT.replace('$04$', '$03$')],
    ['bcrypt: cost 99', BCRYPT.replace('$04$', '$99$')],
    ['bcrypt: one digit', BCRYPT.replace('$04$', '$4$')],
    ['bcrypt 2x', BCRYPT.replace('2b', '2x')],
    ['bcrypt 2', BCRYPT.replace('2b', '2')],
    ['bcrypt cut off', BCRYPT.slice(0, -1)],
    ['bcrypt and more', `${BCRYPT}.`],
    ['bcrypt with another alphabet', `${BCRYPT.slice(0, -1)}+`],
    ['a pepper that is not here', `$hmac-sha256$k=a${ARGON}`],
    ['a megabyte', `$argon2id$${'v=19$m=64,'.repeat(100_000)}`],
  ])('%s', async (_what, hash) => {
    for (const each of ALL.filter(({ reads }) => reads(hash))) {
      // Of what had been computed it would say that it is wrong.
      expect(await each.verify(PASSWORD, hash)).toBeUndefined();
    }
    expect(await hashing.verify(PASSWORD, hash)).toEqual({ ok: false, reason: 'unreadable' });
  });

  test('no text at all', async () => {
    for (const hash of [7, {}, [ARGON], Buffer.from(ARGON), true]) {
      expect(await hashing.verify(PASSWORD, hash as string)).toEqual({ ok: false, reason: 'unreadable' });
    }
  });

  test('limits can be raised', async () => {
    const dear = ARGON.replace('m=64', 'm=132096');
    const [loose, strict] = [argon2id({ ...WEAK.argon2id, maxMemory: 132_096 }), argon2id(WEAK.argon2id)];
    expect(await strict.verify(PASSWORD, dear)).toBeUndefined();
    expect(await loose.verify(PASSWORD, dear)).toBe(false);
    const cost = BCRYPT.replace('$04$', '$06$');
    expect(await bcrypt(bcryptjs, { ...WEAK.bcrypt, maxCost: 5 }).verify(PASSWORD, cost)).toBeUndefined();
    expect(await bcrypt(bcryptjs, { ...WEAK.bcrypt, maxCost: 6 }).verify(PASSWORD, cost)).toBe(false);
    const many = PBKDF2.replace('i=1000', 'i=1200000');
    expect(await pbkdf2({ ...WEAK.pbkdf2, maxWork: 1 }).verify(PASSWORD, many)).toBeUndefined();
    expect(await pbkdf2({ ...WEAK.pbkdf2, maxWork: 2 }).verify(PASSWORD, many)).toBe(false);
  });
});

describe('properties', () => {
  const originals = [ARGON, SCRYPT, PBKDF2, BCRYPT];

  test('one changed character: never right, never an exception', async () => {
    // Digits would ask for other work, which is allowed; so salt and digest alone, and what is no digit.
    const spot = fc.record({
      hash: fc.constantFrom(...originals),
      at: fc.nat(),
      by: fc.constantFrom(...'$=,+/-_.Az\0\u00e9\u{1F600} '),
    });
    await fc.assert(
      fc.asyncProperty(spot, async ({ hash, at, by }) => {
        const index = at % hash.length;
        if (hash.charAt(index) === by || /\d/.test(hash.charAt(index))) return;
        const verified = await hashing.verify(PASSWORD, hash.slice(0, index) + by + hash.slice(index + 1));
        expect(verified.ok).toBe(hash === BCRYPT && index === 2 && 'ay'.includes(by));
      }),
      { numRuns: 300 },
    );
  });

  test('any text as a hash: never right, never an exception', async () => {
    const hash = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .tuple(fc.constantFrom('$argon2id$', '$scrypt$', '$pbkdf2-sha256$', '$2b$', '$hmac-sha256$k='), fc.string())
        .map((parts) => parts.join('')),
    );
    await fc.assert(
      fc.asyncProperty(hash, async (text) => {
        expect((await hashing.verify(PASSWORD, text)).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('any text as a password: taken and then right, or refused; the same in hash and verify', async () => {
    const password = fc.string({ unit: 'binary', maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(password, async (text) => {
        const made = await hashing.hash(text);
        if (made.ok) expect((await hashing.verify(text, made.hash)).ok).toBe(true);
        else if (made.reason !== 'too_short') {
          expect(await hashing.verify(text, SCRYPT)).toEqual({ ok: false, reason: made.reason });
        }
      }),
      { numRuns: 200 },
    );
  });
});
