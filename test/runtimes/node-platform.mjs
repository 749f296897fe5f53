import { fileURLToPath } from 'node:url';

/** What Node and Bun, which has Node's `process`, tell of themselves. The arguments: the leg's name, the version it must be. */
export function nodePlatform(version) {
  const [runtime, expected] = process.argv.slice(2);
  const unhandled = [];
  process.on('unhandledRejection', (reason) => unhandled.push(reason));
  const doubts = [];
  if (!`${version}.`.startsWith(`${expected}.`)) doubts.push(`it is ${version}, expected ${expected}`);
  // Node 20 is the machine's. A binary of this folder would mean that it is not tested at all.
  const own = fileURLToPath(new URL('node_modules/', import.meta.url));
  if (runtime === 'node20' && process.execPath.startsWith(own))
    doubts.push(`it is ${process.execPath}, not the machine's`);
  return { runtime, version, doubts, hasNodeHash: true, unhandled, deliver: async (response) => response };
}
