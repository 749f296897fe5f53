import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Totp, type TotpAlgorithm, type TotpOptions, totp } from '../../src/passwords/totp.ts';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { clockAt, countingStore, START } from '../support/sessions.ts';

/** ASCII as base32, made apart from the library. */
function base32(ascii: string): string {
  const bits = [...Buffer.from(ascii, 'latin1')].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = bits.match(/.{1,5}/g) ?? [];
  return digits.map((each) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(each.padEnd(5, '0'), 2)]).join('');
}

/** RFC 4226 §5.3 by Node. */
function codeByNode(secret: string, step: bigint, digits: number, hash = 'sha1'): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(step);
  const mac = createHmac(hash, Buffer.from(secret, 'latin1')).update(counter).digest();
  const offset = (mac.at(-1) as number) % 16;
  return String((mac.readUInt32BE(offset) % 2 ** 31) % 10 ** digits).padStart(digits, '0');
}

const TWENTY = '12345678901234567890';
const SECRET = base32(TWENTY);
const at = (now: number) => clockAt(now).context();
const make = (options: Partial<TotpOptions> = {}): Totp => totp({ issuer: 'Acme', store: memoryStore(), ...options });
const codeOf = (period: number, digits = 6): string => codeByNode(TWENTY, BigInt(period), digits);
/** The period of {@link START}. */
const NOW = START / 30;

describe('published vectors', () => {
  // RFC 6238, appendix B; the secrets are of 20, 32 and 64 bytes, as erratum 2866 says.
  it.each<readonly [time: number, sha1: string, sha256: string, sha512: string]>([
    [59, '94287082', '46119246', '90693936'],
    [1111111109, '07081804', '68084774', '25091201'],
    [1111111111, '14050471', '67062674', '99943326'],
    [1234567890, '89005924', '91819424', '93441116'],
    [2000000000, '69279037', '90698825', '38618901'],
    [20000000000, '65353130', '77737706', '47863826'],
  ])('RFC 6238: time %i', async (time, ...expected) => {
    const kinds = [
      ['SHA-1', 20],
      ['SHA-256', 32],
      ['SHA-512', 64],
    ] as const;
    for (const [index, [algorithm, length]] of kinds.entries()) {
      const codes = make({ algorithm, digits: 8, window: 0 });
      const secret = base32(TWENTY.repeat(4).slice(0, length));
      expect(await codes.code(secret, at(time))).toBe(expected[index]);
      for (const [other, code] of expected.entries()) {
        const { ok } = await codes.verify(secret, code, at(time));
        expect(ok, `${algorithm} ${code}`).toBe(other === index);
      }
    }
  });

  // RFC 4226, appendix D: a counter is the period since 1970.
  it.each(
    ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489'].map(
      (code, count) => [count, code] as const,
    ),
  )('RFC 4226: count %i', async (count, code) => {
    const codes = make({ window: 0 });
    for (const time of [count * 30, count * 30 + 29.9]) expect(await codes.code(SECRET, at(time))).toBe(code);
    expect(await codes.verify(SECRET, code, at(count * 30))).toEqual({ ok: true, step: count });
  });

  it('agrees with Node for any secret, time and option', async () => {
    const hashes: Readonly<Record<TotpAlgorithm, string>> = {
      'SHA-1': 'sha1',
      'SHA-256': 'sha256',
      'SHA-512': 'sha512',
    };
    const secrets = fc.uint8Array({ minLength: 16, maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(
        secrets,
        fc.integer({ min: 0, max: 2 ** 40 }),
        fc.constantFrom<TotpAlgorithm>('SHA-1', 'SHA-256', 'SHA-512'),
        fc.constantFrom<6 | 8>(6, 8),
        fc.integer({ min: 15, max: 120 }),
        async (bytes, step, algorithm, digits, period) => {
          const secret = Buffer.from(bytes).toString('latin1');
          const code = await make({ algorithm, digits, period }).code(base32(secret), at(step * period));
          expect(code).toBe(codeByNode(secret, BigInt(step), digits, hashes[algorithm]));
        },
      ),
    );
  });
});

