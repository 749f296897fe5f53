import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { jwt, signJwt } from '../../src/tokens/jwt.ts';
import type { RefreshTokensOptions } from '../../src/tokens/refresh-tokens.ts';
import { AUDIENCE, familiesOf, ISSUER, LEEWAY, OLD_ENOUGH, SIGNING_KEY, watchedFamilies } from '../support/families.ts';
import { clockAt, countingStore, START } from '../support/sessions.ts';

const DAY = 86_400;
const verifier = jwt({ issuer: ISSUER, audience: AUDIENCE, keys: SIGNING_KEY });
const claimsOf = async (token: string | undefined, now = START) => {
  const verified = await verifier.verify(token ?? '', clockAt(now).context());
  if (typeof verified !== 'object') throw new Error(`the access token is ${verified}`);
  return verified.principal;
};

describe('a family', () => {
  it('begins with an access token that says who, for whom and for what, and a refresh token', async () => {
    const { issue, told } = watchedFamilies<{ plan: string }>();
    const { accessToken, expiresIn, refreshToken, scopes, family } = await issue({
      scopes: ['read', 'write'],
      amr: ['pwd'],
      acr: 'gold',
      label: 'laptop',
      data: { plan: 'pro' },
    });
    expect(refreshToken).toMatch(/^refresh_1\.a\.[\w-]{34}\.0\.[\w-]{43}\.[\w-]{43}$/);
    expect([expiresIn, scopes]).toEqual([300, ['read', 'write']]);
    expect(await claimsOf(accessToken)).toMatchObject({
      iss: ISSUER,
      aud: AUDIENCE,
      sub: 'ada',
      scope: 'read write',
      sid: family.id,
      exp: START + 300,
      auth_time: START,
      amr: ['pwd'],
      acr: 'gold',
    });
    expect(family).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      subject: 'ada',
      delivery: 'body',
      scopes: ['read', 'write'],
      audience: [AUDIENCE],
      generation: 0,
      createdAt: START,
      usedAt: START,
      expiresAt: START + 30 * DAY,
      endsAt: START + 90 * DAY,
      authTime: START,
      amr: ['pwd'],
      acr: 'gold',
      label: 'laptop',
      data: { plan: 'pro' },
    });
    expect(told()).toEqual(['issued']);
  });

  it('keeps its token while that is young, and rotates it later', async () => {
    const { clock, issue, refresh, told } = watchedFamilies();
    const { refreshToken: first } = await issue();
    clock.now += OLD_ENOUGH - 1;
    const kept = await refresh(first);
    expect([kept.answer, kept.refreshToken]).toEqual(['kept', undefined]);
    clock.now += 1;
    const rotated = await refresh(first);
    expect([rotated.answer, typeof rotated.refreshToken]).toEqual(['rotated', 'string']);
    expect(rotated.refreshToken).not.toBe(first);
    expect((await claimsOf(rotated.accessToken, clock.now)).exp).toBe(clock.now + 300);
    expect(told()).toEqual(['issued', 'kept', 'rotated']);
  });

  it('gives the same successor to everyone who brings the token before in the leeway, and then ends', async () => {
    const { clock, families, issue, refresh, told } = watchedFamilies();
    const { refreshToken: first } = await issue();
    const other = await families.issue({ subject: 'ada' }, clock.context());
    clock.now += OLD_ENOUGH;
    const { refreshToken: second } = await refresh(first);
    clock.now += LEEWAY;
    const again = await refresh(first);
    expect([again.answer, again.refreshToken]).toEqual(['repeated', second]);
    expect(told()).toEqual(['issued', 'issued', 'rotated', 'repeated']);
    clock.now += 1;
    expect((await refresh(first)).answer).toBe('replayed');
    expect((await refresh(second ?? '')).answer).toBe('revoked');
    expect(told()).toEqual(['reused', 'refused revoked']);
    // This sign-in alone.
    expect((await refresh(other.refreshToken)).answer).toBe('rotated');
  });

  it('gives the answer that was lost once more, after a night, to the same attempt and to no other', async () => {
    const { clock, issue, refresh } = watchedFamilies();
    const attempt = 'attempt-of-22-characters';
    for (const [next, used, expected] of [
      [attempt, false, 'repeated'],
      ['another-of-22-characters', false, 'replayed'],
      [undefined, false, 'replayed'],
      [attempt, true, 'replayed'],
    ] as const) {
      const { refreshToken: first } = await issue();
      clock.now += OLD_ENOUGH;
      const { refreshToken: second } = await refresh(first, { attempt });
      // Whoever uses the successor has had the answer.
      if (used) expect((await refresh(second ?? '')).answer).toBe('kept');
      clock.now += DAY / 3;
      const late = await refresh(first, { attempt: next });
      expect([late.answer, late.refreshToken], `${next} ${used}`).toEqual([
        expected,
        expected === 'repeated' ? second : undefined,
      ]);
    }
  });

  it('without leeway is ended by the second who comes', async () => {
    const { clock, issue, refresh } = watchedFamilies({ leeway: 0 });
    const { refreshToken: first } = await issue();
    const { refreshToken: second, answer } = await refresh(first);
    expect(answer).toBe('rotated');
    expect((await refresh(second ?? '')).answer).toBe('rotated');
    clock.now += 1;
    expect((await refresh(second ?? '')).answer).toBe('replayed');
  });

  it('costs one read and one conditional write a refresh, one read a replay, and none for garbage', async () => {
    const store = countingStore();
    const { clock, issue, refresh } = watchedFamilies({ store });
    const { refreshToken: first } = await issue();
    const costOf = async (token: string) => {
      store.reset();
      const { answer } = await refresh(token);
      const { read, swap, delete: deleted } = store.counts;
      return [answer, { read, swap, deleted }, store.total];
    };
    expect(await costOf(first)).toEqual(['kept', { read: 1, swap: 0, deleted: 0 }, 1]);
    clock.now += OLD_ENOUGH;
    expect(await costOf(first)).toEqual(['rotated', { read: 1, swap: 1, deleted: 0 }, 2]);
    expect(await costOf(first)).toEqual(['repeated', { read: 1, swap: 0, deleted: 0 }, 1]);
    for (const garbage of ['', 'x', `${first}x`, first.replace('.0.', '.1.'), first.slice(0, -1), 'x'.repeat(1e6)]) {
      expect(await costOf(garbage)).toEqual(['malformed', { read: 0, swap: 0, deleted: 0 }, 0]);
    }
    clock.now += LEEWAY + 1;
    expect(await costOf(first)).toEqual(['replayed', { read: 1, swap: 0, deleted: 1 }, 2]);
  });

  it('has a row that does not grow', async () => {
    const { clock, families, issue, refresh, store } = watchedFamilies();
    let { refreshToken: token } = await issue();
    const { id } = (await families.list('ada', {}, clock.context())).families[0] ?? { id: '' };
    const partition = token.split('.')[2]?.slice(0, 12) ?? '';
    const sizes: number[] = [];
    for (let round = 0; round < 40; round++) {
      clock.now += OLD_ENOUGH;
      token = (await refresh(token, { attempt: `attempt-number-${round + 100}-of-it` })).refreshToken ?? '';
      const record = await store.read({ kind: 'family.refresh', partition, id }, clock.now);
      sizes.push(record?.data.length ?? 0);
    }
    // Nine generations have one digit.
    expect(Math.max(...sizes) - (sizes[0] ?? 0)).toBe(1);
  });

  it('ends when nobody uses it, and in the end however much it is used', async () => {
    const { clock, issue, refresh } = watchedFamilies({ lifetime: { idle: 1000, absolute: 2500 } });
    const { refreshToken: unused } = await issue();
    let { refreshToken: used } = await issue();
    for (const [at, answer] of [
      [900, 'rotated'],
      [1800, 'rotated'],
      [2499, 'rotated'],
      [2500, 'revoked'],
    ] as const) {
      clock.now = START + at;
      const result = await refresh(used);
      used = result.refreshToken ?? used;
      expect(result.answer, `after ${at} seconds`).toBe(answer);
    }
    expect((await refresh(unused)).answer).toBe('revoked');
  });

  it('goes forward where a failover has lost what was acknowledged, and says so', async () => {
    const { clock, issue, refresh, store, told } = watchedFamilies();
    const { refreshToken: first, family } = await issue();
    const key = { kind: 'family.refresh', partition: first.split('.')[2]?.slice(0, 12) ?? '', id: family.id };
    const before = await store.read(key, clock.now);
    clock.now += OLD_ENOUGH;
    const { refreshToken: second } = await refresh(first);
    const after = await store.read(key, clock.now);
    // The row as it was before.
    await store.swap(key, after?.version ?? 0, before as NonNullable<typeof before>, clock.now);
    told();
    const forwarded = await refresh(second ?? '');
    expect([forwarded.answer, forwarded.refreshToken]).toEqual(['forwarded', undefined]);
    expect((await refresh(second ?? '')).answer).toBe('kept');
    // And another tab, which still has the one before.
    expect((await refresh(first)).refreshToken).toBe(second);
    expect(told()).toEqual(['forwarded', 'kept', 'repeated']);
  });
});

