import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Exploration {
  /** Every state was visited: nothing was cut off by a limit of depth, memory or time. */
  readonly isComplete: boolean;
  /** The assertion that does not hold, as spin prints it. Anything else that spin calls an error is here in its own words. */
  readonly violated: string | undefined;
  /** How many different states were visited. */
  readonly states: number;
  readonly seconds: number;
}

const MEGABYTES = 1800;

/**
 * Explores a model in all orders of its events, in a temporary folder that is removed.
 *
 * @param model A path of Promela.
 * @param defines `NAME` or `NAME=value` each.
 * @param depth How many steps one after the other are looked at.
 */
export async function checkModel(
  model: string,
  defines: readonly string[],
  depth: number = 100_000,
): Promise<Exploration> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-model-'));
  try {
    // spin needs it too, and says less clearly that it is missing.
    await run('gcc', ['--version'], folder);
    await run('spin', ['-a', ...defines.map((each) => `-D${each}`), model], folder);
    // Safety only: there are assertions, and ends that are no ends; no cycles are looked for.
    const limits = [`-DMEMLIM=${MEGABYTES}`, '-DVECTORSZ=512'];
    await run('gcc', ['-O2', '-w', '-DSAFETY', '-DCOLLAPSE', ...limits, '-o', 'pan', 'pan.c'], folder);
    const began = performance.now();
    const text = await run('./pan', [`-m${depth}`, '-w23'], folder);
    return { ...parse(text), seconds: (performance.now() - began) / 1000 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function parse(text: string): Omit<Exploration, 'seconds'> {
  const [, errors] = /errors: (\d+)/.exec(text) ?? [];
  const [, states] = /^\s*(\d+) states, stored/m.exec(text) ?? [];
  if (errors === undefined || states === undefined) throw new Error(`spin: not a report:\n${text}`);
  const [, first] = /^pan:\d+: (.+?) \(at depth \d+\)$/m.exec(text) ?? [];
  return {
    isComplete: !/too small|Search not completed|MEMLIM|out of memory|truncated|interrupted/i.test(text),
    violated: errors === '0' ? undefined : (first ?? `${errors} errors`),
    states: Number(states),
  };
}

async function run(command: string, options: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)(command, options, { cwd, maxBuffer: 2 ** 26 });
    return stdout + stderr;
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (code === 'ENOENT') throw new Error(`${command}: not found. On Debian: apt-get install spin gcc libc6-dev`);
    throw new Error(`${command}: ${String(code)}\n${stdout}${stderr}`);
  }
}
