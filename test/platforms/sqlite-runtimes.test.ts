import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { memoryStore } from '../../src/stores/memory.ts';
import { storeCases } from '../../src/testing/store-contract/store-contract.ts';

const runtimes = fileURLToPath(new URL('../runtimes/node_modules/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'countersign-runtimes-'));
const file = join(folder, 'worker.mjs');

beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('./sync-sqlite-worker.ts', import.meta.url))],
    outfile: file,
    bundle: true,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    format: 'esm',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each([
  ['bun:sqlite in Bun', `${runtimes}.bin/bun`, ''],
  ['node:sqlite in Node 24', `${runtimes}node24/bin/node`, ''],
  ['better-sqlite3 in this Node', process.execPath, `${runtimes}better-sqlite3/lib/index.js`],
])(
  'the contract holds on %s, and it waits for others who write',
  async (name, binary, module) => {
    const killed = { timeout: 120_000, killSignal: 'SIGKILL' } as const;
    const { stdout } = await promisify(execFile)(
      binary,
      [file, join(folder, name.replaceAll(/\W/g, '-')), ...(module ? [module] : [])],
      killed,
    ).catch((error) => {
      throw error.code === 'ENOENT' ? new Error(`no ${binary} here: npm ci --prefix test/runtimes`) : error;
    });
    const busy = { impatient: 'failed', patient: true, records: ['later'] };
    expect(JSON.parse(stdout)).toEqual({ cases: storeCases(memoryStore).length, failures: {}, busy });
  },
  130_000,
);
