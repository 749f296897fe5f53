import { generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Context } from '../../src/core/context.ts';
import type { RemoteKeysOptions } from '../../src/jwt/fetched-keys.ts';
import type { VerificationKey } from '../../src/jwt/key.ts';
import type { KeySource } from '../../src/jwt/key-source.ts';
import { remoteKeys } from '../../src/jwt/remote-keys.ts';
import { contextOf } from '../support/context.ts';
import { KeyServer, keyPair, late, sends } from '../support/key-server.ts';

const START = 1_800_000_000;
const PATH = '/tenant/keys';
const [one, two] = [keyPair('one'), keyPair('two')];

let server: KeyServer;
beforeEach(async () => {
  server = await KeyServer.start();
  publish(one);
});
afterEach(() => server.stop());

function publish(...pairs: readonly ReturnType<typeof keyPair>[]): void {
  server.answers.set(PATH, sends({ keys: pairs.map(({ jwk }) => jwk) }));
}
const source = (options?: RemoteKeysOptions): KeySource => remoteKeys(server.origin + PATH, options);
const at = (seconds: number, more?: Partial<Context>): Context => contextOf({ now: START + seconds, ...more });
const find = (keys: KeySource, kid: string | undefined, context: Context) => keys.find({ alg: 'EdDSA', kid }, context);
/** The keys' names. */
const names = async (...given: Parameters<typeof find>): Promise<unknown> =>
  (await find(...given)).map((key) => key.kid);
/** What `waitUntil` got. */
const background: Promise<unknown>[] = [];
const waitUntil = (promise: Promise<unknown>): void => void background.push(promise);
const backgroundDone = (): Promise<unknown> => Promise.all(background.splice(0));

describe('construction', () => {
  it.each([
    'http://id.example/keys',
    'http://localhost.example/keys',
    'http://localhost@id.example/keys',
    'http://127.0.0.2/keys',
    'http://[::2]/keys',
    'https://ada:secret@id.example/keys',
    'https://ada@id.example/keys',
    'https://id.example/keys#fragment',
    'https://id.example/@ada/keys',
    'file:///keys',
    'data:application/json,{}',
    'javascript:0',
    '/keys',
    'id.example/keys',
    '',
    undefined,
    null,
    {},
  ])('refuses the URL %s', (url) => {
    expect(() => remoteKeys(url as string)).toThrow(new TypeError('url: needs https:'));
  });

  it.each([
    'https://id.example/keys',
    'HTTPS://id.example',
    'https://id.example/%40ada/keys',
    'http://localhost',
    'http://[::1]:8080/',
    'http://127.1/?a=b',
  ])('takes the URL %s', (url) => {
    expect(remoteKeys(url)).toHaveProperty('find');
  });

  it.each([
    [{ coldown: 1 }, 'coldown'],
    [{ maxAge: Number.NaN }, 'maxAge'],
    [{ maxStaleness: -1 }, 'maxStaleness'],
    [{ timeout: 'soon' }, 'timeout'],
    [{ cooldown: {} }, 'cooldown'],
  ])('refuses %j', (options, name) => {
    const misuse = options as RemoteKeysOptions;
    expect(() => remoteKeys(server.origin, misuse)).toThrow(TypeError);
    expect(() => remoteKeys(server.origin, misuse)).toThrow(name);
  });
});

describe('a set that is there', () => {
  it('is fetched for the first token, and answers all others at once', async () => {
    const keys = source();
    expect(server.asked).toEqual([]);
    const [key] = await find(keys, 'one', at(0));
    const again = find(keys, 'one', at(600)) as readonly VerificationKey[];
    expect(again[0]).toBe(key);
    expect(server.asked).toEqual([PATH]);
    const signature = sign(null, Buffer.from('text'), one.privateKey).toString('base64url');
    expect(await key?.verify('text', signature)).toBe(true);
    expect(await key?.verify('test', signature)).toBe(false);
  });

  it('is fetched once for 100 tokens that come together', async () => {
    server.answers.set(PATH, late(80, sends({ keys: [one.jwk] })));
    const keys = source();
    const found = await Promise.all(Array.from({ length: 100 }, () => names(keys, 'one', at(0))));
    expect(found).toEqual(Array.from({ length: 100 }, () => ['one']));
    expect(server.asked).toEqual([PATH]);
  });

  it('belongs to its own source', async () => {
    await names(source(), 'one', at(0));
    await names(source(), 'one', at(0));
    expect(server.asked.length).toBe(2);
  });

  it('is asked for with a header that says JSON, and without leave to be redirected', async () => {
    const fetch = vi.fn(async () => Response.json({ keys: [one.jwk] }));
    expect(await names(source({ fetch }), 'one', at(0))).toEqual(['one']);
    const init = { headers: { accept: 'application/json' }, redirect: 'manual', signal: expect.any(AbortSignal) };
    expect(fetch.mock.calls).toEqual([[server.origin + PATH, init]]);
  });

  it('takes RSA keys that name no algorithm for RS256, or for what is asked', async () => {
    const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    server.answers.set(PATH, sends({ keys: [jwk] }));
    for (const [options, alg] of [
      [{}, 'RS256'],
      [{ rsaAlgorithm: 'PS512' }, 'PS512'],
    ] as const) {
      expect((await source(options).find({ alg }, at(0))).map(({ algs }) => algs)).toEqual([[alg]]);
      expect(await source(options).find({ alg: 'RS384' }, at(0))).toEqual([]);
    }
  });
});

