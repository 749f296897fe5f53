import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DiscoveredKeysOptions, discoveredKeys, type KeyCache } from '../../src/jwt/remote.ts';
import { contextOf } from '../support/context.ts';
import { KeyServer, keyPair, late, sends } from '../support/key-server.ts';

const START = 1_800_000_000;
const OPENID = '/.well-known/openid-configuration';
const OAUTH = '/.well-known/oauth-authorization-server';
const { jwk } = keyPair('one');
const header = { alg: 'EdDSA', kid: 'one' };
const at = (seconds: number, more?: object) => contextOf({ now: START + seconds, ...more });

let server: KeyServer;
beforeEach(async () => {
  server = await KeyServer.start();
  server.answers.set('/keys', sends({ keys: [jwk] }));
});
afterEach(() => server.stop());

/** Publishes a document that speaks for the issuer `path` of the server. */
function publish(document: string, path: string, more: object = {}): string {
  const issuer = server.origin + path;
  server.answers.set(document, sends({ issuer, jwks_uri: `${server.origin}/keys`, ...more }));
  return issuer;
}
/** A source whose platform has nothing but what is listed. */
const among = (
  documents: Readonly<Record<string, unknown>>,
  options?: DiscoveredKeysOptions,
): DiscoveredKeysOptions => ({
  fetch: async (url) => (documents[url] ? Response.json(documents[url]) : new Response(null, { status: 404 })),
  ...options,
});

describe('construction', () => {
  it.each(['http://id.example', 'https://id.example?a=b', 'https://id.example/#a', 'https://a:b@id.example', 'id', ''])(
    'refuses the issuer %s',
    (issuer) => {
      expect(() => discoveredKeys(issuer)).toThrow(new TypeError('issuer: needs https:, no query'));
    },
  );

  it.each([
    [{ metadata: 'openid' }, 'metadata'],
    [{ maxage: 1 }, 'maxage'],
    [{ timeout: Number.NaN }, 'timeout'],
  ])('refuses %j', (options, name) => {
    const construct = () => discoveredKeys('https://id.example', options as DiscoveredKeysOptions);
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(name);
  });
});

describe('where the metadata is', () => {
  it.each([
    ['', 'openid-configuration', [OPENID, '/keys']],
    ['/', 'openid-configuration', [OPENID, '/keys']],
    ['/tenant', 'openid-configuration', [`/tenant${OPENID}`, '/keys']],
    ['/tenant/', 'openid-configuration', [`/tenant${OPENID}`, '/keys']],
    ['', 'oauth-authorization-server', [OAUTH, '/keys']],
    ['/tenant/', 'oauth-authorization-server', [`${OAUTH}/tenant`, '/keys']],
    ['/a/b', 'oauth-authorization-server', [`${OAUTH}/a/b`, '/keys']],
    ['/tenant', undefined, [`/tenant${OPENID}`, '/keys']],
  ] as const)('of the issuer %j by %s', async (path, metadata, asked) => {
    const issuer = publish(asked[0], path);
    const keys = discoveredKeys(issuer, { metadata });
    expect(server.asked).toEqual([]);
    expect(await keys.find(header, at(0))).toHaveLength(1);
    expect(keys.find(header, at(600))).toHaveLength(1);
    expect(server.asked).toEqual(asked);
  });

  it('is the other place where there is none in the first, and only then', async () => {
    const issuer = publish(`${OAUTH}/tenant`, '/tenant');
    expect(await discoveredKeys(issuer).find(header, at(0))).toHaveLength(1);
    expect(server.asked).toEqual([`/tenant${OPENID}`, `${OAUTH}/tenant`, '/keys']);
    await expect(async () =>
      discoveredKeys(issuer, { metadata: 'openid-configuration' }).find(header, at(0)),
    ).rejects.toThrow('status 404');
    server.answers.set(`/tenant${OPENID}`, sends('', 500));
    await expect(async () => discoveredKeys(issuer).find(header, at(0))).rejects.toThrow('status 500');
    expect(server.count(`${OAUTH}/tenant`)).toBe(1);
  });
});

