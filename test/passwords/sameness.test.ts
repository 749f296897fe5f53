import bcryptjs from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { createContext } from '../../src/index.ts';
import { argon2id } from '../../src/passwords/argon2id.ts';
import { bcrypt } from '../../src/passwords/bcrypt.ts';
import { type Derivation, derivedHasher, NUMBER } from '../../src/passwords/derived-hasher.ts';
import type { PasswordHasher } from '../../src/passwords/hasher.ts';
import { passwords } from '../../src/passwords/passwords.ts';
import { scrypt } from '../../src/passwords/scrypt.ts';
import { clockAt, START } from '../support/sessions.ts';
import { MADE_BY_PYTHON, PASSWORD, WEAK } from './weak.ts';

/** A real hasher whose verifications are counted, by the parameters they ran with. */
function counted(inner: PasswordHasher): PasswordHasher & { seen: string[] } {
  const seen: string[] = [];
  return {
    ...inner,
    seen,
    verify(password, hash) {
      seen.push(hash.replace(/\$[^$]*(\$[^$]*)?$/, ''));
      return inner.verify(password, hash);
    },
  };
}

describe('every no costs one verification at the parameters of now', () => {
  const hasher = counted(scrypt(WEAK.scrypt));
  const hashing = passwords({ hasher });

  test.each<[what: string, password: unknown, stored: unknown, reason: string]>([
    ['a wrong password', 'wrong', MADE_BY_PYTHON.scrypt, 'invalid'],
    ['no such user', PASSWORD, undefined, 'absent'],
    ['a user without a password', PASSWORD, null, 'absent'],
    ['an empty hash', PASSWORD, '', 'absent'],
    ['a hash that nobody reads', PASSWORD, '!', 'unreadable'],
    ['a hash that is no text', PASSWORD, 7, 'unreadable'],
    ['a hash with a pepper that is not here', PASSWORD, `$hmac-sha256$k=a${MADE_BY_PYTHON.scrypt}`, 'unreadable'],
    ['a password too long, of a user', 'x'.repeat(100_000), MADE_BY_PYTHON.scrypt, 'too_long'],
    ['a password too long, of nobody', 'x'.repeat(100_000), undefined, 'too_long'],
    ['an empty password, of a user', '', MADE_BY_PYTHON.scrypt, 'malformed'],
    ['an empty password, of nobody', '', undefined, 'malformed'],
    ['no text, of nobody', {}, undefined, 'malformed'],
  ])('%s', async (_what, password, stored, reason) => {
    hasher.seen.length = 0;
    expect(await hashing.verify(password as string, stored as string)).toEqual({ ok: false, reason });
    expect(hasher.seen).toEqual(['$scrypt$ln=4,r=8,p=1']);
  });

  test('a malformed hash costs one that is real, after one that was not computed', async () => {
    hasher.seen.length = 0;
    expect(await hashing.verify(PASSWORD, '$scrypt$ln=40,r=8,p=1$AAAA$AAAA')).toMatchObject({ reason: 'unreadable' });
    expect(hasher.seen).toEqual(['$scrypt$ln=40,r=8,p=1', '$scrypt$ln=4,r=8,p=1']);
  });

  test('a verifier of the application’s that says something else than true is no yes', async () => {
    const odd = passwords({ hasher, verifiers: [{ reads: () => true, verify: () => 'yes' as unknown as boolean }] });
    expect(await odd.verify(PASSWORD, 'old')).toEqual({ ok: false, reason: 'invalid' });
  });

  test('one that throws is an outage', async () => {
    const down = passwords({
      hasher,
      verifiers: [{ reads: () => true, verify: () => Promise.reject(new Error('down')) }],
    });
    await expect(down.verify(PASSWORD, 'old')).rejects.toThrow('down');
  });
});

