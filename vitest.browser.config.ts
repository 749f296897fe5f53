import { defineConfig } from 'vitest/config';

const project = (name: string) => ({ extends: true as const, test: { name, include: [`test/${name}/**/*.test.ts`] } });

/** Tests that need more than Node on the machine (Chromium, nginx); apart, so that `npm test` needs nothing but `npm ci`. */
export default defineConfig({
  test: {
    projects: [project('browser'), project('shared-cache')],
    fileParallelism: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
