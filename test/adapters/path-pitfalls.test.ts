import { connect } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { authenticated } from 'countersign/hono';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { people } from './app.ts';
import { type Served, serve } from './serve.ts';

/** Guarded by a pattern: what the pattern doesn't match goes to the handler for all paths without it. */
const byPattern = new Hono().use('/admin/*', authenticated(people)).get('*', (c) => c.text('secret'));
/** Guarded at the handler. */
const byHandler = new Hono().get('*', authenticated(people), (c) => c.text('secret'));

/** Ways to write a path that some part between browser and table takes for `/admin/users`. */
const SPELLINGS = [
  '/admin/users',
  '//admin/users',
  '/admin//users',
  '/ADMIN/users',
  '/Admin/Users',
  '/admin%2fusers',
  '/admin%2Fusers',
  '/%61dmin/users',
  '/admin;a=b/users',
  '/admin/./users',
  '/x/../admin/users',
  '/./admin/users',
  '/admin\\users',
  '/admin/users/',
  '/admin%20/users',
  '/admin/users?x=/public',
  '/admin/users%00',
  '/%2561dmin/users',
  '/admin.json/users',
  '/admin/users#x',
  '/admın/users',
];

/** The status of a request whose target is sent as it stands. */
function statusOf(origin: string, target: string): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET ${target} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n\r\n`, 'latin1'),
    );
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received.slice(9, 12)));
  });
}

describe('a path that is written in another way', () => {
  let pattern: Served;
  let handler: Served;
  beforeAll(async () => {
    pattern = await serve(getRequestListener(byPattern.fetch));
    handler = await serve(getRequestListener(byHandler.fetch));
  });
  afterAll(() => Promise.all([pattern.close(), handler.close()]));

  it.each(SPELLINGS)('%s gets no further than the guard at the handler', async (target) => {
    // 400: the server itself has refused it.
    expect(['401', '400']).toContain(await statusOf(handler.origin, target));
  });

  it('while a pattern is walked around by some of them', async () => {
    const around: string[] = [];
    for (const target of SPELLINGS) if ((await statusOf(pattern.origin, target)) === '200') around.push(target);
    expect(around).toContain('//admin/users');
    expect(around).toContain('/ADMIN/users');
    expect(around).toContain('/admin%2fusers');
    expect(around).not.toContain('/admin/users');
  });
});
