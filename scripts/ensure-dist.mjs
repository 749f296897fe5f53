// Builds dist when it is missing or older than what it is built from. For the checks, the benchmark and the tests that
// want the package as it is published: each of them works in a fresh clone without a build step to remember.
import { execFile } from 'node:child_process';
import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const lock = join(root, 'node_modules/.cache/countersign-build.lock');
const SOURCES = ['src', 'adapters', 'package.json', 'tsconfig.json', 'tsup.config.ts', 'scripts/merge-chunks.mjs'];
/** A build takes seconds: a lock of this age was left by a process that was killed. */
const LOCK_MS = 120_000;

/** Resolves when dist is what src says. Safe to call from several processes at once: one builds, the others wait. */
export async function ensureDist() {
  if (await isFresh()) return;
  await acquire();
  try {
    if (!(await isFresh())) await build();
  } finally {
    await rmdir(lock).catch(() => {});
  }
}

async function build() {
  const tsup = join(root, 'node_modules/tsup/dist/cli-default.js');
  try {
    await promisify(execFile)(process.execPath, [tsup], { cwd: root });
  } catch (error) {
    // A half-written dist must not pass for a fresh one.
    await rm(dist, { recursive: true, force: true });
    const { stdout, stderr } = /** @type {{ stdout: string, stderr: string }} */ (error);
    throw new Error(`tsup failed\n${stdout}\n${stderr}`);
  }
}

async function acquire() {
  await mkdir(join(lock, '..'), { recursive: true });
  for (;;) {
    try {
      return await mkdir(lock);
    } catch {
      const held = await stat(lock).catch(() => undefined);
      if (held && Date.now() - held.mtimeMs > LOCK_MS) await rmdir(lock).catch(() => {});
      await sleep(100);
    }
  }
}

async function isFresh() {
  // The oldest file of dist against the newest source; declarations are written last, so both kinds are looked at.
  const built = await Promise.all((await files(dist)).map(modified));
  if (!built.length || !(await stat(join(dist, 'index.d.ts')).catch(() => undefined))) return false;
  const sources = (await Promise.all(SOURCES.map((name) => files(resolve(root, name))))).flat();
  return Math.max(...(await Promise.all(sources.map(modified)))) <= Math.min(...built);
}

/** @param {string} path */
const modified = async (path) => (await stat(path)).mtimeMs;

/**
 * A file, or the files and folders under a folder: a folder's time tells that a file was removed.
 *
 * @param {string} path
 * @returns {Promise<string[]>}
 */
async function files(path) {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) return found ? [path] : [];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const inside = entries.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  // dist itself is touched by whoever lists a tarball beside it: only what is in it counts.
  return path === dist ? inside : [path, ...inside];
}
