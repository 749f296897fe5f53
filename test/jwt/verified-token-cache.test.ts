import { describe, expect, it, vi } from 'vitest';
import type { Context } from '../../src/index.ts';
import { verifiedTokenCache } from '../../src/jwt/verified-token-cache.ts';
import type { JwtOptions, TokenResult, VerificationKey } from '../../src/tokens/jwt.ts';
import { contextOf } from '../support/context.ts';
import { CLAIMS, claiming, formatOf, HEADER, ISSUER, KEY, rawJws } from '../support/raw-jws.ts';
import { START } from '../support/sessions.ts';

const told = (result: TokenResult<unknown>): string | undefined => (typeof result === 'object' ? 'good' : result);

/** A format with the real key, and how often its signature was computed. */
function counted(options: Partial<JwtOptions<unknown>> = {}, key: VerificationKey = KEY) {
  const verify = vi.fn(key.verify);
  const format = formatOf<unknown>({
    issuer: ISSUER,
    keys: { ...key, verify },
    cache: 1000,
    ...options,
  } as JwtOptions<unknown>);
  const ask = async (token: string, more: Partial<Context> = {}) => told(await format.verify(token, contextOf(more)));
  return { format, ask, verify };
}

describe('what it holds', () => {
  it.each([2, 10, 1000])('of 100,000 tokens it remembers %i at most, and half of that at least', (max) => {
    const cache = verifiedTokenCache<number>(max);
    const tokens = Array.from({ length: 100_000 }, (_, n) => `header.payload.${`${n}`.padStart(43, '0')}`);
    const kept = tokens.filter((token, n) => {
      cache.set(token, n);
      return cache.get(token) === n;
    });
    expect(kept.length).toBe(100_000);
    const found = tokens.flatMap((token) => cache.get(token) ?? []);
    expect(found.length).toBeLessThanOrEqual(max);
    expect(found.length).toBeGreaterThanOrEqual(max / 2);
    // The latest ones.
    expect(found).toEqual(Array.from({ length: found.length }, (_, n) => 100_000 - found.length + n));
  });

  it.each([0, 1])('of a size of %i nothing', (max) => {
    const cache = verifiedTokenCache<number>(max);
    cache.set('a', 1);
    expect(cache.get('a')).toBeUndefined();
  });

  it.each([Number.NaN, -1, undefined, 'many'])('a size of %j, which would have no end, is a TypeError', (max) => {
    expect(() => verifiedTokenCache(max as number)).toThrow(/^cache: /);
  });

  it('CVE-2026-35039: another token with the same end is another token', () => {
    const cache = verifiedTokenCache<string>(10);
    const end = 'e'.repeat(43);
    cache.set(`one.${end}`, 'one');
    expect(cache.get(`two.${end}`)).toBeUndefined();
    expect(cache.get(end)).toBeUndefined();
    expect(cache.get(`one.${end}`)).toBe('one');
    cache.set(`two.${end}`, 'two');
    expect(cache.get(`two.${end}`)).toBe('two');
    expect(cache.get(`one.${end}`)).toBeUndefined();
  });
});

describe('a token seen before', () => {
  it('is not computed again, and says the same', async () => {
    const { format, verify } = counted();
    const token = claiming({ scope: 'a b', jti: 'j' });
    const [first, ...more] = [1, 2, 3].map(() => format.verify(token, contextOf()));
    expect(verify).toHaveBeenCalledTimes(1);
    expect(first).toMatchObject({ subject: 'ada', scopes: ['a', 'b'], credentialId: 'j' });
    for (const each of more) expect(each).toEqual(first);
  });

  it.each([0, 1])('is computed each time where %i are remembered', async (cache) => {
    const { ask, verify } = counted({ cache });
    for (const _ of [1, 2, 3]) expect(await ask(rawJws())).toBe('good');
    expect(verify).toHaveBeenCalledTimes(3);
  });

  it('a thousand are remembered unless told otherwise, and no more', async () => {
    const { ask, verify } = counted({ cache: undefined });
    const tokens = Array.from({ length: 3000 }, (_, n) => claiming({ jti: `${n}` }));
    for (const token of tokens) expect(await ask(token)).toBe('good');
    expect(verify).toHaveBeenCalledTimes(3000);
    for (const token of tokens.toReversed()) expect(await ask(token)).toBe('good');
    expect(verify.mock.calls.length - 3000).toBeGreaterThanOrEqual(2000);
    expect(verify.mock.calls.length - 3000).toBeLessThanOrEqual(2500);
  });

  it('is the same for many at once, though the key answers later', async () => {
    const { ask } = counted({}, { ...KEY, verify: async (...given) => KEY.verify(...given) });
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(rawJws())));
    expect(new Set(answers)).toEqual(new Set(['good']));
  });
});

