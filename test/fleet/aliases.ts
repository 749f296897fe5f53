import { readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import tsup from '../../tsup.config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { entry } = tsup as { readonly entry: Readonly<Record<string, string>> };
const adapters = readdirSync(resolve(root, 'adapters')).filter((name) => name.endsWith('.ts'));

/** The package by its own name, from its source, for Vitest and for the frameworks that are built by Vite; and the shared application. */
export const alias = [
  ...Object.entries(entry),
  ...adapters.map((name) => [basename(name, '.ts'), `adapters/${name}`] as const),
]
  .map(([name, file]) => ({
    find: new RegExp(`^countersign${name === 'index' ? '' : `/${name}`}$`),
    replacement: resolve(root, file),
  }))
  .concat({ find: /^#app$/, replacement: resolve(root, 'test/adapters/app.ts') });
