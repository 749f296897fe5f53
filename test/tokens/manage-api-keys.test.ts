import { describe, expect, it, vi } from 'vitest';
import { memoryStore } from '../../src/stores/memory.ts';
import { apiKeys } from '../../src/tokens/api-keys.ts';
import { manageApiKeys } from '../../src/tokens/manage-api-keys.ts';
import { keysIn } from '../support/api-keys.ts';
import { clockAt, START } from '../support/sessions.ts';

const DAY = 86_400;
const YEAR = 365 * DAY;
const at = (now = START) => clockAt(now).context();

describe('the life of an API key', () => {
  it('is what was made, as it is verified, got and listed', async () => {
    const { keys, manage } = keysIn();
    const { key, record } = await manage.create(
      { subject: 'ada', name: 'nightly export ☾', scopes: ['files:read', 'a'], data: { plan: ['x\n"'] } },
      at(START + 0.9),
    );
    const known = { subject: 'ada', scopes: ['files:read', 'a'], expiresAt: START + YEAR };
    expect(record).toEqual({
      id: key.slice(23, 35),
      ...known,
      name: 'nightly export ☾',
      last: key.slice(-4),
      createdAt: START,
      usedAt: START,
      revokedAt: undefined,
      replacedBy: undefined,
      data: { plan: ['x\n"'] },
    });
    expect(await keys.verify(key, at())).toEqual({
      principal: record,
      ...known,
      credentialId: record.id,
      freshness: undefined,
    });
    expect(await manage.get('ada', record.id, at())).toEqual(record);
    expect(await manage.list('ada', {}, at())).toEqual({ keys: [record], next: undefined });
    expect(await manage.get('bob', record.id, at())).toBe(undefined);
    expect(await manage.list('bob', {}, at())).toEqual({ keys: [], next: undefined });
  });

  it('the store holds neither key nor secret, and what is shown neither', async () => {
    const { store, manage } = keysIn();
    const created = vi.spyOn(store, 'create');
    const { key, record } = await manage.create({ subject: 'ada', name: 'x' }, at());
    const seen = JSON.stringify([created.mock.calls, record, await manage.list('ada', {}, at())]);
    expect(seen).toContain(record.id);
    for (const part of [key, key.slice(35, 78), key.slice(35, 47)]) expect(seen).not.toContain(part);
  });

  it('a good key costs one read, and nothing is written while its last use is young', async () => {
    const { store, keys, manage } = keysIn();
    const { key } = await manage.create({ subject: 'ada' }, at());
    store.reset();
    for (let second = 0; second < 3600; second += 60) {
      await keys.verify(key, at(START + second));
    }
    expect([store.counts.read, store.total]).toEqual([60, 60]);
  });

  it('its last use is written once an hour, beside the request, and failing is nobody’s business', async () => {
    const { store, keys, manage } = keysIn();
    const { key, record } = await manage.create({ subject: 'ada' }, at());
    const waitUntil = vi.fn((_: Promise<unknown>) => {});
    const use = (now: number) => keys.verify(key, clockAt(now).context({ waitUntil }));
    store.reset();
    for (const [second, before, after] of [
      [3599, 0, 0],
      [3600, 0, 1],
      [3601, 1, 1],
      [7199, 1, 1],
      [7200, 1, 2],
      [7200, 2, 2],
    ] as const) {
      const answer = use(START + second);
      // Not while the request is answered.
      expect(store.counts.touch, `at ${second}, before`).toBe(before);
      expect(await answer).toMatchObject({ subject: 'ada' });
      await Promise.all(waitUntil.mock.calls.map(([promise]) => promise));
      expect(store.counts.touch, `at ${second}, after`).toBe(after);
    }
    expect((await manage.get('ada', record.id, at(START + 7200)))?.usedAt).toBe(START + 7200);

    vi.spyOn(store, 'touch').mockImplementation(() => {
      throw new Error('read-only');
    });
    const broken = keysIn({ store });
    const promises: Promise<unknown>[] = [];
    const context = clockAt(START + 3 * 3600).context({ waitUntil: (promise) => void promises.push(promise) });
    expect(await broken.keys.verify(key, context)).toMatchObject({ subject: 'ada' });
    await expect(Promise.all(promises)).resolves.toBeDefined();
  });

  it('sampleUse is how often; 0 never writes', async () => {
    for (const [sampleUse, touches] of [
      [0, 0],
      [1, 3],
      [2, 1],
    ] as const) {
      const { store, keys, manage } = keysIn({ sampleUse });
      const { key } = await manage.create({ subject: 'ada' }, at());
      for (const second of [1, 2, 3]) {
        await keys.verify(key, at(START + second));
        await null;
        await null;
      }
      expect(store.counts.touch, `every ${sampleUse} s`).toBe(touches);
    }
  });

  it.each([
    ['a year by itself', {}, {}, YEAR],
    ['by the option', { expiresIn: 60 }, {}, 60],
    ['of its own', { expiresIn: 60 }, { expiresIn: 120 }, 120],
  ])('ends by the clock, to the second: %s', async (_, options, own, seconds) => {
    const { keys, manage } = keysIn({}, options);
    const { key, record } = await manage.create({ subject: 'ada', ...own }, at());
    const end = START + seconds;
    expect(record.expiresAt).toBe(end);
    expect(await keys.verify(key, at(end - 0.001))).toMatchObject({ expiresAt: end });
    expect(await keys.verify(key, at(end))).toBe('expired');
    // Its owner still sees it for a while, and it can't be changed any more.
    expect((await manage.list('ada', {}, at(end + 29 * DAY))).keys).toMatchObject([{ id: record.id, expiresAt: end }]);
    expect(await manage.update('ada', record.id, { expiresIn: 60 }, at(end))).toBe(undefined);
    expect(await manage.rotate('ada', record.id, {}, at(end))).toBe(undefined);
    expect(await manage.revoke('ada', record.id, at(end))).toBe(undefined);
    expect(await keys.verify(key, at(end + 30 * DAY))).toBe('invalid');
    expect((await manage.list('ada', {}, at(end + 30 * DAY))).keys).toEqual([]);
  });

  it('one that never expires is good in 10 years', async () => {
    const { keys, manage } = keysIn();
    const { key, record } = await manage.create({ subject: 'ada', expiresIn: 'never' }, at());
    expect(record.expiresAt).toBe(undefined);
    expect(await keys.verify(key, at(START + 10 * YEAR))).toMatchObject({ subject: 'ada', expiresAt: undefined });
  });

  it('is revoked by its id, for its own subject only, once; its owner sees when', async () => {
    const { keys, manage } = keysIn();
    const { key, record } = await manage.create({ subject: 'ada' }, at());
    const other = await manage.create({ subject: 'ada' }, at());
    expect(await manage.revoke('mallory', record.id, at())).toBe(undefined);
    expect(await manage.revoke('ada', 'x', at())).toBe(undefined);
    expect(await keys.verify(key, at())).toMatchObject({ subject: 'ada' });
    const revoked = { ...record, revokedAt: START + 5 };
    expect(await manage.revoke('ada', record.id, at(START + 5))).toEqual(revoked);
    expect(await manage.revoke('ada', record.id, at(START + 6))).toBe(undefined);
    expect(await keys.verify(key, at(START + 5))).toBe('revoked');
    expect((await manage.list('ada', {}, at(START + 6))).keys).toContainEqual(revoked);
    expect(await keys.verify(other.key, at())).toMatchObject({ subject: 'ada' });
    expect(await keys.verify(key, at(START + 5 + 30 * DAY))).toBe('invalid');
  });

  it('keepEnded: how long it is remembered; 0 is not at all', async () => {
    const { keys, manage } = keysIn({}, { keepEnded: 0 });
    const { key, record } = await manage.create({ subject: 'ada' }, at());
    expect(await manage.revoke('ada', record.id, at())).toMatchObject({ revokedAt: START });
    expect(await keys.verify(key, at())).toBe('invalid');
  });

  it('whoever has a key can end it, once', async () => {
    const { keys, manage } = keysIn();
    const { key, record } = await manage.create({ subject: 'ada' }, at());
    expect(await manage.revokeKey(`${key} `, at())).toBe(undefined);
    expect(await manage.revokeKey(key, at())).toEqual({ ...record, revokedAt: START });
    expect(await manage.revokeKey(key, at())).toBe(undefined);
    expect(await keys.verify(key, at())).toBe('revoked');
  });

  it('all of a subject end by one write, and nobody else’s', async () => {
    const { store, keys, manage } = keysIn();
    const [one, two, bob] = await Promise.all(
      ['ada', 'ada', 'bob'].map(async (subject) => (await manage.create({ subject }, at())).key),
    );
    store.reset();
    await manage.revokeAll('ada', at());
    expect([store.total, store.counts.endAll]).toEqual([1, 1]);
    expect(await keys.verify(one as string, at())).toBe('invalid');
    expect(await keys.verify(two as string, at())).toBe('invalid');
    expect(await keys.verify(bob as string, at())).toMatchObject({ subject: 'bob' });
  });

  it('a creation that began before everything was revoked makes a dead key', async () => {
    const { keys, manage } = keysIn();
    const epoch = await manage.epoch('ada', at());
    await manage.revokeAll('ada', at());
    const { key } = await manage.create({ subject: 'ada', epoch }, at());
    expect(await keys.verify(key, at())).toBe('invalid');
  });

  it('is renamed, rescoped and prolonged; what is left out stays', async () => {
    const { keys, manage } = keysIn({}, { scopes: ['a', 'b'] });
    const { key, record } = await manage.create({ subject: 'ada', name: 'x', scopes: ['a'], data: 7 }, at());
    const change = async (given: Parameters<typeof manage.update>[2]) => {
      const changed = await manage.update('ada', record.id, given, at(START + 10));
      expect(await keys.verify(key, at(START + 10))).toMatchObject({ principal: changed });
      return changed;
    };
    expect(await change({ name: 'y' })).toEqual({ ...record, name: 'y' });
    expect(await change({ scopes: ['b', 'a'] })).toEqual({ ...record, name: 'y', scopes: ['b', 'a'] });
    expect(await change({ data: { z: 1 } })).toMatchObject({ name: 'y', scopes: ['b', 'a'], data: { z: 1 } });
    expect(await change({ scopes: [], expiresIn: 5 })).toMatchObject({ scopes: [], expiresAt: START + 15 });
    expect(await change({ expiresIn: 'never' })).toMatchObject({ expiresAt: undefined, data: { z: 1 } });
    expect(await manage.update('mallory', record.id, { name: 'z' }, at())).toBe(undefined);
    expect(await manage.update('ada', 'x', { name: 'z' }, at())).toBe(undefined);
    await expect(manage.update('ada', record.id, { scopes: ['c'] }, at())).rejects.toThrow('c is none of a, b');
    await manage.revoke('ada', record.id, at());
    expect(await manage.update('ada', record.id, { name: 'z' }, at())).toBe(undefined);
  });

  it('a list is in pages, newest first', async () => {
    const { manage } = keysIn();
    for (let n = 0; n < 53; n++) await manage.create({ subject: 'ada', data: n }, at(START + n));
    const first = await manage.list('ada', {}, at(START + 60));
    const rest = await manage.list('ada', { after: first.next, limit: 9 }, at(START + 60));
    expect([...first.keys, ...rest.keys].map(({ data }) => data)).toEqual(Array.from({ length: 53 }, (_, n) => 52 - n));
    expect(rest.next).toBe(undefined);
  });
});

