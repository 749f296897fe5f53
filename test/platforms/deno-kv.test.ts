import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DenoKv, denoKvStore } from '../../src/stores/deno-kv.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { storeCases } from '../../src/testing/index.ts';
import { refreshCases } from '../contract/refresh-cases.ts';

const inside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const ROUNDS = Number(process.env.RACE_ROUNDS ?? 3);
/** Installed by `npm ci --prefix test/runtimes`. */
const DENO = inside('../runtimes/node_modules/.bin/deno');
const folder = mkdtempSync(join(tmpdir(), 'countersign-deno-kv-'));
const TIME_LIMIT = 10_000 + ROUNDS * 30_000;

/** Runs Deno, which may read and write its folder and nothing else. Gives what it printed; throws where it failed. */
function deno(...args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = {
      PATH: process.env.PATH,
      DENO_DIR: join(folder, 'cache'),
      DENO_NO_UPDATE_CHECK: '1',
      NO_COLOR: '1',
    };
    const child = spawn(DENO, args, { env, timeout: TIME_LIMIT });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', () => reject(new Error(`${DENO} does not start: npm ci --prefix test/runtimes`)));
    child.on('close', (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`deno ended with ${code}: ${stderr}`)),
    );
  });
}

const run = (script: string, ...args: readonly string[]): Promise<string> =>
  deno('run', '--no-prompt', '--unstable-kv', `--allow-read=${folder}`, `--allow-write=${folder}`, script, ...args);

async function bundle(name: string): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [inside(`${name}.ts`)],
    bundle: true,
    outfile,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['deno'],
    target: 'es2022',
  });
  return outfile;
}

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the contract in Deno, by two connections to one file', () => {
  const failures = new Map<string, string | undefined>();

  beforeAll(async () => {
    const printed = await run(await bundle('deno-kv-deno'), join(folder, 'contract.kv'), `${ROUNDS}`);
    for (const line of printed.trim().split('\n')) {
      const [name, failure] = JSON.parse(line);
      failures.set(name, failure ?? 'passed');
    }
  }, TIME_LIMIT);

  for (const [name] of storeCases(() => memoryStore(), { rounds: ROUNDS })) {
    it(name, () => expect(failures.get(name) ?? 'it did not run').toBe('passed'));
  }

  for (const [name] of refreshCases({ rounds: ROUNDS, users: 5 })) {
    it(`families: ${name}`, () => expect(failures.get(`families: ${name}`) ?? 'it did not run').toBe('passed'));
  }

  it('of 500 requests at once a limit of 5 lets in 5', () => expect(failures.get('a limit of 5')).toBe('5,5'));
});

describe('two processes', () => {
  it(
    'count together on one file: none is lost, none is counted twice',
    async () => {
      const script = await bundle('deno-kv-counting');
      const path = join(folder, 'counting.kv');
      const printed = await Promise.all([1, 2].map(() => run(script, path, '300')));
      const values = printed.flatMap((text) => JSON.parse(text) as number[]);
      expect(values.sort((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
    },
    TIME_LIMIT,
  );
});

describe('denoKvStore()', () => {
  it('takes a Deno.Kv as Deno types it, with no cast', async () => {
    const program = join(folder, 'types.ts');
    const types = inside('../../src/stores/deno-kv.ts');
    writeFileSync(
      program,
      `import { denoKvStore } from ${JSON.stringify(types)};\nexport const store = denoKvStore(await Deno.openKv());\n`,
    );
    await deno('check', '--unstable-kv', '--no-config', program);
    writeFileSync(program, `import { denoKvStore } from ${JSON.stringify(types)};\ndenoKvStore(Deno.openKv());\n`);
    await expect(deno('check', '--unstable-kv', '--no-config', program)).rejects.toThrow(/DenoKv/);
  }, 60_000);

  const kv = { getMany: async () => [], list: () => ({}), atomic: () => ({}) } as unknown as DenoKv;

  it.each([undefined, null, {}, Promise.resolve(kv), 'kv'])('refuses %s for a KV', (other) => {
    expect(() => denoKvStore(other as DenoKv)).toThrow(TypeError);
    expect(() => denoKvStore(other as DenoKv)).toThrow(/Deno\.openKv\(\) gives, awaited/);
  });

  it.each([
    [{ timeout: 0 }, /timeout/],
    [{ timeout: '5' }, /timeout/],
    [{ prefix: 5 }, /prefix/],
    [{ prefix: 'x'.repeat(65) }, /prefix/],
    [{ table: 'x' }, /no option 'table'/],
  ])('refuses %j', (options, message) => {
    expect(() => denoKvStore(kv, options as object)).toThrow(TypeError);
    expect(() => denoKvStore(kv, options as object)).toThrow(message);
  });
});
