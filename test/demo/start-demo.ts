import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Demo {
  readonly process: ChildProcess;
  /** As printed, with its port. */
  readonly address: string;
  readonly port: number;
  /** What was printed until now. */
  output(): string;
  /** Ends it as a process manager would. @returns The exit code, or `null` if the signal killed it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the demo as `npm start` does, in a process of its own, and waits until it has printed its address. */
export async function startDemo(port: number | string): Promise<Demo> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/demo/server.ts'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, PORT: String(port) },
  });
  let output = '';
  const exited = once(child, 'exit');

  const address = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const printed = /^http:\/\/\S+$/m.exec(output);
      if (printed && output.endsWith('\n')) resolve(printed[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    exited.then(([code]) => reject(new Error(`the demo ended with code ${code}: ${output}`)), reject);
  });

  return {
    process: child,
    address,
    port: Number(new URL(address).port),
    output: () => output,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}
