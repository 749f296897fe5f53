import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import tsup from './tsup.config.ts';

const { entry } = tsup as { readonly entry: Readonly<Record<string, string>> };
/** The package by its own name, from its source: examples and snippets need no build. */
const alias = Object.entries(entry).map(([name, file]) => ({
  find: new RegExp(`^countersign${name === 'index' ? '' : `/${name}`}$`),
  replacement: resolve(import.meta.dirname, file),
}));

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['test/**/*.test.ts'],
    // Those need a browser, or other runtimes: npm run test:browser, npm run test:runtimes.
    exclude: ['test/browser/**', 'test/runtimes/**', '**/node_modules/**'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text', 'json-summary'],
      thresholds: Object.fromEntries(
        ['core', 'http', 'schemes', 'crypto'].map((folder) => [`src/${folder}/**`, { lines: 98, branches: 95 }]),
      ),
    },
  },
});
