// Node: the suite and the built package, nothing bundled, resolved by the package's `exports`.
import * as library from '../../.cache/runtimes/library.mjs';
import { runSuite } from '../../.cache/runtimes/suite.mjs';
import { nodePlatform } from './node-platform.mjs';

const platform = nodePlatform(process.versions.node);
if ('Bun' in globalThis || 'Deno' in globalThis) platform.doubts.push('it is not Node');
console.log(JSON.stringify(await runSuite(library, platform)));
