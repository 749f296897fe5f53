// What run-edge.mjs evaluates in the Edge VM; it calls `run`.
import * as library from '../../.cache/runtimes/library.mjs';
import { nodeGlobals } from './node-globals.mjs';
import { runSuite } from './run-suite.ts';

const unhandled = [];
addEventListener('unhandledrejection', (event) => {
  event.preventDefault?.();
  unhandled.push(event.reason);
});

globalThis.run = async (version) => {
  const deliver = async (response) => response;
  const doubts = nodeGlobals().map((name) => `it has ${name}`);
  if (typeof globalThis.EdgeRuntime !== 'string') doubts.push('it is no Edge runtime');
  const platform = { runtime: 'edge', version, doubts, hasNodeHash: false, unhandled, deliver };
  return JSON.stringify(await runSuite(library, platform));
};
