import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { D1Binding } from '../../src/stores/d1.ts';
import type { DurableObjectBinding } from '../../src/stores/durable-object.ts';
import type { KvBinding } from '../../src/stores/kv.ts';
import type { Asked } from './workerd-worker.ts';

const inside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What the Worker is handed; a test has it by proxies, from outside. */
export interface Bindings {
  readonly DB: D1Binding;
  readonly OBJECTS: DurableObjectBinding;
  /** Of the same class, on the storage from before SQLite. */
  readonly OLD_OBJECTS: DurableObjectBinding;
  readonly OTHER_OBJECTS: DurableObjectBinding;
  readonly VALUES: KvBinding;
}

export interface Workerd {
  readonly bindings: Bindings;
  /** Has the Worker do something. Gives what went wrong, or nothing. */
  ask(asked: Asked): Promise<string>;
  /** Ends workerd, also what it still does. */
  stop(): Promise<void>;
}

/**
 * Runs `workerd-worker.ts` in workerd, on storage of its own, in memory. By Miniflare, which is installed with the other
 * runtimes: `npm ci --prefix test/runtimes`.
 */
export async function startWorkerd(): Promise<Workerd> {
  const { Miniflare } = createRequire(inside('../runtimes/package.json'))('miniflare');
  const { outputFiles } = await build({
    entryPoints: [inside('workerd-worker.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker'],
    target: 'es2022',
  });
  const miniflare = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: outputFiles[0]?.text }],
    // Else it downloads an example of `request.cf`.
    cf: false,
    compatibilityDate: '2026-04-01',
    d1Databases: ['DB'],
    durableObjects: {
      OBJECTS: { className: 'TestedObject', useSQLite: true },
      OLD_OBJECTS: { className: 'OldObject', useSQLite: false },
      OTHER_OBJECTS: { className: 'OtherObject', useSQLite: true },
    },
    kvNamespaces: ['VALUES'],
  });
  return {
    bindings: await miniflare.getBindings(),
    async ask(asked) {
      const init = { method: 'POST', body: JSON.stringify(asked) };
      return (await miniflare.dispatchFetch('http://localhost/', init)).text();
    },
    stop: () => miniflare.dispose(),
  };
}
