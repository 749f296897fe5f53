/** What happens when an answer is lost, when the server is away, and when somebody signs out meanwhile. */
import { describe, expect, it, vi } from 'vitest';
import { type ClientStorage, type TokenClientOptions, tokenClient } from '../../src/client/token-client.ts';
import { API, AUTH, slowStorage, TokenServer } from './token-server.ts';

const OUTAGES: readonly [string, TokenServer['trouble']][] = [
  ['no network', 'offline'],
  ['a lost answer', 'lost'],
  ...[403, 404, 408, 429, 500, 502, 503].map(
    (status) => [`${status}`, () => Response.json({ error: 'invalid_grant' }, { status })] as [string, () => Response],
  ),
  ['a 400 of a proxy', () => new Response('<h1>Bad request</h1>', { status: 400 })],
  ['a 401 of a proxy', () => new Response('Password?', { status: 401 })],
  ['a client that the server does not know', () => Response.json({ error: 'invalid_client' }, { status: 401 })],
  ['a cookie that somebody has planted', () => Response.json({ error: 'invalid_request' }, { status: 400 })],
  ['a 400 in JSON of another kind', () => Response.json({ message: 'no' }, { status: 400 })],
  ['a page of a captive portal', () => new Response('<h1>Welcome</h1>')],
  ['JSON without a token', () => Response.json(null)],
  ['a token of another type', () => Response.json({ access_token: 'a', token_type: 'DPoP', expires_in: 300 })],
  ['a token that no header can hold', () => Response.json({ access_token: 'a\r\nb', expires_in: 300 })],
  ['a token that has expired', () => Response.json({ access_token: 'a', expires_in: 0 })],
  ['a redirect', () => new Response(null, { status: 307, headers: { location: 'https://evil.example/' } })],
];

function clientOf(server: TokenServer, options: Partial<TokenClientOptions> = {}) {
  const onSignOut = vi.fn<() => void>();
  const { fetch } = server;
  const client = tokenClient({ url: AUTH, fetch, onSignOut, now: () => server.now, ...options });
  return { client, onSignOut };
}

async function signedIn(options: Partial<TokenClientOptions> = {}) {
  const server = new TokenServer();
  const made = clientOf(server, options);
  await made.client.accept(server.signIn());
  return { server, ...made };
}

const kept = ({ text = '{}' }: { readonly text: string | undefined }) => JSON.parse(text);

describe.each(OUTAGES)('%s', (_title, trouble) => {
  it('signs nobody out, and the next call goes on with the same attempt', async () => {
    const storage = slowStorage();
    const { server, client, onSignOut } = await signedIn({ storage });
    server.now += 3600;
    server.trouble = trouble;
    await expect(client.fetch(API)).rejects.toThrow();
    await expect(client.token()).rejects.toThrow();
    expect(kept(storage).refresh_token).toBe('secret-refresh-1-0');
    server.trouble = undefined;
    expect((await client.fetch(API)).status).toBe(200);
    expect(new Set(server.refreshes.map(({ attempt }) => attempt)).size).toBe(1);
    expect(server.refreshes).toHaveLength(3);
    expect(kept(storage)).toEqual({ refresh_token: 'secret-refresh-1-1' });
    expect(onSignOut).not.toHaveBeenCalled();
  });
});

