import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RecoveryCodes, type RecoveryCodesOptions, recoveryCodes } from '../../src/passwords/recovery-codes.ts';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { clockAt, countingStore, START, slowStore } from '../support/sessions.ts';
import { withTwoConnections } from '../support/two-connections.ts';

const make = (options: Partial<RecoveryCodesOptions> = {}): RecoveryCodes =>
  recoveryCodes({ store: memoryStore(), ...options });
const INVALID = { ok: false, reason: 'invalid' };
const MALFORMED = { ok: false, reason: 'malformed' };

async function issued(recovery: RecoveryCodes, subject = 'ada'): Promise<readonly [string, string, ...string[]]> {
  const codes = await recovery.issue(subject);
  return codes as [string, string, ...string[]];
}

describe('codes', () => {
  it('are ten, of 24 characters in groups of four, without I, L, O and U', async () => {
    const codes = await issued(make());
    expect(codes).toHaveLength(10);
    for (const code of codes) expect(code).toMatch(/^([\dA-HJKMNP-TV-Z]{4}-){5}[\dA-HJKMNP-TV-Z]{4}$/);
  });

  it('have 120 random bits: in each place all 32 characters, evenly, and no code twice', async () => {
    const recovery = make({ count: 50 });
    const codes = (await Promise.all(Array.from({ length: 64 }, () => recovery.issue('ada')))).flat();
    expect(new Set(codes).size).toBe(3200);
    const texts = codes.map((code) => code.replaceAll('-', ''));
    for (let place = 0; place < 24; place++) {
      const counts = new Map<string, number>();
      for (const text of texts) counts.set(text.charAt(place), (counts.get(text.charAt(place)) ?? 0) + 1);
      expect(counts.size).toBe(32);
      // 100 expected; six standard deviations.
      for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(60);
    }
  });

  it('are good once each, and count down', async () => {
    const recovery = make();
    const codes = await issued(recovery);
    for (const [index, code] of codes.entries()) {
      expect(await recovery.remaining('ada')).toBe(10 - index);
      expect(await recovery.redeem('ada', code)).toEqual({ ok: true });
      expect(await recovery.redeem('ada', code)).toEqual(INVALID);
    }
    expect(await recovery.remaining('ada')).toBe(0);
  });

  // GHSA-pg53-56cg-4m8q: a one-time secret that was not bound to whom it was made for.
  it('are their subject’s, and using one for somebody else uses nothing up', async () => {
    const store = memoryStore();
    const recovery = make({ store });
    const [first] = await issued(recovery);
    await issued(recovery, 'eve');
    for (const other of ['eve', 'Ada', 'ada ', 'nobody']) expect(await recovery.redeem(other, first)).toEqual(INVALID);
    expect(await make({ store }).redeem('ada', first)).toEqual({ ok: true });
    expect([await recovery.remaining('ada'), await recovery.remaining('eve')]).toEqual([9, 10]);
  });

  it('end when new ones are made, or all are revoked', async () => {
    const recovery = make();
    const old = await issued(recovery);
    const young = await issued(recovery);
    for (const code of old) expect(await recovery.redeem('ada', code)).toEqual(INVALID);
    expect(await recovery.redeem('ada', young[0])).toEqual({ ok: true });
    await recovery.revokeAll('ada');
    for (const code of young) expect(await recovery.redeem('ada', code)).toEqual(INVALID);
    expect(await recovery.remaining('ada')).toBe(0);
    const third = await issued(recovery);
    expect(await recovery.redeem('ada', third[0])).toEqual({ ok: true });
  });

  it('don’t get old', async () => {
    const recovery = make();
    const clock = clockAt();
    const [code = ''] = await recovery.issue('ada', clock.context());
    clock.now = START + 100 * 365 * 86_400;
    expect(await recovery.redeem('ada', code, clock.context())).toEqual({ ok: true });
  });

  it('are as many as the option says', async () => {
    const recovery = make({ count: 50 });
    expect(new Set(await recovery.issue('ada')).size).toBe(50);
    expect(await recovery.remaining('ada')).toBe(50);
  });
});

