// npm run import-time: what importing core + Basic costs a fresh process, against a module that holds nothing. Figures
// depend on the machine and its load, so this is no test of every commit; it says what it saw, and fails above the ceiling.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureDist, root } from './ensure-dist.mjs';

const RUNS = 15;
/** Of a whole process, from its start to its end: what a cold start or a command feels. */
const CEILING = 1.5;

/** @param {string} path */
const specifier = (path) => JSON.stringify(pathToFileURL(path).href);

/** @param {readonly number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/**
 * Writes a module and one that times its import, the same for every module, so that only what is imported differs.
 *
 * @param {string} folder
 * @param {string} name
 * @param {string} code
 */
async function contender(folder, name, code) {
  const timed = join(folder, `timed-${name}.mjs`);
  await writeFile(join(folder, `${name}.mjs`), code);
  await writeFile(
    timed,
    `const start = performance.now();
     await import(${specifier(join(folder, `${name}.mjs`))});
     console.log(performance.now() - start);`,
  );
  return { name, timed, process: /** @type {number[]} */ ([]), import: /** @type {number[]} */ ([]) };
}

/** @param {readonly unknown[]} cells */
const row = (...cells) =>
  console.log(cells.map((cell, index) => (index ? `${cell}`.padStart(14) : `${cell}`.padEnd(12))).join(''));

await ensureDist();
const folder = await mkdtemp(join(tmpdir(), 'countersign-'));
try {
  const files = ['index', 'basic'].map((entry) => `import ${specifier(join(root, 'dist', `${entry}.js`))};`);
  const empty = await contender(folder, 'empty', '');
  const both = await contender(folder, 'core+basic', files.join('\n'));
  // One run more than is counted: the first reads cold files. Interleaved, so that a busy moment hits both.
  for (let run = 0; run <= RUNS; run++) {
    for (const each of [empty, both]) {
      const start = performance.now();
      const alone = Number(execFileSync(process.execPath, [each.timed], { encoding: 'utf8' }));
      if (run > 0) each.process.push(performance.now() - start);
      if (run > 0) each.import.push(alone);
    }
  }
  const ratio = median(both.process) / median(empty.process);
  console.log(`Node ${process.versions.node}, median of ${RUNS} interleaved runs`);
  row('ms', 'process', 'import alone');
  for (const each of [empty, both]) row(each.name, median(each.process).toFixed(1), median(each.import).toFixed(2));
  console.log(`core+basic takes ${ratio.toFixed(2)} times the empty module's process (ceiling ${CEILING})`);
  process.exitCode = ratio <= CEILING ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