describe('a key that is not in the set', () => {
  it('1,000 invented names cost one fetch in a cooldown, and known keys answer at once meanwhile', async () => {
    const keys = source();
    await find(keys, 'one', at(0));
    const flood = Array.from({ length: 1000 }, (_, n) => find(keys, `invented ${n}`, at(31)));
    expect(find(keys, 'one', at(31))).toHaveLength(1);
    expect((await Promise.all(flood)).flat()).toEqual([]);
    for (let n = 0; n < 1000; n++) expect(find(keys, `invented again ${n}`, at(31 + n / 34))).toEqual([]);
    expect(server.asked.length).toBe(2);
    expect(await find(keys, 'invented', at(62))).toEqual([]);
    expect(server.asked.length).toBe(3);
  });

  it('is found after a rotation, by all who ask, with one fetch', async () => {
    const keys = source();
    await find(keys, 'one', at(0));
    server.answers.set(PATH, late(40, sends({ keys: [one.jwk, two.jwk] })));
    const found = await Promise.all(Array.from({ length: 100 }, () => names(keys, 'two', at(31))));
    expect(found).toEqual(Array.from({ length: 100 }, () => ['two']));
    expect(server.asked.length).toBe(2);
    const [before] = await find(keys, 'one', at(31));
    // Of the same name, and another key.
    publish({ ...two, jwk: { ...two.jwk, kid: 'one' } });
    expect(await names(keys, 'three', at(62))).toEqual([]);
    const [after] = await find(keys, 'one', at(62));
    expect([before?.publicJwk?.x, after?.publicJwk?.x]).toEqual([one.jwk.x, two.jwk.x]);
    expect(await names(keys, 'two', at(62))).toEqual([]);
  });

  it('a fetch that fails takes nothing away (CVE-2026-48524)', async () => {
    const keys = source();
    await find(keys, 'one', at(0));
    for (const [n, answer] of [sends('', 500), sends({ keys: [] }), sends('<html>')].entries()) {
      server.answers.set(PATH, answer);
      expect(await find(keys, 'invented', at(31 + 31 * n))).toEqual([]);
      expect(find(keys, 'one', at(31 + 31 * n))).toHaveLength(1);
    }
    expect(server.asked.length).toBe(4);
  });
});

describe('a set that is old', () => {
  it('answers at once while one fetch goes on in the background', async () => {
    const keys = source();
    await find(keys, 'one', at(0));
    publish(two);
    for (let n = 0; n < 9; n++) expect(find(keys, 'one', at(601, { waitUntil }))).toHaveLength(1);
    expect(background).toHaveLength(1);
    await backgroundDone();
    expect(server.asked.length).toBe(2);
    expect(find(keys, 'two', at(602))).toHaveLength(1);
    expect(await names(keys, 'one', at(602))).toEqual([]);
  });

  it('is fetched without `waitUntil` too', async () => {
    const keys = source();
    await find(keys, 'one', at(0));
    publish(one, two);
    expect(find(keys, 'one', at(601))).toHaveLength(1);
    await vi.waitFor(() => expect(find(keys, 'two', at(601))).toHaveLength(1));
    expect(server.asked.length).toBe(2);
  });

  it('is relied upon while fetching fails, with one try in a cooldown, and no longer than it may be', async () => {
    const keys = source({ maxStaleness: 3600 });
    await find(keys, 'one', at(0));
    server.answers.set(PATH, sends('', 500));
    for (const seconds of [601, 602, 631, 632, 3600]) {
      expect(find(keys, 'one', at(seconds, { waitUntil }))).toHaveLength(1);
      await backgroundDone();
    }
    expect(server.asked.length).toBe(4);
    const error = new Error(`${server.origin}: status 500`);
    await expect(async () => find(keys, 'one', at(3601))).rejects.toThrow(error);
    await expect(async () => find(keys, 'one', at(3631))).rejects.toThrow(error);
    expect(server.asked.length).toBe(5);
    publish(one);
    expect(await names(keys, 'one', at(3662))).toEqual(['one']);
  });
});

describe('context.fresh', () => {
  it('has the set fetched, at most once a second', async () => {
    const keys = source();
    await find(keys, 'one', at(0));
    publish(two);
    expect(await names(keys, 'one', at(1, { fresh: true }))).toEqual(['one']);
    expect(server.asked.length).toBe(1);
    const together = Array.from({ length: 50 }, () => names(keys, 'one', at(2, { fresh: true })));
    expect(await Promise.all(together)).toEqual(together.map(() => []));
    expect(server.asked.length).toBe(2);
  });

  it('has no answer where that fails, and whoever does not ask for it has', async () => {
    const keys = source();
    await find(keys, 'one', at(0));
    server.answers.set(PATH, sends('', 500));
    for (const seconds of [2, 2.5]) {
      await expect(async () => find(keys, 'one', at(seconds, { fresh: true }))).rejects.toThrow('status 500');
      expect(find(keys, 'one', at(seconds))).toHaveLength(1);
    }
    expect(server.asked.length).toBe(2);
  });
});
