// The bare Edge VM, what Vercel's Edge Functions offer: one script, no module loader, nothing of Node.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { EdgeVM } from '@edge-runtime/vm';

const { version } = createRequire(import.meta.url)('@edge-runtime/vm/package.json');
const vm = new EdgeVM();
vm.evaluate(readFileSync(new URL('../../.cache/runtimes/edge.js', import.meta.url), 'utf8'));
console.log(await vm.evaluate(`run(${JSON.stringify(version)})`));
