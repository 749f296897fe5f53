import { describe, expect, test } from 'vitest';
import { disagreements, readSubpaths, type Subpaths } from '../../scripts/subpaths.mjs';

const target = (name: string): object => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` });

/** Two subpaths on which everything agrees. */
const AGREED: Subpaths = {
  name: 'pkg',
  exports: { '.': target('index'), './basic': target('basic'), './package.json': './package.json' },
  entries: { index: 'src/index.ts', basic: 'src/basic.ts' },
  modules: { 'src/index.ts': 'pkg', 'src/basic.ts': 'pkg/basic' },
  entryPoints: ['src/index.ts', 'src/basic.ts'],
  paths: { pkg: ['src/index.ts'], 'pkg/basic': ['src/basic.ts'] },
  docs: { 'README.md': '| subpath | |\n|---|---|\n| `pkg` | core |\n| `pkg/basic` | Basic |\n' },
};

describe('subpaths', () => {
  test('agree in package.json, tsup, docstrings, typedoc, tsconfig and documents', async () => {
    const subpaths = await readSubpaths();
    expect(Object.keys(subpaths.entries).length).toBeGreaterThan(5);
    expect(disagreements(subpaths)).toEqual([]);
  });

  test('nothing is said where all agree, or where the README has no table', () => {
    expect(disagreements(AGREED)).toEqual([]);
    expect(disagreements({ ...AGREED, docs: { 'README.md': "import 'pkg/basic'" } })).toEqual([]);
  });

  test.each<[name: string, change: Partial<Subpaths>, said: string]>([
    [
      'an export without an entry',
      { exports: { ...AGREED.exports, './x': target('x') } },
      "tsup.config.ts: no entry 'x'",
    ],
    ['an export to another file', { exports: { ...AGREED.exports, './basic': target('index') } }, "exports['./basic']"],
    [
      'an export without types',
      { exports: { ...AGREED.exports, '.': { default: './dist/index.js' } } },
      "exports['.']",
    ],
    [
      'types after the code',
      { exports: { ...AGREED.exports, '.': { default: './dist/index.js', types: './dist/index.d.ts' } } },
      "exports['.']",
    ],
    ['an entry that is not exported', { entries: { ...AGREED.entries, x: 'src/x.ts' } }, "tsup.config.ts: entry 'x'"],
    [
      'a docstring of another name',
      { modules: { ...AGREED.modules, 'src/basic.ts': 'pkg/Basic' } },
      "'@module pkg/basic'",
    ],
    ['a docstring that is missing', { modules: { 'src/index.ts': 'pkg' } }, "'@module pkg/basic'"],
    ['a docstring of no export', { modules: { ...AGREED.modules, 'src/x.ts': 'pkg/x' } }, "src/x.ts: '@module'"],
    ['a reference that lacks one', { entryPoints: ['src/index.ts'] }, 'typedoc.json: no entry point src/basic.ts'],
    ['a reference with one too many', { entryPoints: [...AGREED.entryPoints, 'src/x.ts'] }, 'typedoc.json: src/x.ts'],
    [
      'types of another source',
      { paths: { ...AGREED.paths, 'pkg/basic': ['src/x.ts'] } },
      "'pkg/basic' is not src/basic.ts",
    ],
    ['types of no export', { paths: { ...AGREED.paths, 'pkg/x': ['src/x.ts'] } }, "tsconfig.json: 'pkg/x'"],
    [
      'a README that lacks a row',
      { docs: { 'README.md': '| `pkg` | core |\n' } },
      "table of subpaths lacks 'pkg/basic'",
    ],
    [
      'a guide that imports what is not there',
      { docs: { 'docs/a.md': "import x from 'pkg/y';" } },
      "docs/a.md: 'pkg/y'",
    ],
  ])('%s is said', (_name, change, said) => {
    const problems = disagreements({ ...AGREED, ...change });
    expect(problems.join('\n')).toContain(said);
  });
});
