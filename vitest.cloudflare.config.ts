import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** What runs in workerd, by Miniflare and from wrangler’s bundle: `npm ci --prefix test/runtimes` and `--prefix examples/workers` first. */
export default defineConfig({
  resolve: base.resolve ?? {},
  test: {
    include: ['test/cloudflare/**/*.test.ts'],
    globalSetup: ['test/cloudflare/ensure-dist.ts'],
    // Two cores, and each file starts a runtime of its own.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
