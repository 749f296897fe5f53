import { defineConfig } from 'vitest/config';

/** What explores models exhaustively: needs `spin` and `gcc`, which `.ci/run` installs. */
export default defineConfig({
  test: {
    include: ['test/models/**/*.test.ts'],
    // Two cores; each run is one process, of less than 1 GB.
    fileParallelism: false,
    maxConcurrency: 2,
    testTimeout: 300_000,
    hookTimeout: 60_000,
  },
});
