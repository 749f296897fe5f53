import { describe, expect, it, vi } from 'vitest';
import { any, type Context, protect } from '../../src/index.ts';
import { basic } from '../../src/schemes/basic.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import type { JwtOptions, TokenResult } from '../../src/tokens/jwt.ts';
import { type JwtRevocationOptions, jwtRevocations } from '../../src/tokens/jwt-revocations.ts';
import { AUDIENCE, CLAIMS, claiming, formatOf, ISSUER, KEY } from '../support/raw-jws.ts';
import { clockAt, countingStore, START, slowStore } from '../support/sessions.ts';

const OTHER = 'https://other.example';
const at = (now = START, more: Partial<Context> = {}) => clockAt(now).context(more);
const told = (result: TokenResult<unknown>): string | undefined => (typeof result === 'object' ? 'good' : result);

/** Revocations with a format that asks them, of two issuers. */
function create({
  store = memoryStore(),
  cache = 0,
  ...options
}: Partial<JwtRevocationOptions> & Pick<JwtOptions<unknown>, 'cache'> = {}) {
  const revocations = jwtRevocations({ store, ...options });
  const format = formatOf<unknown>({
    issuer: undefined,
    keys: undefined,
    issuers: { [ISSUER]: KEY, [OTHER]: { ...KEY } },
    revocations,
    cache,
  });
  const ask = async (claims: object, now = START) => told(await format.verify(claiming(claims), at(now)));
  return { revocations, format, ask };
}

/** With tokens remembered or not: it holds at once for both. */
describe.each([0, 1000])('with %i tokens remembered', (cache) => {
  it('one is taken back by its jti, at once, and no other', async () => {
    const { revocations, ask } = create({ cache });
    expect(await ask({ jti: 'a' })).toBe('good');
    expect(await revocations.revoke({ ...CLAIMS, jti: 'a' }, at())).toBe(true);
    expect(await ask({ jti: 'a' })).toBe('revoked');
    expect(await ask({ jti: 'b' })).toBe('good');
    expect(await ask({ jti: '' })).toBe('good');
    expect(await ask({})).toBe('good');
    expect(await ask({ jti: 'a', iss: OTHER })).toBe('good');
    // It is the jti that is taken back, whoever's token has it.
    expect(await ask({ jti: 'a', sub: 'bob', exp: START + 900 })).toBe('revoked');
  });

  it('the second to take one back is told so', async () => {
    const { revocations } = create({ cache });
    const claims = { ...CLAIMS, jti: 'a' };
    expect(await revocations.revoke(claims, at())).toBe(true);
    expect(await revocations.revoke(claims, at())).toBe(false);
    expect(await revocations.revoke({ ...claims, iss: OTHER }, at())).toBe(true);
  });

  it('all of a subject are, of this second and earlier; what replaces them is good', async () => {
    const { revocations, ask } = create({ cache });
    const before = START + 1;
    for (const iat of [START - 60, START, undefined]) expect(await ask({ iat, jti: `${iat}` })).toBe('good');
    expect(await revocations.revokeAll(CLAIMS, at(START + 0.7))).toEqual({ before });
    for (const iat of [START - 60, START, START + 0.9, 0, -1, undefined]) {
      expect(await ask({ iat, jti: `${iat}` }), `${iat}`).toBe('revoked');
    }
    expect(await ask({ iat: before })).toBe('good');
    expect(await ask({ iat: before }, before)).toBe('good');
    expect(await ask({ sub: 'bob' })).toBe('good');
    expect(await ask({ sub: undefined })).toBe('good');
    expect(await ask({ iss: OTHER })).toBe('good');
  });

  it('again, for what was issued since', async () => {
    const { revocations, ask } = create({ cache });
    await revocations.revokeAll(CLAIMS, at());
    const since = { iat: START + 50 };
    expect(await ask(since, START + 50)).toBe('good');
    expect(await revocations.revokeAll(CLAIMS, at(START + 60))).toEqual({ before: START + 61 });
    expect(await ask(since, START + 60)).toBe('revoked');
    // A server whose clock is behind takes nothing of it back.
    expect(await revocations.revokeAll(CLAIMS, at(START + 30))).toEqual({ before: START + 61 });
    expect(await ask(since, START + 60)).toBe('revoked');
  });
});

