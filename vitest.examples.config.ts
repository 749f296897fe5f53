import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The examples, as they run: each folder has been installed (`npm ci --prefix examples/hono`), and the other runtimes have. */
export default defineConfig({
  resolve: base.resolve ?? {},
  test: {
    include: ['test/examples/**/*.test.ts'],
    // Two cores, and each file starts servers of its own.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
