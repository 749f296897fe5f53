import { pbkdf2Sync } from 'node:crypto';
import bcryptjs from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { constantTimeEqual } from '../../src/crypto/constant-time-equal.ts';
import { createContext, protect } from '../../src/index.ts';
import { argon2id } from '../../src/passwords/argon2id.ts';
import { bcrypt } from '../../src/passwords/bcrypt.ts';
import type { HashVerifier, PasswordHasher } from '../../src/passwords/hasher.ts';
import { type PasswordsOptions, passwords } from '../../src/passwords/passwords.ts';
import { pbkdf2 } from '../../src/passwords/pbkdf2.ts';
import { scrypt } from '../../src/passwords/scrypt.ts';
import { basic } from '../../src/schemes/basic.ts';
import { contextOf } from '../support/context.ts';
import { MADE_BY_PYTHON, PASSWORD, WEAK } from './weak.ts';

const HASHERS: readonly [name: string, make: () => PasswordHasher, prefix: string][] = [
  ['argon2id', () => argon2id(WEAK.argon2id), '$argon2id$v=19$m=64,t=2,p=1$'],
  ['scrypt', () => scrypt(WEAK.scrypt), '$scrypt$ln=4,r=8,p=1$'],
  ['pbkdf2', () => pbkdf2(WEAK.pbkdf2), '$pbkdf2-sha256$i=1000$'],
  ['bcrypt', () => bcrypt(bcryptjs, WEAK.bcrypt), '$2b$04$'],
];
const create = (options: Partial<PasswordsOptions> = {}) => passwords({ hasher: scrypt(WEAK.scrypt), ...options });

async function hashed(options: Partial<PasswordsOptions> = {}, password = PASSWORD): Promise<string> {
  const made = await create(options).hash(password);
  if (!made.ok) throw new Error(made.reason);
  return made.hash;
}

/** What an application writes for an old system's own form. */
const pbkdf2Sha1: HashVerifier = {
  reads: (hash) => hash.startsWith('pbkdf2_sha1$'),
  verify(password, hash) {
    const [, iterations, salt, digest] = /^pbkdf2_sha1\$([1-9]\d{0,6})\$([\w+/]+)\$([\w+/]{27})$/.exec(hash) ?? [];
    if (!iterations || !salt || !digest) return undefined;
    const derived = pbkdf2Sync(password, Buffer.from(salt, 'base64'), +iterations, 20, 'sha1').toString('base64');
    return constantTimeEqual(derived.slice(0, 27), digest);
  },
};

describe.each(HASHERS)('%s', (name, make, prefix) => {
  test('a hash begins with its parameters, has a salt of its own, and is good for its password alone', async () => {
    const hashing = create({ hasher: make() });
    const [one, two] = await Promise.all([hashed({ hasher: make() }), hashed({ hasher: make() })]);
    expect(one.startsWith(prefix)).toBe(true);
    expect(one).not.toBe(two);
    for (const hash of [one, two]) {
      expect(await hashing.verify(PASSWORD, hash)).toEqual({ ok: true });
      expect(await hashing.verify(`${PASSWORD} `, hash)).toEqual({ ok: false, reason: 'invalid' });
      expect(await hashing.verify(PASSWORD.toUpperCase(), hash)).toEqual({ ok: false, reason: 'invalid' });
    }
  });

  test('the salt is the context’s, so that the same dice make the same hash', async () => {
    const random = (length: number) => Uint8Array.from({ length }, (_, index) => index);
    const hash = await make().hash(PASSWORD, contextOf({ random }));
    if (name === 'bcrypt') {
      expect(hash.slice(7, 29)).toBe('..CA.uOD/eaGAOmJB.yMBu');
      expect(await bcryptjs.compare(PASSWORD, hash)).toBe(true);
    } else {
      expect(hash).toBe(MADE_BY_PYTHON[name as 'scrypt']);
    }
  });

  test('what Python made is good, and current', async () => {
    const made = MADE_BY_PYTHON[name as 'scrypt'];
    expect(await create({ hasher: make() }).verify(PASSWORD, made)).toEqual({ ok: true });
  });

  test('its decoy is current, readable, and nobody’s', async () => {
    const hasher = make();
    expect(hasher.reads(hasher.decoyHash)).toBe(true);
    expect(hasher.isCurrent(hasher.decoyHash)).toBe(true);
    expect(await hasher.verify(PASSWORD, hasher.decoyHash)).toBe(false);
    expect(hasher.decoyHash.length).toBe((await hasher.hash(PASSWORD, createContext())).length);
  });
});