describe('what a refresh may ask for', () => {
  it('narrows scopes and audience for one access token, and never widens them', async () => {
    const audience = ['https://api.example', 'https://files.example'] as const;
    const { clock, issue, refresh, told } = watchedFamilies({ audience });
    const { refreshToken: token } = await issue({ scopes: ['read', 'write'] });
    told();
    const narrow = await refresh(token, { scopes: ['read'], audience: ['https://api.example'] });
    expect(await claimsOf(narrow.accessToken)).toMatchObject({ scope: 'read', aud: 'https://api.example' });
    expect(await claimsOf((await refresh(token)).accessToken)).toMatchObject({ scope: 'read write', aud: audience });
    expect(await claimsOf((await refresh(token, { scopes: [] })).accessToken)).toMatchObject({ scope: '' });
    clock.now += OLD_ENOUGH;
    for (const [request, reason] of [
      [{ scopes: ['read', 'admin'] }, 'invalid_scope'],
      [{ scopes: [''] }, 'invalid_scope'],
      [{ audience: ['https://elsewhere.example'] }, 'invalid_target'],
      [{ audience: [] }, 'invalid_target'],
    ] as const) {
      expect((await refresh(token, request)).answer).toBe(reason);
    }
    expect(told()).toEqual([
      'kept',
      'kept',
      'kept',
      'refused invalid_scope',
      'refused invalid_scope',
      'refused invalid_target',
      'refused invalid_target',
    ]);
    // None of those has used the token up.
    expect((await refresh(token)).answer).toBe('rotated');
  });

  it('is refused to another client, by another way, and without what it is bound to; and ends nothing', async () => {
    const clients = { web: { delivery: 'cookie' }, cli: { leeway: 0 } } as const;
    const { clock, families, issue, refresh } = watchedFamilies({ clients });
    const web = await issue({ client: 'web' });
    const cli = await issue({ client: 'cli', binding: 'thumbprint' });
    expect([web.family.delivery, web.family.client, cli.family.delivery]).toEqual(['cookie', 'web', 'body']);
    for (const [token, request] of [
      [web.refreshToken, { client: 'web' }],
      [web.refreshToken, { client: 'cli', delivery: 'cookie' }],
      [web.refreshToken, { client: 'other', delivery: 'cookie' }],
      [cli.refreshToken, { client: 'cli', delivery: 'cookie', binding: 'thumbprint' }],
      [cli.refreshToken, { client: 'web', binding: 'thumbprint' }],
      [cli.refreshToken, { client: 'cli' }],
      [cli.refreshToken, { client: 'cli', binding: 'another' }],
    ] as const) {
      expect((await refresh(token, request)).answer, JSON.stringify(request)).toBe('invalid');
      expect(await families.revokeToken(token, { client: 'other' }, clock.context())).toBe(false);
    }
    expect((await refresh(web.refreshToken, { delivery: 'cookie' })).answer).toBe('kept');
    // By its own policy.
    expect((await refresh(cli.refreshToken, { client: 'cli', binding: 'thumbprint' })).answer).toBe('rotated');
  });

  it('is refused without a binding that is empty, which is one all the same', async () => {
    const { issue, refresh } = watchedFamilies();
    const { refreshToken } = await issue({ binding: '' });
    expect((await refresh(refreshToken)).answer).toBe('invalid');
    expect((await refresh(refreshToken, { binding: 'another' })).answer).toBe('invalid');
    expect((await refresh(refreshToken, { binding: '' })).answer).toBe('kept');
  });

  it('is refused to a client that is no longer configured', async () => {
    const store = memoryStore();
    const context = clockAt().context();
    const before = familiesOf({ store, clients: { web: {}, old: {} } });
    const { refreshToken } = await before.issue({ subject: 'ada', client: 'old' }, context);
    const after = familiesOf({ store, clients: { web: {} } });
    expect(await after.refresh(refreshToken, {}, context)).toEqual({ ok: false, reason: 'invalid' });
  });

  it('ends the sign-in of a subject who is no longer active', async () => {
    let active = true;
    const { families, clock, issue, refresh, told } = watchedFamilies({
      isActive: ({ subject }) => active && subject === 'ada',
    });
    const { refreshToken } = await issue();
    expect((await refresh(refreshToken)).answer).toBe('kept');
    active = false;
    expect((await refresh(refreshToken)).answer).toBe('revoked');
    expect((await families.list('ada', {}, clock.context())).families).toEqual([]);
    expect(told()).toEqual(['issued', 'kept', 'revoked']);
  });
});

