/**
 * What the presets of password hashers cost: `node bench/passwords.mjs [--dist FOLDER] [--only argon2id] [--rounds N]`.
 *
 * Beside ours the same algorithm by others, with the same parameters: first all are shown to give the same hash. Each runs in a
 * process of its own. Ends with 1 where two hashes differ.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { measureHash } from './passwords/measure-hash.mjs';
import { contendersOf, presets } from './passwords/presets.mjs';

const { values: options } = parseArgs({
  options: {
    dist: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    // What a process of its own is told to do.
    part: { type: 'string' },
  },
});
const load = (subpath) => import(pathToFileURL(join(resolve(options.dist), `${subpath}.js`)).href);

if (options.part) {
  const [preset, contender] = options.part.split(':');
  const { create } = contendersOf(presets[preset])[contender];
  process.send(await measureHash(await create(load, presets[preset]), presets[preset], Number(options.rounds)));
} else {
  console.log(`Node ${process.version}, ${os.cpus().length} × ${os.cpus()[0]?.model}, load before ${load1()}`);
  console.log(
    `Medians of ${options.rounds}; held: the longest that nothing else could run; memory: one hash, and all of them`,
  );
  for (const [index, preset] of presets.entries()) {
    if (preset.name.includes(options.only)) await runPreset(index, preset);
  }
  console.log(`load after ${load1()}`);
}

async function runPreset(index, preset) {
  const rows = [];
  for (const [contender, { name }] of contendersOf(preset).entries()) {
    rows.push({ name, ...(await inProcess(`${index}:${contender}`)) });
  }
  const differing = rows.filter(({ hash }) => hash !== rows[0].hash);
  if (differing.length) {
    console.error(`A check failed. ${preset.name}: ${differing.map(({ name }) => name)} gives another hash`);
    process.exit(1);
  }
  console.log(`\n${preset.name}, the same hash by all ${rows.length}`);
  for (const { name, median, most, held, first, all } of rows) {
    const times = `${median.toFixed(1).padStart(8)} ms (up to ${most.toFixed(0)})  held ${held.toFixed(0).padStart(4)} ms`;
    console.log(`  ${name.padEnd(36)}${times}  ${mib(first)}, ${mib(all)}`);
  }
}

async function inProcess(part) {
  const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), '--part', part]);
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => [undefined])]);
  if (!message) process.exit(1);
  return message;
}

function mib(amount) {
  return `${Math.max(0, amount).toFixed(0).padStart(4)} MiB`;
}

function load1() {
  return os.loadavg()[0]?.toFixed(2);
}
