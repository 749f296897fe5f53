// npm run check:package: what is published is what was meant, seen from the outside: the packed tarball, in a project of its own.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { install, output, pack } from './consumer.mjs';
import { ensureDist, root } from './ensure-dist.mjs';
import { disagreements, readSubpaths } from './subpaths.mjs';

/** @typedef {Awaited<ReturnType<typeof install>>} Project */

const { name, exports, peerDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const specifiers = Object.keys(exports)
  .filter((subpath) => subpath !== './package.json')
  .map((subpath) => name + subpath.slice(1));

/** @param {Project} project */
async function lint({ folder }) {
  // The folder that the tarball became: everything in it is published, so there is nothing to pack.
  const { messages, pkg } = await publint({ pkgDir: join(folder, 'node_modules', name), pack: false, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
}

/** @param {string} tarball */
async function resolutions(tarball) {
  const attw = fileURLToPath(new URL('dist/index.js', import.meta.resolve('@arethetypeswrong/cli/package.json')));
  // No question to a registry: whether somebody else publishes types for it does not matter, it has its own.
  const args = [attw, tarball, '--profile', 'esm-only', '--no-definitely-typed', '--no-emoji', '--no-color'];
  return attempt(() => output(process.execPath, args, root));
}

/** @param {string} tarball */
async function contents(tarball) {
  const files = (await output('tar', ['-tzf', tarball], root)).trim().split('\n');
  const allowed = /^package\/(dist\/[\w.-]+\.(js|d\.ts)|package\.json|README\.md|LICENSE)$/;
  return files.filter((file) => !allowed.test(file)).map((file) => `tarball: ${file} does not belong in it`);
}

/**
 * By `import` and, since Node 20.19 loads modules so too, by `require`: the same names.
 *
 * @param {Project} project
 */
async function loading(project) {
  const list = JSON.stringify(specifiers);
  const print = `console.log(JSON.stringify(names))`;
  const names = `names[specifier] = Object.keys(found).filter((key) => !/^(__esModule|module\\.exports)$/.test(key)).sort()`;
  await project.write(
    'import.mjs',
    `const names = {}; for (const specifier of ${list}) { const found = await import(specifier); ${names}; } ${print}`,
  );
  await project.write(
    'require.cjs',
    `const names = {}; for (const specifier of ${list}) { const found = require(specifier); ${names}; } ${print}`,
  );
  return attempt(async () => {
    const [imported, required] = [await project.node('import.mjs'), await project.node('require.cjs')];
    if (imported !== required) throw new Error(`import and require differ: ${imported} ${required}`);
    const empty = Object.entries(JSON.parse(imported)).filter(([, keys]) => keys.length === 0);
    if (empty.length) throw new Error(`nothing is exported by ${empty.map(([specifier]) => specifier).join(', ')}`);
  });
}

/** Adapters with the types of a framework, which is there where they are used: `test/types` and `test/fleet` compile them. */
const OF_PEERS = Object.keys(peerDependencies).map((peer) => `${name}/${peer}`);

/** Settings of two kinds of users. What a browser app, Deno, Bun and Workers declare is near the first. */
const CONSUMERS = {
  'DOM, bundler': { lib: ['ES2022', 'DOM'], types: [], module: 'ESNext', moduleResolution: 'Bundler' },
  'Node without DOM': { lib: ['ES2022'], types: ['node'], module: 'NodeNext', moduleResolution: 'NodeNext' },
};
const STRICT = {
  target: 'ES2022',
  noEmit: true,
  strict: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
};

const CONSUMER = `
import { any, optional, protect } from 'countersign';
import { basic } from 'countersign/basic';
${specifiers
  .filter((specifier) => !OF_PEERS.includes(specifier))
  .map((specifier, index) => `export * as all${index} from '${specifier}';`)
  .join('\n')}

const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'x', role: 'admin' }] });
export const handler: (request: Request) => Promise<Response> = protect(optional(any(staff)), (request, accepted) => {
  const name: string = accepted.scheme === 'basic' ? accepted.principal.role : accepted.scheme satisfies 'anonymous';
  return new Response(request.url + name);
});
`;

/** A principal that was lost to `any` would let this pass: the compiler must be seen to look. */
const WRONG = `
import { protect } from 'countersign';
import { basic } from 'countersign/basic';
const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'x', role: 'admin' }] });
export const wrong = protect(staff, (_request, { principal }) => new Response(principal.rule));
`;

/**
 * The declarations under the strictest settings of somebody else, declarations checked too.
 *
 * @param {Project} project
 */
async function declarations(project) {
  await project.write('consumer.ts', CONSUMER);
  await project.write('wrong.ts', WRONG);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  /** @type {string[]} */
  const problems = [];
  for (const [consumer, options] of Object.entries(CONSUMERS)) {
    const config = { compilerOptions: { ...STRICT, ...options }, files: ['consumer.ts', 'wrong.ts'] };
    await project.write('tsconfig.json', JSON.stringify(config));
    const said = (await attempt(() => project.node(tsc, '-p', '.', '--pretty', 'false'))).join('\n');
    const complaints = said.split('\n').filter((line) => /\berror TS\d+/.test(line));
    const expected = complaints.filter((line) => line.startsWith('wrong.ts') && line.includes(`'rule' does not exist`));
    if (!expected.length) problems.push(`types (${consumer}): a wrong use compiles, so this check sees nothing`);
    problems.push(
      ...complaints.filter((line) => !expected.includes(line)).map((line) => `types (${consumer}): ${line}`),
    );
  }
  return problems;
}

/**
 * @param {() => Promise<unknown>} action
 * @returns {Promise<string[]>}
 */
async function attempt(action) {
  try {
    await action();
    return [];
  } catch (error) {
    return [/** @type {Error} */ (error).message];
  }
}

await ensureDist();
const folder = await mkdtemp(join(tmpdir(), 'countersign-pack-'));
const tarball = await pack(folder);
const project = await install(tarball, ['@types/node', 'undici-types']);
try {
  /** @type {Record<string, () => string[] | Promise<string[]>>} */
  const checks = {
    'subpaths agree': async () => disagreements(await readSubpaths()),
    'only what belongs in the tarball': () => contents(tarball),
    'publint, strict': () => lint(project),
    'types resolve (attw, esm-only)': () => resolutions(tarball),
    'loads by import and require': () => loading(project),
    'declarations compile elsewhere': () => declarations(project),
  };
  for (const [title, check] of Object.entries(checks)) {
    const problems = await check();
    console.log(`${problems.length ? 'FAILED' : 'ok'}  ${title}`);
    for (const problem of problems) console.error(problem);
    if (problems.length) process.exitCode = 1;
  }
} finally {
  await project.remove();
  await rm(folder, { recursive: true, force: true });
}
