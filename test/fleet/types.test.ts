import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { typeCheck } from '../package/type-check.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

// Compiled along with the rest, to show that a wrong one would be seen.
const WRONG = here('wrong.ts');
const PLANTED = `import { authenticated } from 'countersign/node';
import { people } from '../adapters/app.ts';
export default authenticated(people, (_req, res, { accepted }) => res.end(accepted.principal.nickname));`;

test('the principal is typed in the handlers of each framework, and the applications compile', () => {
  const problems = typeCheck(here('tsconfig.json'), new Map([[WRONG, PLANTED]]));
  expect(problems.filter(({ file }) => file !== WRONG)).toEqual([]);
  expect(problems.filter(({ file }) => file === WRONG).map(({ line }) => line)).toEqual([3]);
});
