import { afterAll, beforeAll, describe, it } from 'vitest';
import { adapterCases } from '../adapters/behaviour.ts';
import { bundledByEsbuild, bundledByWrangler } from './bundles.ts';
import { startMiniflare, type Workerd } from './start-miniflare.ts';

describe.each([
  ['a module Worker', 'behaviour-worker', bundledByEsbuild, {}],
  ['a module Worker, as wrangler bundles it', 'behaviour-worker', bundledByWrangler, {}],
  [
    'the same with Node compatibility',
    'behaviour-worker',
    bundledByWrangler,
    { compatibilityFlags: ['nodejs_compat'] },
  ],
  ['Hono in a Worker, as wrangler bundles it', 'hono-worker', bundledByWrangler, {}],
] as const)('%s', (_name, file, bundle, options) => {
  let workerd: Workerd;
  beforeAll(async () => {
    workerd = await startMiniflare(await bundle(file), options);
  });
  afterAll(() => workerd?.close());
  for (const [name, run] of adapterCases) it(name, () => run(workerd.origin));
});
