import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { type Demo, startDemo } from './start-demo.ts';

const LOOPBACK = '127.0.0.1';

/** Sends bytes as they are, and returns what came back until the server closed or went quiet. */
async function sendRaw(port: number, text: string): Promise<string> {
  const socket = connect(port, LOOPBACK);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
    socket.end();
  });
  socket.on('error', (error) => {
    answer += error.message;
  });
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

/** Whether anybody listens there. */
async function isOpen(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 1000 });
  socket.on('timeout', () => socket.destroy(new Error('timeout')));
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

describe('the demo server', { timeout: 20_000 }, () => {
  let other: Server;
  let taken: number;
  let demo: Demo;

  beforeAll(async () => {
    other = createServer().listen(0, LOOPBACK);
    await once(other, 'listening');
    taken = (other.address() as AddressInfo).port;
    demo = await startDemo(taken);
  }, 20_000);

  afterAll(async () => {
    await demo?.stop();
    other.close();
  });

  it('is what `npm start` starts', () => {
    expect(packageJson.scripts.start).toContain('examples/demo/server.ts');
  });

  it('takes a free port where the wanted one is taken, and says so', async () => {
    expect(demo.port).not.toBe(taken);
    expect(demo.output()).toContain(`Port ${taken} is taken`);
    expect((await fetch(demo.address)).status).toBe(200);
  });

  it('prints its address last, alone on a line', () => {
    expect(demo.output().trimEnd().split('\n').at(-1)).toBe(`http://127.0.0.1:${demo.port}/`);
  });

  it('takes the port it is told', async () => {
    // Whatever the system gave a moment ago is free now.
    const freed = createServer().listen(0, LOOPBACK);
    await once(freed, 'listening');
    const { port } = freed.address() as AddressInfo;
    freed.close();
    await once(freed, 'close');
    const second = await startDemo(port);
    expect(second.address).toBe(`http://127.0.0.1:${port}/`);
    expect(await second.stop('SIGINT')).toBe(0);
  });

  it('listens on loopback only', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((each) => each?.map(({ address }) => address) ?? []);
    // 127.0.0.2 reaches a server that listens everywhere, on a machine without a network too.
    const elsewhere = new Set([...addresses, '127.0.0.2', '::1']);
    elsewhere.delete(LOOPBACK);
    const open = await Promise.all([...elsewhere].map(async (host) => ((await isOpen(host, demo.port)) ? host : '')));
    expect(open.filter(Boolean)).toEqual([]);
    expect(await isOpen(LOOPBACK, demo.port)).toBe(true);
  });

  it.each([
    ['an unclosed bracket for a host', 'GET / HTTP/1.1\r\nHost: [\r\n\r\n'],
    ['a host with a blank', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
    ['a host that is a path', 'GET / HTTP/1.1\r\nHost: a/b?c#d\r\n\r\n'],
    ['a port out of range', 'GET /basic/whoami HTTP/1.1\r\nHost: a:99999\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n'],
    ['an absolute URL that is none', 'GET http://[ HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a URL of an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['no HTTP', '\0\0\0\r\n\r\n'],
    [
      'two Authorization lines',
      'GET /basic/whoami HTTP/1.1\r\nHost: a\r\nAuthorization: Basic a\r\nAuthorization: Basic b\r\n\r\n',
    ],
  ])('answers 400 to %s, and lives', async (_name, text) => {
    expect(await sendRaw(demo.port, text)).toMatch(/^HTTP\/1\.1 400 /);
    expect((await fetch(demo.address)).status).toBe(200);
  });

  it.each(['/nothing', '/../../package.json', '/%2e%2e/package.json', '//page.css', '/server.ts', '/%00', '/%zz'])(
    'has nothing at %s',
    async (path) => {
      expect(await sendRaw(demo.port, `GET ${path} HTTP/1.1\r\nHost: ${LOOPBACK}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 404 /);
    },
  );

  it('keeps credentials out of its log, and reason codes out of its responses', async () => {
    const refused = await fetch(`${demo.address}basic/whoami`, {
      headers: { authorization: `Basic ${btoa('ada:wrong horse')}`, cookie: 'a=secret', accept: 'application/json' },
    });
    const answer = `${await refused.text()} ${JSON.stringify([...refused.headers])}`;
    const log = await (await fetch(`${demo.address}log`)).text();
    expect(refused.status).toBe(401);
    expect(log).toContain('"reason":"invalid"');
    expect(answer).not.toMatch(/"invalid"/);
    expect(log).not.toMatch(/wrong horse|secret|YWRh/);
  });

  it('holds few lines of log, whatever is sent', async () => {
    for (let sent = 0; sent < 60; sent++) await fetch(`${demo.address}basic/whoami`);
    const lines: unknown[] = await (await fetch(`${demo.address}log`)).json();
    expect(lines.length).toBe(40);
  });

  it('stops on SIGTERM although a client keeps its connection', async () => {
    const second = await startDemo(0);
    await fetch(second.address);
    expect(await second.stop('SIGTERM')).toBe(0);
    expect(await isOpen(LOOPBACK, second.port)).toBe(false);
  });

  it.each(['http', '-1', '65536', '3000.5'])('refuses PORT=%s, naming it', async (port) => {
    await expect(startDemo(port)).rejects.toThrow(`PORT: '${port}'`);
  });
});
