import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { missingScopes, scopes } from '../../src/guards/index.ts';
import { protect } from '../../src/index.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import { introspection } from '../../src/tokens/introspection.ts';
import { protectedResource } from '../../src/tokens/protected-resource.ts';

type Fetch = (request: Request) => Response | Promise<Response>;

/** A server on loopback, and what it was asked: method, path, status. */
async function start(make: (origin: string) => Fetch) {
  const log: string[] = [];
  let fetch: Fetch | undefined;
  const server = createServer(
    getRequestListener(async (request) => {
      const response = (await fetch?.(request)) ?? new Response(null, { status: 503 });
      log.push(`${request.method} ${new URL(request.url).pathname} ${response.status}`);
      return response;
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fetch = make(origin);
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { origin, log, stop };
}

/** A token as its issuer remembers it. */
interface Issued {
  readonly scope: string;
  readonly aud: string;
  readonly exp: number;
}

/** An authorization server for machines: it gives whatever is asked for. */
export async function startIssuer() {
  const issued = new Map<string, Issued>();
  const asked: { readonly scope: string; readonly resource: string }[] = [];
  const server = await start((origin) => async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === '/.well-known/oauth-authorization-server') {
      return Response.json({
        issuer: origin,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        response_types_supported: ['code'],
        grant_types_supported: ['client_credentials'],
        token_endpoint_auth_methods_supported: ['client_secret_basic'],
      });
    }
    const form = new URLSearchParams(request.method === 'POST' ? await request.text() : '');
    const client = atob(request.headers.get('authorization')?.replace('Basic ', '') ?? '').split(':')[0];
    if (pathname === '/token' && client === 'agent') {
      const [scope, resource] = [form.get('scope') ?? '', form.get('resource') ?? ''];
      asked.push({ scope, resource });
      const token = randomUUID();
      issued.set(token, { scope, aud: resource, exp: Date.now() / 1000 + 600 });
      return Response.json({ access_token: token, token_type: 'Bearer', expires_in: 600, scope });
    }
    if (pathname === '/introspect' && client === 'files-api') {
      const token = issued.get(form.get('token') ?? '');
      return Response.json(token ? { active: true, sub: 'agent', token_type: 'Bearer', ...token } : { active: false });
    }
    return new Response(null, { status: 404 });
  });
  return { ...server, issued, asked };
}

/** An MCP server with two tools: `read` needs the scope `files:read`, `write` needs `files:write` as well. */
export async function startMcp(issuer: string) {
  let resource: ReturnType<typeof protectedResource> | undefined;
  const server = await start((origin) => {
    // Not the endpoint itself, so that nobody finds the metadata without having read the challenge.
    const files = protectedResource({
      resource: `${origin}/files`,
      authorizationServers: [issuer],
      scopes: ['files:read'],
      name: 'Files',
    });
    resource = files;
    const tokens = introspection({
      endpoint: `${issuer}/introspect`,
      clientId: 'files-api',
      clientSecret: 'not a secret: an example',
      audience: files,
    });
    const endpoint = protect(
      scopes(bearer({ tokens, resource: files }), 'files:read'),
      async (request: Request, accepted) => {
        if (request.method !== 'POST') return new Response(null, { status: 405 });
        const { id, method, params } = (await request.json()) as Call;
        if (method === 'tools/call' && params.name === 'write') {
          const missing = missingScopes(accepted, 'files:read', 'files:write');
          if (missing) return missing;
        }
        return id === undefined ? new Response(null, { status: 202 }) : answer(id, method, params);
      },
    );
    return (request) => files.handle(request) ?? endpoint(request);
  });
  if (!resource) throw new Error('not started');
  return { ...server, endpoint: `${server.origin}/files/mcp`, resource };
}

interface Call {
  readonly id?: number;
  readonly method: string;
  readonly params: { readonly name?: string; readonly protocolVersion?: string };
}

function answer(id: number, method: string, { name, protocolVersion }: Call['params']): Response {
  const result = {
    initialize: { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'files', version: '1' } },
    'tools/list': { tools: ['read', 'write'].map((each) => ({ name: each, inputSchema: { type: 'object' } })) },
    'tools/call': { content: [{ type: 'text', text: `${name}: done` }] },
  }[method];
  return Response.json({ jsonrpc: '2.0', id, ...(result ? { result } : { error: { code: -32601, message: 'no' } }) });
}