describe('who may end a sign-in', () => {
  it('its subject by id, whoever has a token of it, and all at once', async () => {
    const { clock, families, issue, refresh, told } = watchedFamilies();
    const [one, two, three, four] = [await issue(), await issue(), await issue(), await issue()];
    const bob = await issue({ subject: 'bob' });
    const context = clock.context();
    expect(await families.revoke('bob', one.family.id, context)).toBe(false);
    expect(await families.revoke('ada', one.family.id, context)).toBe(true);
    expect(await families.revoke('ada', one.family.id, context)).toBe(false);
    expect((await refresh(one.refreshToken)).answer).toBe('revoked');

    clock.now += OLD_ENOUGH;
    await refresh(two.refreshToken);
    // A token of any generation: who has it may sign out.
    expect(await families.revokeToken(two.refreshToken, {}, context)).toBe(true);
    expect(await families.revokeToken(two.refreshToken, {}, context)).toBe(false);
    expect(await families.revokeToken('refresh_1.a.garbage', {}, context)).toBe(false);

    const page = await families.list('ada', { limit: 1 }, clock.context());
    expect([page.families.length, typeof page.next]).toEqual([1, 'string']);
    told();
    await families.revokeAll('ada', clock.context());
    expect((await families.list('ada', {}, clock.context())).families).toEqual([]);
    expect((await refresh(three.refreshToken)).answer).toBe('revoked');
    expect((await refresh(four.refreshToken)).answer).toBe('revoked');
    expect((await refresh(bob.refreshToken)).answer).toBe('rotated');
  });

  it('an epoch that has passed: a sign-in cannot slip past a change of the password', async () => {
    const { clock, families, issue, refresh } = watchedFamilies();
    const epoch = await families.epoch('ada', clock.context());
    await families.revokeAll('ada', clock.context());
    expect((await refresh((await issue({ epoch })).refreshToken)).answer).toBe('revoked');
    expect((await refresh((await issue()).refreshToken)).answer).toBe('kept');
  });

  it('and it is ended at once: a copy that lags behind is not asked', async () => {
    const inner = memoryStore();
    let copy: Awaited<ReturnType<Store['read']>>;
    const lagging = new Proxy(inner, {
      get: (target, verb: keyof Store) =>
        verb === 'read'
          ? async (...[key, now, options]: Parameters<Store['read']>) => {
              const record = await target.read(key, now);
              copy ??= record;
              return options?.fresh ? record : copy;
            }
          : target[verb],
    });
    const { families, clock, issue, refresh } = watchedFamilies({ store: lagging });
    const { refreshToken, family } = await issue();
    expect((await refresh(refreshToken)).answer).toBe('kept');
    await families.revoke('ada', family.id, clock.context());
    expect((await refresh(refreshToken)).answer).toBe('revoked');
  });

  it('and with `revocations` a token of no family is refused', async () => {
    const { clock, families } = watchedFamilies();
    const checked = jwt({ issuer: ISSUER, audience: AUDIENCE, keys: SIGNING_KEY, revocations: families.revocations });
    for (const claims of [{ sub: 'ada' }, { sub: 'ada', sid: 'none' }, { sid: 'none' }, { sub: 'ada', sid: 5 }]) {
      const signed = { iss: ISSUER, aud: AUDIENCE, ...claims };
      const token = await signJwt(SIGNING_KEY, signed, { expiresIn: 300 }, clock.context());
      expect(await checked.verify(token, clock.context()), JSON.stringify(claims)).toBe('revoked');
    }
  });

  it('and with `revocations` its JWTs end with it, at one read each', async () => {
    const store = countingStore();
    const { clock, families, issue } = watchedFamilies({ store });
    const checked = jwt({ issuer: ISSUER, audience: AUDIENCE, keys: SIGNING_KEY, revocations: families.revocations });
    const { accessToken, family } = await issue();
    store.reset();
    expect(await checked.verify(accessToken, clock.context())).toMatchObject({ subject: 'ada' });
    expect(await checked.verify(accessToken, clock.context())).toMatchObject({ subject: 'ada' });
    expect([store.counts.read, store.total]).toEqual([2, 2]);
    await families.revoke('ada', family.id, clock.context());
    expect(await checked.verify(accessToken, clock.context())).toBe('revoked');
    expect(await claimsOf(accessToken)).toMatchObject({ sub: 'ada' });
  });
});

