import { pathToFileURL } from 'node:url';

/** The built library in a folder: what users import, not its sources. */
export async function loadLibrary(dist) {
  const load = (file) => import(pathToFileURL(`${dist}/${file}`).href);
  const [core, basic] = await Promise.all([load('index.js'), load('basic.js')]);
  return { ...core, ...basic };
}
