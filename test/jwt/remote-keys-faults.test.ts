import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RemoteKeysOptions, remoteKeys } from '../../src/jwt/remote.ts';
import { contextOf } from '../support/context.ts';
import { type Answer, KeyServer, keyPair, late, sends } from '../support/key-server.ts';

const START = 1_800_000_000;
const PATH = '/tenant/keys';
const { jwk } = keyPair('one');
const good = sends({ keys: [jwk] });
const at = (seconds: number) => contextOf({ now: START + seconds });
const header = { alg: 'EdDSA', kid: 'one' };

let server: KeyServer;
beforeEach(async () => {
  server = await KeyServer.start();
});
afterEach(() => server.stop());

/** 10 MB of blanks, as fast as they are taken. */
const floods = (): Answer => (response) => {
  let left = 200;
  const write = (): void => {
    if (left--) response.write(' '.repeat(50_000), write);
    else response.end();
  };
  write();
};

const trickles: Answer = (response) => {
  response.writeHead(200);
  response.write('{"keys":[');
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};
const breaksOff: Answer = (response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{"keys":[');
  setTimeout(() => response.destroy(), 20);
};
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });

const FAULTS: readonly (readonly [what: string, answer: Answer, says: string])[] = [
  ['500', sends({ keys: [jwk] }, 500), 'status 500'],
  ['404', sends({ keys: [jwk] }, 404), 'status 404'],
  ['206', sends({ keys: [jwk] }, 206), 'status 206'],
  ['no content', sends('', 204), 'status 204'],
  ['a redirect', sends('', 302, { location: '/elsewhere' }), 'status 302'],
  ['another redirect', sends({ keys: [jwk] }, 307, { location: '/elsewhere' }), 'status 307'],
  ['nothing at all', () => {}, 'timeout'],
  ['a body that never ends', trickles, 'timeout'],
  ['10 MB', floods(), 'no JSON within 256 kB'],
  [
    'a good set with 300 kB of blanks behind it',
    sends(JSON.stringify({ keys: [jwk] }) + ' '.repeat(300_000)),
    'no JSON',
  ],
  ['a body that breaks off', breaksOff, 'no JSON'],
  ['a closed connection', (response) => response.destroy(), 'no reply'],
  ['HTML', sends('<html>SECRET</html>'), 'no JSON'],
  ['half of a set', sends(JSON.stringify({ keys: [jwk] }).slice(0, -1)), 'no JSON'],
  ['an empty body', sends(' '), 'no JSON'],
  ['null', sends('null'), 'no usable key'],
  ['a text', sends('"SECRET"'), 'no usable key'],
  ['an array', sends([jwk]), 'no usable key'],
  ['an object without keys', sends({ error: 'SECRET' }), 'no usable key'],
  ['one key', sends({ keys: jwk }), 'no usable key'],
  ['101 keys', sends({ keys: Array.from({ length: 101 }, (_, n) => ({ ...jwk, kid: `${n}` })) }), 'no usable key'],
  ['an empty set', sends({ keys: [] }), 'no usable key'],
  ['a set of garbage', sends({ keys: [null, 0, 'SECRET', [], {}, { kty: 'OKP' }] }), 'no usable key'],
  [
    'a secret, a weak key, one for encryption',
    sends({ keys: [{ kty: 'oct', k: 'A'.repeat(99) }, weak, { ...jwk, use: 'enc' }] }),
    'no usable key',
  ],
];

describe.each(FAULTS)('a server that answers with %s', (_what, answer, says) => {
  it('is an outage while there is no set, and the next try is a second later', async () => {
    server.answers.set(PATH, answer);
    const keys = remoteKeys(server.origin + PATH, { timeout: says === 'timeout' ? 0.5 : 5 });
    const failures = await Promise.allSettled(Array.from({ length: 20 }, async () => keys.find(header, at(0))));
    failures.push(...(await Promise.allSettled([(async () => keys.find(header, at(1)))()])));
    for (const failure of failures) {
      if (failure.status === 'fulfilled') throw new Error('it found keys');
      expect(failure.reason).not.toBeInstanceOf(TypeError);
      expect(failure.reason.message).toMatch(new RegExp(`^${server.origin}: ${says}`));
      expect(`${failure.reason.message} ${failure.reason.cause}`).not.toMatch(/SECRET|tenant/);
    }
    expect(server.asked).toEqual([PATH]);
    server.answers.set(PATH, good);
    expect(await keys.find(header, at(2))).toHaveLength(1);
    expect(server.asked).toEqual([PATH, PATH]);
  });

  it('changes nothing for who has a set, whether the new one was due or asked for', async () => {
    server.answers.set(PATH, good);
    const keys = remoteKeys(server.origin + PATH, { timeout: says === 'timeout' ? 0.5 : 5 });
    const [key] = await keys.find(header, at(0));
    server.answers.set(PATH, answer);
    expect(await keys.find({ ...header, kid: 'two' }, at(31))).toEqual([]);
    const pending: Promise<unknown>[] = [];
    const waitUntil = (promise: Promise<unknown>): void => void pending.push(promise);
    expect(keys.find(header, { ...at(601), waitUntil })).toEqual([key]);
    await Promise.all(pending);
    expect(keys.find(header, at(602))).toEqual([key]);
    expect(server.asked).toEqual([PATH, PATH, PATH]);
  });
});

