import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory.ts';
import { apiKeys } from '../../src/tokens/api-keys.ts';
import { manageApiKeys } from '../../src/tokens/manage-api-keys.ts';
import { keysIn } from '../support/api-keys.ts';
import { clockAt } from '../support/sessions.ts';

const context = clockAt().context();
const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PEPPER = 'a pepper for tests, of 32 bytes..';

const word = (hash: string): string => hash.replace(/-/g, '0').replace(/_/g, '1');
const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');
const randomWord = (length: number): string =>
  Array.from({ length }, () => ALPHANUMERIC[Math.floor(Math.random() * 62)]).join('');

/** As docs/guides/api-keys.md says it, of Node's own primitives. */
function keyByHand(begin: string, version: string, subject: string, random: string, hash = sha256): string {
  const signed = begin + version + word(sha256(subject)).slice(0, 12) + random;
  return signed + word(hash(signed)).slice(0, 6);
}

/** HMAC under a key that is made of a pepper, for keys of one prefix and name. */
function pepperedHash(prefix: string, name: string, pepper: string): (text: string) => string {
  const root = createHash('sha256').update(pepper).digest();
  const key = createHmac('sha256', root).update(`api key ${prefix} ${name}`).digest('base64url');
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
}

describe('the format of API keys', () => {
  // Each byte of these dice is its place, so the random part is the alphabet from its beginning.
  const dice = clockAt().context({ random: (length) => Uint8Array.from({ length }, (_, index) => index) });
  const random = ALPHANUMERIC.slice(0, 55);

  it.each([
    ['acme', undefined, 'ada', `acme_11e5DDUC9V97q${random}utvg9V`],
    ['acme', 'live', 'ada', `acme_live_11e5DDUC9V97q${random}NIwOAz`],
    ['x', 'test', 'grün', `x_test_11iYwZLoC6urE${random}XcsUFQ`],
  ])('golden: %s, %s, of %s', async (prefix, environment, subject, golden) => {
    const keys = apiKeys({ store: memoryStore(), prefix, environment });
    const { key, record } = await manageApiKeys(keys).create({ subject }, dice);
    expect(key).toBe(golden);
    expect(key).toBe(keyByHand(environment ? `${prefix}_${environment}_` : `${prefix}_`, '1', subject, random));
    expect([record.id, record.last]).toEqual([random.slice(0, 12), key.slice(-4)]);
    expect(await keys.verify(golden, context)).toMatchObject({ subject, credentialId: random.slice(0, 12) });
  });

  it('golden: under a pepper', async () => {
    const { manage, keys } = keysIn({ pepper: { b: PEPPER, a: PEPPER } });
    const { key } = await manage.create({ subject: 'ada' }, dice);
    expect(key).toBe(keyByHand('acme_live_', 'b', 'ada', random, pepperedHash('acme', 'b', PEPPER)));
    expect(await keys.verify(key, context)).toMatchObject({ subject: 'ada' });
  });

  it('is one word of letters and digits behind its last underscore, and matches its pattern', async () => {
    const { keys, manage } = keysIn();
    expect(keys.pattern).toBe('acme_live_[1][0-9A-Za-z]{73}');
    const pattern = new RegExp(`\\b${keys.pattern}\\b`, 'g');
    const issued = await Promise.all(
      Array.from({ length: 500 }, async (_, n) => (await manage.create({ subject: `user ${n}` }, context)).key),
    );
    expect(issued.every((key) => /^\w+$/.test(key))).toBe(true);
    expect(`"${issued.join('" "')}"`.match(pattern)).toEqual(issued);
    expect(new Set(issued).size).toBe(500);
  });

  it('each character of the random part is as likely as any other', async () => {
    const { manage } = keysIn();
    const counts = new Map<string, number>();
    const keys = 2000;
    for (let n = 0; n < keys; n++) {
      const { key } = await manage.create({ subject: 'ada' }, context);
      for (const character of key.slice(23, 78)) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    const expected = (keys * 55) / 62;
    const chiSquared = [...ALPHANUMERIC].reduce((sum, each) => sum + ((counts.get(each) ?? 0) - expected) ** 2, 0);
    // 61 degrees of freedom: a fair draw is beyond 130 once in 10^6; bytes modulo 62 would be beyond 1,000.
    expect(chiSquared / expected).toBeLessThan(130);
    expect([...counts.keys()].sort().join('')).toBe([...ALPHANUMERIC].sort().join(''));
  });

  it('dice that show too little make no key, and do not hang', async () => {
    const { manage, store } = keysIn();
    for (const random of [() => new Uint8Array(64).fill(255), () => new Uint8Array(0)]) {
      await expect(manage.create({ subject: 'ada' }, clockAt().context({ random }))).rejects.toThrow('no random bytes');
    }
    expect(store.counts.create).toBe(0);
  });

  it('every change of one character is caught, without a look-up', async () => {
    for (const options of [{}, { pepper: { p: PEPPER } }]) {
      const { store, keys, manage } = keysIn(options);
      const { key } = await manage.create({ subject: 'ada' }, context);
      store.reset();
      for (let place = 0; place < key.length; place++) {
        for (const character of `${ALPHANUMERIC}_-. \n`) {
          if (character === key[place]) continue;
          const changed = key.slice(0, place) + character + key.slice(place + 1);
          // In front it is no key of this format.
          const isForeign = place < 'acme_live_1'.length;
          expect(await keys.verify(changed, context), changed).toBe(isForeign ? undefined : 'malformed');
        }
        expect(await keys.verify(key.slice(0, place) + key.slice(place + 1), context)).not.toBeTypeOf('object');
        expect(await keys.verify(`${key.slice(0, place)}0${key.slice(place)}`, context)).not.toBeTypeOf('object');
      }
      for (let place = 0; place + 1 < key.length; place++) {
        const [one, other] = [key.charAt(place), key.charAt(place + 1)];
        if (one === other) continue;
        const swapped = key.slice(0, place) + other + one + key.slice(place + 2);
        expect(await keys.verify(swapped, context), swapped).not.toBeTypeOf('object');
      }
      expect(store.total).toBe(0);
      expect(await keys.verify(key, context)).toMatchObject({ subject: 'ada' });
    }
  });

  it('1,000,000 generated garbage keys cost the store nothing', async () => {
    const { store, keys, manage } = keysIn({ pepper: { a: PEPPER } });
    const plain = keysIn();
    const { key } = await manage.create({ subject: 'ada' }, context);
    store.reset();
    const accepted: string[] = [];
    const ask = async (format: typeof keys, text: string): Promise<void> => {
      const result = format.verify(text, context);
      if (typeof result === 'object') accepted.push(text);
    };
    for (let n = 0; n < 250_000; n++) {
      const body = randomWord(73);
      // Of the right form, with a checksum that is a guess; under a pepper also with the one that anybody can compute.
      await ask(keys, `acme_live_a${body}`);
      await ask(plain.keys, `acme_live_1${body}`);
      await ask(keys, keyByHand('acme_live_', 'a', 'ada', body.slice(0, 55)));
      const kept = n % 70;
      await ask(keys, key.slice(0, kept) + body.slice(0, key.length - kept).padEnd(key.length - kept, '0'));
    }
    expect(accepted).toEqual([]);
    expect([store.total, plain.store.total]).toEqual([0, 0]);
  }, 120_000);

  it('any text is answered, without a look-up, however long', async () => {
    const { store, keys } = keysIn();
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: 'grapheme-ascii', maxLength: 84, minLength: 60 }).map((body) => `acme_live_1${body}`),
      fc.string({ unit: 'binary', maxLength: 90 }).map((body) => `acme_live_${body}`),
    );
    fc.assert(
      fc.property(text, (each) => {
        expect(['malformed', undefined]).toContain(keys.verify(each, context));
      }),
      { numRuns: 5000 },
    );
    for (const huge of ['a', '0', ' ', '_', '\0']) {
      expect(keys.verify(`acme_live_1${huge.repeat(1_000_000)}`, context)).toBe('malformed');
      expect(keys.verify(huge.repeat(1_000_000), context)).toBe(undefined);
    }
    expect(store.total).toBe(0);
  }, 30_000);

  it.each([
    ['nothing behind the prefix', 'acme_live_', 'malformed'],
    ['the version alone', 'acme_live_1', 'malformed'],
    ['another environment', keyByHand('acme_test_', '1', 'ada', 'A'.repeat(55)), undefined],
    ['no environment', keyByHand('acme_', '1', 'ada', 'A'.repeat(55)), undefined],
    ['another version', keyByHand('acme_live_', '2', 'ada', 'A'.repeat(55)), undefined],
    ['a pepper’s version where there is none', keyByHand('acme_live_', 'a', 'ada', 'A'.repeat(55)), undefined],
    ['prefix in upper case', `ACME_LIVE_1${'A'.repeat(73)}`, undefined],
    ['a space in front', ` ${keyByHand('acme_live_', '1', 'ada', 'A'.repeat(55))}`, undefined],
    ['a line behind', `${keyByHand('acme_live_', '1', 'ada', 'A'.repeat(55))}\n`, 'malformed'],
    ['letters that look alike', `acme_live_1${'\u0410'.repeat(73)}`, 'malformed'],
    ['twice', keyByHand('acme_live_', '1', 'ada', 'A'.repeat(55)).repeat(2), 'malformed'],
    ['well formed, and of nobody', keyByHand('acme_live_', '1', 'ada', 'A'.repeat(55)), 'invalid'],
  ])('%s', async (_, text, result) => {
    expect(await keysIn().keys.verify(text, context)).toBe(result);
  });

  it('the id of a key under another secret is invalid, for verifying and for revoking', async () => {
    const { keys, manage } = keysIn();
    const { key, record } = await manage.create({ subject: 'ada' }, context);
    const forged = keyByHand('acme_live_', '1', 'ada', record.id + randomWord(43));
    expect(await keys.verify(forged, context)).toBe('invalid');
    expect(await manage.revokeKey(forged, context)).toBe(undefined);
    expect(await keys.verify(key, context)).toMatchObject({ subject: 'ada' });
  });
});
