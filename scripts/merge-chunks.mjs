/**
 * Makes one file of the chunks that the core and Basic share. The bundler makes a chunk for each set of entries that share
 * something, and on Node a file costs about half a millisecond to import, whatever is in it.
 */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const IMPORTED = /(?<=(?:from|import) ['"])\.\/chunk-\w+\.js(?=['"])/g;
/** @param {string} file */
const read = (file) => readFile(dist + file, 'utf8');

/**
 * What the entries lead to, chunk by chunk.
 *
 * @param {readonly string[]} entries
 */
async function chunksOf(entries) {
  const chunks = /** @type {Set<string>} */ (new Set());
  const queue = [...entries];
  for (const file of queue) {
    for (const [chunk] of (await read(file)).matchAll(IMPORTED)) {
      if (!chunks.has(chunk)) queue.push(chunk);
      chunks.add(chunk);
    }
  }
  return chunks;
}

const chunks = await chunksOf(['./index.js', './basic.js']);
const names = new Set();
for (const chunk of chunks) {
  for (const name of Object.keys(await import(dist + chunk))) {
    // `export *` of two modules with one name exports neither, and says nothing.
    if (names.has(name)) throw new Error(`two chunks export ${name}`);
    names.add(name);
  }
}

await build({
  stdin: { contents: [...chunks].map((chunk) => `export * from '${chunk}';`).join('\n'), resolveDir: dist },
  outfile: `${dist}shared.js`,
  bundle: true,
  format: 'esm',
  target: 'es2022',
});
for (const file of await readdir(dist)) {
  if (!file.endsWith('.js') || file === 'shared.js') continue;
  if (chunks.has(`./${file}`)) await rm(dist + file);
  else {
    const code = (await read(file)).replaceAll(IMPORTED, (name) => (chunks.has(name) ? './shared.js' : name));
    // An import of nothing, which the bundler leaves behind, is a warning for whoever bundles us.
    await writeFile(dist + file, code.replaceAll(/^import '\.\/[\w-]+\.js';\n/gm, ''));
  }
}
