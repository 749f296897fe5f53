// Subpaths are written down in several places: package.json (what resolves), tsup.config.ts (what is built), a docstring
// (what the reference is named after), typedoc.json, paths of a tsconfig, the README. This finds where they disagree.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';
import { root } from './ensure-dist.mjs';

/**
 * @typedef {object} Subpaths
 * @property {string} name Of the package.
 * @property {Record<string, unknown>} exports Of package.json.
 * @property {Record<string, string>} entries Of tsup.config.ts: output name to source file.
 * @property {Record<string, string>} modules Source file to the name after `@module`.
 * @property {readonly string[]} entryPoints Of typedoc.json.
 * @property {Record<string, readonly string[]>} paths Of test/types/tsconfig.json, relative to the repository.
 * @property {Record<string, string>} docs Texts of README.md and the guides, by file.
 */

/**
 * Where subpaths disagree, as sentences that name the file to change.
 *
 * @param {Subpaths} subpaths
 * @returns {string[]}
 */
export function disagreements({ name, exports, entries, modules, entryPoints, paths, docs }) {
  /** @type {string[]} */
  const problems = [];
  const subpaths = Object.keys(exports).filter((key) => key !== './package.json');
  const specifiers = new Map(subpaths.map((key) => [key === '.' ? 'index' : key.slice(2), join(name, key)]));

  for (const [output, specifier] of specifiers) {
    const target = { types: `./dist/${output}.d.ts`, default: `./dist/${output}.js` };
    const key = output === 'index' ? '.' : `./${output}`;
    if (JSON.stringify(exports[key]) !== JSON.stringify(target)) {
      problems.push(`package.json: exports['${key}'] is not ${JSON.stringify(target)}`);
    }
    const source = entries[output];
    if (!source) problems.push(`tsup.config.ts: no entry '${output}', which package.json exports`);
    else if (modules[source] !== specifier)
      problems.push(`${source}: its first docstring has no '@module ${specifier}'`);
    if (source && !entryPoints.includes(source)) problems.push(`typedoc.json: no entry point ${source}`);
    if (source && paths[specifier]?.[0] !== source)
      problems.push(`test/types/tsconfig.json: '${specifier}' is not ${source}`);
  }
  const excess = [
    ...Object.keys(entries)
      .filter((output) => !specifiers.has(output))
      .map((output) => `tsup.config.ts: entry '${output}'`),
    ...Object.keys(modules)
      .filter((file) => !Object.values(entries).includes(file))
      .map((file) => `${file}: '@module'`),
    ...entryPoints.filter((file) => !Object.values(entries).includes(file)).map((file) => `typedoc.json: ${file}`),
    ...Object.keys(paths)
      .filter((path) => ![...specifiers.values()].includes(path))
      .map((path) => `test/types/tsconfig.json: '${path}'`),
  ];
  problems.push(...excess.map((found) => `${found} belongs to no export of package.json`));
  return [...problems, ...documented(name, [...specifiers.values()], docs)];
}

/**
 * @param {string} name
 * @param {readonly string[]} specifiers
 * @param {Record<string, string>} docs
 */
function documented(name, specifiers, docs) {
  const problems = [];
  for (const [file, text] of Object.entries(docs)) {
    const mentioned = text.matchAll(new RegExp(`['"\`](${name}(?:/[\\w./-]+)?)['"\`]`, 'g'));
    for (const [, found = ''] of mentioned) {
      if (!specifiers.includes(found)) problems.push(`${file}: '${found}' is not exported by package.json`);
    }
  }
  // A table whose rows begin with a specifier is the table of all of them.
  const rows = [...(docs['README.md'] ?? '').matchAll(new RegExp(`^\\| *\`(${name}(?:/[\\w./-]+)?)\` *\\|`, 'gm'))];
  const listed = rows.map(([, specifier]) => specifier);
  const missing = listed.length ? specifiers.filter((specifier) => !listed.includes(specifier)) : [];
  return [...problems, ...missing.map((specifier) => `README.md: the table of subpaths lacks '${specifier}'`)];
}

/**
 * The subpaths of this repository.
 *
 * @returns {Promise<Subpaths>}
 */
export async function readSubpaths() {
  const { name, exports } = JSON.parse(await text('package.json'));
  const { default: tsup } = await tsImport('../tsup.config.ts', import.meta.url);
  const { entryPoints } = JSON.parse(await text('typedoc.json'));
  const { paths } = JSON.parse(await text('test/types/tsconfig.json')).compilerOptions;
  /** @type {Record<string, string>} */
  const modules = {};
  for (const file of [...(await list('src', '.ts')), ...(await list('adapters', '.ts'))]) {
    const found = /^(?: \*|\/\*\*) @module (\S+)/m.exec(await text(file));
    if (found?.[1]) modules[file] = found[1];
  }
  /** @type {Record<string, string>} */
  const docs = {};
  const guides = await list('docs/guides', '.md');
  for (const file of ['README.md', ...guides]) if (existsSync(join(root, file))) docs[file] = await text(file);
  return {
    name,
    exports,
    entries: tsup.entry,
    modules,
    entryPoints,
    paths: Object.fromEntries(
      Object.entries(paths).map(([specifier, targets]) => [
        specifier,
        targets.map((/** @type {string} */ target) => join('test/types', target)),
      ]),
    ),
    docs,
  };
}

/** @param {string} path */
const text = (path) => readFile(join(root, path), 'utf8');

/**
 * @param {string} folder
 * @param {string} ending
 */
async function list(folder, ending) {
  if (!existsSync(join(root, folder))) return [];
  const names = await readdir(join(root, folder), { recursive: true });
  return names
    .filter((found) => found.endsWith(ending))
    .map((found) => join(folder, found))
    .sort();
}
