/**
 * The benchmark: `npm run bench -- [--quick] [--json FILE] [--only TEXT] [--dist FOLDER] [--baseline FOLDER]`.
 *
 * Every contender of a scenario runs in a process of its own and takes turns with the others, A B C, A B C, so that what
 * else the machine does hits all of them; every few rounds the processes are started afresh, so that no luck of the
 * compiler's lasts. Figures are medians of rounds; only figures of one run may be compared.
 *
 * Ends with 1 where a contender accepts or refuses what it should not. A goal that is missed is printed, and ends with 0:
 * times depend on the machine and on its other users.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    only: { type: 'string', default: '' },
    // Another build: in place of this one, or beside it as 'countersign (baseline)'.
    dist: { type: 'string', default: resolve(ROOT, 'dist') },
    baseline: { type: 'string' },
  },
});

// What npm writes last, and again whenever another pin of the lockfile is installed.
prepare('bench/node_modules/.package-lock.json', 'npm', ['ci', '--prefix', 'bench'], 'bench/package-lock.json');
if (!existsSync(options.dist)) prepare('dist', 'npx', ['tsup']);

const { runScenario } = await import('./lib/run-scenario.mjs');
const { scenarios } = await import('./scenarios/index.mjs');
const { printSummary } = await import('./lib/print-summary.mjs');
const { toJson } = await import('./lib/summarize.mjs');

const plan = options.quick
  ? { generations: 2, rounds: 4, milliseconds: 120, quick: !options.only }
  : { generations: 5, rounds: 8, milliseconds: 200, quick: false };
const chosen = scenarios.filter(({ name, slow }) => name.includes(options.only) && !(plan.quick && slow));
const builds = { dist: resolve(options.dist), baseline: options.baseline && resolve(options.baseline) };

console.log(`Node ${process.version}, ${os.cpus().length} × ${os.cpus()[0]?.model}, load before ${load()}`);
console.log(`${plan.generations} × ${plan.rounds} rounds of ${plan.milliseconds} ms`);
const summaries = [];
try {
  for (const scenario of chosen) {
    summaries.push(await runScenario(scenario, builds, plan));
  }
} catch (error) {
  console.error(`A check failed. ${error.message}`);
  process.exit(1);
}
printSummary(summaries);
console.log(`\nload after ${load()}`);
if (options.json) writeFileSync(options.json, `${JSON.stringify(toJson(summaries), null, 2)}\n`);

/** Makes what a fresh clone doesn't have, and what is older than what it is made of. */
function prepare(path, command, args, source) {
  const [made, from] = [path, source ?? path].map((each) => statSync(resolve(ROOT, each), { throwIfNoEntry: false }));
  if (made && made.mtimeMs >= from.mtimeMs) return;
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(1);
}

/** Processes that wanted to run during the last minute: with fewer processors than that, medians drift. */
function load() {
  return os.loadavg()[0]?.toFixed(2);
}
