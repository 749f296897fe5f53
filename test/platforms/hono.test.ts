/** The middleware for Hono on other runtimes than Node, each by its own server: the shared suite, and a WebSocket. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureDist } from '../../scripts/ensure-dist.mjs';
import { adapterCases, cookieMade } from '../adapters/behaviour.ts';

const inside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const runtimes = inside('../runtimes/node_modules/');
const folder = mkdtempSync(join(tmpdir(), 'countersign-hono-'));
beforeAll(() => ensureDist());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function bundle(name: string, conditions: readonly string[]): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [inside(`../adapters/hono-servers/${name}.ts`)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: [...conditions],
    target: 'es2022',
    external: ['node:*', 'fs', 'fs/promises', 'path'],
  });
  return outfile;
}

interface Running {
  readonly origin: string;
  stop(): Promise<unknown>;
}

/** Starts a server that prints its port. */
async function start(binary: string, args: readonly string[]): Promise<Running> {
  const child: ChildProcess = spawn(`${runtimes}.bin/${binary}`, args, {
    env: { PATH: process.env.PATH, NO_COLOR: '1' },
  });
  const ended = new Promise((done) => child.once('close', done));
  const port = await new Promise<number>((done, fail) => {
    let printed = '';
    child.stdout?.on('data', (chunk) => {
      printed += chunk;
      if (/^\d+$/m.test(printed)) done(Number(/^\d+$/m.exec(printed)?.[0]));
    });
    child.once('error', () => fail(new Error(`${binary} does not start: npm ci --prefix test/runtimes`)));
    child.once('close', (code) => fail(new Error(`${binary} ended with ${code}`)));
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    stop() {
      child.kill();
      return ended;
    },
  };
}

async function startWorkerd(): Promise<Running> {
  const { Miniflare } = createRequire(inside('../runtimes/package.json'))('miniflare');
  const contents = readFileSync(await bundle('workerd', ['workerd', 'worker']), 'utf8');
  const miniflare = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents }],
    cf: false,
    compatibilityDate: '2026-04-01',
    host: '127.0.0.1',
    port: 0,
  });
  return { origin: (await miniflare.ready).origin, stop: () => miniflare.dispose() };
}

/** The first line of the answer to an upgrade; and, where it is one, the first message back. */
async function upgrade(origin: string, headers: readonly string[]): Promise<readonly [string, string?]> {
  const { hostname, port } = new URL(origin);
  const socket: Socket = connect(Number(port), hostname);
  const lines = [
    'GET /socket HTTP/1.1',
    `Host: ${hostname}:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  let received = Buffer.alloc(0);
  const until = (found: () => boolean): Promise<void> =>
    new Promise((done) => {
      const look = (chunk?: Buffer): void => {
        if (chunk) received = Buffer.concat([received, chunk]);
        if (!found()) return;
        socket.off('data', look);
        done();
      };
      socket.on('data', look);
      look();
    });
  await until(() => received.includes('\r\n\r\n'));
  const status = received.toString('latin1').split('\r\n')[0] ?? '';
  try {
    if (!status.includes('101')) return [status];
    received = received.subarray(received.indexOf('\r\n\r\n') + 4);
    // A masked text of two characters (RFC 6455 §5.2).
    socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]));
    await until(() => received.length > 2 && received.length >= 2 + ((received[1] ?? 0) & 127));
    return [status, received.subarray(2).toString()];
  } finally {
    socket.destroy();
  }
}

describe.each<[string, () => Promise<Running>]>([
  ['Bun', async () => start('bun', [await bundle('bun', ['bun'])])],
  ['Deno', async () => start('deno', ['run', '--no-prompt', '--allow-net=127.0.0.1', await bundle('deno', ['deno'])])],
  ['workerd', startWorkerd],
])('Hono on %s', (_, open) => {
  let running: Running;
  beforeAll(async () => {
    running = await open();
  });
  afterAll(() => running?.stop());

  for (const [name, run] of adapterCases) it(name, () => run(running.origin));

  it('a WebSocket: refused to strangers and to other sites, and whose it is for the rest', async () => {
    const cookie = `Cookie: ${await cookieMade(0)}`;
    expect(await upgrade(running.origin, [])).toEqual(['HTTP/1.1 401 Unauthorized']);
    expect(await upgrade(running.origin, [cookie, 'Sec-Fetch-Site: cross-site'])).toEqual(['HTTP/1.1 403 Forbidden']);
    expect(await upgrade(running.origin, [cookie])).toEqual(['HTTP/1.1 101 Switching Protocols', 'Ada: hi']);
  });
});
