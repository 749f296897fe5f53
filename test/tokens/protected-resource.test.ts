import { describe, expect, it } from 'vitest';
import { scopes, stepUp } from '../../src/guards/index.ts';
import { parseChallenges } from '../../src/http/index.ts';
import { protect } from '../../src/index.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import { type ProtectedResourceOptions, protectedResource } from '../../src/tokens/protected-resource.ts';
import { requestOf } from '../support/request.ts';

const ISSUER = 'https://id.example';
const RESOURCE = 'https://api.example/files';
const METADATA = 'https://api.example/.well-known/oauth-protected-resource/files';

const resourceOf = (more: Partial<ProtectedResourceOptions> = {}) =>
  protectedResource({ resource: RESOURCE, authorizationServers: [ISSUER], ...more });

const get = (url: string, method = 'GET') => requestOf({}, { method, url });

/** The metadata, as a client reads it. */
async function documentOf(more?: Partial<ProtectedResourceOptions>): Promise<unknown> {
  const resource = resourceOf(more);
  return resource.handle(get(resource.metadataUrl))?.json();
}

describe('the place of the metadata', () => {
  it.each([
    ['https://api.example', 'https://api.example/.well-known/oauth-protected-resource'],
    ['https://api.example/', 'https://api.example/.well-known/oauth-protected-resource'],
    ['https://api.example/files', METADATA],
    ['https://api.example/files/', `${METADATA}/`],
    ['https://api.example/a/b.c', 'https://api.example/.well-known/oauth-protected-resource/a/b.c'],
    ['https://api.example/%7Eada', 'https://api.example/.well-known/oauth-protected-resource/%7Eada'],
    ['https://api.example/files?v=1', `${METADATA}?v=1`],
    ['https://api.example/?v=1', 'https://api.example/.well-known/oauth-protected-resource?v=1'],
    ['https://api.example:8443/files', 'https://api.example:8443/.well-known/oauth-protected-resource/files'],
    ['http://localhost:3000/mcp', 'http://localhost:3000/.well-known/oauth-protected-resource/mcp'],
    ['http://[::1]:3000', 'http://[::1]:3000/.well-known/oauth-protected-resource'],
  ])('of %s is %s (RFC 9728 §3.1), and it is there', async (resource, metadataUrl) => {
    const made = resourceOf({ resource });
    expect(made.metadataUrl).toBe(metadataUrl);
    expect(made.resource).toBe(resource);
    expect(await made.handle(new Request(metadataUrl))?.json()).toMatchObject({ resource });
  });

  it.each([
    METADATA,
    'http://10.0.0.7:3000/.well-known/oauth-protected-resource/files',
    'https://anybody.example/.well-known/oauth-protected-resource/files',
    `${METADATA}?anything=1`,
    `${METADATA}?`,
  ])('is found by the path, whatever a proxy made of the host: %s', (url) => {
    expect(resourceOf().handle(get(url))?.status).toBe(200);
  });

  it.each([
    'https://api.example/',
    'https://api.example/files',
    'https://api.example/.well-known/oauth-protected-resource',
    `${METADATA}/`,
    `${METADATA}2`,
    `${METADATA}/x`,
    METADATA.toUpperCase(),
    METADATA.replace('.well', '%2Ewell'),
    METADATA.replace('/files', '//files'),
    `https://api.example/x${new URL(METADATA).pathname}`,
    `https://api.example/?${new URL(METADATA).pathname}`,
    `https://api.example?next=${METADATA}`,
    '/.well-known/oauth-protected-resource/files',
    'https://',
    '',
    'http://[/.well-known/oauth-protected-resource/files',
    `https://${'a/'.repeat(100_000)}`,
  ])('is nowhere else: %#', (url) => {
    const answer = resourceOf().handle({ method: 'GET', url, headers: new Headers() });
    // The one URL that no parser takes has the path all the same, and nothing throws at it.
    expect(answer?.status).toBe(url.startsWith('http://[') ? 200 : undefined);
  });

  it('tells resources apart by their query, where they have one', () => {
    const first = resourceOf({ resource: `${RESOURCE}?v=1` });
    expect(first.handle(get(`${METADATA}?v=1`))?.status).toBe(200);
    for (const query of ['', '?', '?v=2', '?v=1&x=1', '?x=1&v=1']) {
      expect(first.handle(get(METADATA + query))).toBeUndefined();
    }
  });
});

