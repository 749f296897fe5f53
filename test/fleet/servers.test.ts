import { EventEmitter } from 'node:events';
import { toNodeHandler } from 'h3/node';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { adapterCases } from '../adapters/behaviour.ts';
import { type Served, serve } from '../adapters/serve.ts';
import { freePort } from '../servers/free-port.ts';
import { app as elysia } from './elysia-app.ts';
import { app as express } from './express-app.ts';
import { app as fastify } from './fastify-app.ts';
import { app as h3 } from './h3-app.ts';
import { listener } from './node-app.ts';

// Node answers 500 for a listener that rejects only where it was told to listen to promises; else the process ends.
EventEmitter.captureRejections = true;

async function serveFastify(): Promise<Served> {
  const origin = await fastify.listen({ port: 0, host: '127.0.0.1' });
  return { origin, close: () => fastify.close() };
}

async function serveElysia(): Promise<Served> {
  const port = await freePort();
  let stop: () => unknown = () => {};
  elysia.listen({ port, hostname: '127.0.0.1' }, (server) => {
    stop = () => server.stop();
  });
  const origin = `http://127.0.0.1:${port}`;
  // It says nowhere that it listens.
  await vi.waitFor(() => fetch(origin));
  return { origin, close: async () => void (await stop()) };
}

describe.each([
  ['Node', () => serve(listener)],
  ['Express', () => serve(express)],
  ['Fastify', serveFastify],
  ['h3', () => serve(toNodeHandler(h3))],
  ['Elysia', serveElysia],
])('%s', (_name, start) => {
  let served: Served;
  beforeAll(async () => {
    served = await start();
  });
  afterAll(() => served.close());
  for (const [name, run] of adapterCases) it(name, () => run(served.origin));
});
