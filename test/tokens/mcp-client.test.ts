import {
  Client,
  ClientCredentialsProvider,
  discoverOAuthProtectedResourceMetadata,
  extractWWWAuthenticateParams,
  InsufficientScopeError,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import {
  allowInsecureRequests,
  customFetch,
  processResourceDiscoveryResponse,
  protectedResourceRequest,
  resourceDiscoveryRequest,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stepUp } from '../../src/guards/index.ts';
import { parseChallenges } from '../../src/http/index.ts';
import { protect } from '../../src/index.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import { startIssuer, startMcp } from './start-mcp.ts';

/** The public MCP SDK's client and `oauth4webapi`, against servers of this machine. */
let issuer: Awaited<ReturnType<typeof startIssuer>>;
let mcp: Awaited<ReturnType<typeof startMcp>>;
beforeEach(async () => {
  issuer = await startIssuer();
  mcp = await startMcp(issuer.origin);
});
afterEach(async () => {
  await mcp.stop();
  await issuer.stop();
});

const METADATA = 'GET /.well-known/oauth-protected-resource/files 200';
const text = (line: string) => ({ content: [{ type: 'text', text: line }] });

async function connect(options: { onInsufficientScope?: 'throw' } = {}) {
  const authProvider = new ClientCredentialsProvider({
    clientId: 'agent',
    clientSecret: 'not a secret: an example',
    expectedIssuer: issuer.origin,
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(mcp.endpoint), { authProvider, ...options }));
  return client;
}

/** Issues a token by hand. */
function issue(scope: string, aud = mcp.resource.resource, exp = Date.now() / 1000 + 600): string {
  const token = `token.${scope.replace(/\W/g, '')}.${issuer.issued.size}`;
  issuer.issued.set(token, { scope, aud, exp });
  return token;
}

const call = (name: string) => ({
  method: 'POST',
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } }),
});

async function send(token: string | undefined, name = 'read'): Promise<Response> {
  return fetch(mcp.endpoint, { ...call(name), headers: token ? { authorization: `Bearer ${token}` } : {} });
}

describe('an MCP client without a token', () => {
  it('finds out from the 401 where to get one, for which resource, with which scope, and gets in', async () => {
    const client = await connect();
    expect(mcp.log.slice(0, 2)).toEqual(['POST /files/mcp 401', METADATA]);
    expect(mcp.log.filter((line) => line.includes('well-known'))).toEqual([METADATA]);
    expect(issuer.asked).toEqual([{ scope: 'files:read', resource: mcp.resource.resource }]);
    expect(await client.callTool({ name: 'read' })).toMatchObject(text('read: done'));
    expect(mcp.log.filter((line) => line.endsWith(' 401'))).toHaveLength(1);
    await client.close();
  });
});

describe('an MCP client with too little', () => {
  it('steps up by the 403: asks for all scopes it names at once, and is served', async () => {
    const client = await connect();
    mcp.log.length = 0;
    expect(await client.callTool({ name: 'write' })).toMatchObject(text('write: done'));
    expect(mcp.log.filter((line) => line.startsWith('POST'))).toEqual(['POST /files/mcp 403', 'POST /files/mcp 200']);
    const { scope = '', resource } = issuer.asked.at(-1) ?? {};
    expect([scope.split(' ').sort(), resource]).toEqual([['files:read', 'files:write'], mcp.resource.resource]);
    // And never again.
    mcp.log.length = 0;
    await client.callTool({ name: 'write' });
    expect(mcp.log).toEqual(['POST /files/mcp 200']);
    await client.close();
  });

  it('can show a person what is needed instead', async () => {
    const client = await connect({ onInsufficientScope: 'throw' });
    const error = await client.callTool({ name: 'write' }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof InsufficientScopeError)) throw error;
    expect([error.requiredScope, error.resourceMetadataUrl?.href]).toEqual([
      'files:read files:write',
      mcp.resource.metadataUrl,
    ]);
    await client.close();
  });
});

describe('an MCP client whose token is no longer good', () => {
  it.each(['revoked', 'expired'])(
    'gets a new one by the 401, also where it would not have been enough: %s',
    async (how) => {
      const client = await connect();
      for (const [token, known] of issuer.issued) {
        if (how === 'revoked') issuer.issued.delete(token);
        else issuer.issued.set(token, { ...known, exp: Date.now() / 1000 - 1 });
      }
      mcp.log.length = 0;
      expect(await client.callTool({ name: 'write' })).toMatchObject(text('write: done'));
      expect(mcp.log.filter((line) => line.startsWith('POST'))).toEqual([
        'POST /files/mcp 401',
        'POST /files/mcp 403',
        'POST /files/mcp 200',
      ]);
      await client.close();
    },
  );

  it('is not let in with one for another resource', async () => {
    for (const aud of ['', mcp.origin, `${mcp.resource.resource}/`, mcp.endpoint, 'https://other.example/']) {
      expect((await send(issue('files:read', aud))).status, aud).toBe(401);
    }
    expect((await send(issue('files:read'))).status).toBe(200);
  });
});

