import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import type { RequestLike } from 'countersign';
import { basic } from 'countersign/basic';
import { authenticated, requestView } from 'countersign/node';
import { describe, expect, test } from 'vitest';
import { serve } from '../adapters/serve.ts';

const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
const GOOD = `Basic ${btoa('ada:correct horse')}`;
const headers = { authorization: GOOD };

/** What a server answers to the bytes of a request, as they stand. */
async function answerTo(listener: RequestListener, lines: readonly string[]): Promise<string> {
  const served = await serve(listener);
  try {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(served.origin).port) });
    socket.setEncoding('latin1').write([...lines, 'Connection: close', '', ''].join('\r\n'));
    let text = '';
    for await (const part of socket) text += part;
    return text;
  } finally {
    await served.close();
  }
}

async function viewOf(lines: readonly string[]): Promise<RequestLike> {
  let view: RequestLike | undefined;
  await answerTo((req, res) => {
    view = requestView(req);
    res.end();
  }, lines);
  if (!view) throw new Error('the request has not arrived');
  return view;
}

describe('the view of a request', () => {
  test('reads headers by name, whatever their case, and joins those that come twice', async () => {
    const view = await viewOf([
      'GET / HTTP/1.1',
      'HOST: app.example',
      'X-A: 1',
      'cookie: a=1',
      'x-a:  2 ',
      'Cookie: b=2',
    ]);
    expect(['host', 'x-a', 'X-A', 'cookie', 'x-b'].map((name) => view.headers.get(name))).toEqual([
      'app.example',
      '1, 2',
      '1, 2',
      'a=1; b=2',
      null,
    ]);
    expect(view.method).toBe('GET');
  });

  test.each([
    ['/a?b=c', 'app.example', 'http://app.example/a?b=c'],
    ['//elsewhere.example/a', 'app.example', 'http://app.example//elsewhere.example/a'],
    ['http://elsewhere.example/a', 'app.example', 'http://app.example/a'],
    ['*', 'app.example', 'http://app.example/*'],
    ['/a', 'app.example:8080', 'http://app.example:8080/a'],
    ['/a', 'no host', 'http://localhost/a'],
    ['/a', 'elsewhere.example/b?c=', 'http://elsewhere.example/a'],
  ])('has the URL of %s at %s', async (path, host, url) => {
    expect((await viewOf([`OPTIONS ${path} HTTP/1.1`, `Host: ${host}`])).url).toBe(url);
  });

  test('believes the protocol that the framework knows, and a TLS socket', () => {
    const rawHeaders = ['Host', 'app.example', 'X-Forwarded-Proto', 'https'];
    const tls = { encrypted: true, remoteAddress: '127.0.0.1' };
    expect(requestView({ rawHeaders, socket: {} }).url).toBe('http://app.example/');
    expect(requestView({ rawHeaders, socket: tls }).url).toBe('https://app.example/');
    expect(requestView({ rawHeaders, socket: {}, protocol: 'https' }).url).toBe('https://app.example/');
  });
});