describe('a failure', () => {
  it.each([
    ['a body that is too long', floods],
    ['a body that never ends', () => trickles],
    [
      'a body that nobody reads',
      () =>
        ((response, request) => {
          response.statusCode = 500;
          floods()(response, request);
        }) as Answer,
    ],
  ])('ends the transfer of %s', async (_what, answer) => {
    const closed = vi.fn();
    server.answers.set(PATH, (response, request) => {
      response.on('close', () => closed(response.writableFinished));
      answer()(response, request);
    });
    await expect(async () => remoteKeys(server.origin + PATH, { timeout: 0.2 }).find(header, at(0))).rejects.toThrow();
    await vi.waitFor(() => expect(closed.mock.calls).toEqual([[false]]));
  });

  it('in the background is nobody’s unhandled rejection', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    try {
      server.answers.set(PATH, good);
      const keys = remoteKeys(server.origin + PATH, { timeout: 0.5 });
      await keys.find(header, at(0));
      for (const [n, answer] of [sends('', 500), trickles, sends('<')].entries()) {
        server.answers.set(PATH, answer);
        expect(keys.find(header, at(601 + 31 * n))).toHaveLength(1);
        await vi.waitFor(() => expect(server.asked.length).toBe(n + 2));
        await new Promise((resolve) => setTimeout(resolve, 600));
      }
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off('unhandledRejection', unhandled);
    }
  });

  it.each([
    [
      'rejects',
      async () => {
        throw new Error('SECRET');
      },
      'no reply',
    ],
    ['never answers, and minds no signal', () => new Promise<never>(() => {}), 'timeout'],
    ['follows redirects to something opaque', async () => ({ status: 0, body: null }) as Response, 'status 0'],
    ['answers without a body', async () => new Response(null), 'no JSON'],
    ['gives a body that never ends, and minds no signal', async () => new Response(new ReadableStream()), 'timeout'],
  ])('a fetch of one’s own that %s is one', async (_what, fetch, says) => {
    const keys = remoteKeys('https://id.example/tenant', { fetch, timeout: 0.1 });
    await expect(async () => keys.find(header, at(0))).rejects.toThrow(
      new Error(`https://id.example: ${says}`.replace('no JSON', 'no JSON within 256 kB')),
    );
  });
});

describe('a fetch whose request has gone, as on Workers', () => {
  /** Begins a fetch that nothing will ever end: neither its server nor its own timer. */
  function begin(options: RemoteKeysOptions) {
    server.answers.set(PATH, () => {});
    const keys = remoteKeys(server.origin + PATH, options);
    const timer = vi.spyOn(globalThis, 'setTimeout').mockImplementation((() => 0) as never);
    void keys.find(header, at(0));
    timer.mockRestore();
    return keys;
  }

  it('keeps those who wait for it no longer than it might have taken; then one of them fetches', async () => {
    const keys = begin({ timeout: 0.5 });
    await vi.waitFor(() => expect(server.asked).toEqual([PATH]));
    server.answers.set(PATH, late(30, good));
    const found = await Promise.all(Array.from({ length: 20 }, async () => keys.find(header, at(0))));
    expect(found.flat()).toHaveLength(20);
    expect(server.asked).toEqual([PATH, PATH]);
  });

  it('keeps nobody who comes later', async () => {
    const keys = begin({ timeout: 5 });
    await vi.waitFor(() => expect(server.asked).toEqual([PATH]));
    server.answers.set(PATH, good);
    expect(await keys.find(header, at(6))).toHaveLength(1);
  });

  it('takes nothing from the one that came after it, should it end all the same', async () => {
    const endings: ((response: Response) => void)[] = [];
    const fetch = (): Promise<Response> => new Promise((resolve) => endings.push(resolve));
    const keys = remoteKeys('https://id.example/keys', { fetch });
    const first = Promise.resolve(keys.find(header, at(0)));
    const second = keys.find(header, at(6));
    endings[0]?.(new Response('', { status: 500 }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const third = keys.find(header, at(6));
    endings[1]?.(Response.json({ keys: [jwk] }));
    expect((await Promise.all([first, second, third])).flat()).toHaveLength(3);
    expect(endings).toHaveLength(2);
  });
});
