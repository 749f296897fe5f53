// npm run size [-- --json FILE]: what each subpath weighs, against its ceiling.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from './bundle.mjs';
import { ensureDist, root } from './ensure-dist.mjs';
import { exceeded, LIMITS } from './size-limits.mjs';

const { values } = parseArgs({ options: { json: { type: 'string' } } });
await ensureDist();

/** @type {Record<string, number>} */
const sizes = {};
/** @type {string[]} */
const problems = [];
console.log('                     bytes  ceiling');
for (const limit of LIMITS) {
  const bundled = await bundle(limit.code);
  sizes[limit.name] = bundled.bytes;
  problems.push(...exceeded(bundled, limit));
  console.log(`${limit.name.padEnd(18)} ${String(bundled.bytes).padStart(7)}  ${String(limit.ceiling).padStart(7)}`);
}
console.log('minified and gzipped (level 9)');

const { exports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
for (const subpath of Object.keys(exports)) {
  if (subpath !== './package.json' && !(subpath in sizes))
    problems.push(`${subpath}: has no ceiling in size-limits.mjs`);
}
if (values.json) await writeFile(values.json, `${JSON.stringify(sizes, null, 2)}\n`);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length ? 1 : 0;
