import { request } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { basic } from 'countersign/basic';
import { authenticated as forExpress } from 'countersign/express';
import { authenticated as forFastify } from 'countersign/fastify';
import { authenticated as forH3 } from 'countersign/h3';
import { authenticated as forHono } from 'countersign/hono';
import express from 'express';
import { fastify } from 'fastify';
import { H3 } from 'h3';
import { toNodeHandler } from 'h3/node';
import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { type Served, serve } from '../adapters/serve.ts';

const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });

const PATHS = ['/admin/x', '//admin/x', '/ADMIN/x', '/admin%2fx', '/%61dmin/x'];

/** What a handler for all paths makes of one, such as one that serves files or pages: these are all the same page to it. */
const isSecret = (url: string): boolean =>
  decodeURIComponent(new URL(`http://localhost${url}`).pathname)
    .replace(/\/+/g, '/')
    .toLowerCase() === '/admin/x';
const page = (url: string): string => (isSecret(url) ? 'secret' : 'nothing');

interface Guarded {
  /** Which of {@link PATHS} show the page to nobody, where the guard is on a pattern. */
  readonly around: readonly string[];
  readonly byPattern: () => Promise<Served>;
  /** The guard is on the handler. */
  readonly bound: () => Promise<Served>;
}

async function serveFastify(app: ReturnType<typeof fastify>): Promise<Served> {
  await app.ready();
  return serve((req, res) => app.routing(req, res));
}

const FRAMEWORKS: Readonly<Record<string, Guarded>> = {
  Express: {
    around: ['//admin/x', '/admin%2fx', '/%61dmin/x'],
    byPattern() {
      const app = express();
      app.use('/admin', forExpress(staff));
      app.use((req, res) => void res.send(page(req.originalUrl)));
      return serve(app);
    },
    bound() {
      const app = express();
      app.use(forExpress(staff), (req, res) => void res.send(page(req.originalUrl)));
      return serve(app);
    },
  },
  Fastify: {
    around: ['//admin/x', '/ADMIN/x', '/admin%2fx', '/%61dmin/x'],
    byPattern() {
      const app = fastify();
      const hook = forFastify(staff);
      app.addHook('onRequest', async (request, reply) =>
        request.url.startsWith('/admin/') ? hook(request, reply) : undefined,
      );
      app.get('/*', async ({ url }) => page(url));
      return serveFastify(app);
    },
    bound() {
      const app = fastify();
      app.get('/*', { onRequest: forFastify(staff) }, async ({ url }) => page(url));
      return serveFastify(app);
    },
  },
  h3: {
    around: ['//admin/x', '/ADMIN/x', '/admin%2fx'],
    byPattern() {
      const app = new H3();
      app.use(
        '/admin/**',
        forH3(staff, () => undefined),
      );
      app.get('/**', ({ req }) => page(new URL(req.url).pathname));
      return serve(toNodeHandler(app));
    },
    bound() {
      const app = new H3().get(
        '/**',
        forH3(staff, ({ req }) => page(new URL(req.url).pathname)),
      );
      return serve(toNodeHandler(app));
    },
  },
  Hono: {
    around: ['//admin/x', '/ADMIN/x', '/admin%2fx'],
    byPattern() {
      const app = new Hono();
      app.use('/admin/*', forHono(staff));
      app.get('*', (c) => c.text(page(new URL(c.req.url).pathname)));
      return serve(getRequestListener(app.fetch));
    },
    bound() {
      const app = new Hono().get('*', forHono(staff), (c) => c.text(page(new URL(c.req.url).pathname)));
      return serve(getRequestListener(app.fetch));
    },
  },
};

/** As it stands: `fetch` would tidy some paths up. */
async function show(origin: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(origin, { path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () => resolve(`${response.statusCode} ${text}`));
    });
    asked.on('error', reject).end();
  });
}

async function shownBy(start: () => Promise<Served>): Promise<readonly string[]> {
  const served = await start();
  try {
    const answers = await Promise.all(PATHS.map(async (path) => [path, await show(served.origin, path)] as const));
    return answers.map(([path, answer]) => `${path} ${answer}`);
  } finally {
    await served.close();
  }
}

describe.each(Object.entries(FRAMEWORKS))('%s', (_name, { around, byPattern, bound }) => {
  test('a guard on a pattern can be walked around', async () => {
    const shown = await shownBy(byPattern);
    expect(shown.filter((line) => line.endsWith(' 200 secret'))).toEqual(around.map((path) => `${path} 200 secret`));
    expect(shown).toContain('/admin/x 401 ');
  });

  test('a guard on the handler can’t', async () => {
    expect(await shownBy(bound)).toEqual(PATHS.map((path) => `${path} 401 `));
  });
});