describe('an attempt', () => {
  it('is in the storage before the request leaves', async () => {
    const storage = slowStorage();
    const { server, client } = await signedIn({ storage });
    server.now += 3600;
    let seen: unknown;
    server.trouble = () => {
      seen = kept(storage);
      return new Response(null, { status: 503 });
    };
    await expect(client.token()).rejects.toThrow();
    expect(seen).toEqual({ refresh_token: 'secret-refresh-1-0', attempt: server.refreshes[0]?.attempt });
  });

  it('survives the process that made it', async () => {
    const storage = slowStorage();
    const { server, client } = await signedIn({ storage });
    server.now += 3600;
    server.trouble = 'lost';
    await expect(client.token()).rejects.toThrow('terminated');
    server.trouble = undefined;
    server.now += 9 * 3600;
    const { client: later } = clientOf(server, { storage });
    expect((await later.fetch(API)).status).toBe(200);
    const [first, second] = server.refreshes;
    expect(second).toEqual(first);
    expect(kept(storage)).toEqual({ refresh_token: 'secret-refresh-1-1' });
  });

  it('is another one each time that there was an answer', async () => {
    const { server, client } = await signedIn();
    for (let n = 0; n < 3; n++) {
      server.now += 3600;
      await client.token();
    }
    expect(new Set(server.refreshes.map(({ attempt }) => attempt)).size).toBe(3);
    expect(server.refreshes.map((each) => each.refresh_token)).toEqual([
      'secret-refresh-1-0',
      'secret-refresh-1-1',
      'secret-refresh-1-2',
    ]);
  });

  it('is kept by a storage that fails to take the answer: then it is asked for again', async () => {
    const storage = slowStorage();
    const { server, client } = await signedIn({ storage });
    server.now += 3600;
    const { set } = storage;
    storage.set = async (text) => {
      if (text?.includes('secret-refresh-1-1')) throw new Error('disk full');
      return set(text);
    };
    await client.token();
    expect(kept(storage).refresh_token).toBe('secret-refresh-1-0');
    storage.set = set;
    server.now += 3600;
    expect((await client.fetch(API)).status).toBe(200);
    expect(server.refreshes[1]).toEqual(server.refreshes[0]);
    expect(kept(storage)).toEqual({ refresh_token: 'secret-refresh-1-1' });
  });

  it('that a storage does not take is not sent', async () => {
    const storage = slowStorage();
    const { server, client } = await signedIn({ storage });
    server.now += 3600;
    storage.set = () => Promise.reject(new Error('disk full'));
    await expect(client.token()).rejects.toThrow('disk full');
    expect(server.asked).toEqual([]);
  });
});

describe('a server that does not answer', () => {
  it('is given up after ten seconds, and asked again by the next call', async () => {
    const server = new TokenServer();
    const given = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(given.signal);
    // As the platform's: it minds the signal.
    const fetch: TokenClientOptions['fetch'] = async (input, init) =>
      Promise.race([
        server.fetch(input, init),
        new Promise<never>((_, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
        }),
      ]);
    const { client } = clientOf(server, { fetch });
    await client.accept(server.signIn());
    server.now += 3600;
    server.trouble = () => new Promise(() => {});
    const call = client.token();
    await expect.poll(() => server.asked.length).toBe(1);
    expect(timeout.mock.calls).toEqual([[10_000]]);
    timeout.mockRestore();
    given.abort(new Error('too late'));
    await expect(call).rejects.toThrow('too late');
    server.trouble = undefined;
    expect(await client.token()).toBe('secret-access-2');
  });

  it('is waited for on platforms that have no such signals', async () => {
    const { timeout } = AbortSignal;
    Object.assign(AbortSignal, { timeout: undefined });
    try {
      const { server, client } = await signedIn();
      server.now += 3600;
      expect(await client.token()).toBe('secret-access-2');
    } finally {
      Object.assign(AbortSignal, { timeout });
    }
  });
});

describe('a sign-in that is over', () => {
  it('is forgotten, told once, and asked for no more', async () => {
    const storage = slowStorage();
    const { server, client, onSignOut } = await signedIn({ storage });
    server.now += 3600;
    server.trouble = () => Response.json({ error: 'invalid_grant' }, { status: 400 });
    const responses = await Promise.all([client.fetch(API), client.fetch(API)]);
    expect(responses.map((each) => each.status)).toEqual([401, 401]);
    expect(server.called.map(({ authorization }) => authorization)).toEqual([null, null]);
    expect(await client.token()).toBeUndefined();
    expect(storage.text).toBeUndefined();
    expect(server.asked).toHaveLength(1);
    expect(onSignOut).toHaveBeenCalledTimes(1);
  });

  it('may be followed by another', async () => {
    const { server, client, onSignOut } = await signedIn();
    server.now += 3600;
    server.isAlive = false;
    expect(await client.token()).toBeUndefined();
    await client.accept(server.signIn());
    expect((await client.fetch(API)).status).toBe(200);
    server.now += 3600;
    expect((await client.fetch(API)).status).toBe(200);
    expect(onSignOut).toHaveBeenCalledTimes(1);
  });
});

