// The worker of run-workerd.mjs. The library is imported at top level, where workerd refuses timers, randomness and fetch:
// that this worker starts shows that nothing of the sort happens on import.
import * as library from '../../.cache/runtimes/library.mjs';
import { nodeGlobals } from './node-globals.mjs';
import { runSuite } from './run-suite.ts';

const unhandled = [];
addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  unhandled.push(event.reason);
});

/** Shows that workerd does refuse: else starting would show nothing. */
let refused = false;
try {
  crypto.getRandomValues(new Uint8Array(1));
} catch {
  refused = true;
}

export default {
  async fetch(incoming, { version }) {
    const deliver = async (response) => response;
    const doubts = nodeGlobals().map((name) => `it has ${name}`);
    if (navigator.userAgent !== 'Cloudflare-Workers') doubts.push(`it is ${navigator.userAgent}`);
    if (!refused) doubts.push('it gives randomness at top level');
    // Not a literal: miniflare and esbuild would look for it before workerd is asked.
    const nodeCrypto = await import(['node', 'crypto'].join(':')).catch(() => undefined);
    if (nodeCrypto) doubts.push('it has node:crypto');
    const platform = { runtime: 'workerd', version, doubts, hasNodeHash: false, unhandled, incoming, deliver };
    return Response.json(await runSuite(library, platform));
  },
};
