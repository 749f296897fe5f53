import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

export const inside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Installed with the example: `npm ci --prefix examples/workers`. */
const WRANGLER = inside('../../examples/workers/node_modules/wrangler/bin/wrangler.js');

/** A Worker of this folder as one module, by esbuild alone; `countersign` is the package as it is published. */
export async function bundledByEsbuild(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [inside(`${name}.ts`)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker'],
    target: 'es2022',
  });
  return outputFiles[0]?.text ?? '';
}

/** A Worker of this folder as wrangler would upload it. */
export const bundledByWrangler = (name: string): Promise<string> =>
  deployDry(inside('.'), name, [`${name}.ts`, `--name=${name}`, '--compatibility-date=2026-04-01']);

/** The example as wrangler would upload it. */
export const bundledExample = (): Promise<string> => deployDry(inside('../../examples/workers'), 'worker', []);

async function deployDry(cwd: string, name: string, given: readonly string[]): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), 'countersign-wrangler-'));
  try {
    const env = { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' };
    const command = [WRANGLER, 'deploy', ...given, '--dry-run', '--outdir', outdir];
    await promisify(execFile)(process.execPath, command, { cwd, env });
    return await readFile(join(outdir, `${name}.js`), 'utf8');
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
}
