import { equal, ok, refuses } from '../expect.ts';
import type { Case, Library } from '../library.ts';
import { request, view } from '../requests.ts';

const PATH = '/.well-known/oauth-protected-resource/files';
const files = ({ protectedResource }: Library) =>
  protectedResource.protectedResource({
    resource: 'https://api.example/files',
    authorizationServers: ['https://id.example'],
    scopes: ['files:read'],
    name: 'Files',
    more: { contacts: [] },
  });

export const protectedResourceCases: readonly Case[] = [
  [
    'protected resource: the metadata stands at its path, on whatever host, and a client can read it',
    async (library, { deliver }) => {
      for (const origin of ['https://api.example', 'http://10.0.0.7:3000']) {
        const answer = files(library).handle(request({}, 'GET', origin + PATH));
        ok(answer, 'it is not there');
        const response = await deliver(answer);
        equal(response.status, 200);
        equal(response.headers.get('content-type'), 'application/json');
        equal(response.headers.get('access-control-allow-origin'), '*');
        equal(response.headers.get('cache-control'), 'public, max-age=3600');
        equal(await response.json(), {
          bearer_methods_supported: ['header'],
          resource_name: 'Files',
          resource: 'https://api.example/files',
          authorization_servers: ['https://id.example'],
          scopes_supported: ['files:read'],
        });
      }
    },
  ],

  [
    'protected resource: HEAD has no body, a preflight goes through, another method is a 405',
    async (library) => {
      const answer = (method: string) => files(library).handle(view({}, method, `https://api.example${PATH}`));
      equal([answer('HEAD')?.status, await answer('HEAD')?.text()], [200, '']);
      equal([answer('OPTIONS')?.status, answer('OPTIONS')?.headers.get('access-control-allow-headers')], [204, '*']);
      equal([answer('POST')?.status, answer('POST')?.headers.get('allow')], [405, 'GET, HEAD, OPTIONS']);
    },
  ],

  [
    'protected resource: nothing else is answered, and nothing throws',
    (library) => {
      const { handle } = files(library);
      const urls = ['/', '/files', PATH.slice(0, -6), `${PATH}/`, `/x${PATH}`, `/?${PATH}`, PATH.toUpperCase()];
      for (const url of urls) {
        equal(handle(request({}, 'GET', `https://api.example${url}`)), undefined, url);
      }
      for (const url of ['', PATH, 'https://', '\0', `https:/${PATH}`])
        equal(handle(view({}, 'GET', url)), undefined, url);
    },
  ],

  [
    'protected resource: challenges say where it is',
    async (library) => {
      const { core, bearer, http } = library;
      const api = bearer.bearer({ resource: files(library), tokens: { verify: () => 'invalid' as const } });
      const handler = core.protect(api, () => new Response());
      const paramsOf = async (headers: Record<string, string>) => {
        const response = await handler(request(headers));
        const [challenge] = http.parseChallenges(response.headers.get('www-authenticate') ?? '') ?? [];
        const { error, resource_metadata } = Object.fromEntries(challenge?.params ?? []);
        return [response.status, error, resource_metadata];
      };
      const { metadataUrl } = files(library);
      equal(metadataUrl, `https://api.example${PATH}`);
      equal(await paramsOf({}), [401, undefined, metadataUrl]);
      equal(await paramsOf({ authorization: 'Bearer x' }), [401, 'invalid_token', metadataUrl]);
    },
  ],

  [
    'protected resource: a name that is none is refused at construction',
    ({ protectedResource }) => {
      const make = (resource: string) =>
        protectedResource.protectedResource({ resource, authorizationServers: ['https://id.example'] });
      for (const name of [
        '',
        'api.example',
        'http://api.example/',
        'https://api.example/#x',
        'https://a:b@api.example/',
      ]) {
        refuses(() => make(name), 'resource');
      }
      refuses(() => make('https://API.example/a/../files'), 'https://api.example/files');
      equal(make('https://api.example').metadataUrl, 'https://api.example/.well-known/oauth-protected-resource');
      equal(
        make('http://localhost:3000/mcp').metadataUrl,
        'http://localhost:3000/.well-known/oauth-protected-resource/mcp',
      );
    },
  ],
];
