import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const here = fileURLToPath(new URL('./', import.meta.url));
/** Inside the repository, so that `countersign/basic` resolves by the package's own `exports`. */
const out = `${root}.cache/runtimes/`;

/**
 * Makes what the runners run:
 *
 * - `dist`, by the package's own build;
 * - `library.mjs`: a namespace for each subpath of package.json's `exports`, so that a new one is loaded everywhere too;
 * - `suite.mjs`: the suite as one file, the library left out: it is handed over;
 * - `deno.mjs`, `workerd.mjs`, `edge.js`: suite and library as one file, where nothing can be read or resolved.
 */
export async function buildAll() {
  const { status } = spawnSync(process.execPath, [`${root}node_modules/tsup/dist/cli-default.js`, '--silent'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('tsup failed: there is no dist to test');

  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  writeFileSync(`${out}library.mjs`, libraryModule());

  const common = {
    // @oslojs/encoding has no `exports`, only `main`.
    mainFields: ['module', 'main'],
    // tsup leaves an import without names between its files; inside node_modules esbuild would not mention it.
    logOverride: { 'ignored-bare-import': 'silent' },
    absWorkingDir: root,
    // bcryptjs asks for it, for dice that nobody throws here.
    alias: { crypto: `${here}no-crypto.mjs` },
    bundle: true,
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'warning',
  };
  const bundle = (from, to, format, conditions) =>
    build({ ...common, entryPoints: [here + from], outfile: out + to, format, conditions });
  await Promise.all([
    bundle('run-suite.ts', 'suite.mjs', 'esm', []),
    bundle('gaps.ts', 'gaps.mjs', 'esm', []),
    bundle('run-deno.mjs', 'deno.mjs', 'esm', ['deno']),
    bundle('worker.mjs', 'workerd.mjs', 'esm', ['workerd', 'worker']),
    bundle('edge.mjs', 'edge.js', 'iife', ['edge-light', 'worker']),
  ]);
}

function libraryModule() {
  const { name, exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  return Object.keys(exports)
    .filter((subpath) => subpath !== './package.json')
    .map((subpath) => {
      const namespace =
        subpath === '.' ? 'core' : subpath.slice(2).replace(/[-/](.)/g, (_, next) => next.toUpperCase());
      return `export * as ${namespace} from '${name}${subpath.slice(1)}';\n`;
    })
    .join('');
}
