import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TotpSecretSealOptions, totp, totpSecretSeal } from '../../src/passwords/totp.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { clockAt, SECRET, START } from '../support/sessions.ts';

const TOTP_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const OTHER = 'another secret, also of 32 bytes.';
const CANNOT = /^totp secret: not sealed for this subject, or under another secret$/;
const seal = totpSecretSeal({ secret: SECRET });

describe('a sealed secret', () => {
  it('opens for its subject, and is good for codes', async () => {
    const column = await seal.seal(TOTP_SECRET, 'ada');
    const secret = await seal.open(column, 'ada');
    expect(secret).toBe(TOTP_SECRET);
    const codes = totp({ issuer: 'Acme', store: memoryStore() });
    // RFC 6238, appendix B: the last six of 89005924.
    expect((await codes.verify(secret, '005924', clockAt(1_234_567_890).context())).ok).toBe(true);
  });

  it('opens as it was for any subject, and for no other', async () => {
    const subjects = fc.string({ unit: 'grapheme', minLength: 1 });
    await fc.assert(
      fc.asyncProperty(subjects, subjects, async (subject, other) => {
        const column = await seal.seal(TOTP_SECRET, subject);
        expect(await seal.open(column, subject)).toBe(TOTP_SECRET);
        if (other !== subject) await expect(seal.open(column, other)).rejects.toThrow(CANNOT);
      }),
    );
  });

  it('fits a column of 255, holds no secret, and is another text each time', async () => {
    const columns = await Promise.all(Array.from({ length: 50 }, () => seal.seal(TOTP_SECRET, 'a'.repeat(1000))));
    for (const column of columns) expect(column).toMatch(/^[\w-]{137,140}$/);
    expect(new Set(columns.map((column) => column.slice(0, 16))).size).toBe(50);
    expect(columns.join()).not.toContain(TOTP_SECRET);
  });

  it('with any character changed, cut off or added opens for nobody', async () => {
    const column = await seal.seal(TOTP_SECRET, 'ada');
    const changed = [...column].map(
      (character, index) => column.slice(0, index) + (character === 'A' ? 'B' : 'A') + column.slice(index + 1),
    );
    for (const each of [...changed, column.slice(0, -1), column.slice(1), `${column}A`, `${column}=`, ` ${column}`]) {
      await expect(seal.open(each, 'ada')).rejects.toThrow(CANNOT);
    }
  });

  it.each<unknown>([
    '',
    TOTP_SECRET,
    'ä'.repeat(140),
    '\u0141'.repeat(140),
    'A'.repeat(1_000_000),
    null,
    undefined,
    7,
    ['A'],
  ])('that is none (%#) is an outage, and no "has no second factor"', async (column) => {
    await expect(seal.open(column as string, 'ada')).rejects.toThrow(CANNOT);
  });

  it('is not made without a subject or a text', async () => {
    await expect(seal.seal(TOTP_SECRET, '')).rejects.toThrow(new TypeError('subject: needed'));
    for (const text of ['', undefined, 7]) {
      await expect(seal.seal(text as string, 'ada')).rejects.toThrow(new TypeError('totpSecret: text'));
    }
  });
});

describe('the secret that seals', () => {
  it('can be changed: the first of several seals, all of them open', async () => {
    const both = totpSecretSeal({ secret: [OTHER, SECRET] });
    const [old, young] = [await seal.seal(TOTP_SECRET, 'ada'), await both.seal(TOTP_SECRET, 'ada')];
    expect(await both.open(old, 'ada')).toBe(TOTP_SECRET);
    expect(await both.open(young, 'ada')).toBe(TOTP_SECRET);
    expect(await totpSecretSeal({ secret: OTHER }).open(young, 'ada')).toBe(TOTP_SECRET);
    await expect(seal.open(young, 'ada')).rejects.toThrow(CANNOT);
  });

  it('may come with the request', async () => {
    const late = totpSecretSeal({ secret: ({ bindings }) => bindings as string });
    const context = clockAt(START).context({ bindings: SECRET });
    expect(await seal.open(await late.seal(TOTP_SECRET, 'ada', context), 'ada')).toBe(TOTP_SECRET);
    await expect(late.seal(TOTP_SECRET, 'ada')).rejects.toThrow('secret: needs 32 bytes');
  });

  it('of less than 32 bytes is refused, and so is an option that is none', () => {
    expect(() => totpSecretSeal({ secret: 'short' })).toThrow(new TypeError('secret: needs 32 bytes'));
    expect(() => totpSecretSeal({ secret: SECRET, subject: 'ada' } as TotpSecretSealOptions)).toThrow(
      "no option 'subject'",
    );
  });
});