describe('a window', () => {
  it.each([0, 1, 4])('of %i: so many periods earlier and later, to the second', async (window) => {
    const accepted = async (time: number) => (await make({ window }).verify(SECRET, codeOf(NOW), at(time))).ok;
    const [from, to] = [START - window * 30, START + (window + 1) * 30];
    expect([await accepted(from), await accepted(to - 0.001)]).toEqual([true, true]);
    expect([await accepted(from - 0.001), await accepted(to)]).toEqual([false, false]);
  });

  it('does not go back before 1970', async () => {
    expect(await make({ window: 4 }).verify(SECRET, codeOf(0), at(0))).toEqual({ ok: true, step: 0 });
    expect(await make({ window: 4 }).verify(SECRET, codeOf(5), at(0))).toEqual({ ok: false, reason: 'invalid' });
    const before = codeByNode(TWENTY, 2n ** 64n - 1n, 6);
    expect(await make({ window: 4 }).verify(SECRET, before, at(0))).toEqual({ ok: false, reason: 'invalid' });
  });

  it('accepts of all codes there are those of its periods, and no other', async () => {
    const codes = make({ store: { ...memoryStore(), advance: () => ({ ok: true, value: 0 }) } });
    const good = new Set([codeOf(NOW - 1), codeOf(NOW), codeOf(NOW + 1)]);
    const tried = [...good, ...Array.from({ length: 2000 }, (_, index) => String(index * 499 + 7).padStart(6, '0'))];
    for (const code of tried) {
      expect((await codes.verify(SECRET, code, at(START))).ok, code).toBe(good.has(code));
    }
  });
});

describe('a code', () => {
  it('is good once (RFC 6238 §5.2)', async () => {
    const codes = make();
    expect(await codes.verify(SECRET, codeOf(NOW), at(START))).toEqual({ ok: true, step: NOW });
    for (const time of [START, START + 29, START + 59, START - 30]) {
      expect(await codes.verify(SECRET, codeOf(NOW), at(time))).toEqual({ ok: false, reason: 'replayed' });
    }
  });

  it('is not good after a later one', async () => {
    const codes = make();
    expect((await codes.verify(SECRET, codeOf(NOW + 1), at(START))).ok).toBe(true);
    for (const step of [NOW - 1, NOW, NOW + 1]) {
      expect(await codes.verify(SECRET, codeOf(step), at(START))).toEqual({ ok: false, reason: 'replayed' });
    }
    expect((await codes.verify(SECRET, codeOf(NOW + 2), at(START + 30))).ok).toBe(true);
  });

  it('that is wrong uses nothing up', async () => {
    const codes = make();
    for (const wrong of ['000000', '', '1234567'])
      expect((await codes.verify(SECRET, wrong, at(START))).ok).toBe(false);
    expect((await codes.verify(SECRET, codeOf(NOW), at(START))).ok).toBe(true);
  });

  it('of whatever order, time and repetition, is accepted if it is of the window and later than all before', async () => {
    const acts = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -3, max: 3 })), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(acts, async (moves) => {
        const codes = make();
        let now = NOW;
        let last = -1;
        for (const [pass, offset] of moves) {
          now += pass;
          const step = now + offset;
          const result = await codes.verify(SECRET, codeOf(step), at(now * 30 + 5));
          const inWindow = Math.abs(offset) <= 1;
          if (inWindow && step > last) expect(result).toEqual({ ok: true, step });
          else expect(result).toEqual({ ok: false, reason: inWindow ? 'replayed' : 'invalid' });
          if (result.ok) last = result.step;
        }
      }),
    );
  });

  // One secret in a million has it; this one was searched for.
  it('that two periods of the window share is good once', async () => {
    const [secret, step] = ['a secret of tests 392800', 60_000_000];
    const [earlier, later] = [step, step + 1].map((each) => codeByNode(secret, BigInt(each), 6));
    expect(earlier).toBe(later);
    const codes = make();
    expect(await codes.verify(base32(secret), earlier, at(step * 30))).toEqual({ ok: true, step: step + 1 });
    expect(await codes.verify(base32(secret), earlier, at(step * 30))).toEqual({ ok: false, reason: 'replayed' });
  });

  it('is one secret’s: another one has its own', async () => {
    const store = memoryStore();
    const [ada, eve] = [make({ store }), make({ store })];
    const other = base32('another secret, of 20');
    expect((await ada.verify(SECRET, codeOf(NOW), at(START))).ok).toBe(true);
    expect(await eve.verify(other, codeOf(NOW), at(START))).toEqual({ ok: false, reason: 'invalid' });
    expect((await eve.verify(other, await eve.code(other, at(START)), at(START))).ok).toBe(true);
  });

  it('is used for every spelling of its secret, and in every object over one store', async () => {
    const store = memoryStore();
    const grouped = SECRET.toLowerCase().replace(/.{4}/g, '$& ');
    // The last character of 17 bytes has three bits that count for nothing.
    const odd = base32('17 bytes of words');
    const twin = `${odd.slice(0, -1)}${String.fromCharCode(odd.charCodeAt(odd.length - 1) + 1)}`;
    expect(twin).not.toBe(odd);
    for (const [secret, spellings] of [
      [SECRET, [grouped, `${SECRET}======`, SECRET.replace(/.{4}/g, '$&-')]],
      [odd, [twin]],
    ] as const) {
      const code = await make().code(secret, at(START));
      expect((await make({ store }).verify(secret, code, at(START))).ok).toBe(true);
      for (const spelling of spellings) {
        expect(await make({ store }).verify(spelling, code, at(START))).toEqual({ ok: false, reason: 'replayed' });
      }
    }
  });

  it('stays used while it could be, also where a clock that is hours ahead sweeps; and is forgotten in the end', async () => {
    const [window, period] = [4, 120];
    const store = memoryStore({ maxRecords: 3 });
    const codes = make({ store, window, period });
    const latest = await codes.code(SECRET, at(START + window * period));
    expect((await codes.verify(SECRET, latest, at(START))).ok).toBe(true);
    const others = ['a second secret of 20', 'a third secret, of 20', 'a fourth secret of 20'].map(base32);
    // Full, so that a third one looks for what it may forget.
    const hasty = at(START + 87_000);
    for (const other of others.slice(0, 2)) await codes.verify(other, await codes.code(other, hasty), hasty);
    const third = codes.verify(others[2] as string, await codes.code(others[2] as string, hasty), hasty);
    await expect(third).rejects.toThrow('full');
    for (let time = START; time < START + (2 * window + 1) * period; time += period / 2) {
      expect(await codes.verify(SECRET, latest, at(time))).toEqual({ ok: false, reason: 'replayed' });
    }
    const later = at(START + 3 * 86_400);
    expect((await codes.verify(others[2] as string, await codes.code(others[2] as string, later), later)).ok).toBe(
      true,
    );
  });

  it('costs one step of a counter, and a wrong one none', async () => {
    const store = countingStore();
    const codes = make({ store });
    for (const wrong of ['', '000000', 'abcdef', codeOf(NOW + 2)]) await codes.verify(SECRET, wrong, at(START));
    expect(store.total).toBe(0);
    await codes.verify(SECRET, codeOf(NOW), at(START));
    expect([store.total, store.counts.advance]).toEqual([1, 1]);
  });
});

