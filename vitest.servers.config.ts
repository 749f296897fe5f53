import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** What needs a database server: each file starts its own, on loopback, and stops it. `.ci/run` installs them. */
export default defineConfig({
  resolve: base.resolve ?? {},
  test: {
    include: ['test/servers/**/*.test.ts'],
    // Two cores: beside a busy neighbour a server that is killed and started again is late.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
