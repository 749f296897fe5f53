import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A question as it arrived. */
interface Asked {
  readonly method: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What the server says: a JSON value, or whatever the function does with the response. */
export type Reply = { readonly json: unknown } | ((response: ServerResponse) => void);

/** An introspection endpoint on this machine, that says what it is told to. */
export async function startIntrospection() {
  const asked: Asked[] = [];
  const state: { reply: Reply } = { reply: { json: { active: false } } };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    asked.push({ method: request.method, headers: request.headers, body });
    const { reply } = state;
    if (typeof reply === 'function') return reply(response);
    response.setHeader('content-type', 'application/json').end(JSON.stringify(reply.json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/introspect`,
    asked,
    state,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
