import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { cycleIn, importsOf } from './import-graph.ts';
import { LAYERS, layerOf, violationsOf } from './layers.ts';
import { wordsOf } from './words.ts';

const root = new URL('../../', import.meta.url);

function read(folder: string): [path: string, code: string][] {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .map((path) => [path, readFileSync(new URL(path, root), 'utf8')]);
}

const FILES = new Map([...read('src'), ...read('adapters')]);
const IMPORTS = importsOf(FILES);

/** The same checks on files that are not there. */
function check(planted: Record<string, string>): readonly string[] {
  const files = new Map(Object.entries(planted));
  return violationsOf(importsOf(files), new Set(files.keys()));
}

describe('import direction', () => {
  test('every file has a layer, and every layer that exists is seen', () => {
    expect([...FILES.keys()].filter((path) => !layerOf(path))).toEqual([]);
    for (const path of ['src/index.ts', 'src/runtime.ts', 'src/core/', 'src/http/', 'src/crypto/', 'src/schemes/']) {
      expect([...FILES.keys()].some((file) => layerOf(file)?.path === path)).toBe(true);
    }
    expect(IMPORTS.length).toBeGreaterThan(FILES.size);
  });

  test('no import goes against the table', () => {
    expect(violationsOf(IMPORTS, new Set(FILES.keys()))).toEqual([]);
  });

  // Types count: a circle of types is as hard to read as one of values, and becomes one by a small change.
  test('no file imports itself in a circle, by values or by types', () => {
    expect(cycleIn(IMPORTS)).toBeUndefined();
  });

  test('the table has no row twice', () => {
    expect(new Set(LAYERS.map(({ path }) => path)).size).toBe(LAYERS.length);
  });
});

describe('the walker catches', () => {
  const target = { 'src/core/a.ts': '', 'src/schemes/basic.ts': '', 'src/http/h.ts': '', 'src/runtime.ts': '' };

  test.each([
    ['core that imports a scheme', 'src/core/b.ts', `import { basic } from '../schemes/basic.ts';`],
    ['core that imports a type of a scheme', 'src/core/b.ts', `import type { B } from '../schemes/basic.ts';`],
    ['core that re-exports a scheme', 'src/core/b.ts', `export * from '../schemes/basic.ts';`],
    ['core that loads a scheme later', 'src/core/b.ts', `export const load = () => import('../schemes/basic.ts');`],
    ['core that names a type of a scheme in place', 'src/core/b.ts', `type B = import('../schemes/basic.ts').B;`],
    ['core that loads what cannot be read', 'src/core/b.ts', `export const load = (name: string) => import(name);`],
    ['a grammar that imports the core', 'src/http/b.ts', `import '../core/a.ts';`],
    ['the runtime that imports more than types', 'src/runtime.ts', `import { a } from './core/a.ts';`],
    ['the runtime that imports a value beside a type', 'src/runtime.ts', `import { a, type B } from './core/a.ts';`],
    ['a scheme that imports another', 'src/schemes/bearer.ts', `import { basic } from './basic.ts';`],
    ['a scheme that imports a part of another', 'src/schemes/bearer.ts', `import '../schemes/basic-part.ts';`],
    ['an adapter that imports a scheme', 'adapters/hono.ts', `import { basic } from '../src/schemes/basic.ts';`],
    ['an adapter that imports a value of a package', 'adapters/hono.ts', `import { Hono } from 'hono';`],
    ['an adapter that imports Node', 'adapters/node.ts', `import type { Server } from 'node:http';`],
    ['a dependency where none belongs', 'src/core/b.ts', `import { sha256 } from '@noble/hashes/sha2.js';`],
    ['a dependency that crypto may not have', 'src/crypto/b.ts', `import lodash from 'lodash';`],
    ['Node, by import', 'src/crypto/b.ts', `import { createHash } from 'node:crypto';`],
    ['Node, by require', 'src/crypto/b.ts', `const { createHash } = require('node:crypto');`],
    ['a file that is not there', 'src/core/b.ts', `import './missing.ts';`],
    ['a folder without a row', 'src/other/b.ts', `import '../core/a.ts';`],
  ])('%s', (_name, path, code) => {
    expect(check({ ...target, 'src/schemes/basic-part.ts': '', [path]: code })).toHaveLength(1);
  });

  test.each([
    ['a scheme with parts', 'src/schemes/basic.ts', `import './basic-part.ts';`],
    ['parts of one scheme', 'src/schemes/basic-more.ts', `import './basic-part.ts';`],
    [
      'types for the runtime',
      'src/runtime.ts',
      `import type { A } from './core/a.ts'; import { type B } from './core/a.ts';`,
    ],
    ['the hash for crypto', 'src/crypto/b.ts', `import { sha256 } from '@noble/hashes/sha2.js';`],
    ['a framework’s types for an adapter', 'adapters/hono.ts', `import type { Context } from 'hono';`],
    ['an import in a comment', 'src/core/b.ts', `/** import '../schemes/basic.ts' */\n// import 'node:fs'`],
    ['a call of the core’s own require', 'src/core/b.ts', `require(staff, () => true);`],
  ])('and lets be: %s', (_name, path, code) => {
    expect(check({ ...target, 'src/schemes/basic-part.ts': '', [path]: code })).toEqual([]);
  });

  test.each([
    ['of two files', { 'a.ts': `import './b.ts';`, 'b.ts': `import './a.ts';` }, ['a.ts', 'b.ts', 'a.ts']],
    ['of one file', { 'a.ts': `import './a.ts';` }, ['a.ts', 'a.ts']],
    [
      'of types, behind a file that is not in it',
      {
        'x.ts': `import './a.ts';`,
        'a.ts': `import type { C } from './b.ts';`,
        'b.ts': `export { type A } from './a.ts';`,
      },
      ['a.ts', 'b.ts', 'a.ts'],
    ],
  ])('a circle %s', (_name, files, cycle) => {
    expect(cycleIn(importsOf(new Map(Object.entries(files))))).toEqual(cycle);
  });

  test('no circle where two ways lead to one file', () => {
    const files = {
      'a.ts': `import './b.ts'; import './c.ts';`,
      'b.ts': `import './d.ts';`,
      'c.ts': `import './d.ts';`,
      'd.ts': '',
    };
    expect(cycleIn(importsOf(new Map(Object.entries(files))))).toBeUndefined();
  });
});

