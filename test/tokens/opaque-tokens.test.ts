import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { memoryStore } from '../../src/stores/memory.ts';
import { type OpaqueTokensOptions, opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { clockAt, countingStore, START, slowStore } from '../support/sessions.ts';

const YEARS = 10 * 365 * 86_400;
const at = (now = START) => clockAt(now).context();
const create = (options: Partial<OpaqueTokensOptions> = {}) =>
  opaqueTokens<unknown>({ store: memoryStore(), prefix: 'acme', ...options });

describe('the life of an opaque token', () => {
  it('is what was issued, as it is verified and listed', async () => {
    const tokens = create();
    const details = { subject: 'ada', scopes: ['files:read', '!#[]~'], expiresIn: 60, data: { name: 'laptop' } };
    const { token, record } = await tokens.issue(details, at(START + 0.9));
    const { id } = record;
    const known = { subject: 'ada', scopes: ['files:read', '!#[]~'], expiresAt: START + 60 };
    expect(record).toEqual({ id, ...known, createdAt: START, data: { name: 'laptop' } });
    expect(await tokens.verify(token, at())).toEqual({ principal: record, ...known, credentialId: id });
    expect(await tokens.list('ada', {}, at())).toEqual({ tokens: [record], next: undefined });
    expect(await tokens.list('bob', {}, at())).toEqual({ tokens: [], next: undefined });
  });

  it('prefix, partition, 256 bits and a checksum: the store has the hash', async () => {
    const store = countingStore();
    const spied = vi.spyOn(store, 'create');
    const random = vi.fn((length: number) => new Uint8Array(length).fill(length));
    const context = clockAt().context({ random });
    const { token, record } = await create({ store, prefix: 'ghA2' }).issue({ subject: 'ada' }, context);
    expect(random.mock.calls).toEqual([[32]]);
    const partition = createHash('sha256').update('ada').digest('base64url').slice(0, 12);
    const body = `ghA2_${partition}${Buffer.alloc(32, 32).toString('base64url')}`;
    const hash = createHash('sha256').update(body).digest('base64url');
    expect(token).toBe(body + hash.slice(0, 6));
    expect(record.id).toBe(hash);
    expect(spied.mock.calls[0]?.[0]).toEqual({ kind: 'token.ghA2', partition, id: hash });
  });

  it('the store holds neither token nor secret', async () => {
    const store = countingStore();
    const spied = vi.spyOn(store, 'create');
    const { token, record } = await create({ store }).issue({ subject: 'ada', scopes: ['a'], data: 'x' }, at());
    const seen = JSON.stringify([
      spied.mock.calls,
      await store.list({ kind: 'token.acme', partition: token.slice(5, 17), subject: 'ada' }, { limit: 9 }, START),
    ]);
    expect(seen).toContain(record.id);
    for (const part of [token, token.slice(17, 60), token.slice(17, 29)]) {
      expect(seen).not.toContain(part);
    }
  });

  it('10,000 tokens are 10,000 texts and ids', async () => {
    const tokens = create();
    const seen = new Set<string>();
    for (let n = 0; n < 10_000; n++) {
      const { token, record } = await tokens.issue({ subject: 'ada' }, at());
      seen.add(token.slice(17, 60)).add(record.id);
    }
    expect(seen.size).toBe(20_000);
  });

  it.each([
    ['the default', {}, {}, 3600],
    ['of the factory', { expiresIn: 10 }, {}, 10],
    ['of its own', { expiresIn: 10 }, { expiresIn: YEARS }, YEARS],
    ['a second', {}, { expiresIn: 1 }, 1],
  ])('ends by the clock, to the second: %s', async (_, options, own, seconds) => {
    const tokens = create(options);
    const { token, record } = await tokens.issue({ subject: 'ada', ...own }, at());
    expect(record.expiresAt).toBe(START + seconds);
    expect(await tokens.verify(token, at(START + seconds - 0.001))).toMatchObject({ expiresAt: START + seconds });
    expect(await tokens.verify(token, at(START + seconds))).toBe('invalid');
    expect(await tokens.list('ada', {}, at(START + seconds))).toEqual({ tokens: [] });
    expect(await tokens.revoke('ada', record.id, at(START + seconds))).toBe(false);
  });

  it('one is revoked by its id, for its own subject only, once', async () => {
    const tokens = create();
    const [{ token, record }, other] = [
      await tokens.issue({ subject: 'ada' }, at()),
      await tokens.issue({ subject: 'ada' }, at()),
    ];
    expect(await tokens.revoke('mallory', record.id, at())).toBe(false);
    expect(await tokens.revoke('ada', 'x', at())).toBe(false);
    expect(await tokens.verify(token, at())).toMatchObject({ subject: 'ada' });
    expect(await tokens.revoke('ada', record.id, at())).toBe(true);
    expect(await tokens.revoke('ada', record.id, at())).toBe(false);
    expect(await tokens.verify(token, at())).toBe('invalid');
    expect(await tokens.verify(other.token, at())).toMatchObject({ principal: other.record });
  });

  it('whoever has a token can end it, once (RFC 7009)', async () => {
    const tokens = create();
    const { token } = await tokens.issue({ subject: 'ada' }, at());
    expect(await tokens.revokeToken(token, at())).toBe(true);
    expect(await tokens.revokeToken(token, at())).toBe(false);
    expect(await tokens.verify(token, at())).toBe('invalid');
  });

  it('all of a subject end by one write, and nobody else’s', async () => {
    const store = countingStore();
    const tokens = create({ store });
    const issue = async (subject: string) => (await tokens.issue({ subject }, at())).token;
    const [one, two, bob] = [await issue('ada'), await issue('ada'), await issue('bob')];
    store.reset();
    await tokens.revokeAll('ada', at());
    expect([store.total, store.counts.endAll]).toEqual([1, 1]);
    expect([await tokens.verify(one, at()), await tokens.verify(two, at())]).toEqual(['invalid', 'invalid']);
    expect(await tokens.verify(bob, at())).toMatchObject({ subject: 'bob' });
    expect(await tokens.verify(await issue('ada'), at())).toMatchObject({ subject: 'ada' });
  });

  it('an issue that began before everything was revoked makes a dead token', async () => {
    const tokens = create();
    const epoch = await tokens.epoch('ada', at());
    await tokens.revokeAll('ada', at());
    const { token } = await tokens.issue({ subject: 'ada', epoch }, at());
    expect(await tokens.verify(token, at())).toBe('invalid');
    const now = await tokens.issue({ subject: 'ada', epoch: await tokens.epoch('ada', at()) }, at());
    expect(await tokens.verify(now.token, at())).toMatchObject({ subject: 'ada' });
  });

  it('the epoch is not one from a replica that lags behind', async () => {
    const store = countingStore();
    const epoch = vi.spyOn(store, 'epoch');
    const tokens = create({ store });
    await tokens.epoch('ada', at());
    await tokens.issue({ subject: 'ada' }, at());
    expect(epoch.mock.calls.map(([, options]) => options?.fresh)).toEqual([true, true]);
  });

  it('a list is in pages, newest first', async () => {
    const tokens = create();
    for (let n = 0; n < 53; n++) await tokens.issue({ subject: 'ada', data: n }, at(START + n));
    const first = await tokens.list('ada', {}, at(START + 60));
    const rest = await tokens.list('ada', { after: first.next, limit: 9 }, at(START + 60));
    const counted = [...first.tokens, ...rest.tokens].map(({ data }) => data);
    expect(counted).toEqual(Array.from({ length: 53 }, (_, index) => 52 - index));
    expect([first.tokens.length, rest.next]).toEqual([50, undefined]);
  });

  it('tokens of one prefix are nothing to another over the same store, also where one begins with the other', async () => {
    const store = memoryStore();
    const [acme, ac] = [create({ store }), create({ store, prefix: 'acm' })];
    const { token, record } = await acme.issue({ subject: 'ada' }, at());
    expect(await ac.verify(token, at())).toBeUndefined();
    expect(await ac.revokeToken(token, at())).toBe(false);
    expect(await ac.revoke('ada', record.id, at())).toBe(false);
    expect(await ac.list('ada', {}, at())).toEqual({ tokens: [] });
    await ac.revokeAll('ada', at());
    expect(await acme.verify(token, at())).toMatchObject({ subject: 'ada' });
  });

  it('answers at once where the store does, with one read; what it was told of freshness arrives there', async () => {
    const store = countingStore();
    const read = vi.spyOn(store, 'read');
    const tokens = create({ store });
    const { token } = await tokens.issue({ subject: 'ada' }, at());
    store.reset();
    expect(tokens.verify(token, clockAt().context({ fresh: true }))).toMatchObject({ subject: 'ada' });
    expect(store.total).toBe(1);
    expect(read.mock.lastCall?.[2]?.fresh).toBe(true);
    const slow = create({ store: slowStore(store) });
    expect(await slow.verify(token, at())).toMatchObject({ subject: 'ada' });
  });

  it('the store may come with the request', async () => {
    const tokens = create({ store: ({ bindings }) => bindings as ReturnType<typeof memoryStore> });
    const [mine, other] = [memoryStore(), memoryStore()].map((bindings) => clockAt().context({ bindings }));
    if (!mine || !other) throw new Error();
    const { token } = await tokens.issue({ subject: 'ada' }, mine);
    expect(await tokens.verify(token, mine)).toMatchObject({ subject: 'ada' });
    expect(await tokens.verify(token, other)).toBe('invalid');
  });

  it('without a context by the platform’s clock and dice', async () => {
    const tokens = create();
    const now = Date.now() / 1000;
    const { token, record } = await tokens.issue({ subject: 'ada' });
    expect(Math.abs(record.createdAt - now)).toBeLessThan(10);
    expect((await tokens.list('ada')).tokens).toEqual([record]);
    expect(await tokens.epoch('ada')).toBe(0);
    expect(await tokens.revokeToken(token)).toBe(true);
    expect(await tokens.revoke('ada', record.id)).toBe(false);
    await tokens.revokeAll('ada');
    expect(await tokens.epoch('ada')).toBe(1);
  });
});
