// Bun: nothing bundled, and inside a request of its own server, which is where the library is used.
import * as library from '../../.cache/runtimes/library.mjs';
import { runSuite } from '../../.cache/runtimes/suite.mjs';
import { nodePlatform } from './node-platform.mjs';

const { Bun } = globalThis;
let response;
const deliver = (given) => {
  response = given;
  return fetch(new URL('/deliver', server.url));
};
const platform = { ...nodePlatform(Bun.version), deliver };

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  async fetch(incoming) {
    if (incoming.url.endsWith('/deliver')) return response;
    return Response.json(await runSuite(library, { ...platform, incoming }));
  },
});
const headers = { authorization: `Basic ${btoa('ada:correct horse')}`, cookie: 'theme=dark' };
console.log(await (await fetch(server.url, { headers })).text());
await server.stop();