describe('a wrong password for a hash of lower parameters costs what one of now costs', () => {
  /** Counts iterations in place of doing them: one number is the whole cost. */
  function work(current: number): { hasher: PasswordHasher; spent: () => number } {
    let spent = 0;
    const kind: Derivation<readonly [number]> = {
      prefix: '$count$',
      pattern: `i=${NUMBER}`,
      current: [current],
      write: ([i]) => `i=${i}`,
      minSalt: 1,
      work: ([i]) => i,
      allows: () => true,
      // Half of it at least, as scrypt can, whose N is a power of two.
      within: (most) => (most < 1 ? undefined : [2 ** Math.floor(Math.log2(most))]),
      async derive(password, _salt, [i], length) {
        spent += i;
        return new Uint8Array(length).fill(password[0] ?? 0);
      },
    };
    return { hasher: derivedHasher(kind), spent: () => spent };
  }
  const stored = (iterations: number) =>
    `$count$i=${iterations}$AAAA$${Buffer.alloc(32, 'a').toString('base64').replace('=', '')}`;

  test.each([1, 10, 500, 999, 1000])('%d of 1000', async (iterations) => {
    const { hasher, spent } = work(1000);
    expect(await hasher.verify('b', stored(iterations))).toBe(false);
    expect(spent()).toBeGreaterThan(1000 * (1 - 1 / 32));
    expect(spent()).toBeLessThanOrEqual(1000);
  });

  test('the right one costs its own alone, and one of more than now is not shortened', async () => {
    const right = work(1000);
    expect(await right.hasher.verify('a', stored(10))).toBe(true);
    expect(right.spent()).toBe(10);
    const dear = work(1000);
    expect(await dear.hasher.verify('b', stored(5000))).toBe(false);
    expect(dear.spent()).toBe(5000);
  });

  test('bcrypt: rounds of each cost between, which together are those of now', async () => {
    const rounds: number[] = [];
    const counting = {
      hash: (password: string, salt: string) => {
        rounds.push(2 ** Number(salt.slice(4, 6)));
        return bcryptjs.hash(password, salt);
      },
    };
    const hasher = bcrypt(counting, { cost: 7, weakerThanOwasp: true });
    expect(await hasher.verify('wrong', MADE_BY_PYTHON.bcrypt)).toBe(false);
    expect(rounds).toEqual([16, 16, 32, 64]);
    expect(await hasher.verify(PASSWORD, MADE_BY_PYTHON.bcrypt)).toBe(true);
    expect(rounds).toHaveLength(5);
  });

  test.each([
    ['far from now', argon2id({ memory: 1000, passes: 3, weakerThanOwasp: true })],
    ['so close that nothing is worth making up', argon2id({ memory: 66, passes: 2, weakerThanOwasp: true })],
    ['far from now', scrypt({ logN: 9, parallelism: 3, weakerThanOwasp: true })],
    ['so close that nothing is worth making up', scrypt({ logN: 4, blockSize: 9, weakerThanOwasp: true })],
  ])('the real ones still say yes and no: %s', async (_what, hasher) => {
    for (const hash of [MADE_BY_PYTHON.argon2id, MADE_BY_PYTHON.scrypt].filter(hasher.reads)) {
      expect(await hasher.verify('wrong', hash)).toBe(false);
      expect(await hasher.verify(PASSWORD, hash)).toBe(true);
      expect(hasher.isCurrent(hash)).toBe(false);
    }
  });
});

describe('how many at once', () => {
  /** A real hasher that waits until it is let go. */
  function held(): { hasher: PasswordHasher; go: () => void } {
    let go = (): void => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const inner = scrypt(WEAK.scrypt);
    const verify: PasswordHasher['verify'] = (...given) => gate.then(() => inner.verify(...given));
    return { hasher: { ...inner, verify }, go };
  }

  test('beyond the limit it throws, and afterwards there is room again', async () => {
    const { hasher, go } = held();
    const hashing = passwords({ hasher, maxConcurrent: 5 });
    const all = Array.from({ length: 500 }, () => hashing.verify(PASSWORD, MADE_BY_PYTHON.scrypt));
    const settled = Promise.allSettled(all);
    go();
    const results = await settled;
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    expect(String((results.at(-1) as PromiseRejectedResult).reason)).toContain('maxConcurrent');
    expect(await hashing.verify(PASSWORD, MADE_BY_PYTHON.scrypt)).toEqual({ ok: true });
    expect(await passwords({ hasher: scrypt(WEAK.scrypt), maxConcurrent: 1 }).hash(PASSWORD)).toMatchObject({
      ok: true,
    });
  });

  test('work that failed has ended', async () => {
    const down = { ...scrypt(WEAK.scrypt), verify: () => Promise.reject(new Error('down')) };
    const hashing = passwords({ hasher: down, maxConcurrent: 1 });
    for (let count = 0; count < 3; count++) {
      await expect(hashing.verify(PASSWORD, undefined)).rejects.toThrow('down');
    }
  });

  test('a request that was cancelled, and never says so, takes its place for a minute', async () => {
    const { hasher } = held();
    const hashing = passwords({ hasher, maxConcurrent: 1 });
    const clock = clockAt();
    void hashing.verify(PASSWORD, undefined, clock.context());
    clock.now = START + 59;
    await expect(hashing.hash(PASSWORD, clock.context())).rejects.toThrow('maxConcurrent');
    clock.now = START + 60;
    expect((await hashing.hash(PASSWORD, clock.context())).ok).toBe(true);
  });
});

test('nothing that is thrown says a password, a hash or a pepper', async () => {
  const hashing = passwords({ hasher: scrypt(WEAK.scrypt), pepper: { a: () => 'secret' } });
  const error = await hashing
    .verify(PASSWORD, MADE_BY_PYTHON.scrypt14, createContext())
    .then(() => hashing.hash(PASSWORD).catch(String), String);
  expect(error).toBe('TypeError: secret: needs 32 bytes');
});
