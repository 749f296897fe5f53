import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import tsup from './tsup.config.ts';

const { entry } = tsup as { readonly entry: Readonly<Record<string, string>> };
/** The package by its own name, from its source: examples and snippets need no build. */
const alias = Object.entries(entry).map(([name, file]) => ({
  find: new RegExp(`^countersign${name === 'index' ? '' : `/${name}`}$`),
  replacement: resolve(import.meta.dirname, file),
}));

// Those need a browser, nginx, databases, spin, or other runtimes: npm run test:browser, test:servers, test:models, test:runtimes.
const ELSEWHERE = [
  'test/browser/**',
  'test/examples/**',
  'test/fleet/**',
  'test/models/**',
  'test/next/**',
  'test/cloudflare/**',
  'test/platforms/**',
  'test/runtimes/**',
  'test/servers/**',
  'test/shared-cache/**',
  '**/node_modules/**',
];
/** They measure, so they wait until everything else is done: a busy neighbour would be measured along. */
const TIMED = ['test/complexity/**/*.test.ts'];
/** They look at files, not at what the code does; and what an example touches is not tested by it. */
const OF_THE_REPOSITORY = ['test/docs/**/*.test.ts', 'test/package/**/*.test.ts', 'test/types/**/*.test.ts'];

const project = (
  name: string,
  groupOrder: number,
  include: readonly string[],
  exclude: readonly string[],
  execArgv: readonly string[] = [],
) => ({
  extends: true as const,
  test: {
    name,
    include: [...include],
    exclude: [...ELSEWHERE, ...exclude],
    sequence: { groupOrder },
    execArgv: [...execArgv],
  },
});
/** What a megabyte is parsed into fits there: else the last step is a parser's and the collector's, which copies what lives on. */
const ROOM = ['--max-semi-space-size=256'];

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      project('behaviour', 0, ['test/**/*.test.ts'], [...TIMED, ...OF_THE_REPOSITORY]),
      project('repository', 0, OF_THE_REPOSITORY, []),
      project('complexity', 1, TIMED, [], ROOM),
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // They run where nothing is counted: in workerd, in Deno, against servers (test/platforms, test/servers); of counters MySQL’s half.
      exclude: [
        'd1',
        'deno-kv*',
        'durable-object*',
        'key-name',
        'kv*',
        'list-position',
        'mysql',
        'redis*',
        'sql-counters',
      ].map((name) => `src/stores/${name}.ts`),
      reporter: ['text', 'json-summary'],
      thresholds: Object.fromEntries(
        [
          'core',
          'http',
          'schemes',
          'crypto',
          'session',
          'stores',
          'guards',
          'jwt',
          'tokens',
          'endpoints',
          'testing',
          'passwords',
          'client',
        ].map((folder) => [`src/${folder}/**`, { lines: 98, branches: 95 }]),
      ),
    },
  },
});
