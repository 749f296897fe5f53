/**
 * Metadata of a protected resource: where clients get tokens for it.
 *
 * @module countersign/protected-resource
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import type { RequestLike } from '../core/context.ts';
import { assertWords } from '../http/assert-words.ts';
import { remoteUrl } from '../jwt/remote-url.ts';

export interface ProtectedResourceOptions {
  /**
   * The resource identifier, which is also the audience of its tokens: its URL, `https:` or on this machine, spelled as a URL
   * parser does, without fragment. To a bare host some clients add a slash before they ask for a token; a path leaves no doubt.
   */
  readonly resource: string;
  /** Issuer identifiers of the servers that issue its tokens, as those write them. */
  readonly authorizationServers: readonly [string, ...string[]];
  /** Scopes a client may ask for; `bearer` names them to whoever has no token. Those of the first steps, not all there are. */
  readonly scopes?: readonly string[] | undefined;
  /** For the person who is asked to agree. */
  readonly name?: string | undefined;
  /** URL of a page for developers. */
  readonly documentation?: string | undefined;
  /** Further members, named as in RFC 9728 §2; they stand in place of those that `name` and `documentation` make. */
  readonly more?: Readonly<Record<string, unknown>> | undefined;
}

export interface ProtectedResource {
  readonly resource: string;
  /** Where the metadata is; for `resource_metadata` of challenges. */
  readonly metadataUrl: string;
  readonly scopes: readonly string[] | undefined;
  /**
   * Answers requests for the metadata, and CORS preflights of them, for everybody: ask it before `protect`. The path decides,
   * and never the host, which a proxy may change.
   *
   * @returns `undefined` for any other request.
   */
  handle(request: RequestLike): Response | undefined;
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

/**
 * One object for all that a resource says of itself (RFC 9728): it serves the metadata; given to `bearer` as `resource` it
 * stands in the challenges, which is what MCP clients go by; given to a token format as `audience` it lets in what was issued
 * for this resource alone.
 *
 * What it does not do: sign the metadata, or look whether the authorization servers are there.
 *
 * @param options `resource` and `authorizationServers` at least.
 * @throws TypeError On a bad option.
 *
 * @example
 * ```ts
 * import { protectedResource } from 'countersign/protected-resource';
 *
 * const files = protectedResource({
 *   resource: 'https://api.example/files',
 *   authorizationServers: ['https://id.example'],
 *   scopes: ['files:read'],
 * });
 * console.log(files.metadataUrl); // https://api.example/.well-known/oauth-protected-resource/files
 *
 * export default {
 *   fetch: (request: Request) => files.handle(request) ?? new Response('the API, behind protect'),
 * };
 * ```
 */
export function protectedResource({
  resource,
  authorizationServers,
  scopes,
  name,
  documentation,
  more,
  ...others
}: ProtectedResourceOptions): ProtectedResource {
  assertNoOthers(others);
  const href = remoteUrl(resource);
  if (!href || resource.includes('#')) throw new TypeError('resource: needs a plain https: URL');
  // Clients compare it as text, and discard the metadata where it is not identical (§3.3).
  if (href !== resource && href !== `${resource}/`) throw new TypeError(`resource: write ${href}`);
  if (!authorizationServers?.length || !authorizationServers.every?.(remoteUrl)) {
    throw new TypeError('authorizationServers: needs https: URLs');
  }
  if (scopes) assertWords('scopes', scopes);
  // A matter between client and authorization server; MCP forbids it here.
  if (scopes?.includes('offline_access')) throw new TypeError('scopes: leave out offline_access');

  const { origin, pathname, search } = new URL(href);
  // §3.1: between host and path, without the slash that a bare host ends in.
  const path = WELL_KNOWN + (pathname === '/' ? '' : pathname);
  const members = {
    bearer_methods_supported: ['header'],
    resource_name: name,
    resource_documentation: documentation,
    ...more,
    resource,
    authorization_servers: authorizationServers,
    scopes_supported: scopes,
  };
  // Empty members must not be there (§3.2); `undefined` is left out by JSON.
  const body = JSON.stringify(members, (_name, value) => (value?.length === 0 ? undefined : value));

  return {
    resource,
    metadataUrl: origin + path + search,
    scopes,
    handle({ method, url }) {
      // Not `new URL`, which throws at what some servers hand on, and is slow for a look at each request.
      const [, asked, query] = /^\w+:\/\/[^/?]*([^?]*)(.*)/.exec(url) ?? [];
      // A query counts where the resource has one: then it is what tells it from others.
      if (asked !== path || (search && search !== query)) return undefined;
      const headers = { 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=3600' };
      if (/^(GET|HEAD)$/.test(method)) {
        return new Response(method === 'GET' ? body : null, {
          headers: { ...headers, 'content-type': 'application/json' },
        });
      }
      const allowed = 'GET, HEAD, OPTIONS';
      return method === 'OPTIONS'
        ? new Response(null, {
            status: 204,
            headers: { ...headers, 'access-control-allow-headers': '*', 'access-control-allow-methods': allowed },
          })
        : new Response(null, { status: 405, headers: { allow: allowed, 'access-control-allow-origin': '*' } });
    },
  };
}