describe('nothing but what was good stays', () => {
  const flipped = (token: string): string => token.slice(0, -2) + (token.at(-2) === 'A' ? 'B' : 'A') + token.slice(-1);

  it.each([
    ['a wrong signature', flipped(rawJws()), 'invalid'],
    ['a wrong audience', claiming({ aud: 'x' }), 'invalid'],
    ['a token that is over', claiming({ exp: START - 9 }), 'expired'],
    ['one that is early', claiming({ nbf: START + 9 }), 'not_yet_valid'],
  ])('%s is looked at each time', async (_, token, answer) => {
    const { ask, verify } = counted();
    for (const _ of [1, 2, 3]) expect(await ask(token)).toBe(answer);
    expect(verify).toHaveBeenCalledTimes(3);
  });

  it('a flood of 10,000 bad ones does not push a good one out', async () => {
    const { ask, verify } = counted({ cache: 4 });
    expect(await ask(rawJws())).toBe('good');
    for (let n = 0; n < 10_000; n++) await ask(flipped(claiming({ jti: `${n}` })));
    verify.mockClear();
    expect(await ask(rawJws())).toBe('good');
    expect(verify).not.toHaveBeenCalled();
  });

  it('one that was early is good when its time has come', async () => {
    const { ask } = counted();
    const token = claiming({ nbf: START + 60 });
    expect(await ask(token)).toBe('not_yet_valid');
    expect(await ask(token, { now: START + 60 })).toBe('good');
  });
});

describe('what a remembered token is still asked', () => {
  it('whether it is over, and whether it has begun', async () => {
    const { ask, verify } = counted({ tolerance: 0 });
    const token = claiming({ nbf: START });
    expect(await ask(token)).toBe('good');
    expect(await ask(token, { now: START + 599 })).toBe('good');
    expect(await ask(token, { now: START + 600 })).toBe('expired');
    expect(await ask(token, { now: START - 1 })).toBe('not_yet_valid');
    expect(await ask(token)).toBe('good');
    expect(verify).toHaveBeenCalledTimes(1);
  });

  it('its age', async () => {
    const { ask } = counted({ tolerance: 0, maxAge: 60 });
    expect(await ask(rawJws())).toBe('good');
    expect(await ask(rawJws(), { now: START + 61 })).toBe('expired');
  });

  it.each([
    ['at once', (answer: boolean) => answer],
    ['later', async (answer: boolean) => answer],
  ])('whether it was taken back, %s', async (_, answer) => {
    let revoked = false;
    const of = vi.fn(() => () => answer(revoked));
    const { ask, verify } = counted({ revocations: { of } });
    expect(await ask(rawJws())).toBe('good');
    revoked = true;
    expect(await ask(rawJws())).toBe('revoked');
    revoked = false;
    expect(await ask(rawJws())).toBe('good');
    expect([verify.mock.calls.length, of.mock.calls.length]).toEqual([1, 1]);
  });

  it('what knows of that is asked for a decision, and its failure is one, too', async () => {
    let isDown = false;
    const of = () => async () => {
      if (isDown) throw new Error('down');
      return false;
    };
    const { ask } = counted({ revocations: { of } });
    expect(await ask(rawJws())).toBe('good');
    isDown = true;
    await expect(ask(rawJws())).rejects.toThrow('down');
  });

  it.each([
    ['at once', (keys: readonly VerificationKey[]) => keys],
    ['later', async (keys: readonly VerificationKey[]) => keys],
  ])('whether its key is still one, %s', async (_, answer) => {
    const keys: VerificationKey[] = [{ ...KEY, kid: 'old' }];
    const find = vi.fn(() => answer([...keys]));
    const { ask } = counted({ keys: { find } });
    const token = rawJws(CLAIMS, { ...HEADER, kid: 'old' });
    expect(await ask(token)).toBe('good');
    keys[0] = { ...KEY, kid: 'new', verify: () => false };
    expect(await ask(token)).toBe('invalid');
    keys.length = 0;
    expect(await ask(token)).toBe('invalid');
    // The source hears what the token says of its key, and when.
    const now = START + 1;
    await ask(token, { now });
    expect(find).toHaveBeenLastCalledWith(
      { alg: 'HS256', kid: 'old', typ: 'at+jwt' },
      expect.objectContaining({ now }),
    );
    keys.push(KEY);
    expect(await ask(token)).toBe('good');
  });

  it('a key source that fails is an outage for it, too', async () => {
    let isDown = false;
    const { ask } = counted({
      keys: {
        find: () => {
          if (isDown) throw new Error('down');
          return [KEY];
        },
      },
    });
    expect(await ask(rawJws())).toBe('good');
    isDown = true;
    await expect(ask(rawJws())).rejects.toThrow('down');
  });
});

describe('what requests share', () => {
  it('can’t be changed by any of them, however deep', () => {
    const token = claiming({ scope: 'a', amr: ['pwd'], roles: [{ of: { tenant: [1] } }] });
    const { format } = counted();
    const result = format.verify(token, contextOf()) as unknown as {
      principal: { sub: string; amr: string[]; roles: [{ of: { tenant: number[] } }] };
      scopes: string[];
      amr: string[];
    };
    const changes: (() => unknown)[] = [
      () => (result.principal.sub = 'eve'),
      () => Object.assign(result.principal, { admin: true }),
      () => result.principal.roles.push(result.principal.roles[0]),
      () => (result.principal.roles[0].of = { tenant: [] }),
      () => result.principal.roles[0].of.tenant.push(2),
      () => result.principal.amr.push('otp'),
      () => result.amr.push('otp'),
      () => result.scopes.push('admin'),
    ];
    for (const change of changes) expect(change).toThrow(TypeError);
    const again = format.verify(token, contextOf());
    expect(again).toMatchObject({ principal: { sub: 'ada', roles: [{ of: { tenant: [1] } }] }, scopes: ['a'] });
  });
});
