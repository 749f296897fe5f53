import { defineConfig } from 'vitest/config';

/** Tests that need a browser on the machine; apart, so that `npm test` needs nothing but `npm ci`. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