describe('rotating a key', () => {
  it('both are good through the overlap, and then the new one alone', async () => {
    const { keys, manage } = keysIn();
    const old = await manage.create({ subject: 'ada', name: 'x', scopes: ['a'], data: 7 }, at());
    const rotated = await manage.rotate('ada', old.record.id, { overlap: 60 }, at(START + 100));
    expect(rotated?.key).not.toBe(old.key);
    expect(rotated?.record).toEqual({
      ...old.record,
      id: rotated?.record.id,
      last: rotated?.key.slice(-4),
      createdAt: START + 100,
      usedAt: START + 100,
      expiresAt: START + 100 + YEAR,
    });
    const key = rotated?.key as string;
    for (const each of [old.key, key]) {
      expect(await keys.verify(each, at(START + 159.9))).toMatchObject({ subject: 'ada', scopes: ['a'] });
    }
    expect(await keys.verify(old.key, at(START + 160))).toBe('expired');
    expect(await keys.verify(key, at(START + 160))).toMatchObject({ principal: { name: 'x', data: 7 } });
    expect(await manage.get('ada', old.record.id, at(START + 160))).toMatchObject({
      replacedBy: rotated?.record.id,
      expiresAt: START + 160,
    });
  });

  it('an overlap is a week, none at all ends the old one at once, and it is never prolonged', async () => {
    const { keys, manage } = keysIn();
    const make = (expiresIn: number) => manage.create({ subject: 'ada', expiresIn }, at());
    const usual = await make(YEAR);
    await manage.rotate('ada', usual.record.id, undefined, at());
    expect(await keys.verify(usual.key, at(START + 7 * DAY - 1))).toMatchObject({ subject: 'ada' });
    expect(await keys.verify(usual.key, at(START + 7 * DAY))).toBe('expired');
    const none = await make(YEAR);
    await manage.rotate('ada', none.record.id, { overlap: 0 }, at());
    expect(await keys.verify(none.key, at())).toBe('expired');
    const short = await make(60);
    await manage.rotate('ada', short.record.id, {}, at());
    expect(await keys.verify(short.key, at(START + 60))).toBe('expired');
  });

  it('the new one is good for as long as the old one was to be, unless told', async () => {
    const { manage } = keysIn();
    const rotated = async (expiresIn: number | 'never', told?: number) => {
      const { record } = await manage.create({ subject: 'ada', expiresIn }, at());
      return (await manage.rotate('ada', record.id, { expiresIn: told }, at(START + 10)))?.record.expiresAt;
    };
    expect(await rotated(30)).toBe(START + 40);
    expect(await rotated('never')).toBe(undefined);
    expect(await rotated('never', 60)).toBe(START + 70);
    expect(await rotated(30, 60)).toBe(START + 70);
    // Prolonged again and again it is still no key for a century.
    const { record } = await manage.create({ subject: 'ada' }, at());
    await manage.update('ada', record.id, { expiresIn: 10 * YEAR }, at(START + YEAR - 1));
    const late = await manage.rotate('ada', record.id, {}, at(START + YEAR));
    expect(late?.record.expiresAt).toBe(START + 11 * YEAR);
  });

  it('is one conditional write beside the new key, after one read', async () => {
    const { store, manage } = keysIn();
    const { record } = await manage.create({ subject: 'ada' }, at());
    store.reset();
    await manage.rotate('ada', record.id, {}, at());
    expect(store.counts).toMatchObject({ read: 1, create: 1, swap: 1 });
    expect(store.total).toBe(3);
  });

  it('one that was replaced, revoked, or is somebody else’s is not', async () => {
    const { manage } = keysIn();
    const { record } = await manage.create({ subject: 'ada' }, at());
    expect(await manage.rotate('mallory', record.id, {}, at())).toBe(undefined);
    expect(await manage.rotate('ada', record.id, {}, at())).toBeDefined();
    expect(await manage.rotate('ada', record.id, {}, at())).toBe(undefined);
    const other = await manage.create({ subject: 'ada' }, at());
    await manage.revoke('ada', other.record.id, at());
    expect(await manage.rotate('ada', other.record.id, {}, at())).toBe(undefined);
    expect((await manage.list('ada', {}, at())).keys).toHaveLength(3);
  });

  it('everything revoked while a key is rotated ends the new one too', async () => {
    const { store, keys, manage } = keysIn();
    const { record } = await manage.create({ subject: 'ada' }, at());
    const create = store.create;
    vi.spyOn(store, 'create').mockImplementationOnce(async (...given) => {
      await manage.revokeAll('ada', at());
      return create(...given);
    });
    const broken = manageApiKeys(apiKeys<unknown>({ store, prefix: 'acme', environment: 'live' }));
    const rotated = await broken.rotate('ada', record.id, {}, at());
    expect(rotated && (await keys.verify(rotated.key, at()))).toBe(undefined);
    expect((await manage.list('ada', {}, at())).keys).toEqual([]);
  });
});

