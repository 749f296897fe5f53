import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type TypeProblem, typeCheck } from '../package/type-check.ts';

/** `*.test-d.ts` are compiled, not run: what is inferred, and what must not compile (`@ts-expect-error`). */
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

// Compiled along with the tests, so that one compilation shows both: the tests hold, and a wrong one would be seen.
const PLANTED = new Map([
  [here('wrong-inference.test-d.ts'), `import { accept } from 'countersign';\naccept('x', 1).scheme satisfies 'y';`],
  [here('wrong-expectation.test-d.ts'), `import { any } from 'countersign';\n// @ts-expect-error\nvoid any;`],
  [here('wrong-subpath.test-d.ts'), `import 'countersign';\nexport * from 'countersign/nothing';`],
]);

describe('types', () => {
  const problems = typeCheck(here('tsconfig.json'), PLANTED);
  const at = ({ file, line, message }: TypeProblem): string => `${file}:${line} ${message}`;

  test('every *.test-d.ts compiles', () => {
    expect(problems.filter(({ file }) => !PLANTED.has(file)).map(at)).toEqual([]);
  });

  test.each([...PLANTED.keys()].map((path) => basename(path)))('a wrong one is caught: %s', (name) => {
    expect(problems.filter(({ file }) => basename(file) === name).map(({ line }) => line)).toEqual([2]);
  });
});
