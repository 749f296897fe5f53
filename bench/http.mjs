/**
 * Authentication end to end, over loopback: `node bench/http.mjs [--dist FOLDER] [--rounds N] [--only SCENARIO]`.
 *
 * For each scenario a bare Hono app on @hono/node-server, the same behind ours, by hand and behind peers, each in a process of its
 * own and first shown to let in whom it should and nobody else; `node` is the same on a bare Node server. This process is their
 * client. They take turns, a bounded number of requests each, ten on their way on each connection. What counts is the share of
 * the bare app's throughput in the same round, and the CPU time of the server.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SCENARIOS } from './http-servers.mjs';
import { openClient } from './lib/http-client.mjs';
import { median } from './lib/measure.mjs';

const CONNECTIONS = 16;
/** On each of them, a turn. */
const REQUESTS = 800;
const DEPTH = 10;
/** Ours, over a raw contender that does the same work. */
const RAW_BAR = 0.92;
const SERVER = fileURLToPath(new URL('./http-server.mjs', import.meta.url));
const ALL = { ...SCENARIOS, node: { bar: 0.82, cpu: 5, servers: { ours: true } } };

const { values: options } = parseArgs({
  options: {
    dist: { type: 'string', default: fileURLToPath(new URL('../dist', import.meta.url)) },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
  },
});

console.log(`Node ${process.version}, ${os.cpus().length} × ${os.cpus()[0]?.model}, load before ${load()}`);
console.log(`${options.rounds} rounds of ${REQUESTS * CONNECTIONS} requests, ${CONNECTIONS} connections`);
for (const [scenario, { bar, cpu, servers }] of Object.entries(ALL)) {
  if (!scenario.includes(options.only)) continue;
  const opened = [];
  try {
    for (const name of ['bare', ...Object.keys(servers)]) opened.push(await openServer(scenario, name));
    for (const server of opened) await server.turn();
    const turns = new Map(opened.map(({ name }) => [name, []]));
    for (let round = 0; round < Number(options.rounds); round++) {
      for (const server of opened) turns.get(server.name).push(await server.turn());
    }
    print(scenario, bar, cpu, turns);
  } finally {
    for (const server of opened) server.close();
  }
}
console.log(`\nload after ${load()}`);

/** Starts one, and shows that it lets in whom it should and nobody else. */
async function openServer(scenario, name) {
  const child = fork(SERVER, [scenario, name, options.dist]);
  const [{ port, good, bad }] = await once(child, 'message');
  const client = await openClient(port, CONNECTIONS);
  const [timed] = good;
  if (name !== 'bare') {
    for (const { headers, subject } of good) await client.ask(requestOf(headers), 200, subject);
    for (const { headers } of bad) await client.refused(requestOf(headers), [400, 401]);
  }
  return {
    name,
    /** Microseconds a request, by the clock and of CPU. */
    async turn() {
      const before = await cpuOf(child);
      const begun = performance.now();
      await client.send(requestOf(timed.headers), REQUESTS, DEPTH, 200, timed.subject);
      const wall = ((performance.now() - begun) * 1000) / REQUESTS / CONNECTIONS;
      return { wall, cpu: ((await cpuOf(child)) - before) / REQUESTS / CONNECTIONS };
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

function requestOf(headers) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET /account HTTP/1.1\r\nhost: app.example\r\nuser-agent: bench\r\naccept: text/plain\r\n${lines.join('')}\r\n`;
}

function print(scenario, bar, cpuBar, turns) {
  const bare = turns.get('bare');
  const hand = turns.get('by hand');
  console.log(`\n${scenario}`);
  for (const [name, all] of turns) {
    const shares = all.map(({ wall }, round) => bare[round].wall / wall);
    const extra = all.map(({ cpu }, round) => cpu - bare[round].cpu);
    const goals = [];
    if (name === 'ours') {
      goals.push(`${verdict(median(shares) >= bar)} of bare ≥ ${bar}`);
      if (cpuBar) goals.push(`${verdict(median(extra) <= cpuBar)} CPU ≤ ${cpuBar}`);
      if (hand) {
        const raw = median(all.map(({ wall }, round) => hand[round].wall / wall));
        goals.push(`${verdict(raw >= RAW_BAR)} ${raw.toFixed(2)} of by hand ≥ ${RAW_BAR}`);
      }
      const peers = [...turns.keys()].filter((each) => !['bare', 'ours', 'by hand'].includes(each));
      const isFirst = peers.every(
        (each) => median(turns.get(each).map(({ wall }) => wall)) >= median(all.map(({ wall }) => wall)),
      );
      if (peers.length) goals.push(`${verdict(isFirst)} above every peer`);
    }
    const perSecond = median(all.map(({ wall }) => 1e6 / wall));
    console.log(
      `${name.padEnd(30)} ${perSecond.toFixed(0).padStart(7)} a second  ${(median(shares) * 100).toFixed(0).padStart(3)} % of bare ` +
        `(${range(shares)})  CPU +${median(extra).toFixed(1)} µs (${range(extra)})  ${goals.join(', ')}`,
    );
  }
}

function verdict(isGood) {
  return isGood ? 'pass' : 'FAIL';
}

function range(values) {
  return `${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)}`;
}

function load() {
  return os.loadavg()[0]?.toFixed(2);
}
