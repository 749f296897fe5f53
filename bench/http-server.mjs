/** One server of http.mjs, which it tells its port and its credentials, and its CPU time whenever it is asked. */
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { serve } from '@hono/node-server';
import { bare, SCENARIOS } from './http-servers.mjs';
import { loadLibrary } from './lib/load-library.mjs';
import { bearerCredentials } from './scenarios/bearer-credentials.mjs';

const [scenario, contender, dist] = process.argv.slice(2);
const library = await loadLibrary(dist);
for (const name of [scenario === 'node' ? 'node' : 'hono'])
  Object.assign(library, await import(pathToFileURL(`${dist}/${name}.js`).href));

const started = await (scenario === 'node' ? startNode() : startHono());
const { server, credentials, port } = started;
// Between its turns a server's connections are idle for longer than the usual five seconds.
server.keepAliveTimeout = 0;
const headersOf = (request) => {
  const { headers } = request();
  return Object.fromEntries(
    ['authorization', 'cookie'].flatMap((name) => (headers.has(name) ? [[name, headers.get(name)]] : [])),
  );
};
process.on('message', () => process.send(process.cpuUsage()));
process.on('disconnect', () => {
  server.closeAllConnections();
  server.close();
});
process.send({
  port,
  good: credentials.good.map(({ subject, request }) => ({ subject, headers: headersOf(request) })),
  bad: credentials.bad.map(({ request }) => ({ headers: headersOf(request) })),
});

/** The first scenario's credentials are what the bare app gets, too. */
async function startHono() {
  const { servers } = SCENARIOS[scenario];
  const made = await servers[contender === 'bare' ? 'ours' : contender](library);
  const { credentials } = made;
  const fetch = contender === 'bare' ? bare(credentials.good[0].subject) : made.fetch;
  return new Promise((resolve) => {
    const server = serve({ fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) =>
      resolve({ server, credentials, port }),
    );
  });
}

async function startNode() {
  const tokens = library.opaqueTokens({ store: library.memoryStore() });
  const issue = async (subject) => (await tokens.issue({ subject })).token;
  const credentials = await bearerCredentials({ issue, flaws: [], crowd: 1000 });
  const answer = (res, subject) => {
    res.setHeader('cache-control', 'private');
    res.end(subject);
  };
  const listener =
    contender === 'bare'
      ? (_req, res) => answer(res, credentials.good[0].subject)
      : library.authenticated(library.bearer({ tokens }), (_req, res, { accepted }) => answer(res, accepted.subject));
  const server = createServer(listener);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, credentials, port: server.address().port };
}