describe('misuse', () => {
  it.each<[string, Partial<RefreshTokensOptions<undefined, string>>, RegExp]>([
    ['no store', { store: undefined as never }, /^store: /],
    ['no secrets', { secrets: {} }, /^secrets: needs one/],
    ['a secret that is short', { secrets: { a: 'short' } }, /^secret: needs 32 bytes/],
    ['a secret without a name', { secrets: { 1: 'a secret for tests, of 32 bytes..' } }, /^secrets: named by/],
    ['no access', { access: undefined as never }, /^access: /],
    ['no audience', { audience: undefined as never }, /^audience: needed/],
    ['an empty audience', { audience: [] as never }, /^audience: needed/],
    ['a prefix that is none', { prefix: 'a.b' }, /^prefix: /],
    ['a leeway under twice the skew', { leeway: 9, skew: 5 }, /^leeway: 0, or twice the skew \(5\)/],
    ['a leeway as text', { leeway: '30' as never }, /^leeway: a whole number/],
    ['a skew below nothing', { skew: -1 }, /^skew: /],
    ['idle over absolute', { lifetime: { idle: 100, absolute: 99 } }, /^lifetime\.idle: /],
    ['idle in the leeway', { lifetime: { idle: 65 } }, /^lifetime\.idle: more than twice the leeway/],
    ['a year too long', { lifetime: { absolute: 401 * DAY } }, /^lifetime\.absolute: /],
    ['a delivery that is none', { delivery: 'header' as never }, /^delivery: 'body' or 'cookie'/],
    ['no clients', { clients: {} }, /^clients: needs one/],
    ['a client of a bad policy', { clients: { web: { leeway: 1 } } }, /^clients\.web\.leeway: /],
    ['a client with a misspelt option', { clients: { web: { leway: 1 } as never } }, /no option 'leway'/],
    ['a client with a space', { clients: { 'a b': {} } }, /^clients: named by/],
    ['a misspelt option', { lifetimes: {} } as never, /no option 'lifetimes'/],
  ])('%s', (_name, options, message) => {
    expect(() => familiesOf(options)).toThrow(message);
    expect(() => familiesOf(options)).toThrow(TypeError);
  });

  it.each<[string, object, RegExp]>([
    ['no subject', { subject: '' }, /^subject: needed/],
    ['a scope of two words', { scopes: ['a b'] }, /^scopes: /],
    ['an audience beyond the option', { audience: ['https://elsewhere.example'] }, /^audience: not of audience/],
    ['an empty audience', { audience: [] }, /^audience: not of audience/],
    ['a client where there are none', { client: 'web' }, /^client: not one of clients/],
    ['data with __proto__', { data: JSON.parse('{"__proto__":1}') }, /^data: __proto__/],
    ['too much data', { data: 'x'.repeat(5000) }, /^data: over 4096 bytes/],
    ['a misspelt member', { scope: 'a' }, /no option 'scope'/],
  ])('of issue: %s', async (_name, details, message) => {
    const { families, clock, issue } = watchedFamilies<unknown>();
    await expect(issue(details)).rejects.toThrow(message);
    expect((await families.list('ada', {}, clock.context())).families).toEqual([]);
  });
});
