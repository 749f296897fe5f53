import { defineConfig } from 'vitest/config';
import { alias } from './test/fleet/aliases.ts';

/** The shared suite through the frameworks of test/fleet, as installed from npm (`npm ci --prefix test/fleet` first). */
export default defineConfig({
  resolve: { alias },
  test: {
    include: ['test/fleet/*.test.ts'],
    // Two cores, and some of the files build an application first.
    fileParallelism: false,
    testTimeout: 20_000,
    hookTimeout: 120_000,
  },
});
