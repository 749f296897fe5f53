import { describe, expect, it, vi } from 'vitest';
import { bearer, firstOf } from '../../src/schemes/bearer.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { importSecret, type TokenResult } from '../../src/tokens/jwt.ts';
import { opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import type { TokenFormat } from '../../src/tokens/token-format.ts';
import { call } from '../support/bearer.ts';
import { contextOf } from '../support/context.ts';
import { CLAIMS, claiming, formatOf, HEADER, ISSUER, KEY, segment, signSegments } from '../support/raw-jws.ts';
import { requestOf } from '../support/request.ts';
import { clockAt, countingStore, START } from '../support/sessions.ts';

const told = (result: TokenResult<unknown>): string | undefined => (typeof result === 'object' ? 'good' : result);
const scripted = (
  answer: TokenResult<unknown>,
  isLate = false,
): TokenFormat<unknown> & { verify: ReturnType<typeof vi.fn> } => ({
  verify: vi.fn(() => (isLate ? Promise.resolve(answer) : answer)),
});
const good = { principal: 'p', subject: 'ada' };

describe('the first whose token it is decides', () => {
  it.each<[string, TokenResult<unknown>[], TokenResult<unknown>, number]>([
    ['the first', [good, 'invalid'], good, 1],
    ['nobody before it', [undefined, good], good, 2],
    ['a refusal is final', ['invalid', good], 'invalid', 1],
    ['expired, too', [undefined, 'expired', good], 'expired', 2],
    ['malformed, too', ['malformed', good], 'malformed', 1],
    ['nobody’s', [undefined, undefined, undefined], undefined, 3],
    ['of one', [undefined], undefined, 1],
  ])('%s', async (_, answers, expected, asked) => {
    for (const isLate of [false, true]) {
      const formats = answers.map((answer) => scripted(answer, isLate));
      const result = firstOf(...(formats as unknown as [TokenFormat<unknown>])).verify('t', contextOf());
      expect(result instanceof Promise).toBe(isLate);
      expect(await result).toEqual(expected);
      expect(formats.map(({ verify }) => verify.mock.calls.length)).toEqual(answers.map((_, n) => (n < asked ? 1 : 0)));
    }
  });

  it.each([
    ['undefined', undefined],
    ['a function', () => undefined],
    ['an authenticator', bearer({ tokens: scripted(good) })],
  ])('what is no format is a TypeError when it is composed: %s', (_, wrong) => {
    expect(() => firstOf(scripted(good), wrong as never)).toThrow(TypeError);
    expect(() => firstOf(wrong as never)).toThrow('firstOf');
  });

  it('an outage is one: nobody behind is asked', async () => {
    const after = scripted(good);
    for (const fail of [
      () => Promise.reject(new Error('down')),
      () => {
        throw new Error('down');
      },
    ]) {
      const tokens = firstOf({ verify: fail }, after);
      const called = await call(bearer({ tokens }), requestOf({ authorization: 'Bearer t' }));
      expect([called.status, called.challenge]).toEqual([503, null]);
    }
    expect(after.verify).not.toHaveBeenCalled();
  });
});

describe('opaque tokens and those of two issuers through one bearer', () => {
  const THEIRS = 'https://idp.example';
  const theirKey = importSecret('another secret for tests, of 32 b');
  const byThem = (claims: object, header: object = HEADER): string =>
    signSegments(segment(header), segment({ ...CLAIMS, iss: THEIRS, ...claims }), 'another secret for tests, of 32 b');
  const store = countingStore(memoryStore());
  const opaque = opaqueTokens({ store, prefix: 'acme' });
  const tokens = firstOf(opaque, formatOf(), formatOf({ issuer: THEIRS, keys: theirKey, typ: 'JWT' }));
  const send = (token: string) => call(bearer({ tokens }), requestOf({ authorization: `Bearer ${token}` }));

  it('none refuses another’s', async () => {
    const { token } = await opaque.issue({ subject: 'grace' }, clockAt().context());
    expect(await send(token)).toMatchObject({ status: 200, accepted: { subject: 'grace' } });
    expect(await send(claiming({}))).toMatchObject({ status: 200, accepted: { subject: 'ada' } });
    // Of a kind that the format before does not take: it is another issuer's, so that is none of its business.
    const jwt = byThem({ sub: 'bob' }, { alg: 'HS256', typ: 'JWT' });
    expect(await send(jwt)).toMatchObject({ status: 200, accepted: { subject: 'bob' } });
    const other = byThem({ sub: 'bob' }, { alg: 'HS256', typ: 'at+jwt' });
    expect(await send(other)).toMatchObject({ status: 401, reason: 'invalid' });
  });

  it('two issuers that sign with one secret are still two', async () => {
    const both = firstOf(formatOf(), formatOf({ issuer: THEIRS }));
    const ask = (iss: string) =>
      call(bearer({ tokens: both }), requestOf({ authorization: `Bearer ${claiming({ iss })}` }));
    expect(await ask(THEIRS)).toMatchObject({ status: 200, accepted: { subject: 'ada' } });
    expect(await ask(ISSUER)).toMatchObject({ status: 200, accepted: { subject: 'ada' } });
    expect(await ask('https://nobody.example')).toMatchObject({ status: 401, reason: 'invalid' });
  });

  it('each refuses its own, and the store is asked for its own alone', async () => {
    store.reset();
    expect(await send(claiming({ exp: START - 60 }))).toMatchObject({ reason: 'expired' });
    expect(await send(byThem({ exp: START - 60 }, { alg: 'HS256', typ: 'JWT' }))).toMatchObject({ reason: 'expired' });
    expect(await send(byThem({ iss: ISSUER }))).toMatchObject({ reason: 'invalid' });
    expect(await send('acme_x')).toMatchObject({ reason: 'malformed' });
    expect(await send('other_x')).toMatchObject({ reason: 'invalid' });
    expect(await send('a.b.c')).toMatchObject({ reason: 'malformed' });
    expect(store.total).toBe(0);
  });
});

describe('several issuers in one line', () => {
  const [one, two] = ['https://one.example', 'https://two.example'];
  const SECRETS = { [one]: 'the first secret, of 32 bytes....', [two]: 'the second secret, of 32 bytes...' };
  const issuers = Object.fromEntries(Object.entries(SECRETS).map(([name, secret]) => [name, importSecret(secret)]));
  const by = (iss: unknown, secret: string): string =>
    signSegments(segment(HEADER), segment({ ...CLAIMS, iss }), secret);
  const verify = (token: string, more: object = {}) =>
    formatOf({ issuer: undefined, keys: undefined, issuers: { ...issuers, ...more }, cache: 10 }).verify(
      token,
      contextOf(),
    );

  it('each vouches for itself, and for no other', async () => {
    for (const iss of [one, two]) {
      expect(await verify(by(iss, SECRETS[iss] as string))).toMatchObject({ principal: { iss } });
      const other = iss === one ? two : one;
      expect(await verify(by(iss, SECRETS[other] as string))).toBe('invalid');
    }
  });

  it('nor where they share a key: the token says whose it is, and nothing else', async () => {
    const shared = { [one]: KEY, [two]: KEY };
    expect(await verify(claiming({ iss: two }), shared)).toMatchObject({ principal: { iss: two } });
    expect(await verify(claiming({ iss: ISSUER }), shared)).toBeUndefined();
  });

  it.each([
    'https://three.example',
    '',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    `${one}/`,
    `${one} `,
  ])('the issuer %j is not among them: another format’s', async (iss) => {
    expect(await verify(by(iss, SECRETS[one] as string))).toBeUndefined();
  });

  it.each([[undefined], [null], [1], [true], [[one]], [{}], [{ [one]: 1 }]])(
    'an issuer that is none: %j',
    async (iss) => {
      expect(await verify(by(iss, SECRETS[one] as string))).toBe('invalid');
    },
  );

  it('__proto__ may be the name of one', async () => {
    const more = JSON.parse('{"__proto__":1}');
    Object.defineProperty(more, '__proto__', { value: KEY, enumerable: true });
    const format = formatOf({ issuer: undefined, keys: undefined, issuers: more });
    expect(told(await format.verify(claiming({ iss: '__proto__' }), contextOf()))).toBe('good');
    const single = formatOf({ issuer: '__proto__' });
    expect(told(await single.verify(claiming({ iss: '__proto__' }), contextOf()))).toBe('good');
    expect(told(await single.verify(claiming({}), contextOf()))).toBeUndefined();
  });

  it('only the source of the issuer that the token names is asked, and hears nothing but the header', async () => {
    const find = vi.fn(() => [KEY]);
    const other = vi.fn(() => [KEY]);
    const format = formatOf({
      issuer: undefined,
      keys: undefined,
      issuers: { [ISSUER]: { find }, [two]: { find: other } },
    });
    expect(told(await format.verify(claiming({}), contextOf()))).toBe('good');
    expect(find.mock.calls).toEqual([[{ alg: 'HS256', kid: undefined, typ: 'at+jwt' }, expect.anything()]]);
    expect(other).not.toHaveBeenCalled();
  });
});
