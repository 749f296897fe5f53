/** The examples, each as an application that is running: what a reader copies does what it says. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleCases } from './example-cases.ts';
import { type RunningExample, startExample } from './start-example.ts';

const inside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const runtimes = inside('../runtimes/node_modules/.bin/');

/** Compiles a folder, and gives what is wrong with it. */
async function tsc(folder: string): Promise<string> {
  const binary = inside('../../node_modules/typescript/bin/tsc');
  return promisify(execFile)(process.execPath, [binary, '-p', folder]).then(
    ({ stdout }) => stdout,
    ({ stdout }) => stdout,
  );
}

/** The same by Deno, which takes a package for one only where it really is in `node_modules`. */
async function denoCheck(folder: string): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), 'countersign-deno-'));
  try {
    cpSync(folder, copy, { recursive: true, filter: (path) => !path.includes('node_modules') });
    for (const name of ['package.json', 'dist']) {
      cpSync(inside(`../../${name}`), join(copy, 'node_modules/countersign', name), { recursive: true });
    }
    for (const scope of ['@noble', '@oslojs']) {
      cpSync(inside(`../../node_modules/${scope}`), join(copy, 'node_modules', scope), { recursive: true });
    }
    const env = { PATH: process.env.PATH, DENO_DIR: join(copy, '.deno'), DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
    return await promisify(execFile)(`${runtimes}deno`, ['check', '--quiet', 'server.ts'], { cwd: copy, env }).then(
      () => '',
      ({ stderr }) => stderr,
    );
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

describe.each<[string, string, readonly [string, ...string[]], (folder: string) => Promise<string>]>([
  ['Hono on Node', 'hono', ['npm', 'start'], tsc],
  ['Bun', 'bun', [`${runtimes}bun`, 'server.ts'], tsc],
  ['Deno', 'deno', [`${runtimes}deno`, 'task', 'start'], denoCheck],
])('the example for %s', (_, name, command, compile) => {
  let running: RunningExample;
  beforeAll(async () => {
    running = await startExample(name, command);
  });
  afterAll(() => running?.stop());

  for (const [title, run] of exampleCases) it(title, () => run(running.origin));

  it('compiles', async () => expect(await compile(inside(`../../examples/${name}`))).toBe(''), 60_000);
});
