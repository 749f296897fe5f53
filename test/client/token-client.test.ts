/** The calls: which of them carry the token, and which are sent again. */
import { describe, expect, it, vi } from 'vitest';
import { type TokenClientOptions, tokenClient } from '../../src/client/token-client.ts';
import { API, AUTH, TokenServer } from './token-server.ts';

async function signedIn(options: Partial<TokenClientOptions> = {}) {
  const server = new TokenServer();
  const { fetch } = server;
  const client = tokenClient({ url: AUTH, clientId: 'cli', fetch, now: () => server.now, ...options });
  await client.accept(server.signIn());
  return { server, client };
}

/** As after an administrator has revoked it: the clock of the client knows nothing. */
const refuseAll = ({ good }: TokenServer): void => good.clear();

describe('the token', () => {
  it('goes along in Authorization, and the answer is the caller’s', async () => {
    const { server, client } = await signedIn();
    const response = await client.fetch(API, { headers: { 'x-own': 'yes' } });
    expect(await response.text()).toBe('files');
    expect(server.called).toMatchObject([{ url: API, authorization: 'Bearer secret-access-1' }]);
    expect(server.asked).toEqual([]);
  });

  it.each([
    ['another host', 'https://evil.example/files'],
    ['a host that begins the same', 'https://api.example.evil.example/files'],
    ['another scheme', 'http://api.example/files'],
    ['another port', 'https://api.example:8443/files'],
    ['another host in a Request', new Request('https://evil.example/files')],
    ['another host in a URL', new URL('https://evil.example/files')],
  ])('never goes to %s', async (_title, target) => {
    const { server, client } = await signedIn();
    const response = await client.fetch(target);
    expect(response.status).toBe(401);
    expect(server.called.map(({ authorization }) => authorization)).toEqual([null]);
    expect(server.asked).toEqual([]);
  });

  it('goes to origins that were named', async () => {
    const { server, client } = await signedIn({ origins: ['https://files.example'] });
    for (const path of ['https://files.example/a', 'https://files.example:8443/a']) await client.fetch(path);
    expect(server.called.map(({ authorization }) => authorization)).toEqual(['Bearer secret-access-1', null]);
  });

  it('makes room for an Authorization of the caller’s, for which nothing is refreshed', async () => {
    const { server, client } = await signedIn();
    for (const call of [
      client.fetch(API, { headers: { Authorization: 'Basic YTpi' } }),
      client.fetch(new Request(API, { headers: { authorization: 'Basic YTpi' } })),
    ]) {
      expect((await call).status).toBe(401);
    }
    expect(server.called.map(({ authorization }) => authorization)).toEqual(['Basic YTpi', 'Basic YTpi']);
    expect(server.asked).toEqual([]);
  });

  it('is none where nobody is signed in: the call is sent all the same, once, and nobody is asked', async () => {
    const server = new TokenServer();
    const client = tokenClient({ url: AUTH, fetch: server.fetch });
    expect((await client.fetch(API)).status).toBe(401);
    expect(await client.token()).toBeUndefined();
    expect(server.called.map(({ authorization }) => authorization)).toEqual([null]);
    expect(server.asked).toEqual([]);
  });
});

describe('a token that is about to expire', () => {
  it.each([
    [300, 269, 270],
    [600, 569, 570],
    [60, 53, 54],
    [2, 1.7, 1.81],
  ])('of %i seconds is refreshed after %d and before its end', async (expiresIn, before, after) => {
    const server = new TokenServer();
    server.expiresIn = expiresIn;
    const start = server.now;
    const client = tokenClient({ url: AUTH, fetch: server.fetch, now: () => server.now });
    await client.accept(server.signIn());
    server.now = start + before;
    expect(await client.token()).toBe('secret-access-1');
    server.now = start + after;
    expect(await client.token()).toBe('secret-access-2');
    expect(server.asked).toHaveLength(1);
  });

  it('is asked for by a form, without redirects and without cookies', async () => {
    const { server, client } = await signedIn();
    server.now += 3600;
    expect(await client.token()).toBe('secret-access-2');
    expect(server.asked).toMatchObject([
      {
        url: `${AUTH}/token`,
        method: 'POST',
        contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
        credentials: 'omit',
        redirect: 'manual',
        authorization: null,
      },
    ]);
    expect(server.refreshes).toEqual([
      {
        grant_type: 'refresh_token',
        client_id: 'cli',
        refresh_token: 'secret-refresh-1-0',
        attempt: expect.stringMatching(/^[\w-]{22,128}$/),
      },
    ]);
  });

  it('is refreshed once for ten calls at once', async () => {
    const { server, client } = await signedIn();
    server.now += 3600;
    const responses = await Promise.all(Array.from({ length: 10 }, () => client.fetch(API)));
    expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(server.asked).toHaveLength(1);
    expect(server.called).toHaveLength(10);
  });

  it('is used to its end while no other is to be had', async () => {
    const { server, client } = await signedIn();
    server.trouble = () => new Response('busy', { status: 503 });
    server.now += 299;
    expect((await client.fetch(API)).status).toBe(200);
    server.now += 1;
    await expect(client.fetch(API)).rejects.toThrow('token endpoint: 503');
    server.trouble = undefined;
    expect((await client.fetch(API)).status).toBe(200);
  });

  it('without expires_in is used until it is refused', async () => {
    const { server, client } = await signedIn();
    const { expires_in: _, ...tokens } = server.signIn();
    await client.accept(tokens);
    server.now += 100;
    expect(await client.token()).toBe('secret-access-2');
    server.now += 1e9;
    expect((await client.fetch(API)).status).toBe(200);
    expect(server.asked).toHaveLength(1);
  });
});

