import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDist } from '../../scripts/ensure-dist.mjs';

export interface RunningExample {
  readonly origin: string;
  stop(): Promise<void>;
}

/**
 * Starts an example as its README says, on a free port and with a database of its own.
 *
 * @param name Of the folder.
 * @param command A program and its arguments, run in the folder.
 */
export async function startExample(name: string, command: readonly [string, ...string[]]): Promise<RunningExample> {
  await ensureDist();
  const cwd = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  if (!existsSync(join(cwd, 'node_modules'))) throw new Error(`npm ci --prefix examples/${name}`);
  const folder = mkdtempSync(join(tmpdir(), 'countersign-example-'));
  const env = {
    ...process.env,
    PORT: '0',
    DATABASE: `file:${join(folder, 'acme.db')}`,
    DATABASE_FILE: join(folder, 'acme.db'),
    SECRET: 'not a secret: an example of 32 bytes',
    NO_COLOR: '1',
  };
  const child = spawn(command[0], command.slice(1), { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const origin = await new Promise<string>((resolve, reject) => {
    let printed = '';
    const look = (chunk: Buffer): void => {
      printed += chunk;
      const found = /http:\/\/(?:localhost|127\.0\.0\.1):(\d+)/.exec(printed);
      if (found) resolve(`http://127.0.0.1:${found[1]}`);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`${name} ended with ${code}: ${printed}`)));
  });
  return {
    origin,
    async stop() {
      // The group: npm has started a shell, and that the server.
      process.kill(-(child.pid as number));
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