describe('the metadata', () => {
  it('has what was given, under the names of RFC 9728 §2', async () => {
    const more = {
      scopes: ['files:read', 'files:write'],
      name: 'Files',
      documentation: 'https://api.example/docs',
      more: { resource_policy_uri: 'https://api.example/policy', 'resource_name#de': 'Dateien' },
    };
    expect(await documentOf(more)).toEqual({
      resource: RESOURCE,
      authorization_servers: [ISSUER],
      scopes_supported: ['files:read', 'files:write'],
      bearer_methods_supported: ['header'],
      resource_name: 'Files',
      resource_documentation: 'https://api.example/docs',
      resource_policy_uri: 'https://api.example/policy',
      'resource_name#de': 'Dateien',
    });
  });

  it('leaves out what is empty (§3.2)', async () => {
    const bare = { resource: RESOURCE, authorization_servers: [ISSUER], bearer_methods_supported: ['header'] };
    expect(await documentOf()).toEqual(bare);
    expect(await documentOf({ name: '', more: { jwks_uri: undefined, contacts: [], x: '' } })).toEqual(bare);
  });

  it('lets further members say how tokens come, but not what resource it is, nor who issues for it', async () => {
    const more = {
      bearer_methods_supported: ['header', 'query'],
      resource: 'https://other.example/',
      authorization_servers: ['https://evil.example'],
      scopes_supported: ['all'],
    };
    expect(await documentOf({ more })).toEqual({
      resource: RESOURCE,
      authorization_servers: [ISSUER],
      bearer_methods_supported: ['header', 'query'],
    });
  });

  it('names issuers as they write themselves', async () => {
    const authorizationServers = ['https://id.example/', 'https://id.example', 'https://id.example/tenant/'] as const;
    expect(await documentOf({ authorizationServers })).toMatchObject({ authorization_servers: authorizationServers });
  });
});