describe('peppers', () => {
  const [OLD, NEW] = ['an old pepper for tests, 32 bytes..', 'a new pepper for tests, 32 bytes...'];

  it('the first makes keys, all verify, and one that is gone takes its keys along', async () => {
    const store = memoryStore();
    const before = keysIn({ store, pepper: { a: OLD } });
    const during = keysIn({ store, pepper: { b: NEW, a: OLD } });
    const after = keysIn({ store, pepper: { b: NEW } });
    const old = await before.manage.create({ subject: 'ada' }, at());
    expect(await during.keys.verify(old.key, at())).toMatchObject({ subject: 'ada' });
    const young = await during.manage.create({ subject: 'ada' }, at());
    expect(young.key.charAt(10)).toBe('b');
    expect(await after.keys.verify(young.key, at())).toMatchObject({ subject: 'ada' });
    expect(await after.keys.verify(old.key, at())).toBe(undefined);
    // A key under no pepper is not one, whatever the store holds.
    expect(await keysIn({ store }).keys.verify(old.key, at())).toBe(undefined);
    expect(await keysIn({ store, pepper: { b: OLD } }).keys.verify(young.key, at())).toBe('malformed');
  });

  it('may come with the request', async () => {
    const { keys, manage } = keysIn({ pepper: { a: ({ bindings }) => (bindings as { pepper: string }).pepper } });
    const context = clockAt().context({ bindings: { pepper: OLD } });
    const { key } = await manage.create({ subject: 'ada' }, context);
    expect(await keys.verify(key, context)).toMatchObject({ subject: 'ada' });
    expect(await keys.verify(key, clockAt().context({ bindings: { pepper: NEW } }))).toBe('malformed');
  });
});

