import { cp, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDist, root } from '../../scripts/ensure-dist.mjs';
import { buildNext, EXAMPLE, type RunningNext, startNext } from './run-next.ts';

export type Convention = 'proxy.ts' | 'middleware.ts';

/** Builds and starts a copy of `app` with one of the two files, since Next takes no application that has both. */
export async function openSuite(convention: Convention): Promise<RunningNext> {
  await ensureDist();
  const copy = join(root, '.cache', `next-${convention}`);
  await rm(copy, { recursive: true, force: true });
  const app = join(copy, 'test/next/app');
  await mkdir(join(copy, 'test/adapters'), { recursive: true });
  await cp(join(import.meta.dirname, 'app'), app, { recursive: true });
  await rm(join(app, convention === 'proxy.ts' ? 'middleware.ts' : 'proxy.ts'));
  await cp(join(root, 'test/adapters/app.ts'), join(copy, 'test/adapters/app.ts'));
  await symlink(join(EXAMPLE, 'node_modules'), join(copy, 'node_modules'));
  const env = { TURBOPACK_ROOT: root };
  await buildNext(app, env);
  return startNext(app, env);
}
