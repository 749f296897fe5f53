import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const SUBPATHS = [
  'index',
  'api-key',
  'api-keys',
  'basic',
  'bearer',
  'http',
  'jwt',
  'jwt-revocations',
  'manage-api-keys',
  'memory-store',
  'opaque-tokens',
  'sealed-session',
  'session',
];

/** The built library in a folder: what users import, not its sources. A baseline need not have all of it. */
export async function loadLibrary(dist) {
  const files = SUBPATHS.map((name) => `${dist}/${name}.js`).filter((file) => existsSync(file));
  if (!files.length) throw new Error(`no build in ${dist}`);
  return Object.assign({}, ...(await Promise.all(files.map((file) => import(pathToFileURL(file).href)))));
}
