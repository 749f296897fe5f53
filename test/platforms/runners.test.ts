import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory.ts';
import { storeCases } from '../../src/testing/index.ts';

/** Somebody's own project, with the package among its modules, and the test of a store in the words of each runner. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const runtimes = `${root}test/runtimes/node_modules/`;
const project = mkdtempSync(join(tmpdir(), 'countersign-runners-'));
const total = storeCases(() => memoryStore()).length;
const CAUGHT = 'create: an id that is taken is false, and the record stays, whoever asks';

const stores = {
  good: 'const createStore = () => memoryStore();',
  // Upsert for create.
  broken: `const createStore = () => {
    const store = memoryStore();
    return { ...store, create: (key, record, now) => (store.delete(key, now), store.create(key, record, now)) };
  };`,
};
const runners = {
  'node:test': {
    command: [process.execPath, '--test', '--test-reporter=tap'],
    head: "import { test } from 'node:test';",
    declare: 'test(name, () => run());',
    passed: (count: number) => `# pass ${count}\n`,
    failed: (name: string) => new RegExp(`^not ok \\d+ - ${name}$`, 'm'),
  },
  'bun test': {
    command: [`${runtimes}.bin/bun`, 'test'],
    head: "import { test } from 'bun:test';",
    declare: 'test(name, () => run(), 60_000);',
    passed: (count: number) => ` ${count} pass\n`,
    failed: (name: string) => new RegExp(`^\\(fail\\) ${name}`, 'm'),
  },
  // Without any permission.
  'deno test': {
    command: [`${runtimes}.bin/deno`, 'test', '--no-prompt', '--no-check', '--node-modules-dir=manual'],
    head: '',
    declare: 'Deno.test(name, () => run());',
    passed: (count: number) => `${count} passed`,
    failed: (name: string) => new RegExp(`^${name} \\.\\.\\. FAILED`, 'm'),
  },
} as const;

function runIn(runner: keyof typeof runners, store: keyof typeof stores) {
  const { command, head, declare } = runners[runner];
  const file = join(project, `${runner.replace(/\W/g, '-')}-${store}.test.mjs`);
  writeFileSync(
    file,
    `${head}
import { memoryStore } from 'countersign/memory-store';
import { storeCases } from 'countersign/testing';
${stores[store]}
for (const [name, run] of storeCases(createStore, { rounds: 3 })) ${declare}
`,
  );
  const [program, ...args] = command;
  const env = { PATH: process.env.PATH, HOME: project, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1', DO_NOT_TRACK: '1' };
  const { status, stdout, stderr, error } = spawnSync(program, [...args, file], {
    cwd: project,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (error) throw new Error(`${runner} did not run (npm ci --prefix test/runtimes): ${error.message}`);
  return { status, said: `${stdout}${stderr}` };
}

beforeAll(async () => {
  const folder = join(project, 'node_modules/countersign');
  mkdirSync(folder, { recursive: true });
  const exports = { './memory-store': './memory-store.js', './testing': './testing.js' };
  const dependencies = { countersign: '0.0.0' };
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module', dependencies }));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'countersign', version: '0.0.0', type: 'module', exports }),
  );
  await build({
    entryPoints: { 'memory-store': `${root}src/stores/memory.ts`, testing: `${root}src/testing/index.ts` },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
  });
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe.each(Object.keys(runners) as (keyof typeof runners)[])('with %s', (runner) => {
  it('each case is a test, and a good store passes all', () => {
    const { status, said } = runIn(runner, 'good');
    expect(said).toContain(runners[runner].passed(total));
    expect(status).toBe(0);
  }, 60_000);

  it('a broken store fails, by the name of what it breaks', () => {
    const { status, said } = runIn(runner, 'broken');
    expect(said).toMatch(runners[runner].failed(CAUGHT));
    expect(said).not.toContain(runners[runner].passed(total));
    expect(status).not.toBe(0);
  }, 60_000);
});
