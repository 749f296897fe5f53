import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type KeyCache, remoteKeys } from '../../src/jwt/remote.ts';
import { contextOf } from '../support/context.ts';
import { KeyServer, keyPair, sends } from '../support/key-server.ts';

const START = 1_800_000_000;
const PATH = '/keys';
const [one, two] = [keyPair('one').jwk, keyPair('two').jwk];
const at = (seconds: number, more?: object) => contextOf({ now: START + seconds, ...more });
const named = (kid: string) => ({ alg: 'EdDSA', kid });

let server: KeyServer;
beforeEach(async () => {
  server = await KeyServer.start();
  server.answers.set(PATH, sends({ keys: [one] }));
});
afterEach(() => server.stop());

/** A cache with what is given in it, and a list of what it was asked. */
function cacheOf(text?: string) {
  const calls: unknown[][] = [];
  const texts = new Map(text === undefined ? [] : [[server.origin + PATH, text]]);
  const cache: KeyCache = {
    get(url) {
      calls.push(['get', url]);
      return texts.get(url);
    },
    async set(url, given, seconds) {
      calls.push(['set', url, seconds]);
      texts.set(url, given);
    },
  };
  return { cache, calls, texts };
}

describe('a shared cache', () => {
  it('gets what was fetched, for as long as it is fresh, and gives it to the next source', async () => {
    const { cache, calls } = cacheOf();
    const url = server.origin + PATH;
    const pending: Promise<unknown>[] = [];
    const waitUntil = (promise: Promise<unknown>): void => void pending.push(promise);
    expect(await remoteKeys(url, { cache, maxAge: 60 }).find(named('one'), at(0, { waitUntil }))).toHaveLength(1);
    expect(calls).toEqual([
      ['get', url],
      ['set', url, 60],
    ]);
    // The fetch, which others may wait for, and the writing, which nobody waits for.
    expect(pending).toHaveLength(2);
    await Promise.all(pending);
    expect(await remoteKeys(url, { cache }).find(named('one'), at(0))).toHaveLength(1);
    expect(server.asked).toEqual([PATH]);
  });

  it('may be a function of the context, such as one that looks into the bindings', async () => {
    const { cache } = cacheOf(JSON.stringify({ keys: [two] }));
    const keys = remoteKeys(server.origin + PATH, { cache: ({ bindings }) => (bindings as { keys: KeyCache }).keys });
    expect(await keys.find(named('two'), at(0, { bindings: { keys: cache } }))).toHaveLength(1);
    expect(server.asked).toEqual([]);
    const without = remoteKeys(server.origin + PATH, { cache: () => undefined });
    expect(await without.find(named('one'), at(0))).toHaveLength(1);
  });

  it('is asked again when the set is old', async () => {
    const { cache, texts } = cacheOf(JSON.stringify({ keys: [one] }));
    const keys = remoteKeys(server.origin + PATH, { cache });
    await keys.find(named('one'), at(0));
    texts.set(server.origin + PATH, JSON.stringify({ keys: [two] }));
    expect(keys.find(named('one'), at(601))).toHaveLength(1);
    await vi.waitFor(() => expect(keys.find(named('two'), at(601))).toHaveLength(1));
    expect(server.asked).toEqual([]);
  });

  it('is not asked for a key that is not in the set, nor by who wants it fresh', async () => {
    const { cache, calls } = cacheOf(JSON.stringify({ keys: [two] }));
    const keys = remoteKeys(server.origin + PATH, { cache });
    // At the same moment: what came from the cache was no fetch.
    expect(await keys.find(named('one'), at(0))).toHaveLength(1);
    expect(await keys.find(named('one'), at(9, { fresh: true }))).toHaveLength(1);
    expect(await remoteKeys(server.origin + PATH, { cache }).find(named('one'), at(0, { fresh: true }))).toHaveLength(
      1,
    );
    expect(server.asked.length).toBe(3);
    expect(calls.filter(([verb]) => verb === 'get')).toHaveLength(1);
  });

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['HTML', '<html>'],
    ['null', 'null'],
    ['no set', '{"issuer":"https://id.example"}'],
    ['an empty set', '{"keys":[]}'],
    ['a set of garbage', '{"keys":[null,{"kty":"oct","k":"AAAA"}]}'],
    ['101 keys', JSON.stringify({ keys: Array.from({ length: 101 }, () => two) })],
    ['no text', { keys: [two] }],
  ])('is passed over with %s in it', async (_what, text) => {
    const { cache } = cacheOf(text as string);
    const keys = remoteKeys(server.origin + PATH, { cache });
    expect(await keys.find(named('one'), at(0))).toHaveLength(1);
    expect(server.asked).toEqual([PATH]);
  });

  const fails = (): never => {
    throw new Error('down');
  };
  const rejects = (): Promise<never> => Promise.reject(new Error('down'));
  it.each<[string, KeyCache | (() => never)]>([
    ['throws', { get: fails, set: fails }],
    ['rejects', { get: rejects, set: rejects }],
    ['is none', {} as KeyCache],
    ['can’t be had', fails],
    ['never comes back from writing', { get: () => null, set: () => new Promise(() => {}) }],
    ['never comes back', { get: () => new Promise(() => {}), set: () => undefined }],
  ])('that %s keeps nobody from the keys', async (_what, cache) => {
    const keys = remoteKeys(server.origin + PATH, { cache, timeout: 1 });
    expect(await keys.find(named('one'), at(0))).toHaveLength(1);
    expect(server.asked).toEqual([PATH]);
  });
});
