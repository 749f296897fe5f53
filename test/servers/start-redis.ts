import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface RedisServer {
  readonly port: number;
  /** As a machine that loses power, but for what the disk holds. */
  kill(): Promise<void>;
  /** Again, on the same port and folder. */
  start(): Promise<void>;
  /** Takes connections and requests, and answers none, until it is thawed. */
  freeze(): void;
  thaw(): void;
  /** `redis-cli`, with what it prints. */
  cli(...words: string[]): Promise<string>;
  /** For good, with its folder. */
  stop(): Promise<void>;
}

/** Starts a `redis-server` on loopback that keeps everything it acknowledges. */
export async function startRedis(...settings: readonly string[]): Promise<RedisServer> {
  const [port, folder] = [await freePort(), await mkdtemp(join(tmpdir(), 'countersign-redis-'))];
  const always = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, ...always, ...settings];
  let child: ReturnType<typeof spawn> | undefined;

  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const cli = async (...words: string[]): Promise<string> =>
    (await promisify(execFile)('redis-cli', ['-p', `${port}`, ...words])).stdout.trim();
  const start = async (): Promise<void> => {
    child = spawn('redis-server', options, { stdio: 'ignore' });
    await Promise.race([once(child, 'spawn'), once(child, 'error').then(([error]) => Promise.reject(hint(error)))]);
    for (let tries = 0; tries < 400; tries++) {
      if ((await cli('ping').catch(() => '')) === 'PONG') return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await kill();
    throw new Error('redis-server did not start within 10 s');
  };
  const stop = async (): Promise<void> => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  // Also where the tests end before they stop it.
  process.once('exit', () => child?.kill('SIGKILL'));
  await start().catch((error) => stop().then(() => Promise.reject(error)));
  const freeze = () => void child?.kill('SIGSTOP');
  const thaw = () => void child?.kill('SIGCONT');
  return { port, kill, start, freeze, thaw, cli, stop };
}

/** Three servers that share the 16,384 slots. */
export async function startRedisCluster(): Promise<readonly RedisServer[]> {
  const settings = ['--cluster-enabled', 'yes', '--appendfsync', 'everysec'];
  const servers = [await startRedis(...settings), await startRedis(...settings), await startRedis(...settings)];
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
  await servers[0]?.cli('--cluster', 'create', ...addresses, '--cluster-yes');
  for (const { cli } of servers) {
    for (let tries = 0; !(await cli('cluster', 'info')).includes('cluster_state:ok'); tries++) {
      if (tries > 200) throw new Error('the cluster did not come up within 10 s');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return servers;
}

function hint(error: NodeJS.ErrnoException): Error {
  return error.code === 'ENOENT' ? new Error('no redis-server here: apt-get install redis-server') : error;
}

/** Low enough that a cluster's bus, 10,000 above it, is a port, too. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 25_000);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
