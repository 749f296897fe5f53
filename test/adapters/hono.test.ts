import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { adapterCases } from './behaviour.ts';
import { app } from './hono-app.ts';
import { type Served, serve } from './serve.ts';

describe('Hono on Node', () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve(getRequestListener(app.fetch));
  });
  afterAll(() => served.close());
  for (const [name, run] of adapterCases) it(name, () => run(served.origin));
});