describe('misuse', () => {
  const store = memoryStore();
  it.each<[string, object, string]>([
    ['no prefix', { prefix: undefined }, 'prefix'],
    ['an empty prefix', { prefix: '' }, 'prefix'],
    ['an underscore in it', { prefix: 'a_b' }, 'prefix'],
    ['upper case first', { prefix: 'Acme' }, 'prefix'],
    ['17 letters', { prefix: 'a'.repeat(17) }, 'prefix'],
    ['an environment of its kind', { environment: 'li-ve' }, 'environment'],
    ['no store', { store: undefined }, 'store'],
    ['sampleUse as text', { sampleUse: '3600' }, 'sampleUse'],
    ['sampleUse below 0', { sampleUse: -1 }, 'sampleUse'],
    ['a pepper named by a digit', { pepper: { 1: 'x'.repeat(32) } }, 'pepper'],
    ['a short pepper', { pepper: { a: 'short' } }, '32 bytes'],
    ['no pepper at all', { pepper: {} }, 'pepper'],
    ['an unknown option', { prefx: 'x' }, "'prefx'"],
  ])('%s is refused by apiKeys', (_, options, message) => {
    expect(() => apiKeys({ store, prefix: 'acme', ...options } as never)).toThrow(TypeError);
    expect(() => apiKeys({ store, prefix: 'acme', ...options } as never)).toThrow(message);
  });

  it.each<[string, object, string]>([
    ['a scope with a space', { scopes: ['a b'] }, 'scopes'],
    ['scopes as text', { scopes: 'a' }, 'scopes'],
    ['a lifetime as text', { expiresIn: '60' }, 'expiresIn'],
    ['no lifetime', { expiresIn: 0 }, 'expiresIn'],
    ['eleven years', { expiresIn: 11 * 366 * DAY }, 'expiresIn'],
    ['keepEnded below 0', { keepEnded: -1 }, 'keepEnded'],
    ['an unknown option', { expiresAt: 5 }, "'expiresAt'"],
  ])('%s is refused by manageApiKeys', (_, options, message) => {
    const make = () => manageApiKeys(apiKeys({ store, prefix: 'acme' }), options as never);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  it.each<[string, object, string]>([
    ['no subject', { subject: '' }, 'subject'],
    ['a line in its name', { name: 'a\nb' }, 'name'],
    ['101 characters', { name: 'x'.repeat(101) }, 'name'],
    ['a lone surrogate', { name: '\ud800' }, 'name'],
    ['a name of another type', { name: 7 }, 'name'],
    ['an unknown scope', { scopes: ['c'] }, 'c is none of a, b'],
    ['a scope with a quote', { scopes: ['a"'] }, 'scopes'],
    ['scopes as text', { scopes: 'a' }, 'scopes'],
    ['a lifetime as text', { expiresIn: '60' }, 'expiresIn'],
    ['a lifetime of a fraction', { expiresIn: 1.5 }, 'expiresIn'],
    ['too much data', { data: 'x'.repeat(2000) }, '1024'],
    ['a prototype in its data', { data: JSON.parse('{"__proto__":1}') }, '__proto__'],
    ['a key of its own', { key: 'acme_live_' }, "'key'"],
  ])('%s is refused at creation, and nothing is kept', async (_, details, message) => {
    const { manage, store } = keysIn({}, { scopes: ['a', 'b'] });
    const creating = manage.create({ subject: 'ada', ...details } as never, at());
    await expect(creating).rejects.toThrow(TypeError);
    await expect(creating).rejects.toThrow(message);
    expect(store.total).toBe(0);
  });

  it('no message tells a secret', () => {
    expect(() => apiKeys({ store, prefix: 'acme', pepper: { a: 'hunter2' } })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});