describe('requests', () => {
  const answer = (method: string) => resourceOf({ scopes: ['files:read'] }).handle(get(METADATA, method));

  it('GET and HEAD: JSON for everybody, and for an hour', async () => {
    for (const method of ['GET', 'HEAD']) {
      const response = answer(method);
      expect(response?.status).toBe(200);
      expect(Object.fromEntries(response?.headers ?? [])).toEqual({
        'access-control-allow-origin': '*',
        'cache-control': 'public, max-age=3600',
        'content-type': 'application/json',
      });
    }
    expect(await answer('HEAD')?.text()).toBe('');
    expect(JSON.parse((await answer('GET')?.text()) ?? '')).toHaveProperty('resource');
  });

  it('OPTIONS: a preflight of a script with headers of its own goes through', () => {
    const response = answer('OPTIONS');
    expect(response?.status).toBe(204);
    expect(response?.headers.get('access-control-allow-origin')).toBe('*');
    expect(response?.headers.get('access-control-allow-headers')).toBe('*');
    expect(response?.headers.get('access-control-allow-methods')).toContain('GET');
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND', 'get', 'GETS', ''])('%s: 405', (method) => {
    const response = answer(method);
    expect([response?.status, response?.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  it('each get a response of their own', async () => {
    const resource = resourceOf();
    const first = resource.handle(get(METADATA));
    first?.headers.set('set-cookie', 'a=b');
    await first?.text();
    const second = resource.handle(get(METADATA));
    expect(second?.headers.has('set-cookie')).toBe(false);
    expect(await second?.json()).toHaveProperty('resource', RESOURCE);
  });
});

describe('challenges', () => {
  const resource = resourceOf({ scopes: ['files:read'] });
  const api = bearer({
    resource,
    tokens: { verify: (token) => (token === 'good' ? { principal: 'ada', scopes: ['files:read'] } : 'invalid') },
  });
  const paramsOf = async (authenticator: typeof api, token?: string) => {
    const headers = token ? { authorization: `Bearer ${token}` } : {};
    const response = await protect(authenticator, () => new Response())(new Request(RESOURCE, { headers }));
    const [challenge] = parseChallenges(response.headers.get('www-authenticate') ?? '') ?? [];
    return { status: response.status, ...Object.fromEntries(challenge?.params ?? []) };
  };

  it('say where the metadata is, in a 401 and in a 403, and which scopes', async () => {
    expect(await paramsOf(api)).toEqual({ status: 401, scope: 'files:read', resource_metadata: METADATA });
    expect(await paramsOf(api, 'bad')).toMatchObject({
      status: 401,
      error: 'invalid_token',
      resource_metadata: METADATA,
    });
    expect(await paramsOf(scopes(api, 'files:read', 'files:write'), 'good')).toEqual({
      status: 403,
      error: 'insufficient_scope',
      scope: 'files:read files:write',
      resource_metadata: METADATA,
    });
    expect(await paramsOf(stepUp(api, { maxAge: 60 }), 'good')).toMatchObject({
      status: 401,
      error: 'insufficient_user_authentication',
      max_age: '60',
      resource_metadata: METADATA,
    });
  });
});

describe('options', () => {
  it.each<[object, string]>([
    [{ resource: 'http://api.example/files' }, 'resource'],
    [{ resource: 'ftp://api.example/files' }, 'resource'],
    [{ resource: 'http://localhost.evil.example/' }, 'resource'],
    [{ resource: 'api.example' }, 'resource'],
    [{ resource: '/files' }, 'resource'],
    [{ resource: '' }, 'resource'],
    [{ resource: undefined }, 'resource'],
    [{ resource: `${RESOURCE}#x` }, 'resource'],
    [{ resource: `${RESOURCE}#` }, 'resource'],
    [{ resource: 'https://ada:canary-5d1f@api.example/' }, 'resource'],
    [{ resource: 'https://API.example/files' }, 'resource: write https://api.example/files'],
    [{ resource: 'HTTPS://api.example/files' }, 'resource: write https://api.example/files'],
    [{ resource: 'https://api.example:443/files' }, 'resource: write https://api.example/files'],
    [{ resource: 'https://api.example/a/../files' }, 'resource: write https://api.example/files'],
    [{ resource: ' https://api.example/files' }, 'resource: write https://api.example/files'],
    [{ resource: 'https://api.example/dä' }, 'resource: write https://api.example/d%C3%A4'],
    [{ authorizationServers: [] }, 'authorizationServers'],
    [{ authorizationServers: undefined }, 'authorizationServers: needs https: URLs'],
    [{ authorizationServers: ISSUER }, 'authorizationServers: needs https: URLs'],
    [{ authorizationServers: ['id.example'] }, 'authorizationServers'],
    [{ authorizationServers: ['http://id.example'] }, 'authorizationServers'],
    [{ authorizationServers: [ISSUER, undefined] }, 'authorizationServers'],
    [{ authorizationServers: ['https://ada:canary-5d1f@id.example'] }, 'authorizationServers'],
    [{ scopes: [] }, 'scopes'],
    [{ scopes: 'files:read' }, 'scopes'],
    [{ scopes: ['files:read files:write'] }, 'scopes'],
    [{ scopes: ['files:read', ''] }, 'scopes'],
    [{ scopes: ['files:read', 'offline_access'] }, 'offline_access'],
    [{ resourceName: 'Files' }, "'resourceName'"],
  ])('%j is a TypeError that names the fix, and no password', (more, names) => {
    expect(() => resourceOf(more)).toThrow(TypeError);
    expect(() => resourceOf(more)).toThrow(names);
    expect(() => resourceOf(more)).not.toThrow('canary');
  });
});