describe('for how long', () => {
  it('one stays taken back as long as any clock may call it good, and the entry is gone then', async () => {
    const store = countingStore();
    const created = vi.spyOn(store, 'create');
    const { revocations, format } = create({ store });
    await revocations.revoke({ ...CLAIMS, jti: 'a', exp: START + 600.5 }, at());
    const key = created.mock.calls[0]?.[0] as never;
    const late = formatOf({ revocations, tolerance: 300 });
    const token = claiming({ jti: 'a', exp: START + 600.5 });
    expect(told(await late.verify(token, at(START + 900.4)))).toBe('revoked');
    expect(told(await late.verify(token, at(START + 900.5)))).toBe('expired');
    expect(told(await format.verify(token, at(START + 604)))).toBe('revoked');
    expect(store.read(key, START + 900)).toBeDefined();
    expect(store.read(key, START + 901)).toBeUndefined();
  });

  it.each([
    ['a day', {}, 86_400],
    ['what is said', { maxLifetime: 3600 }, 3600],
  ])('all of a subject, %s', async (_, options, lifetime) => {
    const { revocations, ask } = create(options);
    await revocations.revokeAll(CLAIMS, at());
    const forever = { exp: START + 1e9 };
    expect(await ask(forever, START + lifetime + 299)).toBe('revoked');
    expect(await ask(forever, START + lifetime + 300)).toBe('good');
  });

  it('and anew with each time', async () => {
    const { revocations, ask } = create({ maxLifetime: 100 });
    await revocations.revokeAll(CLAIMS, at());
    await revocations.revokeAll(CLAIMS, at(START + 350));
    const forever = { exp: START + 1e9 };
    expect(await ask(forever, START + 450)).toBe('revoked');
    expect(await ask(forever, START + 749)).toBe('revoked');
    expect(await ask(forever, START + 750)).toBe('good');
  });
});