describe('the core names no scheme, store or framework', () => {
  const NAMES = [
    ...[
      'basic',
      'bearer',
      'digest',
      'negotiate',
      'ntlm',
      'dpop',
      'api key',
      'session',
      'jwt',
      'oauth',
      'webauthn',
      'passkey',
    ],
    ...['redis', 'postgres', 'postgresql', 'mysql', 'sqlite', 'mongo', 'mongodb', 'd1', 'kv', 'durable object', 'sql'],
    ...[
      'hono',
      'nextjs',
      'express',
      'fastify',
      'koa',
      'nest',
      'elysia',
      'sveltekit',
      'remix',
      'astro',
      'nuxt',
      'nitro',
    ],
    ...['node', 'deno', 'bun', 'cloudflare', 'workerd', 'vercel', 'netlify', 'lambda'],
  ];
  const NAMED = new RegExp(`\\b(${NAMES.join('|')})s?\\b`, 'g');

  /** What has to be named all the same, and why. */
  const EXCEPTIONS: Record<string, { names: readonly string[]; reason: string }> = {
    'src/core/describe-refusal.ts': {
      names: ['basic', 'digest', 'negotiate', 'ntlm'],
      reason: 'a fact about browsers: these challenges open a password dialog, whoever sent them',
    },
  };

  const namedIn = (code: string): readonly string[] =>
    wordsOf(code).flatMap(({ words }) => [...words.matchAll(NAMED)].map(([, name]) => name as string));

  test.each([...FILES].filter(([path]) => path.startsWith('src/core/')))('%s', (path, code) => {
    expect([...new Set(namedIn(code))].sort()).toEqual([...(EXCEPTIONS[path]?.names ?? [])].sort());
  });

  test.each([
    [`const isBearer = true;`, ['bearer']],
    [`if (scheme === 'api-key') {}`, ['api key']],
    [`new Map([['x', apiKeys]]);`, ['api key']],
    [`/^(basic|other)$/i.test(x);`, ['basic']],
    [`const text = \`redis \${x} and hono \${y} on deno\`;`, ['redis', 'hono', 'deno']],
    [`interface A { sessionId: string }`, ['session']],
    [`// basic\n/** a session in Redis */\nconst x = 1;`, []],
    [`const basically = 'expressly nodes';`, ['node']],
  ])('names in %s', (code, names) => {
    expect(namedIn(code)).toEqual(names);
  });
});
