import bcryptjs from 'bcryptjs';
import { equal, ok, refuses } from '../expect.ts';
import type { Case, Library } from '../library.ts';
import { at } from '../session-app.ts';

const PASSWORD = 'correct horse b\u00e4ttery staple';
/** Of that password and a salt whose bytes are their places; by Python's argon2-cffi, hashlib and bcrypt. */
const MADE_BY_PYTHON = {
  argon2id: '$argon2id$v=19$m=64,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$Yr4U4dM+2N2MhjIl8bwq3Y10KyYQQ87ie/P3fo78JgU',
  scrypt: '$scrypt$ln=4,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$2m16XpIGZOSg5VbF1WxA/oVfqmsi4X4q8DRW9J/Ky7c',
  pbkdf2: '$pbkdf2-sha256$i=1000$AAECAwQFBgcICQoLDA0ODw$vx+iReXI4m30lDS0mkshvY0veziDZ8ZGy54Jy9Ho8Nk',
};
const BCRYPT = '$2b$04$OJv7BujvraIcWLiWgYmcOO2yy61s5Fln2.2y0ldaAiZAfZ1tHL7/6';

/** Published, or of the cost that is the default. */
const DEFAULTS: readonly [hash: string, password: string][] = [
  ['$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc', 'password'],
  ['$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$UXxV8h2FZ+Gf5PUYgj9RDXfdEpjOgBZQAHoEHGvSrhk', PASSWORD],
  // RFC 7914 §12 and §11.
  [
    '$scrypt$ln=10,r=8,p=16$TmFDbA$/bq+HJ00cgB4VucZDQHp/nxq18vII3gw53N2Y0s3MWIurzDZLiKjiG/xCSedmDDaxyevuUqD7m2DYMvfoswGQA',
    'password',
  ],
  [
    '$pbkdf2-sha256$i=80000$TmFDbA$TdzY9guYviGDDO5e8icB+WQaRBjQTAQUrv8Ih2s0q1ah1CWhIlgzVJrbhBtRybMXaicr3ruh0HhHj2Kzl/M8jQ',
    'Password',
  ],
  ['$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
];

function hashersOf({ argon2id, scrypt, pbkdf2 }: Library) {
  return {
    argon2id: argon2id.argon2id({ memory: 64, weakerThanOwasp: true }),
    scrypt: scrypt.scrypt({ logN: 4, weakerThanOwasp: true }),
    pbkdf2: pbkdf2.pbkdf2({ iterations: 1000, weakerThanOwasp: true }),
  };
}

export const passwordsCases: readonly Case[] = [
  [
    'passwords: with the same dice a hash is the one that Python makes, and that one is good',
    async (library) => {
      const dice = { ...at(library, 0), random: (length: number) => Uint8Array.from({ length }, (_, index) => index) };
      for (const [name, hasher] of Object.entries(hashersOf(library))) {
        const golden = MADE_BY_PYTHON[name as keyof typeof MADE_BY_PYTHON];
        const hashing = library.passwords.passwords({ hasher });
        equal(await hashing.hash(PASSWORD, dice), { ok: true, hash: golden });
        // In Unicode NFD, and with another space.
        equal(await hashing.verify(PASSWORD.normalize('NFD').replace(' ', '\u00a0'), golden), { ok: true });
        equal(await hashing.verify(`${PASSWORD} `, golden), { ok: false, reason: 'invalid' });
        equal(await hashing.verify(PASSWORD, undefined), { ok: false, reason: 'absent' });
      }
    },
  ],

  [
    'passwords: published hashes and those of the default cost are good; then they are due for another',
    async (library) => {
      const { argon2id, scrypt, pbkdf2 } = hashersOf(library);
      const bcrypt = library.bcrypt.bcrypt(bcryptjs);
      const hashing = library.passwords.passwords({ hasher: argon2id, verifiers: [scrypt, pbkdf2, bcrypt] });
      for (const [hash, password] of [...DEFAULTS, [BCRYPT, PASSWORD] as const]) {
        equal(await hashing.verify(`${password}x`, hash), { ok: false, reason: 'invalid' }, hash);
        const verified = await hashing.verify(password, hash);
        ok(verified.ok && verified.rehash, `not good, or not due: ${hash}`);
        const next = await verified.rehash();
        equal(await hashing.verify(password, next), { ok: true }, next);
      }
    },
  ],

  [
    'passwords: a pepper by its name, and changed',
    async (library) => {
      const { scrypt: hasher } = hashersOf(library);
      const [a, b] = ['an old pepper, of 32 bytes......', 'a young pepper, of 32 bytes.....'];
      const made = await library.passwords.passwords({ hasher, pepper: { a } }).hash(PASSWORD, at(library, 0));
      ok(made.ok && made.hash.startsWith('$hmac-sha256$k=a$scrypt$'), 'no pepper');
      const verified = await library.passwords.passwords({ hasher, pepper: { b, a } }).verify(PASSWORD, made.hash);
      ok(verified.ok && verified.rehash, 'not due');
      ok((await verified.rehash()).startsWith('$hmac-sha256$k=b$scrypt$'), 'not the new one');
    },
  ],

  [
    'passwords: hostile hashes, long and malformed passwords, weak parameters are refused',
    async (library) => {
      const { argon2id, scrypt, pbkdf2 } = hashersOf(library);
      const hashing = library.passwords.passwords({ hasher: scrypt, verifiers: [argon2id, pbkdf2] });
      for (const hash of [
        MADE_BY_PYTHON.argon2id.replace('m=64', 'm=1073741824'),
        MADE_BY_PYTHON.argon2id.replace(/U$/, 'V'),
        MADE_BY_PYTHON.scrypt.replace('ln=4', 'ln=40'),
        MADE_BY_PYTHON.argon2id.replace('+', '-'),
        MADE_BY_PYTHON.pbkdf2.replace('i=1000', 'i=1000000000'),
        `$scrypt$${'ln=4,'.repeat(10_000)}`,
      ]) {
        equal(await hashing.verify(PASSWORD, hash), { ok: false, reason: 'unreadable' }, hash.slice(0, 40));
      }
      for (const password of ['', 'x\0', 'x\ud800']) {
        equal(await hashing.verify(password, MADE_BY_PYTHON.scrypt), { ok: false, reason: 'malformed' });
      }
      equal(await hashing.hash('x'.repeat(1025)), { ok: false, reason: 'too_long' });
      equal(await hashing.hash('hunter2'), { ok: false, reason: 'too_short' });
      refuses(() => library.argon2id.argon2id({ memory: 64 }), 'memory');
    },
  ],
];