describe('Node', () => {
  const listener: RequestListener = authenticated(staff, (_req, res, { accepted }) =>
    res.end(accepted.principal.username),
  );

  test.each([
    ['first', [GOOD, 'Basic x']],
    ['last', ['Basic x', GOOD]],
    ['both', [GOOD, GOOD]],
  ])('two Authorization lines are refused, also where the good one is %s', async (_where, values) => {
    const lines = values.map((value) => `Authorization: ${value}`);
    const answer = await answerTo(listener, ['GET / HTTP/1.1', 'Host: app.example', ...lines]);
    expect(answer).toMatch(/^HTTP\/1\.1 40[01] /);
    expect(answer).not.toContain('ada');
  });

  test('over HTTP/2', async () => {
    const server = createHttp2Server(
      authenticated(staff, (_req, res, { accepted }) => res.end(accepted.principal.username)),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const ask = async (sent: Record<string, string>) => {
      const stream = client.request(sent);
      const [got] = (await once(stream, 'response')) as [Record<string, unknown>];
      return [got[':status'], got['cache-control'], (await stream.setEncoding('utf8').toArray()).join('')];
    };
    try {
      expect(await ask({ ':path': '/', ...headers })).toEqual([200, 'private', 'ada']);
      expect(await ask({ ':path': '/' })).toEqual([401, 'no-store', '']);
      // The page that posts is this server's own: the host is what HTTP/2 calls the authority.
      const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect((await ask({ ':path': '/', ':method': 'POST', origin: own, ...headers }))[0]).toBe(200);
      expect((await ask({ ':path': '/', ':method': 'POST', origin: 'http://elsewhere.example', ...headers }))[0]).toBe(
        403,
      );
    } finally {
      client.close();
      server.close();
    }
  });

  const answers: readonly (readonly [string, RequestListener, Readonly<Record<string, string | null>>])[] = [
    ['end', (_req, res) => res.end('x'), { 'cache-control': 'private', vary: 'authorization' }],
    ['write', (_req, res) => res.write('x') && res.end(), { 'cache-control': 'private' }],
    ['pipe', (_req, res) => Readable.from(['x']).pipe(res), { 'cache-control': 'private' }],
    ['flushHeaders', (_req, res) => [res.flushHeaders(), res.end('x')], { 'cache-control': 'private' }],
    [
      'an object',
      (_req, res) => res.writeHead(200, { 'X-A': '1' }).end('x'),
      { 'cache-control': 'private', 'x-a': '1' },
    ],
    [
      'an object over headers that are set',
      (_req, res) => res.setHeader('X-A', '1').setHeader('X-B', '1').writeHead(200, 'Fine', { 'x-a': '2' }).end('x'),
      { 'x-a': '2', 'x-b': '1', vary: 'authorization' },
    ],
    [
      'a list',
      (_req, res) => res.writeHead(200, ['Vary', 'Accept', 'vary', 'Origin']).end('x'),
      { vary: 'Accept, Origin, authorization' },
    ],
    [
      'rules of its own',
      (_req, res) => res.writeHead(200, { 'Cache-Control': 'public' }).end('x'),
      { 'cache-control': 'public, private' },
    ],
    ['no-store', (_req, res) => res.setHeader('Cache-Control', 'no-store').end('x'), { 'cache-control': 'no-store' }],
    ['Vary of its own', (_req, res) => res.setHeader('Vary', 'Authorization').end('x'), { vary: 'Authorization' }],
  ];

  test.each(answers)('adds to what the handler answers by %s', async (_how, answer, expected) => {
    const served = await serve(authenticated(staff, (req, res) => answer(req, res)));
    try {
      const response = await fetch(served.origin, { headers });
      expect([response.status, await response.text()]).toEqual([200, 'x']);
      expect(Object.fromEntries(Object.keys(expected).map((name) => [name, response.headers.get(name)]))).toEqual(
        expected,
      );
    } finally {
      await served.close();
    }
  });

  test('a refusal keeps what stands in the response, such as CORS headers', async () => {
    const listener = authenticated(staff, () => {}, {
      refuse: () => new Response('Sign in, please.', { status: 401, headers: { 'content-type': 'text/plain' } }),
    });
    const served = await serve((req, res) => {
      res.setHeader('access-control-allow-origin', 'https://app.example').setHeader('vary', 'Origin');
      return listener(req, res);
    });
    try {
      const response = await fetch(served.origin);
      expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([
        401,
        'https://app.example',
      ]);
      expect(response.headers.get('vary')).toBe('Origin, authorization');
      expect(response.headers.get('www-authenticate')).toBe('Basic realm="Staff", charset="UTF-8"');
      expect(await response.text()).toBe('Sign in, please.');
    } finally {
      await served.close();
    }
  });

  test('what is known of a request gets to the authenticator', async () => {
    const addresses: (string | undefined)[] = [];
    const watched = {
      ...staff,
      authenticate: (request: RequestLike, context: Parameters<typeof staff.authenticate>[1]) => {
        addresses.push(context.address);
        return staff.authenticate(request, context);
      },
    };
    const server = createServer(
      authenticated(watched, (_req, res) => res.end(''), { context: (req) => ({ address: req.socket.remoteAddress }) }),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.close();
    server.closeAllConnections();
    expect(addresses).toEqual(['127.0.0.1']);
  });
});
