// What a piece of an application weighs when a bundler has taken out of the package what it does not use.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from './ensure-dist.mjs';

/**
 * @typedef {object} Bundle
 * @property {number} bytes Minified and gzipped.
 * @property {string} text The minified code.
 * @property {string[]} modules Files it was made of, relative to the repository.
 */

/**
 * @param {string} code A module. It imports the package by its own name, through the exports map, as an application does.
 * @returns {Promise<Bundle>}
 */
export async function bundle(code) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: root, loader: 'js' },
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    platform: 'neutral',
    // The neutral platform reads no `main`, and @oslojs/encoding has nothing else.
    mainFields: ['module', 'main'],
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  if (!file) throw new Error('esbuild wrote nothing');
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  return {
    bytes: gzipSync(file.contents, { level: 9 }).length,
    text: file.text,
    // Only what left bytes in the bundle: a module that was shaken out costs nothing.
    modules: inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path),
  };
}