describe('metadata', () => {
  it.each([
    'https://id.example/',
    'https://ID.example',
    'https://id.example/tenant',
    'https://id.example:443',
    'http://id.example',
    ' https://id.example',
    'https://id.example\u0000',
    ['https://id.example'],
    null,
    undefined,
  ])('that speaks for %j is not that of https://id.example (RFC 8414 §3.3)', async (issuer) => {
    const documents = {
      [`https://id.example${OPENID}`]: { issuer, jwks_uri: 'https://id.example/keys' },
      'https://id.example/keys': { keys: [jwk] },
    };
    await expect(async () =>
      discoveredKeys('https://id.example', among(documents)).find(header, at(0)),
    ).rejects.toThrow(new Error('https://id.example: another issuer'));
  });

  it.each([
    'http://id.example/keys',
    'http://localhost/keys',
    'http://127.0.0.1:9200/keys',
    'https://a:b@id.example/keys',
    'https://id.example/keys#one',
    'file:///etc/passwd',
    '/keys',
    '',
    0,
    null,
    undefined,
    {},
  ])(
    'of a server elsewhere with the jwks_uri %j is a failure, and that is not fetched (GHSA-5rr4-8452-hf4v)',
    async (jwks_uri) => {
      const fetch = vi.fn(async (_url: string) =>
        Response.json({ issuer: 'https://id.example', jwks_uri, keys: [jwk] }),
      );
      const found = (async () => discoveredKeys('https://id.example', { fetch }).find(header, at(0)))();
      await expect(found).rejects.toThrow(new Error('https://id.example: jwks_uri without https:'));
      await expect(found).rejects.not.toBeInstanceOf(TypeError);
      expect(fetch.mock.calls.map(([url]) => url)).toEqual([`https://id.example${OPENID}`]);
    },
  );

  it('may name a set on another server', async () => {
    const documents = {
      [`https://id.example${OPENID}`]: { issuer: 'https://id.example', jwks_uri: 'https://keys.example/set' },
      'https://keys.example/set': { keys: [jwk] },
    };
    expect(await discoveredKeys('https://id.example', among(documents)).find(header, at(0))).toHaveLength(1);
  });

  it.each(['null', '[]', '"text"', '<html>', ''])('that is %s is a failure', async (body) => {
    server.answers.set(OPENID, sends(body));
    await expect(async () => discoveredKeys(server.origin).find(header, at(0))).rejects.toThrow(server.origin);
    expect(server.asked).toEqual([OPENID]);
  });

  it('is not looked for behind a redirect', async () => {
    server.answers.set(OPENID, sends('', 302, { location: '/elsewhere' }));
    await expect(async () => discoveredKeys(server.origin).find(header, at(0))).rejects.toThrow('status 302');
    expect(server.asked).toEqual([OPENID]);
  });

  it('is fetched once by all who come together, and kept six times as long as the set', async () => {
    publish(OPENID, '');
    const document = server.answers.get(OPENID);
    if (document) server.answers.set(OPENID, late(40, document));
    const keys = discoveredKeys(server.origin, { maxAge: 10 });
    const found = await Promise.all(Array.from({ length: 100 }, async () => keys.find(header, at(0))));
    expect(found.flat()).toHaveLength(100);
    expect(server.asked).toEqual([OPENID, '/keys']);
    for (const [seconds, asked] of [
      [11, '/keys'],
      [60, '/keys'],
      [71, OPENID],
    ] as const) {
      const pending: Promise<unknown>[] = [];
      keys.find(header, at(seconds, { waitUntil: (promise: Promise<unknown>) => pending.push(promise) }));
      await Promise.all(pending);
      expect(server.asked.splice(2).at(0)).toBe(asked);
    }
  });

  it('is fetched anew when the set has moved, a cooldown after that was noticed', async () => {
    publish(OPENID, '');
    const keys = discoveredKeys(server.origin);
    await keys.find(header, at(0));
    server.answers.delete('/keys');
    server.answers.set('/moved', sends({ keys: [jwk, keyPair('two').jwk] }));
    publish(OPENID, '', { jwks_uri: `${server.origin}/moved` });
    const other = { ...header, kid: 'two' };
    expect(await keys.find(other, at(31))).toEqual([]);
    expect(await keys.find(other, at(61))).toEqual([]);
    expect(await keys.find(other, at(62))).toHaveLength(1);
    expect(server.asked).toEqual([OPENID, '/keys', '/keys', OPENID, '/moved']);
  });

  it('and set together may take no longer than the timeout', async () => {
    publish(OPENID, '');
    const document = server.answers.get(OPENID);
    if (document) server.answers.set(OPENID, late(150, document));
    server.answers.set('/keys', late(150, sends({ keys: [jwk] })));
    await expect(async () => discoveredKeys(server.origin, { timeout: 0.2 }).find(header, at(0))).rejects.toThrow(
      new Error(`${server.origin}: timeout`),
    );
    expect(await discoveredKeys(server.origin, { timeout: 2 }).find(header, at(0))).toHaveLength(1);
  });

  it('is not needed where the shared cache has the set, whose name there is no document’s', async () => {
    publish(OPENID, '');
    const texts = new Map<string, string>();
    const cache: KeyCache = { get: (url) => texts.get(url), set: (url, text) => texts.set(url, text) };
    await discoveredKeys(server.origin, { cache }).find(header, at(0));
    await vi.waitFor(() => expect([...texts.keys()]).toEqual([`${server.origin}${OPENID}?keys`]));
    expect(await discoveredKeys(server.origin, { cache }).find(header, at(0))).toHaveLength(1);
    expect(server.asked).toEqual([OPENID, '/keys']);
  });
});