describe('a 401', () => {
  it.each([
    ['with the challenge of Bearer', 'Bearer error="invalid_token"'],
    ['with several challenges', 'Basic realm="a", bearer'],
    ['without a challenge that can be seen', undefined],
  ])('%s is answered by a refresh and one more try', async (_title, challenge) => {
    const { server, client } = await signedIn();
    server.challenge = challenge;
    refuseAll(server);
    expect((await client.fetch(API)).status).toBe(200);
    expect(server.called.map(({ authorization }) => authorization)).toEqual([
      'Bearer secret-access-1',
      'Bearer secret-access-2',
    ]);
    expect(server.asked).toHaveLength(1);
  });

  it('of ten calls at once costs one refresh', async () => {
    const { server, client } = await signedIn();
    refuseAll(server);
    const responses = await Promise.all(Array.from({ length: 10 }, () => client.fetch(API)));
    expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(server.asked).toHaveLength(1);
    expect(server.called).toHaveLength(20);
  });

  it('that comes late, of a token that was replaced meanwhile, costs none', async () => {
    const { server, client } = await signedIn();
    let answer = (_: Response): void => {};
    server.apiTrouble = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const late = client.fetch(API);
    await expect.poll(() => server.called.length).toBe(1);
    server.apiTrouble = undefined;
    refuseAll(server);
    await client.fetch(API);
    answer(new Response('no', { status: 401 }));
    expect((await late).status).toBe(200);
    expect(server.asked).toHaveLength(1);
  });

  it.each([
    ['for a step-up', 'Bearer error="insufficient_user_authentication", acr_values="mfa"'],
    ['of another scheme', 'DPoP error="invalid_token"'],
  ])('%s is the caller’s', async (_title, challenge) => {
    const { server, client } = await signedIn();
    server.challenge = challenge;
    refuseAll(server);
    expect((await client.fetch(API)).status).toBe(401);
    expect(server.called).toHaveLength(1);
    expect(server.asked).toEqual([]);
  });

  it('to the new token, too, is the caller’s; and an endpoint that does so costs no refresh a call', async () => {
    const { server, client } = await signedIn();
    server.apiTrouble = () => new Response('never', { status: 401 });
    for (let n = 0; n < 5; n++) expect((await client.fetch(API)).status).toBe(401);
    expect(server.asked).toHaveLength(1);
    server.apiTrouble = undefined;
    expect((await client.fetch(API)).status).toBe(200);
    server.now += 3600;
    expect((await client.fetch(API)).status).toBe(200);
    expect(server.asked).toHaveLength(2);
  });

  it('after which no token is to be had rejects: an outage must not look like a sign-out', async () => {
    const { server, client } = await signedIn();
    refuseAll(server);
    server.trouble = 'offline';
    await expect(client.fetch(API)).rejects.toThrow('fetch failed');
    server.trouble = undefined;
    expect((await client.fetch(API)).status).toBe(200);
  });

  it('after which nobody is signed in is the caller’s, readable', async () => {
    const { server, client } = await signedIn();
    refuseAll(server);
    server.isAlive = false;
    const response = await client.fetch(API);
    expect([response.status, await response.text()]).toEqual([401, 'no']);
    expect(server.called).toHaveLength(1);
  });
});

const bytes = new TextEncoder().encode('body');
const form = new FormData();
form.set('field', 'body');
const streamOf = (text: string): ReadableStream => new Blob([text]).stream();