describe('what is typed', () => {
  const dice = clockAt().context({ random: (length) => Uint8Array.from({ length }, (_, index) => index * 5 + 7) });

  /** Of those dice, made apart from the library: five bits a character. */
  const PRINTED = (() => {
    const bits = [...dice.random(15)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const digits = (bits.match(/.{5}/g) ?? []).map(
      (each) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[Number.parseInt(each, 2)],
    );
    return (digits.join('').match(/.{4}/g) ?? []).join('-');
  })();
  const one = () => make({ count: 1 });

  it('is what was printed', async () => {
    expect(await one().issue('ada', dice)).toEqual([PRINTED]);
  });

  const bare = PRINTED.replaceAll('-', '');
  it.each([
    PRINTED,
    bare,
    bare.toLowerCase(),
    PRINTED.replaceAll('-', ' '),
    ` ${PRINTED}\r\n`,
    [...bare].join(' '),
    PRINTED.replaceAll('-', '\u2013'),
    PRINTED.replaceAll('-', ' \u2014 '),
    PRINTED.replaceAll('-', '\u2011'),
    PRINTED.replaceAll('-', '\u2212'),
    PRINTED.replaceAll('-', '\u00a0'),
    bare.replaceAll('0', 'O').replaceAll('1', 'I').replaceAll('V', 'U'),
    bare.replaceAll('0', 'o').replaceAll('1', 'l').replaceAll('V', 'u'),
  ])('%j is good', async (typed) => {
    expect(bare).toMatch(/(?=.*0)(?=.*1)(?=.*V)/);
    const recovery = one();
    await recovery.issue('ada', dice);
    expect(await recovery.redeem('ada', typed)).toEqual({ ok: true });
  });

  it.each<unknown>([
    '',
    '-',
    bare.slice(1),
    `${bare}0`,
    `${bare.slice(1)}\u0131`,
    `${bare.slice(1)}\u017f`,
    `${bare.slice(1)}\u212a`,
    `${bare.slice(1)}\uff11`,
    `${bare.slice(1)}.`,
    `${bare}\0`,
    `${bare}\u200b`,
    bare.repeat(100_000),
    '-'.repeat(1_000_000) + bare,
    '__proto__',
    7,
    [bare],
    { toString: () => bare },
    null,
    undefined,
  ])('%# is malformed, and costs no look-up', async (typed) => {
    const store = countingStore();
    expect(await make({ store }).redeem('ada', typed)).toEqual(MALFORMED);
    expect(store.total).toBe(0);
  });

  it('any text is an answer', async () => {
    const recovery = make();
    await issued(recovery);
    const nearly = fc.string({
      unit: fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ- \u2013'),
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), nearly), async (typed) => {
        expect((await recovery.redeem('ada', typed)).ok).toBe(false);
      }),
    );
    expect(await recovery.remaining('ada')).toBe(10);
  });

  it('may be grouped and cased at will', async () => {
    const gaps = fc.array(fc.constantFrom('', '-', ' ', '\u2013', '\t'), { minLength: 24, maxLength: 24 });
    const cases = fc.array(fc.boolean(), { minLength: 24, maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(gaps, cases, async (between, isLower) => {
        const recovery = one();
        const [code = ''] = await recovery.issue('ada');
        const typed = [...code.replaceAll('-', '')]
          .map((character, index) => (isLower[index] ? character.toLowerCase() : character) + between[index])
          .join('');
        expect(await recovery.redeem('ada', typed)).toEqual({ ok: true });
      }),
    );
  });
});

describe('a store', () => {
  it('gets the subject and hashes, and nothing that opens anything', async () => {
    const seen: string[] = [];
    const inner = memoryStore();
    const store: Store = {
      ...inner,
      create(...given) {
        seen.push(JSON.stringify(given));
        return inner.create(...given);
      },
    };
    const recovery = make({ store });
    const codes = await issued(recovery);
    expect(seen).toHaveLength(10);
    const all = seen.join('\n').toUpperCase();
    for (const code of codes) {
      const bare = code.replaceAll('-', '');
      expect(all).not.toContain(code);
      expect(all).not.toContain(bare);
      // Nor their hash without the subject, which two people's could be compared by.
      expect(all).not.toContain(createHash('sha256').update(bare).digest('base64url').toUpperCase());
      expect(all).toContain(createHash('sha256').update(`${bare} ada`).digest('base64url').toUpperCase());
    }
  });

  it('is asked once for a code', async () => {
    const store = countingStore();
    const recovery = make({ store });
    const [first] = await issued(recovery);
    expect([store.counts.endAll, store.counts.create]).toEqual([1, 10]);
    store.reset();
    await recovery.redeem('ada', first);
    expect([store.total, store.counts.delete]).toEqual([1, 1]);
  });

  it('that fails is an outage, and never a good code', async () => {
    const inner = memoryStore();
    const [first] = await issued(make({ store: inner }));
    const down = (): never => {
      throw new Error('down');
    };
    const recovery = make({ store: { ...inner, delete: down, endAll: down, list: down } });
    await expect(recovery.redeem('ada', first)).rejects.toThrow('down');
    await expect(recovery.issue('ada')).rejects.toThrow('down');
    await expect(recovery.revokeAll('ada')).rejects.toThrow('down');
    await expect(recovery.remaining('ada')).rejects.toThrow('down');
    expect(await make({ store: inner }).redeem('ada', first)).toEqual({ ok: true });
  });

  it('that fails half way has shown no code; asking again makes ten', async () => {
    const inner = memoryStore();
    let left = 5;
    const store: Store = {
      ...inner,
      create(...given) {
        if (!left--) throw new Error('down');
        return inner.create(...given);
      },
    };
    const recovery = make({ store });
    await expect(recovery.issue('ada')).rejects.toThrow('down');
    const codes = await issued(recovery);
    expect(await recovery.remaining('ada')).toBe(10);
    expect(await recovery.redeem('ada', codes[0])).toEqual({ ok: true });
  });

  it('is found in the context where bindings come with the request', async () => {
    const context = clockAt().context({ bindings: memoryStore() });
    const recovery = make({ store: ({ bindings }) => bindings as Store });
    const [code] = await recovery.issue('ada', context);
    expect(await recovery.redeem('ada', code, context)).toEqual({ ok: true });
  });
});

