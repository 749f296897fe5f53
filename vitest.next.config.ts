import { defineConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** What builds and starts Next (`npm ci --prefix examples/next` first), from `dist`: `npm run build` before it. Needs Chromium. */
export default defineConfig({
  resolve: base.resolve ?? {},
  test: {
    include: ['test/next/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    // Two cores, and each file builds an application.
    fileParallelism: false,
    testTimeout: 20_000,
    hookTimeout: 180_000,
  },
});
