/** One server of session-http.mjs, which it tells its port and its cookies, and its CPU time whenever it is asked. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { loadLibrary } from './lib/load-library.mjs';
import { NAME, sessionCredentials } from './scenarios/session-credentials.mjs';
import { storedSessions } from './scenarios/session-stored.mjs';
import { storedFloors } from './scenarios/session-stored-floors.mjs';

const [variant, dist] = process.argv.slice(2);
const init = variant.endsWith('private') ? { headers: { 'cache-control': 'private' } } : undefined;
const library = await loadLibrary(dist);

const { handler, credentials } = await make();
const app = new Hono();
app.get('*', handler);
const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
  process.send({ port, good: cookiesOf(credentials.good), bad: cookiesOf(credentials.bad) }),
);
// Between its turns a server's connections are idle for longer than the usual five seconds.
server.keepAliveTimeout = 0;
process.on('message', () => process.send(process.cpuUsage()));
process.on('disconnect', () => {
  server.closeAllConnections();
  server.close();
});

async function make() {
  if (variant.startsWith('by hand')) {
    const { call, credentials } = await storedFloors[0].create();
    const handler = async ({ req }) => {
      const record = call(req.raw);
      return record ? new Response(record.subject, init) : new Response(null, { status: 401 });
    };
    return { handler, credentials };
  }
  const { sessions, issue, flaws } = storedSessions(library);
  const credentials = await sessionCredentials({ name: NAME, count: 10, issue, flaws, crowd: 1000 });
  // Lets in everybody.
  if (variant.startsWith('bare'))
    return { handler: () => new Response(credentials.good[0].subject, init), credentials };
  const guarded = library.protect(sessions, (_request, { principal }) => new Response(principal.username, init));
  return { handler: ({ req }) => guarded(req.raw), credentials };
}

function cookiesOf(credentials) {
  return credentials.map(({ subject, request }) => ({ subject, cookie: request().headers.get('cookie') }));
}
