import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory.ts';
import { type OpaqueTokensOptions, opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { clockAt, countingStore, START } from '../support/sessions.ts';

const YEARS = 10 * 365 * 86_400;
const at = (now = START) => clockAt(now).context();
const create = (options: Partial<OpaqueTokensOptions> = {}) =>
  opaqueTokens<unknown>({ store: memoryStore(), prefix: 'acme', ...options });

describe('what is kept with a token', () => {
  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text with quotes and lines', '"\n{"a b\\'],
    ['names like any other', { constructor: 1, toString: [false], text: '"__proto__":' }],
    ['what is not ASCII', { 'é🦊': '\u2028\0' }],
  ])('%s is found again as it was', async (_, data) => {
    const tokens = create();
    for (const scopes of [[], ['a'], ['a', 'b:c/d']]) {
      const { token, record } = await tokens.issue({ subject: 'ada lovelace 🦊', scopes, data }, at());
      expect(record.data).toEqual(data);
      expect(await tokens.verify(token, at())).toMatchObject({ principal: { scopes, data }, scopes });
    }
  });

  it('is what JSON makes of it, also in what issue answers', async () => {
    const { token, record } = await create().issue({ subject: 'ada', data: { at: new Date(0), no: undefined } }, at());
    expect(record.data).toEqual({ at: '1970-01-01T00:00:00.000Z' });
    expect((await create().issue({ subject: 'ada', data: () => token }, at())).record.data).toBeUndefined();
  });

  it('changes in one answer are not in the next', async () => {
    const tokens = create();
    const { token } = await tokens.issue({ subject: 'ada', scopes: ['a'], data: { list: [1] } }, at());
    const found = await tokens.verify(token, at());
    if (typeof found !== 'object') throw new Error(found);
    (found.scopes as string[]).push('admin');
    (found.principal.data as { list: number[] }).list.push(2);
    expect(await tokens.verify(token, at())).toMatchObject({ scopes: ['a'], principal: { data: { list: [1] } } });
  });

  it('is bounded, scopes and all, in bytes', async () => {
    const tokens = create({ maxDataBytes: 100 });
    const issue = (data: unknown, scopes: string[] = []) => tokens.issue({ subject: 'ada', scopes, data }, at());
    const canary = 'canary-9f31';
    // Two quotes are kept along.
    expect((await issue('é'.repeat(49))).record.data).toHaveLength(49);
    for (const [data, scopes] of [
      ['é'.repeat(50), []],
      [canary.repeat(10), []],
      [undefined, [canary.repeat(10)]],
      ['x'.repeat(50), ['x'.repeat(50)]],
    ] as const) {
      await expect(issue(data, [...scopes])).rejects.toThrow(/^data: over 100 bytes$/);
    }
    const plain = create();
    expect((await plain.issue({ subject: 'ada', data: 'x'.repeat(1022) }, at())).record.data).toHaveLength(1022);
    await expect(plain.issue({ subject: 'ada', data: 'x'.repeat(1023) }, at())).rejects.toThrow('data: over 1024');
    await expect(create({ maxDataBytes: Number.NaN }).issue({ subject: 'ada' }, at())).rejects.toThrow('data');
  });
});

describe('misuse', () => {
  it.each<[name: string, options: object, said: string]>([
    ['no store', { store: undefined }, 'store: needs'],
    ['an unknown option', { secret: 'canary' }, "no option 'secret'"],
    ...['', 'Acme', '1a', 'a_b', 'a-b', 'a.b', 'é', 'a\n', 'a'.repeat(17), '.*', 'a$'].map(
      (prefix) => [`prefix ${JSON.stringify(prefix)}`, { prefix }, 'prefix: '] as [string, object, string],
    ),
    ...[0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, YEARS + 1, '3600', null].map(
      (expiresIn) => [`expiresIn ${expiresIn}`, { expiresIn }, 'expiresIn: '] as [string, object, string],
    ),
  ])('%s is a TypeError at construction', (_, options, said) => {
    expect(() => create(options)).toThrow(TypeError);
    expect(() => create(options)).toThrow(said);
  });

  it.each<[name: string, details: object, said: string]>([
    ['no subject', { subject: undefined }, 'subject: needed'],
    ['an empty subject', { subject: '' }, 'subject: needed'],
    ['what only a record has (GHSA-99h5-pjcv-gr6v)', { id: 'x' }, "no option 'id'"],
    ['an end of its own', { expiresAt: 9e9 }, "no option 'expiresAt'"],
    ['__proto__ in data', { data: JSON.parse('{"a":[{"__proto__":{"canary":1}}]}') }, 'data: __proto__'],
    ...['', ' ', 'a b', 'a\nb', 'a\n', '"', '\\', 'é', '\0', '\x7f', '\t'].map(
      (scope) =>
        [`scope ${JSON.stringify(scope)}`, { scopes: ['canary', scope] }, 'scopes: '] as [string, object, string],
    ),
    ...[0, -1, 1.5, Number.NaN, YEARS + 1, '60'].map(
      (expiresIn) => [`expiresIn ${expiresIn}`, { expiresIn }, 'expiresIn: '] as [string, object, string],
    ),
  ])('%s is a TypeError, and nothing is kept', async (_, details, said) => {
    const store = countingStore();
    const issued = create({ store }).issue({ subject: 'ada', ...details }, at());
    await expect(issued).rejects.toThrow(TypeError);
    await expect(issued).rejects.toThrow(said);
    await expect(issued).rejects.not.toThrow('canary');
    expect(store.total).toBe(0);
  });

  it.each(['text', 1, null])('data that is no JSON, or scopes that are no list (%s): a throw', async (scopes) => {
    const cycle: Record<string, unknown> = {};
    cycle.self = cycle;
    for (const data of [1n, cycle]) {
      await expect(create().issue({ subject: 'ada', data }, at())).rejects.toThrow(TypeError);
    }
    await expect(create().issue({ subject: 'ada', scopes } as never, at())).rejects.toThrow(TypeError);
  });
});
