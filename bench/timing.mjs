/**
 * What the time of a refusal tells a stranger: `node bench/timing.mjs [--dist FOLDER] [--only TEXT]`, and `--hasher scrypt`.
 *
 * - Sign-ins, through the whole door and the real hasher: whether there is such an account. Means may differ by 5 %.
 * - Comparisons of secrets: how much of a guess was right. Welch's t of two classes of guesses stays within 4.5.
 *
 * Ends with 1 where something is over its bound, and where nothing is proven: the machine was too busy to tell 5 %, or a comparison
 * that leaks was not seen to.
 * Takes two or three minutes; each part runs in a process of its own.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { comparisons } from './timing/comparisons.mjs';
import { sampleComparison } from './timing/sample-comparison.mjs';
import { sampleSignIns } from './timing/sample-sign-ins.mjs';
import { BOUND, momentsOf, welch } from './timing/welch.mjs';

const SIGN_INS = 'sign-ins';

const { values: options } = parseArgs({
  options: {
    dist: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
    // Of both classes of a comparison together.
    samples: { type: 'string', default: '100000' },
    // Of each class.
    'sign-ins': { type: 'string', default: '60' },
    hasher: { type: 'string', default: 'argon2id' },
    only: { type: 'string', default: '' },
    // What a process of its own is told to do.
    part: { type: 'string' },
  },
});
const load = (subpath) => import(pathToFileURL(join(resolve(options.dist), `${subpath}.js`)).href);

if (options.part) {
  process.send(await runPart(options.part));
} else {
  console.log(`Node ${process.version}, ${os.cpus().length} × ${os.cpus()[0]?.model}, load before ${load1()}`);
  const passed = [];
  if (SIGN_INS.includes(options.only)) {
    passed.push(printSignIns(options.hasher, await inProcess(options.hasher)));
    passed.push(printSignIns('none', await inProcess('none')));
  }
  const chosen = comparisons.filter(({ name }) => name.includes(options.only));
  if (chosen.length) console.log(`\nComparisons, ${options.samples} samples each; |t| < ${BOUND}`);
  for (const each of chosen) passed.push(printComparison(each, await inProcess(String(comparisons.indexOf(each)))));
  console.log(`\nload after ${load1()}`);
  process.exitCode = passed.every(Boolean) ? 0 : 1;
}

/** @param {string} part A comparison's index, or a hasher's name. */
async function runPart(part) {
  const comparison = comparisons[part];
  if (!comparison) {
    return sampleSignIns(load, part, part === 'none' ? 2000 : Number(options['sign-ins']));
  }
  const { times, classes } = await sampleComparison(comparison, load, Number(options.samples));
  return { ...welch(times, classes), mean: momentsOf(times).mean };
}

async function inProcess(part) {
  const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), '--part', part]);
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])]);
  if (!message) process.exit(1);
  return message;
}

/** @returns Whether all classes that have a bound are seen to be within it. */
function printSignIns(hasher, classes) {
  const isFree = hasher === 'none';
  console.log(
    `\nRefused sign-ins, ${isFree ? 'by a hasher that costs nothing' : hasher}: ${classes[0].times.length} each`,
  );
  console.log(`${' '.repeat(36)}wall clock, without the slowest tenth      by CPU time`);
  const [known] = classes;
  const verdicts = classes.map(({ name, most, times, works }, at) => {
    const [wall, work] = [ratioOf(times, known.times), ratioOf(works, known.works)];
    const verdict = isFree || !most ? '' : verdictOf(wall, most);
    const mean = isFree ? `${(wall.mean * 1000).toFixed(1)} µs` : `${wall.mean.toFixed(1)} ms`;
    const [more, workMore] = [wall, work].map((each) => (at ? shown(each).padStart(16) : ' '.repeat(16)));
    console.log(`  ${name.padEnd(30)}${mean.padStart(12)}  ${more}  ${verdict.padEnd(9)}  ${workMore}`.trimEnd());
    return verdict === '' || verdict === 'within';
  });
  return verdicts.every(Boolean);
}

/** The mean, what it is of another mean, and one standard deviation of that. */
function ratioOf(values, others) {
  const [a, b] = [values, others].map((each) => momentsOf(quickestOf(each)));
  const ratio = a.mean / b.mean;
  return { mean: a.mean, ratio, error: ratio * Math.hypot(...[a, b].map((each) => deviationOf(each) / each.mean)) };
}

function deviationOf({ variance, count }) {
  return Math.sqrt(variance / count);
}

function verdictOf({ ratio, error }, most) {
  const more = Math.abs(ratio - 1);
  // On a busy machine five hundredths can't be told from none, but a hasher that was left out can.
  if (more > most && more > 4 * error) return 'OVER';
  return 2 * error > most ? 'TOO NOISY' : more > most ? 'OVER' : 'within';
}

/** Without what else the machine did. */
function quickestOf(times) {
  return [...times].sort((a, b) => a - b).slice(0, Math.ceil(0.9 * times.length));
}

/** @returns Whether it leaks as it should: not at all, but for what is there to be seen. */
function printComparison({ name, right, leaks }, { t, difference, mean }) {
  const passed = Math.abs(t) >= BOUND === leaks;
  const verdict = leaks ? (passed ? 'seen, as it must be' : 'NOT SEEN') : passed ? 'nothing seen' : 'LEAKS';
  const label = `${name}: ${right} right`.padEnd(52);
  console.log(
    `  ${label} t ${t.toFixed(2).padStart(8)}  ${difference.toFixed(2).padStart(7)} of ${mean.toFixed(0)} ns  ${verdict}`,
  );
  return passed;
}

function shown({ ratio, error }) {
  const [more, by] = [Math.abs(ratio - 1), error].map((part) => (part * 100).toFixed(1));
  return `${ratio < 1 ? '−' : '+'}${more} % ± ${by} %`;
}

function load1() {
  return os.loadavg()[0]?.toFixed(2);
}
