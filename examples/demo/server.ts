/**
 * `npm start`: the demo on Node; Bun and Deno run this file too. Everything worth reading is in `app.ts`, which is a fetch
 * handler and knows no server.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createApp } from './app.ts';

/** Loopback only: the demo shows its log to whoever asks, and its passwords are in the page. */
const HOST = '127.0.0.1';

const app = await createApp();
const server = createServer(
  getRequestListener(
    // The socket's address, and no header's: whoever guesses passwords would write another one into each request.
    (request, { incoming }) => app(request, { address: incoming.socket.remoteAddress }),
    { hostname: HOST },
  ),
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close();
    // A browser keeps its connections open, and would keep the process alive with them.
    server.closeAllConnections();
  });
}

const wanted = portFrom(process.env.PORT);
const port = await listen(wanted).catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error;
  console.log(`Port ${wanted} is taken; here is a free one.`);
  return listen(0);
});
console.log('The countersign demo, on this machine only. Stop it with Ctrl+C.');
console.log(`http://${HOST}:${port}/`);

/** @returns The port that the system gave, which is another one for port 0. */
function listen(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function portFrom(value = ''): number {
  const port = Number(value || 3000);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new TypeError(`PORT: '${value}' is not a whole number from 0 to 65535`);
}
