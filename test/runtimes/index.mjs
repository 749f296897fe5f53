// npm run test:runtimes: one suite, the built package, seven runtimes. They are installed by `npm ci --prefix test/runtimes`.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildAll } from './build.mjs';

const inside = (path) => fileURLToPath(new URL(path, import.meta.url));
const { devDependencies: pins } = JSON.parse(readFileSync(inside('package.json'), 'utf8'));
const versionOf = (name) => pins[name].replace(/^npm:.*@/, '');
const TIME_LIMIT = 60_000;
/** Nothing of the caller's environment may change an answer or add a line, and no runtime shall look for its update. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME, DENO_NO_UPDATE_CHECK: '1', DO_NOT_TRACK: '1' };

/** By path and never by name: `node` in a PATH that has this folder's binaries in it would not be the machine's. */
const legs = [
  { runtime: 'node20', command: process.execPath, args: [inside('run-node.mjs'), 'node20', '20'] },
  ...['node22', 'node24'].map((name) => ({
    runtime: name,
    command: inside(`node_modules/${name}/bin/node`),
    args: [inside('run-node.mjs'), name, versionOf(name)],
  })),
  {
    runtime: 'bun',
    command: inside('node_modules/.bin/bun'),
    args: [inside('run-bun.mjs'), 'bun', versionOf('bun')],
  },
  {
    runtime: 'deno',
    command: inside('node_modules/.bin/deno'),
    args: ['run', '--no-prompt', inside('../../.cache/runtimes/deno.mjs'), 'deno', versionOf('deno')],
  },
  { runtime: 'workerd', command: process.execPath, args: [inside('run-workerd.mjs')] },
  { runtime: 'edge', command: process.execPath, args: [inside('run-edge.mjs')] },
];

/** Runs one leg in a process of its own. Whatever it prints beside the report is a fault: the library prints nothing. */
function run({ runtime, command, args }) {
  return new Promise((resolve) => {
    let [stdout, stderr] = ['', ''];
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIME_LIMIT });
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', (error) => resolve({ runtime, fault: `did not start: ${error.message}` }));
    child.on('close', (code, signal) => {
      try {
        const report = JSON.parse(stdout);
        if (code === 0 && report.runtime === runtime && !stderr) return resolve({ runtime, report });
      } catch {}
      resolve({ runtime, fault: `ended with ${signal ?? code} and printed:\n${stdout.slice(0, 2000)}${stderr}` });
    });
  });
}

/** Holds what a leg reports against the suite and the declared gaps. A leg that did not run has failed all its cases. */
function judge({ runtime, report, fault }, names, gaps) {
  if (fault) return { runtime, version: '-', passed: 0, failed: names.length, failures: [fault] };
  const declared = new Map(Object.entries(gaps[runtime]));
  const failures = [];
  let passed = 0;
  for (const [index, name] of names.entries()) {
    const [ran, failure] = report.results[index] ?? [];
    const isGap = declared.delete(name);
    if (ran !== name) failures.push(`${name}: was not run`);
    else if (isGap && failure === undefined) failures.push(`${name}: passes, and is declared a gap`);
    else if (!isGap && failure !== undefined) failures.push(`${name}: ${failure}`);
    else if (!isGap) passed++;
  }
  for (const name of declared.keys()) failures.push(`${name}: is declared a gap, and there is no such case`);
  if (report.results.length > names.length) failures.push('ran more cases than the suite has');
  return { runtime, version: report.version, passed, failed: failures.length, failures };
}

async function main() {
  if (!existsSync(inside('node_modules'))) throw new Error('the runtimes are missing: npm ci --prefix test/runtimes');
  await buildAll();
  const { cases } = await import('../../.cache/runtimes/suite.mjs');
  const { gaps } = await import('../../.cache/runtimes/gaps.mjs');
  const names = cases.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice) throw new Error(`two cases are named '${twice}'`);

  const row = (...cells) => console.log(cells.map((cell, index) => `${cell}`.padEnd([9, 14, 8][index] ?? 0)).join(''));
  const verdicts = [];
  row('runtime', 'version', 'passed', 'failed');
  for (const leg of legs) {
    const verdict = judge(await run(leg), names, gaps);
    row(verdict.runtime, verdict.version, verdict.passed, verdict.failed);
    verdicts.push(verdict);
  }

  for (const [runtime, reasons] of Object.entries(gaps)) {
    for (const [name, reason] of Object.entries(reasons)) console.log(`gap: ${runtime}: ${name}: ${reason}`);
  }
  for (const { runtime, failures } of verdicts) {
    for (const failure of failures) console.log(`FAILED: ${runtime}: ${failure}`);
  }
  const sum = (count) => verdicts.map(count).reduce((one, other) => one + other);
  const failed = sum((verdict) => verdict.failed);
  console.log(`${sum(({ passed }) => passed)} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

await main();
