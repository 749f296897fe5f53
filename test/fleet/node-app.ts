import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { authenticated, requestView } from 'countersign/node';
import { admins, anybody, broken, greeting, OWN_COOKIE, people, sessions, stream, view } from '../adapters/app.ts';

/** The application of test/adapters/app.ts, for Node's own server. */
const routes: Readonly<Record<string, RequestListener>> = {
  'GET /me': authenticated(people, (_req, res, { accepted }) => {
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify(view(accepted)));
  }),
  'GET /admin': authenticated(admins, (_req, res) => res.end('admin')),
  'GET /demand': authenticated(people, (_req, _res, { insufficient }) => insufficient({ scopes: ['write'] })),
  'GET /broken': authenticated(broken, (_req, res) => res.end('never')),
  'GET /home': authenticated(anybody, (_req, res, { accepted }) => res.end(greeting(accepted))),
  'GET /own-cookie': authenticated(people, (_req, res) => {
    res.writeHead(200, { 'Set-Cookie': OWN_COOKIE }).end('mine');
  }),
  'GET /redirect': authenticated(people, (_req, res) => res.writeHead(303, ['Location', '/me']).end()),
  'GET /stream': authenticated(people, (_req, res) => Readable.from(stream()).pipe(res)),
  'GET /throw': authenticated(people, () => {
    throw new Error('the handler fails');
  }),
  'POST /sign-out': authenticated(people, async (req: IncomingMessage, res: ServerResponse) => {
    const { effects } = await sessions.signOut(requestView(req));
    for (const { header, value } of effects) res.appendHeader(header, value);
    res.writeHead(204).end();
  }),
  'OPTIONS /me': authenticated(people, (_req, res) => res.end('never')),
};

export const listener: RequestListener = (req, res) => {
  const method = req.method === 'HEAD' ? 'GET' : req.method;
  const route = routes[`${method} ${req.url}`];
  return route ? route(req, res) : res.writeHead(404).end();
};