describe('what the store is asked', () => {
  it('nothing about a token that is not good of itself', async () => {
    const store = countingStore();
    const { format, ask } = create({ store });
    const good = claiming({ jti: 'a' });
    const forged = good.slice(0, -2) + (good.at(-2) === 'A' ? 'B' : 'A') + good.slice(-1);
    for (const token of ['', 'a.b.c', forged, `${good}.`, good.slice(0, -1), 'x'.repeat(9000)]) {
      expect(told(await format.verify(token, at()))).not.toBe('good');
    }
    for (const claims of [
      { aud: 'x' },
      { exp: START - 9 },
      { nbf: START + 9 },
      { jti: 1 },
      { cnf: {} },
      { iss: 'x' },
    ]) {
      expect(await ask(claims)).not.toBe('good');
    }
    expect(store.total).toBe(0);
  });

  it.each([
    [{ jti: 'a' }, 2],
    [{}, 1],
    [{ jti: 'a', sub: undefined }, 1],
    [{ sub: undefined }, 0],
  ])('%j: %i look-ups', async (claims, count) => {
    const store = countingStore();
    const { ask } = create({ store, cache: 10 });
    for (const _ of [1, 2]) {
      store.reset();
      expect(await ask(claims)).toBe('good');
      expect([store.total, store.counts.read]).toEqual([count, count]);
    }
  });

  it('afresh, where the context says so', async () => {
    const store = countingStore();
    const read = vi.spyOn(store, 'read');
    const { format } = create({ store });
    await format.verify(claiming({ jti: 'a' }), at(START + 0.5, { fresh: true }));
    for (const [, now, options] of read.mock.calls) {
      expect(now).toBe(START);
      expect(options?.fresh).toBe(true);
    }
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('with hashes: a leaked table names nobody', async () => {
    const store = countingStore();
    const seen = (['create', 'read', 'swap'] as const).map((verb) => vi.spyOn(store, verb));
    const { revocations, ask } = create({ store });
    const claims = { ...CLAIMS, sub: 'canary-sub', jti: 'canary-jti' };
    await revocations.revoke(claims, at());
    await revocations.revokeAll(claims, at());
    await revocations.revokeAll(claims, at(START + 9));
    expect(await ask(claims)).toBe('revoked');
    const calls = JSON.stringify(seen.map(({ mock }) => mock.calls));
    expect(calls).toContain('jwt.revoked-before');
    expect(calls).not.toMatch(/canary|id\.example/);
  });

  it('a text apart for each pair of issuer and name', async () => {
    const pairs = [
      ['https://a', '/b'],
      ['https://a/', 'b'],
      ['https://a/b', ''],
      ['1', '1 2'],
      ['1 1', '2'],
      ['', '9 https://a/b'],
      ['https://a', '__proto__'],
      ['__proto__', 'https://a'],
    ] as const;
    const reads: string[] = [];
    const inner = memoryStore();
    const store: Store = { ...inner, read: (key) => void reads.push(`${key.partition} ${key.id}`) };
    const revocations = jwtRevocations({ store });
    for (const [iss, jti] of pairs) await revocations.of({ iss, jti, exp: START })(at());
    expect(new Set(reads).size).toBe(pairs.length);
    for (const key of reads) expect(key).toMatch(/^([\w-]{12}) \1[\w-]{31}$/);
  });

  it('of the bindings that arrive with the request', async () => {
    const [first, second] = [memoryStore(), memoryStore()];
    const { revocations, format } = create({ store: ({ bindings }) => bindings as Store });
    await revocations.revoke({ ...CLAIMS, jti: 'a' }, at(START, { bindings: first }));
    const token = claiming({ jti: 'a' });
    expect(told(await format.verify(token, at(START, { bindings: first })))).toBe('revoked');
    expect(told(await format.verify(token, at(START, { bindings: second })))).toBe('good');
  });
});

describe('an outage', () => {
  const failing: readonly [string, () => never | Promise<never>][] = [
    [
      'thrown',
      () => {
        throw new Error('down');
      },
    ],
    ['rejected', () => Promise.reject(new Error('down'))],
  ];

  it.each(failing)('is a 503, and lets nobody in by another scheme: %s', async (_, read) => {
    const store = { ...memoryStore(), read };
    const revocations = jwtRevocations({ store });
    const tokens = formatOf({ revocations, cache: 10, tolerance: 300 });
    const staff = basic({ realm: 'x', users: [{ username: 'ada', plaintextPassword: 'pw' }] });
    const handler = vi.fn(() => new Response());
    const api = protect(any(bearer({ tokens }), staff), handler, { context: () => ({ now: START }) });
    for (const claims of [{ jti: 'a' }, { jti: 'a' }, {}]) {
      const headers = { authorization: `Bearer ${claiming(claims)}` };
      const response = await api(new Request(AUDIENCE, { headers }));
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([503, null]);
    }
    expect(handler).not.toHaveBeenCalled();
  });

  it('of one of the two look-ups is one', async () => {
    const inner = memoryStore();
    const store: Store = {
      ...inner,
      read: (key, ...more) =>
        key.kind === 'jwt.revoked' ? inner.read(key, ...more) : Promise.reject(new Error('down')),
    };
    const { ask, revocations } = create({ store });
    await expect(ask({ jti: 'a' })).rejects.toThrow('down');
    await expect(revocations.revokeAll(CLAIMS, at())).rejects.toThrow('down');
  });

  it('is told to whoever takes a token back', async () => {
    const create = () => Promise.reject(new Error('down'));
    const revocations = jwtRevocations({ store: { ...memoryStore(), create } });
    await expect(revocations.revoke({ ...CLAIMS, jti: 'a' }, at())).rejects.toThrow('down');
    await expect(revocations.revokeAll(CLAIMS, at())).rejects.toThrow('down');
  });

  it('a store that never says yes ends in a throw, and not in a promise', async () => {
    const revocations = jwtRevocations({ store: { ...memoryStore(), create: () => false } });
    await expect(revocations.revokeAll(CLAIMS, at())).rejects.toThrow('taken');
  });
});

describe('races, 1,000 rounds', () => {
  it('of several who take one back, one is told that it was theirs', async () => {
    const store = slowStore(memoryStore());
    const revocations = jwtRevocations({ store });
    for (let round = 0; round < 1000; round++) {
      const claims = { ...CLAIMS, jti: `${round}` };
      const answers = await Promise.all([1, 2, 3].map(() => revocations.revoke(claims, at())));
      expect(answers.filter(Boolean)).toEqual([true]);
    }
  });

  it('of several who take all back, the latest counts, and none is told less than was taken back', async () => {
    const store = slowStore(memoryStore({ maxRecords: 5000 }));
    const { revocations, ask } = create({ store });
    for (let round = 0; round < 1000; round++) {
      const claims = { ...CLAIMS, sub: `${round}` };
      const nows = [START, START + 2, START + 1, START + 2];
      const answers = await Promise.all(nows.map((now) => revocations.revokeAll(claims, at(now))));
      answers.forEach(({ before }, index) => {
        expect(before).toBeGreaterThan(nows[index] as number);
        expect(before).toBeLessThanOrEqual(START + 3);
      });
      expect(await ask({ sub: claims.sub, iat: START + 2 })).toBe('revoked');
      expect(await ask({ sub: claims.sub, iat: START + 3 })).toBe('good');
    }
  });

  it('a token that is looked at meanwhile is gone once it is said to be', async () => {
    const store = slowStore(memoryStore());
    const { revocations, ask } = create({ store, cache: 10 });
    for (let round = 0; round < 1000; round++) {
      const claims = { ...CLAIMS, jti: `${round}`, sub: `${round}` };
      const [answer] = await Promise.all([
        ask(claims),
        round % 2 ? revocations.revoke(claims, at()) : revocations.revokeAll(claims, at()),
      ]);
      expect(['good', 'revoked']).toContain(answer);
      expect(await ask(claims)).toBe('revoked');
    }
  });
});

describe('misuse', () => {
  it.each([
    ['no store', { store: undefined }, /^store: /],
    ['a lifetime that is no number', { maxLifetime: Number.NaN }, /maxLifetime/],
    ['a lifetime of 0', { maxLifetime: 0 }, /maxLifetime/],
    ['a lifetime as text, which would be put behind the time', { maxLifetime: '3600' }, /maxLifetime/],
    ['a lifetime without an end', { maxLifetime: Infinity }, /maxLifetime/],
    ['half a second', { maxLifetime: 1.5 }, /maxLifetime/],
    ['a misspelt option', { lifetime: 1 }, /'lifetime'/],
  ])('%s is a TypeError', (_, options, message) => {
    const make = () => jwtRevocations({ store: memoryStore(), ...options } as never);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  it.each([
    ['a token without jti', 'revoke', CLAIMS, /^jti/],
    ['an empty jti', 'revoke', { ...CLAIMS, jti: '' }, /^jti/],
    // Its entry would be dead from the start, and the token alive.
    ['a token without exp', 'revoke', { ...CLAIMS, jti: 'a', exp: undefined }, /exp/],
    ['an exp that is no number', 'revoke', { ...CLAIMS, jti: 'a', exp: Number.NaN }, /exp/],
    ['a token without sub', 'revokeAll', { iss: ISSUER }, /^sub/],
    ['an empty sub', 'revokeAll', { iss: ISSUER, sub: '' }, /^sub/],
  ] as const)('%s can’t be taken back', async (_, verb, claims, message) => {
    const store = countingStore();
    const revocations = jwtRevocations({ store });
    const done = revocations[verb](claims as never, at());
    await expect(done).rejects.toThrow(TypeError);
    await expect(done).rejects.toThrow(message);
    expect(store.total).toBe(0);
  });
});