describe('old hashes sign in once, and are replaced', () => {
  const rows: readonly [what: string, hash: string, password: string][] = [
    ['bcrypt 2a', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
    ['bcrypt 2b', MADE_BY_PYTHON.bcrypt, PASSWORD],
    ['bcrypt 2y', '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
    ['scrypt with other parameters', MADE_BY_PYTHON.scrypt14, PASSWORD],
    ['PBKDF2-SHA256', MADE_BY_PYTHON.pbkdf2, PASSWORD],
    ['PBKDF2-SHA256 with its length', MADE_BY_PYTHON.pbkdf2.replace('i=1000', 'i=1000,l=32'), PASSWORD],
    ['PBKDF2-SHA1, by a verifier of the application’s', MADE_BY_PYTHON.pbkdf2Sha1, PASSWORD],
    [
      'Argon2id with more memory',
      '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc',
      'password',
    ],
  ];
  const hashing = passwords({
    hasher: argon2id(WEAK.argon2id),
    verifiers: [bcrypt(bcryptjs, WEAK.bcrypt), scrypt(WEAK.scrypt), pbkdf2(WEAK.pbkdf2), pbkdf2Sha1],
  });

  test.each(rows)('%s', async (_what, hash, password) => {
    expect(await hashing.verify(`${password}!`, hash)).toEqual({ ok: false, reason: 'invalid' });
    const verified = await hashing.verify(password, hash);
    expect(verified).toEqual({ ok: true, rehash: expect.any(Function) });
    const next = (verified.ok && (await verified.rehash?.())) || '';
    expect(next.startsWith('$argon2id$v=19$m=64,t=2,p=1$')).toBe(true);
    expect(await hashing.verify(password, next)).toEqual({ ok: true });
    expect(await hashing.verify(`${password}!`, next)).toEqual({ ok: false, reason: 'invalid' });
  });

  test('another salt or digest length is old too', async () => {
    const old = MADE_BY_PYTHON.argon2id;
    const [, , , , salt] = old.split('$');
    const { deriveArgon2id } = await import('../../src/passwords/derive-argon2id.ts');
    const digest = await deriveArgon2id(
      new TextEncoder().encode(PASSWORD),
      Buffer.from(salt ?? '', 'base64'),
      [64, 2, 1],
      64,
    );
    const long = `$argon2id$v=19$m=64,t=2,p=1$${salt}$${Buffer.from(digest).toString('base64').replace(/=+$/, '')}`;
    expect(await hashing.verify(PASSWORD, long)).toEqual({ ok: true, rehash: expect.any(Function) });
  });
});

describe('new passwords', () => {
  const isBreached = (password: string) => password === 'correct horse battery staple';

  test.each([
    ['fourteen chars', 'too_short'],
    ['\u{1F600}'.repeat(14), 'too_short'],
    ['', 'malformed'],
    [`${PASSWORD}\0`, 'malformed'],
    [`${PASSWORD}\n`, 'malformed'],
    [`${PASSWORD}\u0085`, 'malformed'],
    [`${PASSWORD}\ud800`, 'malformed'],
    [`\udc00${PASSWORD}`, 'malformed'],
    ['x'.repeat(1025), 'too_long'],
    ['\u00e4'.repeat(513), 'too_long'],
    [undefined, 'malformed'],
    [7, 'malformed'],
    [['correct horse b\u00e4ttery staple'], 'malformed'],
    ['correct horse battery staple', 'breached'],
    // In the spelling that is hashed.
    ['correct\u00a0horse\u3000battery\u2003staple', 'breached'],
  ])('%j is %s', async (password, reason) => {
    expect(await create({ isBreached }).hash(password as string)).toEqual({ ok: false, reason });
  });

  test.each([
    'fifteen charact',
    '\u{1F600}'.repeat(15),
    'x'.repeat(1024),
    '\u00e4'.repeat(512),
    // An emoji of four people, joined by what RFC 8264 calls ignorable.
    `${'\u{1F468}\u200d\u{1F469}\u200d\u{1F467}\u200d\u{1F466}'.repeat(3)}`,
    '               ',
  ])('%j is taken', async (password) => {
    expect((await create({ isBreached }).hash(password)).ok).toBe(true);
  });

  test('the least length is the application’s, from 8', async () => {
    expect((await create({ minLength: 8 }).hash('eight ch')).ok).toBe(true);
    expect(await create({ minLength: 8 }).hash('seven c')).toEqual({ ok: false, reason: 'too_short' });
  });

  test('it is not asked of a password that is verified', async () => {
    expect(await create().verify('U*U', await scrypt(WEAK.scrypt).hash('U*U', createContext()))).toEqual({ ok: true });
  });

  test('a list of breached passwords that is down is an outage', async () => {
    const down = create({ isBreached: () => Promise.reject(new Error('down')) });
    await expect(down.hash(PASSWORD)).rejects.toThrow('down');
  });
});

describe('one password, one spelling (RFC 8265 §4.2)', () => {
  test.each([
    ['b\u00e4ttery', 'ba\u0308ttery'],
    ['horse b\u00e4ttery', 'horse\u00a0b\u00e4ttery'],
    ['horse b\u00e4ttery', 'horse\u3000ba\u0308ttery'],
    ['\uac00\uac01', '\u1100\u1161\u1100\u1161\u11a8'],
  ])('%j is %j', async (one, two) => {
    const end = ' is long enough';
    expect(one).not.toBe(two);
    expect(await create().verify(two + end, await hashed({}, one + end))).toEqual({ ok: true });
    expect(await create().verify(one + end, await hashed({}, two + end))).toEqual({ ok: true });
  });

  test.each([
    // Width, compatibility and case are left alone (RFC 8265 §4.2.2), and so are spaces at the ends.
    ['\uff41bc', 'abc'],
    ['\ufb01re', 'fire'],
    ['Horse', 'horse'],
    [' horse', 'horse'],
    ['horse  b', 'horse b'],
  ])('%j is not %j', async (one, two) => {
    const end = ' is long enough';
    expect(await create().verify(two + end, await hashed({}, one + end))).toEqual({ ok: false, reason: 'invalid' });
  });
});

describe('as users of Basic', () => {
  const table = new Map<string, { passwordHash: string | null }>();
  const api = protect(basic({ realm: 'r', users: table, passwords: create().forBasic }), () => new Response('ok'));
  const ask = async (name: string, password: string) => {
    const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
    return (await api(new Request('https://a.example/', { headers: { authorization } }))).status;
  };

  test('right, wrong, unknown, without a password, unreadable', async () => {
    table.set('ada', { passwordHash: await hashed() });
    table.set('bob', { passwordHash: null });
    table.set('eve', { passwordHash: '$scrypt$ln=4' });
    expect([await ask('ada', PASSWORD), await ask('ada', 'x'), await ask('carl', PASSWORD)]).toEqual([200, 401, 401]);
    expect([await ask('bob', PASSWORD), await ask('eve', PASSWORD)]).toEqual([401, 503]);
  });
});

describe('options that cannot be meant', () => {
  test.each<[string, () => unknown]>([
    ['hasher', () => passwords({} as PasswordsOptions)],
    ['hasher', () => create({ hasher: { ...scrypt(WEAK.scrypt), decoyHash: 'x' } })],
    ['verifiers', () => create({ verifiers: [{} as HashVerifier] })],
    ['pepper', () => create({ pepper: {} })],
    ['pepper', () => create({ pepper: { 'no name': 'x'.repeat(32) } })],
    ['pepper', () => create({ pepper: { 7: 'x'.repeat(32) } })],
    ['secret', () => create({ pepper: { a: 'short' } })],
    ['minLength', () => create({ minLength: 7 })],
    ['maxBytes', () => create({ maxBytes: 64 })],
    ['maxBytes', () => create({ maxBytes: Number.POSITIVE_INFINITY })],
    ['maxConcurrent', () => create({ maxConcurrent: 0 })],
    ["'minlength'", () => create({ minlength: 8 } as object)],
    ['memory', () => argon2id({ memory: 7167, passes: 6 })],
    ['memory', () => argon2id({ memory: 19_456, passes: 1 })],
    ['memory', () => argon2id({ ...WEAK.argon2id, memory: 7 })],
    ['maxMemory', () => argon2id({ maxMemory: 1024 })],
    ["'m'", () => argon2id({ m: 1 } as object)],
    ['logN', () => scrypt({ logN: 16 })],
    ['logN', () => scrypt({ logN: 2.5 })],
    ['blockSize', () => scrypt({ blockSize: 0 })],
    ['iterations', () => pbkdf2({ iterations: 100_000 })],
    ['iterations', () => pbkdf2({ iterations: '600000' as unknown as number })],
    ['cost', () => bcrypt(bcryptjs, { cost: 9 })],
    ['maxCost', () => bcrypt(bcryptjs, { cost: 12, maxCost: 11 })],
    ['bcrypt', () => bcrypt({} as typeof bcryptjs)],
  ])('%s', (names, construct) => {
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(names);
  });

  test('every preset is one', async () => {
    const [a, s, p] = await Promise.all([
      import('../../src/passwords/argon2id.ts'),
      import('../../src/passwords/scrypt.ts'),
      import('../../src/passwords/pbkdf2.ts'),
    ]);
    const decoys = [
      ...[a.OWASP_46_MIB, a.OWASP_19_MIB, a.OWASP_12_MIB, a.OWASP_9_MIB, a.OWASP_7_MIB, a.RFC9106_64_MIB].map(
        a.argon2id,
      ),
      ...[s.OWASP_128_MIB, s.OWASP_64_MIB, s.OWASP_32_MIB, s.OWASP_16_MIB, s.OWASP_8_MIB].map(s.scrypt),
      ...[p.OWASP_600_000, p.WORKERS_100_000].map(p.pbkdf2),
      bcrypt(bcryptjs),
    ].map(({ decoyHash }) => decoyHash.replace(/\$[A./0-9]+(\$A+)?$/, ''));
    expect(decoys).toEqual([
      '$argon2id$v=19$m=47104,t=1,p=1',
      '$argon2id$v=19$m=19456,t=2,p=1',
      '$argon2id$v=19$m=12288,t=3,p=1',
      '$argon2id$v=19$m=9216,t=4,p=1',
      '$argon2id$v=19$m=7168,t=5,p=1',
      '$argon2id$v=19$m=65536,t=3,p=4',
      '$scrypt$ln=17,r=8,p=1',
      '$scrypt$ln=16,r=8,p=2',
      '$scrypt$ln=15,r=8,p=3',
      '$scrypt$ln=14,r=8,p=5',
      '$scrypt$ln=13,r=8,p=10',
      '$pbkdf2-sha256$i=600000',
      '$pbkdf2-sha256$i=100000',
      '$2b$10',
    ]);
  });
});
