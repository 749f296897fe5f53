import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { userOf } from './user-of.ts';

const SERVER = '/usr/sbin/mariadbd';

export interface MariadbServer {
  /** Its database `test` is empty. */
  readonly url: string;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** A MariaDB of its own, on loopback, with the settings that it comes with. */
export async function startMariadb(): Promise<MariadbServer> {
  if (!existsSync(SERVER)) throw new Error('no MariaDB here: apt-get install mariadb-server');
  const user = userOf('mysql');
  const folder = mkdtempSync(join(tmpdir(), 'countersign-mariadb-'));
  const socket = join(folder, 's.sock');
  const port = await freePort();
  let server: ChildProcess | undefined;

  const run = (command: string, options: readonly string[]): void => {
    const { status, stderr, error } = spawnSync(command, options, { ...user, cwd: '/', encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command}: ${error ?? stderr}`);
  };
  const stop = async (): Promise<void> => {
    if (server?.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  // Also where the tests end before they stop it.
  process.once('exit', () => server?.kill('SIGKILL'));
  try {
    if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
    const data = ['--no-defaults', `--datadir=${join(folder, 'data')}`];
    run('mariadb-install-db', [...data, '--auth-root-authentication-method=normal', '--skip-test-db']);
    const settings = [`--port=${port}`, '--bind-address=127.0.0.1', `--socket=${socket}`];
    server = spawn(SERVER, [...data, ...settings], { ...user, cwd: '/', stdio: 'ignore' });
    await listening(port, server);
    run('mariadb', ['--no-defaults', `--socket=${socket}`, '-u', 'root', '-e', 'CREATE DATABASE test']);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `mysql://root@127.0.0.1:${port}/test`, stop };
}

async function listening(port: number, server: ChildProcess): Promise<void> {
  for (let waited = 0; waited < 300; waited++) {
    if (server.exitCode !== null) throw new Error(`MariaDB ended at once, with ${server.exitCode}`);
    const isThere = await new Promise<boolean>((resolve) => {
      const probe = connect(port, '127.0.0.1', () => resolve(true));
      probe.on('error', () => resolve(false));
      probe.on('connect', () => probe.destroy());
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('MariaDB did not start within 30 s');
}
