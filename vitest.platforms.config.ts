import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** What runs stores inside other runtimes: workerd, Deno, Bun, Node 24 (`npm ci --prefix test/runtimes` first). */
export default defineConfig({
  resolve: base.resolve ?? {},
  test: {
    include: ['test/platforms/**/*.test.ts'],
    // Two cores, and each file starts a runtime of its own.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
