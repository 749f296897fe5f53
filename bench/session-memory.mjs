/**
 * What a session weighs in the memory store: `node bench/session-memory.mjs [--dist FOLDER] [--sessions N]`.
 *
 * Issues a million sessions as an application would, and asks the heap before and after. Two processes, one after the other:
 * one session a subject, and ten. Needs 2 GB of memory and a minute or two.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { freshRequest } from './lib/fresh-request.mjs';
import { loadLibrary } from './lib/load-library.mjs';
import { SECRET } from './scenarios/session-credentials.mjs';

const { values: options } = parseArgs({
  options: {
    dist: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
    sessions: { type: 'string', default: '1000000' },
    // What a process of its own is told to do.
    each: { type: 'string' },
  },
});
const count = Number(options.sessions);

if (options.each) {
  process.send(await weigh(Number(options.each)));
} else {
  console.log(`Node ${process.version}, ${count} sessions without data, in bytes a session`);
  for (const each of ['1', '10']) {
    const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), '--each', each], {
      execArgv: ['--expose-gc', '--max-old-space-size=4096'],
    });
    const [{ heap, rss }] = await once(child, 'message');
    console.log(`${each.padStart(2)} a subject: ${heap.toFixed(0)} (resident memory ${rss.toFixed(0)})`);
  }
}

async function weigh(each) {
  const { memoryStore, session, createContext } = await loadLibrary(options.dist);
  const store = memoryStore({ maxRecords: count });
  const sessions = session({ secret: SECRET, store, load: ({ subject }) => ({ username: subject }) });
  const request = freshRequest();
  // Of a scheme of its own, so that nothing of it is in what is weighed: the code is compiled, and the heap has grown.
  const warmUp = session({ secret: SECRET, store: memoryStore(), load: () => null });
  for (let index = 0; index < 10_000; index++) await warmUp.issue(request, { subject: subjectOf(index) });

  const before = memory();
  for (let index = 0; index < count; index++) {
    await sessions.issue(request, { subject: subjectOf(Math.floor(index / each)) });
  }
  const after = memory();
  await assertKept(sessions, each, createContext());
  return { heap: (after.heap - before.heap) / count, rss: (after.rss - before.rss) / count };
}

/** Weighed is what is there: the first and the last subject have all of their sessions. */
async function assertKept(sessions, each, context) {
  for (const index of [0, count / each - 1]) {
    const { sessions: listed } = await sessions.list(subjectOf(index), { limit: 100 }, context);
    if (listed.length !== each) throw new Error(`subject ${index} has ${listed.length} sessions instead of ${each}`);
  }
}

/** As a database hands them out: each time a text of its own, and a flat one. */
function subjectOf(index) {
  return Buffer.from(`user-${String(index).padStart(8, '0')}`, 'latin1').toString('latin1');
}

function memory() {
  // Twice: what only a finished collection lets go of is collected by the next.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}