describe('a challenge', () => {
  const resource = { metadataUrl: 'https://api.example/.well-known/oauth-protected-resource', scopes: ['a', 'b'] };
  const old = bearer({ resource, tokens: { verify: () => ({ principal: 'ada', authTime: 0 }) } });

  it.each<[string, () => Promise<Response>, number, string | undefined, string | undefined]>([
    ['no token', () => send(undefined), 401, undefined, 'files:read'],
    ['a bad one', () => send('nonsense'), 401, 'invalid_token', undefined],
    ['an expired one', () => send(issue('files:read', undefined, 1)), 401, 'invalid_token', undefined],
    ['one for something else', () => send(issue('other')), 403, 'insufficient_scope', 'files:read'],
    ['too little', () => send(issue('files:read'), 'write'), 403, 'insufficient_scope', 'files:read files:write'],
    [
      'an old sign-in',
      () =>
        protect(
          stepUp(old, { maxAge: 300, acr: ['gold', 'urn:x'] }),
          () => new Response(),
        )(new Request('https://api.example/', { headers: { authorization: 'Bearer x' } })),
      401,
      'insufficient_user_authentication',
      undefined,
    ],
  ])('is read alike by the MCP SDK, oauth4webapi and parseChallenges: %s', async (_name, ask, status, error, scope) => {
    const response = await ask();
    expect(response.status).toBe(status);
    const challenges = parseChallenges(response.headers.get('www-authenticate') ?? '');
    expect(challenges).toHaveLength(1);
    const params = Object.fromEntries(challenges?.[0]?.params ?? []);
    expect(params.error).toBe(error);
    if (scope !== undefined) expect(params.scope).toBe(scope);

    const { resourceMetadataUrl, ...read } = extractWWWAuthenticateParams(response);
    expect({ ...read, resource_metadata: resourceMetadataUrl?.href }).toEqual({
      scope: params.scope,
      error: params.error,
      errorDescription: undefined,
      resource_metadata: params.resource_metadata,
    });
    const thrown = await protectedResourceRequest('x', 'GET', new URL(mcp.endpoint), undefined, null, {
      [allowInsecureRequests]: true,
      [customFetch]: async () => response,
    }).catch((reason: unknown) => reason);
    if (!(thrown instanceof WWWAuthenticateChallengeError)) throw thrown;
    expect(thrown.cause).toEqual([{ scheme: 'bearer', parameters: params }]);
  });
});

describe('oauth4webapi', () => {
  it('finds the metadata by the resource’s name, and takes it for its own', async () => {
    const name = new URL(mcp.resource.resource);
    const found = await resourceDiscoveryRequest(name, { [allowInsecureRequests]: true });
    expect(found.url).toBe(mcp.resource.metadataUrl);
    expect(await processResourceDiscoveryResponse(name, found)).toEqual({
      resource: mcp.resource.resource,
      authorization_servers: [issuer.origin],
      scopes_supported: ['files:read'],
      bearer_methods_supported: ['header'],
      resource_name: 'Files',
    });
    const other = await resourceDiscoveryRequest(name, { [allowInsecureRequests]: true });
    await expect(processResourceDiscoveryResponse(new URL(mcp.endpoint), other)).rejects.toThrow();
  });

  it('agrees with the MCP SDK about what it says', async () => {
    const { metadataUrl, resource } = mcp.resource;
    const read = await discoverOAuthProtectedResourceMetadata(mcp.endpoint, { resourceMetadataUrl: metadataUrl });
    expect(read).toEqual(await processResourceDiscoveryResponse(new URL(resource), await fetch(metadataUrl)));
  });

  it('gets in with a token, and hears why without a good one', async () => {
    const ask = (token: string) => {
      const { method, body } = call('read');
      return protectedResourceRequest(token, method, new URL(mcp.endpoint), undefined, body, {
        [allowInsecureRequests]: true,
      });
    };
    expect((await ask(issue('files:read'))).status).toBe(200);
    await expect(ask('nonsense')).rejects.toThrow(WWWAuthenticateChallengeError);
  });
});
