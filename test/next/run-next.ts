import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The example's own Next: `npm ci --prefix examples/next`. */
export const EXAMPLE: string = join(import.meta.dirname, '../../examples/next');
const bin = (): string => createRequire(join(EXAMPLE, 'package.json')).resolve('next/dist/bin/next');

type Environment = Readonly<Record<string, string>>;

function next(
  folder: string,
  args: readonly string[],
  env: Environment,
): { child: ChildProcess; output: () => string } {
  // Not the tests' own NODE_ENV, which a build takes for a mistake.
  const { NODE_ENV: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [bin(), ...args], {
    cwd: folder,
    env: { ...inherited, NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1', ...env } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += data));
  return { child, output: () => output };
}

/** `next build`. @throws Error With what it said, where it fails. */
export async function buildNext(folder: string, env: Environment = {}): Promise<void> {
  const { child, output } = next(folder, ['build'], env);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`next build: ${code}\n${output()}`);
}

export interface RunningNext {
  readonly port: number;
  /** What it has written so far. */
  output(): string;
  close(): Promise<void>;
}

/** `next start`, on loopback and a free port. */
export async function startNext(folder: string, env: Environment = {}): Promise<RunningNext> {
  const { child, output } = next(folder, ['start', '-H', '127.0.0.1', '-p', '0'], env);
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode) return;
    child.kill();
    await once(child, 'close');
  };
  for (;;) {
    const port = /Ready/.test(output()) && /http:\/\/127\.0\.0\.1:(\d+)/.exec(output())?.[1];
    if (port) return { port: Number(port), output, close };
    if (child.exitCode !== null) throw new Error(`next start: ${child.exitCode}\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