describe('signing out', () => {
  it('forgets, tells the server, and calls back once', async () => {
    const storage = slowStorage();
    const { server, client, onSignOut } = await signedIn({ storage, clientId: 'cli' });
    await client.signOut();
    expect(server.asked).toMatchObject([{ url: `${AUTH}/revoke`, credentials: 'omit', redirect: 'manual' }]);
    expect(server.asked[0]?.body).toBe('token=secret-refresh-1-0&client_id=cli');
    expect(server.isAlive).toBe(false);
    expect(storage.text).toBeUndefined();
    expect((await client.fetch(API)).status).toBe(401);
    expect(server.called[0]?.authorization).toBeNull();
    await client.signOut();
    expect(server.asked).toHaveLength(1);
    expect(onSignOut).toHaveBeenCalledTimes(1);
  });

  it.each<[string, TokenServer['trouble'], string]>([
    ['offline', 'offline', 'fetch failed'],
    ['from a server that fails', () => new Response(null, { status: 503 }), 'token endpoint: 503'],
    [
      'from a server that refuses',
      () => Response.json({ error: 'invalid_request' }, { status: 400 }),
      'token endpoint: 400',
    ],
  ])('%s forgets all the same, says so, and can be done again', async (_title, trouble, message) => {
    const storage = slowStorage();
    const { server, client, onSignOut } = await signedIn({ storage });
    server.trouble = trouble;
    await expect(client.signOut()).rejects.toThrow(message);
    expect(await client.token()).toBeUndefined();
    await expect.poll(() => storage.text).toBeUndefined();
    expect(await client.token()).toBeUndefined();
    expect(server.isAlive).toBe(true);
    server.trouble = undefined;
    await client.signOut();
    expect(server.isAlive).toBe(false);
    expect(onSignOut).toHaveBeenCalledTimes(1);
  });

  it('of a storage that fails tells the server, and rejects', async () => {
    const storage = slowStorage();
    const { server, client } = await signedIn({ storage });
    storage.set = () => Promise.reject(new Error('locked'));
    await expect(client.signOut()).rejects.toThrow('locked');
    expect(server.isAlive).toBe(false);
  });

  it('while a refresh is on its way: its answer comes too late', async () => {
    const storage = slowStorage();
    const { server, client, onSignOut } = await signedIn({ storage });
    server.now += 3600;
    let answer = (): void => {};
    server.trouble = () =>
      new Promise((resolve) => {
        answer = () => resolve(Response.json({ access_token: 'late', refresh_token: 'late-refresh', expires_in: 300 }));
      });
    const call = client.fetch(API);
    await expect.poll(() => server.asked.length).toBe(1);
    server.trouble = undefined;
    await client.signOut();
    answer();
    expect((await call).status).toBe(401);
    expect(server.called[0]?.authorization).toBeNull();
    expect(await client.token()).toBeUndefined();
    expect(storage.text).toBeUndefined();
    expect(storage.history.some((text) => text?.includes('late'))).toBe(false);
    expect(onSignOut).toHaveBeenCalledTimes(1);
  });

  it('and in again while a refresh is on its way: the new sign-in stands, whatever the answer is', async () => {
    for (const late of [
      Response.json({ access_token: 'late', refresh_token: 'late-refresh', expires_in: 300 }),
      Response.json({ error: 'invalid_grant' }, { status: 400 }),
    ]) {
      const storage = slowStorage();
      const { server, client, onSignOut } = await signedIn({ storage });
      server.now += 3600;
      let answer = (_: Response): void => {};
      server.trouble = () =>
        new Promise((resolve) => {
          answer = resolve;
        });
      const call = client.token();
      await expect.poll(() => server.asked.length).toBe(1);
      server.trouble = undefined;
      await client.signOut();
      await client.accept(server.signIn());
      answer(late);
      expect(await call).toBe('secret-access-2');
      expect(await client.token()).toBe('secret-access-2');
      expect(kept(storage)).toEqual({ refresh_token: 'secret-refresh-2-0' });
      expect(onSignOut).toHaveBeenCalledTimes(1);
    }
  });

  it('and in again at once leaves what belongs to the new sign-in', async () => {
    const storage = slowStorage();
    const { server, client } = await signedIn({ storage });
    const left = client.signOut();
    const tokens = server.signIn();
    await Promise.all([left, client.accept(tokens)]);
    expect(kept(storage)).toEqual({ refresh_token: 'secret-refresh-2-0' });
    expect(await client.token()).toBe('secret-access-2');
  });
});

