import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { typeCheck } from '../package/type-check.ts';
import { type Block, blocksOf, docstringBlocksOf } from './extract-snippets.ts';

/**
 * Documentation is code: every `ts` block of the README, the guides and the docstrings compiles under the strict settings
 * of the library, and runs; `ts no-run` for what would open a port or needs another runtime.
 */
const root = fileURLToPath(new URL('../../', import.meta.url));
const project = fileURLToPath(new URL('tsconfig.json', import.meta.url));
// Inside the repository, so that packages resolve as they do for the reader; of this process, since two may test at once.
const folder = join(root, '.cache', `snippets-${process.pid}`);

function list(under: string, ending: string): readonly string[] {
  if (!existsSync(join(root, under))) return [];
  const names = readdirSync(join(root, under), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith(ending)).map((name) => `${under}/${name.replaceAll('\\', '/')}`);
}

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const DOCUMENTS = ['README.md', ...list('docs/guides', '.md')].filter((file) => existsSync(join(root, file)));
const SOURCES = [...list('src', '.ts'), ...list('adapters', '.ts')];
const BLOCKS: readonly Block[] = [
  ...DOCUMENTS.flatMap((file) => blocksOf(file, read(file))),
  ...SOURCES.flatMap((file) => docstringBlocksOf(file, read(file))),
];

/** Where a block's code is put: at the same line as in its document, so that a complaint names the place to look at. */
const pathOf = ({ file, line }: Block): string => join(folder, `${file.replace(/\W/g, '_')}_${line}.ts`);
const codeOf = ({ line, code }: Block): string => `${'\n'.repeat(line - 1)}${code}\n`;
const nameOf = ({ file, line }: Block): string => `${file}:${line}`;

const planted = (name: string, code: string): Block => ({ file: `planted/${name}.md`, line: 7, info: 'ts', code });
const ILL_TYPED = [
  planted('no-such-export', `import { nothing } from 'countersign';\nnothing();`),
  planted('no-such-subpath', `import 'countersign/nothing';`),
  planted('no-such-option', `import { basic } from 'countersign/basic';\nbasic({ relm: 'Staff', users: [] });`),
  planted('implicit-any', `export const echo = (value) => value;`),
];
const THROWING = [
  planted('throws', `import { basic } from 'countersign/basic';\nbasic({ realm: '', users: [] });`),
  planted('rejects', `await Promise.reject(new Error('later'));`),
];

const SNIPPETS = BLOCKS.filter(({ info }) => /^ts\b/.test(info));

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  for (const snippet of [...SNIPPETS, ...THROWING]) writeFileSync(pathOf(snippet), codeOf(snippet));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('documentation', () => {
  test('has snippets, and none that the fence hides from this test', () => {
    const fences = [...DOCUMENTS, ...SOURCES].flatMap((file) => read(file).match(/^[ *]*```+ *ts\b/gm) ?? []);
    expect(SNIPPETS.length).toBe(fences.length);
    expect(SNIPPETS.length).toBeGreaterThan(10);
    const hidden = BLOCKS.filter(({ info }) => !info || /^(js|javascript|typescript|mjs|cjs|tsx|jsx|mts)\b/.test(info));
    expect(hidden.map(nameOf)).toEqual([]);
    expect(SNIPPETS.filter(({ info }) => !/^ts( no-run)?$/.test(info)).map(nameOf)).toEqual([]);
  });

  describe('compiles', () => {
    // One compilation for all; the wrong ones along with them show that it looks.
    const all = [...SNIPPETS, ...THROWING, ...ILL_TYPED];
    const problems = typeCheck(project, new Map(all.map((block) => [pathOf(block), codeOf(block)])), []);
    const complaintsAbout = (block: Block): readonly string[] =>
      problems.flatMap(({ file, line, message }) =>
        file === pathOf(block) ? [`${block.file}:${line} ${message}`] : [],
      );

    test.each(SNIPPETS.map((block) => [nameOf(block), block] as const))('%s', (_name, block) => {
      expect(complaintsAbout(block)).toEqual([]);
    });

    test('and the library with it', () => {
      const paths = new Set(all.map(pathOf));
      expect(problems.filter(({ file }) => !paths.has(file))).toEqual([]);
    });

    test.each(ILL_TYPED.map((block) => [nameOf(block), block] as const))(
      'a wrong one is caught: %s',
      (_name, block) => {
        expect(complaintsAbout(block)).toHaveLength(1);
      },
    );
  });

  describe('runs', () => {
    const running = SNIPPETS.filter(({ info }) => info === 'ts');
    // They may print what a reader would see; the report of the tests is not the place for it.
    beforeAll(() => void vi.spyOn(console, 'log').mockImplementation(() => {}));
    afterAll(() => void vi.restoreAllMocks());

    test.each(running.map((block) => [nameOf(block), block] as const))(
      '%s',
      async (_name, block) => {
        await expect(import(pathOf(block))).resolves.toBeDefined();
        // A database in WebAssembly takes seconds to start beside a busy neighbour.
      },
      60_000,
    );

    test.each(THROWING.map((block) => [nameOf(block), block] as const))(
      'a wrong one is caught: %s',
      async (_name, block) => {
        await expect(import(pathOf(block))).rejects.toThrow();
      },
    );
  });
});
