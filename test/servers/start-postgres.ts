import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { type ServerUser, userOf } from './user-of.ts';

/** Where Debian puts each version. */
const VERSIONS = '/usr/lib/postgresql';

export interface PostgresServer {
  readonly url: string;
  /** Every process of it at once, by SIGKILL: what it has only in memory is gone. */
  kill(): Promise<void>;
  /** Again, on the same port with the same files. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** A PostgreSQL of its own, on loopback, with the settings that it comes with. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = newestBin();
  const user = userOf('postgres');
  const folder = mkdtempSync(join(tmpdir(), 'countersign-postgres-'));
  const port = await freePort();
  let server: ChildProcess | undefined;

  const kill = async (): Promise<void> => {
    const running = server;
    server = undefined;
    if (running?.exitCode === null && running.signalCode === null) await killAll(running);
  };
  const start = async (): Promise<void> => {
    const settings = ['-p', `${port}`, '-c', 'listen_addresses=127.0.0.1', '-k', folder];
    server = spawn(`${bin}/postgres`, ['-D', folder, ...settings], { ...user, cwd: '/', stdio: 'ignore' });
    for (let waited = 0; waited < 300 && server.exitCode === null; waited++) {
      if (spawnSync(`${bin}/pg_isready`, ['-h', '127.0.0.1', '-p', `${port}`, '-q']).status === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('PostgreSQL did not start within 30 s');
  };
  const stop = async (): Promise<void> => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  // Also where the tests end before they stop it. Its other processes end when they miss it.
  process.once('exit', () => server?.kill('SIGKILL'));
  try {
    makeFiles(bin, folder, user);
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgres://countersign@127.0.0.1:${port}/postgres`, kill, start, stop };
}

function newestBin(): string {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
  const [newest] = versions
    .map((version) => `${VERSIONS}/${version}/bin`)
    .filter((bin) => existsSync(`${bin}/postgres`))
    .sort((one, other) => other.localeCompare(one, 'en', { numeric: true }));
  if (!newest) throw new Error('no PostgreSQL here: apt-get install postgresql');
  return newest;
}

function makeFiles(bin: string, folder: string, user: ServerUser): void {
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const options = ['-D', folder, '-A', 'trust', '-U', 'countersign', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8'];
  const { status, stderr, error } = spawnSync(`${bin}/initdb`, options, { ...user, cwd: '/', encoding: 'utf8' });
  if (status !== 0) throw new Error(`initdb: ${error ?? stderr}`);
}

/** The first process is stopped before the others are looked for, so that it starts no more of them. */
async function killAll(first: ChildProcess): Promise<void> {
  const ended = once(first, 'exit');
  first.kill('SIGSTOP');
  const others = childrenOf(first.pid as number);
  first.kill('SIGKILL');
  for (const pid of others) if (isThere(pid)) process.kill(pid, 'SIGKILL');
  await ended;
  // The next server refuses the files while one is left that has them in memory.
  while (others.some(isThere)) await new Promise((resolve) => setTimeout(resolve, 10));
}

function childrenOf(parent: number): readonly number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => parentOf(pid) === parent).map(Number);
}

function isThere(pid: number): boolean {
  return parentOf(`${pid}`) !== undefined;
}

/** `undefined` where the process has ended, be it that nobody has heard of it yet. */
function parentOf(pid: string): number | undefined {
  try {
    // After the name, which may hold anything: the state, and the parent.
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}