describe('is refused', () => {
  it.each<[Partial<Record<keyof RecoveryCodesOptions | 'length', unknown>>, string]>([
    [{ count: 0 }, 'count: a whole number, 1 to 50'],
    [{ count: 51 }, 'count'],
    [{ count: '10' }, 'count'],
    [{ count: Number.NaN }, 'count'],
    [{ store: undefined }, 'store: needs to be consistent'],
    [
      { store: { capabilities: { consistent: 'a copy may be old' } } },
      'store: needs to be consistent: a copy may be old',
    ],
    [{ length: 8 }, "no option 'length'"],
  ])('%j', (options, says) => {
    const construct = () => make(options as Partial<RecoveryCodesOptions>);
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(says);
  });

  it.each<unknown>(['', undefined, null, 7])('the subject %j, by every verb', async (subject) => {
    const recovery = make();
    const none = subject as string;
    for (const call of [
      () => recovery.issue(none),
      () => recovery.redeem(none, 'garbage'),
      () => recovery.remaining(none),
      () => recovery.revokeAll(none),
    ]) {
      await expect(call()).rejects.toThrow(new TypeError('subject: needed'));
    }
  });

  it('dice that stand still or give too little: no codes that anybody knows', async () => {
    const still = clockAt().context({ random: (length) => new Uint8Array(length) });
    await expect(make().issue('ada', still)).rejects.toThrow('recovery codes: taken');
    const poor = clockAt().context({ random: () => new Uint8Array(14) });
    await expect(make().issue('ada', poor)).rejects.toThrow('recovery codes: random gave another number of bytes');
  });
});

describe('races', () => {
  const CALLERS = 100;

  async function race(stores: readonly Store[], rounds: number): Promise<void> {
    const all = stores.map((store) => make({ store, count: 2 }));
    for (let round = 0; round < rounds; round++) {
      const subject = `user${round}`;
      const [first, second] = await issued(all[0] as RecoveryCodes, subject);
      // Everybody has both codes, in another order.
      const results = await Promise.all(
        Array.from({ length: CALLERS }, async (_, caller) => {
          const recovery = all[caller % all.length] as RecoveryCodes;
          const order = caller & 2 ? [first, second] : [second, first];
          return Promise.all(order.map(async (code) => [code, (await recovery.redeem(subject, code)).ok] as const));
        }),
      );
      const good = results.flat().flatMap(([code, ok]) => (ok ? [code] : []));
      expect(good.sort(), `round ${round}`).toEqual([first, second].sort());
    }
  }

  // better-auth 664c1d7a and #9993: one-time codes that were used twice at once.
  it(`of ${CALLERS} who redeem two codes at once exactly one has each, 100 rounds over a store that takes its time`, async () => {
    await race([slowStore(memoryStore())], 100);
  });

  it(`of ${CALLERS} by two connections to one file too`, { timeout: 60_000 }, async () => {
    await withTwoConnections((stores) => race(stores, 5));
  });

  it('and a store that reads before it deletes would show here', async () => {
    const inner = memoryStore();
    const broken: Store = {
      ...inner,
      async delete(key, now) {
        const found = await inner.read(key, now);
        inner.delete(key, now);
        return !!found;
      },
    };
    await expect(race([broken], 1)).rejects.toThrow('round 0');
  });

  it('of several who make new ones at once, the codes of one are good, all of them', async () => {
    const recovery = make({ store: slowStore(memoryStore()) });
    for (let round = 0; round < 100; round++) {
      const subject = `user${round}`;
      const sets = await Promise.all(Array.from({ length: 4 }, () => recovery.issue(subject)));
      expect(await recovery.remaining(subject)).toBe(10);
      const good = await Promise.all(
        sets.map(async (codes) =>
          (await Promise.all(codes.map((code) => recovery.redeem(subject, code)))).filter(({ ok }) => ok),
        ),
      );
      expect(good.map((each) => each.length).sort()).toEqual([0, 0, 0, 10]);
    }
  });

  it('of new ones and an old one, the old one is used before or dead after', async () => {
    const recovery = make({ store: slowStore(memoryStore()) });
    for (let round = 0; round < 100; round++) {
      const subject = `user${round}`;
      const [old] = await issued(recovery, subject);
      await Promise.all([recovery.redeem(subject, old), recovery.issue(subject)]);
      expect(await recovery.redeem(subject, old)).toEqual(INVALID);
      expect(await recovery.remaining(subject)).toBe(10);
    }
  });
});
