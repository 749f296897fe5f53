/**
 * What a stored session costs a server end to end: `node bench/session-http.mjs [--dist FOLDER] [--rounds N]`.
 *
 * A bare Hono app on @hono/node-server, and the same behind `protect(sessions, …)`, each in a process of its own; this process
 * is their client, over connections that are kept alive. They take turns, a bounded number of requests each, and what counts
 * is the server's CPU time (all of its threads), not how long the client waited.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openClient } from './lib/http-client.mjs';
import { median } from './lib/measure.mjs';

const CONNECTIONS = 16;
/** On each of them, a turn. */
const REQUESTS = 800;
const SERVER = fileURLToPath(new URL('./session-http-server.mjs', import.meta.url));

const { values: options } = parseArgs({
  options: {
    dist: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
    rounds: { type: 'string', default: '12' },
  },
});

/** `private`: the handler sets `Cache-Control: private` itself. `by hand`: the floor of bench/scenarios, asynchronous. */
const VARIANTS = ['bare', 'protected', 'bare, private', 'protected, private', 'by hand, private'];
const COMPARISONS = [
  { label: 'protected, and the handler sets Cache-Control', of: 'protected, private', per: 'bare, private', bar: true },
  { label: 'protected, and the response is copied', of: 'protected', per: 'bare', bar: true },
  { label: 'by hand', of: 'by hand, private', per: 'bare, private' },
];

/**
 * A server that always has requests waiting, and one that goes to the kernel and back for each: there nothing stays in the
 * processor's caches, and the same code costs twice to three times as much.
 */
const LOADS = [
  { depth: 10, name: 'ten requests at once on each connection', most: 10 },
  { depth: 1, name: 'one request at a time on each connection' },
];

console.log(`Node ${process.version}, ${os.cpus().length} × ${os.cpus()[0]?.model}, load before ${load()}`);
const servers = [];
try {
  for (const variant of VARIANTS) servers.push(await openServer(variant));
  for (const load of LOADS) {
    for (const server of servers) await server.turn(load.depth);
    const costs = new Map(VARIANTS.map((variant) => [variant, []]));
    for (let round = 0; round < Number(options.rounds); round++) {
      for (const server of servers) costs.get(server.variant).push(await server.turn(load.depth));
    }
    print(load, costs);
  }
} finally {
  for (const server of servers) server.close();
}
console.log(`\nload after ${load()}`);

/** Starts one, and shows that it lets in whom it should and nobody else. */
async function openServer(variant) {
  const child = fork(SERVER, [variant, options.dist]);
  const [{ port, good, bad }] = await once(child, 'message');
  const client = await openClient(port, CONNECTIONS);
  const [timed] = good;
  if (!variant.startsWith('bare')) {
    for (const { cookie, subject } of good) await client.ask(requestOf(cookie), 200, subject);
    for (const { cookie } of bad) await client.ask(requestOf(cookie), 401, '');
  }
  return {
    variant,
    /** Microseconds of CPU a request. */
    async turn(depth) {
      const before = await cpuOf(child);
      await client.send(requestOf(timed.cookie), REQUESTS, depth, 200, timed.subject);
      return ((await cpuOf(child)) - before) / REQUESTS / CONNECTIONS;
    },
    close() {
      client.close();
      child.disconnect();
    },
  };
}

async function cpuOf(child) {
  child.send('cpu');
  const [{ user, system }] = await once(child, 'message');
  return user + system;
}

function requestOf(cookie) {
  const line = cookie === null ? '' : `cookie: ${cookie}\r\n`;
  return `GET /account HTTP/1.1\r\nhost: app.example\r\nuser-agent: bench\r\naccept: text/plain\r\n${line}\r\n`;
}

function print({ name, most }, costs) {
  console.log(
    `\n${name}: ${options.rounds} rounds of ${REQUESTS * CONNECTIONS} requests, ${CONNECTIONS} connections\n`,
  );
  for (const [variant, values] of costs) {
    console.log(`${variant.padEnd(20)} ${median(values).toFixed(1)} µs of CPU a request (${range(values)})`);
  }
  console.log();
  for (const { label, of, per, bar } of COMPARISONS) {
    const extra = costs.get(of).map((value, round) => value - costs.get(per)[round]);
    const verdict = bar && most ? `, bar ≤ ${most}: ${median(extra) <= most ? 'pass' : 'FAIL'}` : '';
    console.log(`extra, ${label}: ${median(extra).toFixed(1)} µs (${range(extra)})${verdict}`);
  }
}

function range(values) {
  return `${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)}`;
}

function load() {
  return os.loadavg()[0]?.toFixed(2);
}