describe('what is typed', () => {
  const code = codeOf(NOW);
  const [head, tail] = [code.slice(0, 3), code.slice(3)];

  it.each([
    code,
    `${head} ${tail}`,
    ` ${code}\n`,
    [...code].join(' '),
    `${head}\u00a0${tail}`,
    `\t${head}\u2009${tail}`,
  ])('%j is good', async (typed) => {
    expect((await make().verify(SECRET, typed, at(START))).ok).toBe(true);
  });

  it.each<unknown>([
    '',
    ' ',
    code.slice(1),
    `${code}0`,
    `0${code}`,
    `${code}\0`,
    `${head}-${tail}`,
    `${head}.${tail}`,
    `${head}\u200b${tail}`,
    `+${code.slice(1)}`,
    `-${code.slice(1)}`,
    '1e5000',
    '0x1234',
    '12345n',
    'Infinity',
    // Digits that are none of ASCII: full width, Arabic, mathematical.
    [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join(''),
    [...code].map((digit) => String.fromCodePoint(0x660 + Number(digit))).join(''),
    [...code].map((digit) => String.fromCodePoint(0x1d7ce + Number(digit))).join(''),
    code.repeat(100_000),
    ' '.repeat(1_000_000) + code,
    Number(code),
    BigInt(code),
    [code],
    { toString: () => code },
    { length: 6, replace: () => code },
    null,
    undefined,
    true,
  ])('%# is malformed, and no exception', async (typed) => {
    const store = countingStore();
    expect(await make({ store }).verify(SECRET, typed, at(START))).toEqual({ ok: false, reason: 'malformed' });
    expect(store.total).toBe(0);
  });

  it('any text is an answer', async () => {
    const codes = make();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (typed) => {
        expect((await codes.verify(SECRET, typed, at(START))).ok).toBe(typed.replace(/\s/g, '') === code);
      }),
    );
  });

  it('has as many digits as the option says', async () => {
    const eight = make({ digits: 8 });
    expect(await eight.verify(SECRET, codeOf(NOW), at(START))).toEqual({ ok: false, reason: 'malformed' });
    expect((await eight.verify(SECRET, codeOf(NOW, 8), at(START))).ok).toBe(true);
  });
});

