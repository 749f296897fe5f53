// An empty project that has installed the packed tarball, and nothing that the tarball does not ask for.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './ensure-dist.mjs';

const run = promisify(execFile);

/**
 * Runs a program and returns what it printed; fails with what it printed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export async function output(command, args, cwd) {
  try {
    return (await run(command, args, { cwd })).stdout;
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout: string, stderr: string }} */ (error);
    throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
  }
}

/**
 * Packs the package as `npm publish` would.
 *
 * @param {string} folder Where the tarball is put.
 * @returns {Promise<string>} Its path.
 */
export async function pack(folder) {
  // dist is there already, and a script that builds it again would only print into the listing.
  const listing = await output('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root);
  return join(folder, JSON.parse(listing)[0].filename);
}

/**
 * A project of its own outside the repository, so that nothing resolves by being near. Dependencies are links to what is
 * installed here, those only which package.json names for users: no network, and one that is not named is missing.
 *
 * @param {string} tarball
 * @param {readonly string[]} developed Packages for the project's own use, such as types of its platform.
 */
export async function install(tarball, developed = []) {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-consumer-'));
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  await output('tar', ['-xzf', tarball, '-C', modules], folder);
  const { name, dependencies = {} } = JSON.parse(await readFile(join(modules, 'package/package.json'), 'utf8'));
  await output('mv', ['package', name], modules);
  for (const dependency of [...Object.keys(dependencies), ...developed]) {
    await mkdir(dirname(join(modules, dependency)), { recursive: true });
    await symlink(join(root, 'node_modules', dependency), join(modules, dependency));
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  return {
    folder,
    /** @param {string} file @param {string} text */
    write: (file, text) => writeFile(join(folder, file), text),
    /** @param {readonly string[]} args */
    node: (...args) => output(process.execPath, args, folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
