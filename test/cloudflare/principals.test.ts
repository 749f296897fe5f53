import { expect, test } from 'vitest';
import { typeCheck } from '../package/type-check.ts';
import { inside } from './bundles.ts';

test('a handler knows its principal without a cast, and a wrong one would be seen', () => {
  const wrong = [
    `import { protectWorker } from 'countersign/cloudflare';`,
    `import type { Accepted, Authenticator } from 'countersign';`,
    `export const open = (by: Authenticator<Accepted<'a', { name: string }>>) =>`,
    `  protectWorker(by, (_request, { principal }) => new Response(principal.nam));`,
  ];
  const planted = inside('wrong.test-d.ts');
  const problems = typeCheck(inside('../types/tsconfig.json'), new Map([[planted, wrong.join('\n')]]), [
    inside('principals.test-d.ts'),
  ]);
  expect(problems.map(({ file, line }) => [file, line])).toEqual([[planted, 4]]);
});