describe('a secret of the table', () => {
  it.each<unknown>([
    '',
    'A',
    'GEZDGNBVGY3TQOJQ',
    `${SECRET.slice(0, -1)}1`,
    `${SECRET}A`,
    `${SECRET}=A`,
    `${SECRET}=======`,
    `${SECRET.slice(0, -1)}\u0131`,
    `${SECRET.slice(0, -1)}\u017f`,
    `${SECRET}\0`,
    'A'.repeat(1_000_000),
    '='.repeat(500),
    undefined,
    null,
    1234567890,
    [SECRET],
    new Uint8Array(20),
  ])('%# that is none, or too short, is a defect and no wrong code; it is not said', async (secret) => {
    const codes = make();
    const calls = [
      () => codes.verify(secret as string, codeOf(NOW), at(START)),
      () => codes.verify(secret as string, 'garbage', at(START)),
      () => codes.code(secret as string, at(START)),
      async () => codes.uri(secret as string, 'ada'),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(/^secret: base32 of 128 bits$/);
  });

  it('may be as short as old systems made it, where that is asked for', async () => {
    // The example of the Key URI Format.
    const codes = make({ minSecretBits: 80 });
    expect(
      (await codes.verify('JBSWY3DPEHPK3PXP', await codes.code('JBSWY3DPEHPK3PXP', at(START)), at(START))).ok,
    ).toBe(true);
    await expect(codes.code('JBSWY3DPEHPK3PX', at(START))).rejects.toThrow('base32 of 80 bits');
  });

  it.each<[TotpAlgorithm, number, Partial<TotpOptions>]>([
    ['SHA-1', 32, {}],
    ['SHA-256', 52, {}],
    ['SHA-512', 103, {}],
    ['SHA-1', 52, { minSecretBits: 256 }],
  ])('is made as long as %s, %i characters, and never twice', async (algorithm, length, more) => {
    const codes = make({ algorithm, ...more });
    const made = Array.from({ length: 100 }, () => codes.create('ada').secret);
    for (const secret of made) expect(secret).toMatch(new RegExp(`^[A-Z2-7]{${length}}$`));
    expect(new Set(made).size).toBe(100);
    expect((await codes.verify(made[0] as string, await codes.code(made[0] as string))).ok).toBe(true);
  });

  it('is what the dice say, read back as the same bytes; dice that give too little make none', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 20, maxLength: 20 }), async (bytes) => {
        const { secret } = make().create('ada', clockAt().context({ random: () => bytes }));
        expect(secret).toBe(base32(Buffer.from(bytes).toString('latin1')));
      }),
    );
    const poor = clockAt().context({ random: () => new Uint8Array(19) });
    expect(() => make().create('ada', poor)).toThrow('totp: random gave another number of bytes');
  });
});