describe('two processes with one storage', () => {
  async function twoProcesses() {
    const storage = slowStorage();
    const one = await signedIn({ storage });
    return { ...one, storage, other: clientOf(one.server, { storage }) };
  }

  it('of which one signs in: the other is signed in, too', async () => {
    const { server, other } = await twoProcesses();
    expect((await other.client.fetch(API)).status).toBe(200);
    expect(server.called[0]?.authorization).toBe('Bearer secret-access-2');
  });

  it('both refresh, one after the other, with the token that is there', async () => {
    const { server, client, other } = await twoProcesses();
    for (const each of [client, other.client, client, other.client]) {
      server.now += 3600;
      expect((await each.fetch(API)).status).toBe(200);
    }
    expect(server.refreshes.map((each) => each.refresh_token?.slice(-1))).toEqual(['0', '1', '2', '3']);
  });

  it('of which one has lost an answer: the other asks for it', async () => {
    const { server, client, other } = await twoProcesses();
    server.now += 3600;
    server.trouble = 'lost';
    await expect(client.token()).rejects.toThrow('terminated');
    server.trouble = undefined;
    expect((await other.client.fetch(API)).status).toBe(200);
    expect((await client.fetch(API)).status).toBe(200);
    expect(server.isAlive).toBe(true);
  });

  it('of which one signs out: the other is, when it needs a token', async () => {
    const { server, client, other } = await twoProcesses();
    await other.client.token();
    await client.signOut();
    server.now += 3600;
    expect(await other.client.token()).toBeUndefined();
    expect(other.onSignOut).toHaveBeenCalledTimes(1);
    await client.accept(server.signIn());
    expect((await other.client.fetch(API)).status).toBe(200);
  });

  it('of which one signs in as somebody else while the other refreshes: the other follows, and ends nothing', async () => {
    for (const late of [
      Response.json({ access_token: 'late', refresh_token: 'late-refresh', expires_in: 300 }),
      Response.json({ error: 'invalid_grant' }, { status: 400 }),
    ]) {
      const { server, client, other, storage } = await twoProcesses();
      let answer = (_: Response): void => {};
      server.trouble = () =>
        new Promise((resolve) => {
          answer = resolve;
        });
      const call = other.client.token();
      await expect.poll(() => server.asked.length).toBe(1);
      server.trouble = undefined;
      await client.accept(server.signIn());
      answer(late);
      expect(await call).toBe('secret-access-3');
      expect(kept(storage)).toEqual({ refresh_token: 'secret-refresh-2-1' });
      expect(other.onSignOut).not.toHaveBeenCalled();
    }
  });
});

describe('what is in the storage', () => {
  it.each(['', 'no JSON', 'null', '[]', '"text"', '{"attempt":"a"}'])(
    'and is not ours (%s) signs nobody in',
    async (text) => {
      const server = new TokenServer();
      const storage: ClientStorage = { get: () => text, set: () => {} };
      const { client, onSignOut } = clientOf(server, { storage });
      expect((await client.fetch(API)).status).toBe(401);
      expect(server.asked).toEqual([]);
      expect(onSignOut).not.toHaveBeenCalled();
    },
  );

  it('is never an access token', async () => {
    const storage = slowStorage();
    const { server, client } = await signedIn({ storage });
    server.now += 3600;
    await client.token();
    await client.signOut();
    expect(storage.history.length).toBe(4);
    expect(JSON.stringify(storage.history)).not.toContain('access');
  });
});

describe('accept', () => {
  const GOOD = { access_token: 'secret-access', refresh_token: 'secret-refresh', expires_in: 300 };

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['another answer', { error: 'invalid_grant' }],
    ['a token of another type', { ...GOOD, token_type: 'DPoP' }],
    ['a token with a line break', { ...GOOD, access_token: 'secret\r\nb' }],
    ['a lifetime that is no number', { ...GOOD, expires_in: 'soon' }],
    ['no refresh token', { ...GOOD, refresh_token: undefined }],
  ])('refuses %s, and nobody is signed in by it', async (_title, tokens) => {
    const { client } = clientOf(new TokenServer());
    const error = await client.accept(tokens as typeof GOOD).catch((reason) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).not.toContain('secret');
    expect(await client.token()).toBeUndefined();
  });
});

it('no error shows a token', async () => {
  for (const [, trouble] of [...OUTAGES, ['quoted', () => new Response('{"access_token":"secret-x')] as const]) {
    const { server, client } = await signedIn();
    server.now += 3600;
    server.trouble = trouble;
    for (const call of [client.token, () => client.fetch(API), client.signOut]) {
      const error: Error = await call().then(
        () => new Error('none'),
        (reason) => reason,
      );
      expect(`${error.stack} ${JSON.stringify(error)} ${error.cause}`).not.toContain('secret');
    }
  }
});
