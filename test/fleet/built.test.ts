import { execFile } from 'node:child_process';
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createRequestListener } from '@react-router/node';
import { createContext } from 'countersign';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COOKIE, sessions } from '../adapters/app.ts';
import { adapterCases } from '../adapters/behaviour.ts';
import { type Served, serve } from '../adapters/serve.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const load = (path: string) => import(/* @vite-ignore */ here(path));

/** As a user of the framework builds and starts it, each with its own command line. */
const FRAMEWORKS: readonly (readonly [string, string, readonly string[], () => Promise<RequestListener>])[] = [
  [
    'SvelteKit',
    'sveltekit',
    ['vite/bin/vite.js', 'build'],
    async () => (await load('sveltekit/dist/server/handler.js')).handler,
  ],
  ['Astro', 'astro', ['astro/astro.js', 'build'], async () => (await load('astro/dist/server/entry.mjs')).handler],
  [
    'React Router',
    'react-router',
    ['@react-router/dev/bin.js', 'build'],
    async () => createRequestListener({ build: await load('react-router/dist/server/index.js'), mode: 'production' }),
  ],
];

describe.each(FRAMEWORKS)('%s', (_framework, folder, [command = '', ...args], listenerOf) => {
  let served: Served;
  beforeAll(async () => {
    const env = { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };
    await promisify(execFile)(process.execPath, [here(`node_modules/${command}`), ...args], { cwd: here(folder), env });
    served = await serve(await listenerOf());
  });
  afterAll(() => served.close());
  for (const [name, run] of adapterCases) it(name, () => run(served.origin));

  it('a page: rendered for whoever asks, and a renewed cookie arrives with it', async () => {
    const page = (cookie = '') => fetch(`${served.origin}/page`, { headers: { cookie } });
    expect(await (await page()).text()).toContain('hello nobody');
    // Made 2000 seconds ago, of an hour: it is due.
    const context = createContext({ now: Date.now() / 1000 - 2000 });
    const { effects } = await sessions.issue(new Request('https://app.example/'), { subject: 'ada' }, context);
    const response = await page(effects[0]?.value.split(';')[0]);
    expect(await response.text()).toContain('hello Ada');
    expect(response.headers.getSetCookie().filter((line) => line.startsWith(`${COOKIE}=`))).toHaveLength(1);
    expect(response.headers.get('cache-control')).toContain('private');
  });
});
