import { describe, expect, test } from 'vitest';
import { blocksOf, docstringBlocksOf } from './extract-snippets.ts';

describe('blocks of a document', () => {
  test('with their place, their language and their code', () => {
    const text = ['# Title', '```ts', 'const a = 1;', '', 'const b = 2;', '```', 'text', '```sh', 'npm i', '```'].join(
      '\n',
    );
    expect(blocksOf('a.md', text)).toEqual([
      { file: 'a.md', line: 3, info: 'ts', code: 'const a = 1;\n\nconst b = 2;' },
      { file: 'a.md', line: 9, info: 'sh', code: 'npm i' },
    ]);
  });

  test('in a list, without the indentation of the list', () => {
    expect(blocksOf('a.md', '- item\n  ```ts no-run\n  if (x) {\n    y();\n  }\n  ```')).toEqual([
      { file: 'a.md', line: 3, info: 'ts no-run', code: 'if (x) {\n  y();\n}' },
    ]);
  });

  test('a longer fence holds shorter ones', () => {
    expect(blocksOf('a.md', '````md\n```ts\nx\n```\n````').map(({ info, code }) => [info, code])).toEqual([
      ['md', '```ts\nx\n```'],
    ]);
  });

  test('one that is not closed is a mistake of the document', () => {
    expect(() => blocksOf('a.md', 'text\n```ts\nx')).toThrow('a.md:3');
  });
});

describe('blocks of docstrings', () => {
  test('of a function and of a member, with the line in the file', () => {
    const code = [
      'const before = 1;',
      '/**',
      ' * Text.',
      ' *',
      ' * @example',
      ' * ```ts',
      ' * const a = `b`;',
      ' *',
      ' *   indented();',
      ' * ```',
      ' */',
      'export interface A {',
      '  /**',
      '   * ```ts',
      '   * member();',
      '   * ```',
      '   */',
      '  readonly a: 1;',
      '}',
    ].join('\n');
    expect(docstringBlocksOf('a.ts', code)).toEqual([
      { file: 'a.ts', line: 7, info: 'ts', code: 'const a = `b`;\n\n  indented();' },
      { file: 'a.ts', line: 15, info: 'ts', code: 'member();' },
    ]);
  });

  test('not of code that only looks like one', () => {
    expect(docstringBlocksOf('a.ts', 'const text = "```ts";\n// ```ts\n/* ```ts */')).toEqual([]);
  });
});
