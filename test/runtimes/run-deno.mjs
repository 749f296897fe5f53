// Deno: bundled into one file, so that it needs no permission at all, and it is given none.
import * as library from '../../.cache/runtimes/library.mjs';
import { runSuite } from './run-suite.ts';

const { Deno } = globalThis;
const [runtime, expected] = Deno.args;
const version = Deno.version.deno;
const doubts = version === expected ? [] : [`it is ${version}, expected ${expected}`];
for (const name of ['read', 'write', 'net', 'env', 'run', 'ffi', 'sys']) {
  const { state } = await Deno.permissions.query({ name });
  if (state === 'granted') doubts.push(`permission to ${name} is granted`);
}

const unhandled = [];
globalThis.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  unhandled.push(event.reason);
});
const deliver = async (response) => response;
const platform = { runtime, version, doubts, hasNodeHash: true, unhandled, deliver };
console.log(JSON.stringify(await runSuite(library, platform)));