describe('the URI for an app', () => {
  // The example of the Key URI Format, as a URL reads it.
  it('says what the example of the format says', () => {
    const ours = new URL(make({ issuer: 'ACME Co' }).uri('HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ', 'john.doe@email.com'));
    const theirs = new URL(
      'otpauth://totp/ACME%20Co:john.doe@email.com?secret=HXDMVJECJJWSRB3HWIZR4IFUGFTMXBOZ&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30',
    );
    expect(ours.protocol + ours.host).toBe(theirs.protocol + theirs.host);
    expect(decodeURIComponent(ours.pathname)).toBe(decodeURIComponent(theirs.pathname));
    for (const [name, value] of ours.searchParams) expect(theirs.searchParams.get(name)).toBe(value);
    // Left out: what apps take anyway.
    expect([...ours.searchParams.keys()]).toEqual(['secret', 'issuer']);
  });

  it('says what is not the default', () => {
    const uri = make({ algorithm: 'SHA-512', digits: 8, period: 60 }).uri(SECRET.toLowerCase(), 'ada');
    expect(uri).toBe(`otpauth://totp/Acme:ada?secret=${SECRET}&issuer=Acme&algorithm=SHA512&digits=8&period=60`);
  });

  it('keeps every label in its place, whatever is in it', () => {
    const labels = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((text) => !text.includes(':'));
    fc.assert(
      fc.property(labels, labels, (issuer, account) => {
        const { secret, uri } = make({ issuer }).create(account);
        expect(uri).toMatch(/^otpauth:\/\/totp\/[\x21-\x7e]+$/);
        const [, label = '', query = ''] = /^otpauth:\/\/totp\/([^?#/]+)\?([^?#]+)$/.exec(uri) ?? [];
        expect(label.split(':').map(decodeURIComponent)).toEqual([issuer, account]);
        expect([...new URLSearchParams(query)]).toEqual([
          ['secret', secret],
          ['issuer', issuer],
        ]);
        // Some apps show a plus sign as such.
        expect(uri).not.toContain('+');
      }),
    );
  });

  it.each<unknown>(['', 'a:b', 'a\nb', 'a\0', 'a\u0085', '\ud800', 'a'.repeat(201), undefined, null, 7, ['ada']])(
    'has no issuer and no account %j',
    (text) => {
      expect(() => make({ issuer: text as string })).toThrow(/^issuer: 1 to 200 characters/);
      expect(() => make().create(text as string)).toThrow(/^account: 1 to 200 characters/);
      expect(() => make().uri(SECRET, text as string)).toThrow(/^account: 1 to 200 characters/);
    },
  );
});

describe('at construction', () => {
  it.each<[Partial<Record<keyof TotpOptions | 'windw', unknown>>, string]>([
    [{ algorithm: 'SHA1' }, 'algorithm: SHA-1, SHA-256 or SHA-512'],
    [{ algorithm: 'MD5' }, 'algorithm'],
    [{ algorithm: 'toString' }, 'algorithm'],
    [{ digits: 7 }, 'digits: 6 or 8'],
    [{ digits: '6' }, 'digits'],
    [{ digits: 4 }, 'digits'],
    [{ period: 0 }, 'period: a whole number, 15 to 120'],
    [{ period: 30.5 }, 'period'],
    [{ period: '30' }, 'period'],
    [{ period: Number.NaN }, 'period'],
    [{ period: 30_000 }, 'period'],
    [{ window: -1 }, 'window: a whole number, 0 to 4'],
    [{ window: 5 }, 'window'],
    [{ window: Number.POSITIVE_INFINITY }, 'window'],
    [{ window: null }, 'window'],
    [{ minSecretBits: 79 }, 'minSecretBits: a whole number, 80 to 512'],
    [{ minSecretBits: 0 }, 'minSecretBits'],
    [{ store: undefined }, 'store: needs counters'],
    [{ store: {} }, 'store: needs counters'],
    [{ windw: 0 }, "no option 'windw'"],
  ])('%j is refused', (options, says) => {
    const construct = () => make(options as Partial<TotpOptions>);
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(says);
  });

  it('a store that does not count is refused with its own sentence', async () => {
    const store = { ...memoryStore(), capabilities: { counters: 'two at once are one; use another' } };
    const says = 'store: needs counters: two at once are one; use another';
    expect(() => make({ store: store as unknown as Store })).toThrow(says);
    const late = make({ store: () => store as unknown as Store });
    await expect(late.verify(SECRET, codeOf(NOW), at(START))).rejects.toThrow(says);
  });
});

describe('a store that fails', () => {
  it('is an outage, and never a good code', async () => {
    for (const advance of [
      () => {
        throw new Error('down');
      },
      () => Promise.reject(new Error('down')),
    ]) {
      const codes = make({ store: { ...memoryStore(), advance } });
      await expect(codes.verify(SECRET, codeOf(NOW), at(START))).rejects.toThrow('down');
    }
  });

  it('whose answer is lost has used the code', async () => {
    const inner = memoryStore();
    let isLost = true;
    const store: Store = {
      ...inner,
      async advance(...given) {
        const counted = await inner.advance(...given);
        if (isLost) throw new Error('lost');
        return counted;
      },
    };
    const codes = make({ store });
    await expect(codes.verify(SECRET, codeOf(NOW), at(START))).rejects.toThrow('lost');
    isLost = false;
    expect(await codes.verify(SECRET, codeOf(NOW), at(START))).toEqual({ ok: false, reason: 'replayed' });
    expect((await codes.verify(SECRET, codeOf(NOW + 1), at(START))).ok).toBe(true);
  });

  it('is a function of the context where bindings come with the request', async () => {
    const store = memoryStore();
    const codes = make({ store: ({ bindings }) => bindings as Store });
    const context = clockAt().context({ bindings: store });
    expect((await codes.verify(SECRET, codeOf(NOW), context)).ok).toBe(true);
    expect(await codes.verify(SECRET, codeOf(NOW), context)).toEqual({ ok: false, reason: 'replayed' });
  });
});

it('what the store gets makes no code: no secret, no code', async () => {
  const seen: string[] = [];
  const store: Store = {
    ...memoryStore(),
    advance(...given) {
      seen.push(JSON.stringify(given));
      return { ok: true, value: 0 };
    },
  };
  await make({ store }).verify(SECRET, codeOf(NOW), at(START));
  expect(seen).toHaveLength(1);
  for (const secret of [SECRET, TWENTY, codeOf(NOW), Buffer.from(TWENTY).toString('hex')]) {
    expect(seen[0]?.toLowerCase()).not.toContain(secret.toLowerCase());
  }
});