describe('a body', () => {
  it.each<[string, () => BodyInit]>([
    ['text', () => 'body'],
    ['URLSearchParams', () => new URLSearchParams({ field: 'body' })],
    ['a Blob', () => new Blob(['body'])],
    ['an ArrayBuffer', () => bytes.buffer],
    ['a view', () => bytes],
    ['FormData', () => form],
  ])('that is %s is sent again', async (_title, body) => {
    const { server, client } = await signedIn();
    refuseAll(server);
    const response = await client.fetch(API, { method: 'POST', body: body() });
    expect(response.status).toBe(200);
    expect(server.called).toHaveLength(2);
    for (const arrived of server.called) {
      expect(arrived.method).toBe('POST');
      expect(arrived.body).toContain('body');
    }
  });

  it('in a Request is sent again, with the init beside it', async () => {
    const { server, client } = await signedIn();
    refuseAll(server);
    const request = new Request(API, { method: 'PUT', body: 'body', headers: { 'content-type': 'text/plain' } });
    expect(await (await client.fetch(request, { redirect: 'error' })).text()).toBe('body');
    const sent = { method: 'PUT', body: 'body', contentType: 'text/plain', redirect: 'error' };
    expect(server.called).toMatchObject([sent, sent]);
  });

  it.each<[string, () => unknown]>([
    ['a stream', () => streamOf('body')],
    [
      'an async iterable',
      async function* () {
        yield bytes;
      },
    ],
  ])('that is %s is not, and the next call has another token', async (_title, body) => {
    const { server, client } = await signedIn();
    refuseAll(server);
    const init = { method: 'POST', body: body() as BodyInit, duplex: 'half' };
    expect((await client.fetch(API, init)).status).toBe(401);
    expect(server.called.map((each) => each.body)).toEqual(['body']);
    expect((await client.fetch(API)).status).toBe(200);
    expect(server.called.at(-1)?.authorization).toBe('Bearer secret-access-2');
  });
});

describe('a caller that gives up', () => {
  it.each<[string, (signal: AbortSignal) => readonly [string | Request, RequestInit?]]>([
    ['an init', (signal) => [API, { signal }]],
    ['a Request', (signal) => [new Request(API, { signal })]],
  ])('by the signal of %s waits no longer; the others do', async (_title, argumentsOf) => {
    const { server, client } = await signedIn();
    server.now += 3600;
    const controller = new AbortController();
    const impatient = client.fetch(...argumentsOf(controller.signal));
    const patient = client.fetch(API);
    controller.abort(new Error('enough'));
    await expect(impatient).rejects.toThrow('enough');
    expect(server.asked).toEqual([]);
    expect((await patient).status).toBe(200);
    expect(server.asked).toHaveLength(1);
    expect(server.called).toHaveLength(1);
  });

  it('before it began does not wait at all', async () => {
    const { server, client } = await signedIn();
    server.now += 3600;
    await expect(client.fetch(API, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    expect(server.called).toEqual([]);
  });
});

describe('options', () => {
  it.each([
    ['a path where there is no page', { url: '/auth' }, 'Invalid URL'],
    ['no URL', { url: undefined }, 'Invalid URL'],
    ['what is no origin', { origins: ['files.example'] }, 'Invalid URL'],
    ['a misspelt one', { onSignout: () => {} }, 'onSignout'],
  ])('%s is a TypeError', (_title, options, message) => {
    const make = () => tokenClient({ url: AUTH, ...options } as TokenClientOptions);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  it('that name what has no origin of its own give the token to nothing', async () => {
    const { server, client } = await signedIn({ origins: ['file:///home', 'data:,'] });
    await client.fetch('data:,text');
    expect(server.called[0]?.authorization).toBeNull();
  });

  it('default to the platform’s fetch and clock', async () => {
    const original = globalThis.fetch;
    const server = new TokenServer();
    server.now = Date.now() / 1000;
    globalThis.fetch = server.fetch as typeof fetch;
    try {
      const client = tokenClient({ url: `${AUTH}/` });
      await client.accept(server.signIn());
      expect((await client.fetch(new URL(API))).status).toBe(200);
      await client.accept({ access_token: 'old', refresh_token: 'secret-refresh-1-0', expires_in: 1e-9 });
      expect((await client.fetch(API)).status).toBe(200);
      expect(server.asked[0]?.url).toBe(`${AUTH}/token`);
    } finally {
      globalThis.fetch = original;
    }
  });
});

it('outside a page no channel is opened, which would keep the process from ending', async () => {
  const open = vi.fn<() => void>();
  vi.stubGlobal('BroadcastChannel', open);
  try {
    const { server, client } = await signedIn();
    server.now += 3600;
    await client.fetch(API);
    await client.signOut();
    client.close();
  } finally {
    vi.unstubAllGlobals();
  }
  expect(open).not.toHaveBeenCalled();
});

it('functions may be taken out and passed on', async () => {
  const { fetch, token } = (await signedIn()).client;
  expect((await fetch(API)).status).toBe(200);
  expect(await token()).toBe('secret-access-1');
});
