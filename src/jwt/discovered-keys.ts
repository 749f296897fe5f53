import { faultOf } from './fetch-json.ts';
import { fetchedKeys, type RemoteKeysOptions } from './fetched-keys.ts';
import type { KeySource } from './key-source.ts';
import { remoteUrl } from './remote-url.ts';

/** Those of `remoteKeys`; `timeout` is for all that is fetched in one go. */
export interface DiscoveredKeysOptions extends RemoteKeysOptions {
  /** Which document. Default: OpenID Connect's, and where that is a 404, OAuth's. */
  readonly metadata?: 'openid-configuration' | 'oauth-authorization-server' | undefined;
}

/**
 * The keys of an issuer, found from its URL: by OpenID Connect Discovery 1.0 §4, or authorization server metadata (RFC 8414 §3).
 * From there on as `remoteKeys`. Metadata is kept six times as long as the set's `maxAge`, and fetched anew after a failure: the
 * set may have moved.
 *
 * The document's `issuer` must be this one, character for character, and its `jwks_uri` an `https:` URL; `http:` of localhost only
 * where the issuer is such a one. Else it is a failure like any other: the last good set counts, or there is a 503.
 *
 * What it does not do: look at anything else in the document, or at the address that a name stands for; whoever lets strangers
 * choose an issuer must keep its servers, and those they name, out of the own network. That a token is of this issuer is for
 * `jwt` to see.
 *
 * @param issuer As it stands in the tokens: `https:`, or `http:` of localhost; without query, fragment, user and password.
 * @param options Times are in seconds. In the shared cache the set has the name `<document's URL>?keys`.
 * @returns A source of keys for `jwt`.
 * @throws TypeError On a bad issuer or option.
 *
 * @example
 * ```ts
 * import { jwt } from 'countersign/jwt';
 * import { discoveredKeys } from 'countersign/remote-keys';
 *
 * const issuer = 'https://id.example';
 * export const tokens = jwt({ issuer, audience: 'https://api.example', keys: discoveredKeys(issuer) });
 * ```
 */
export function discoveredKeys(issuer: string, { metadata, ...options }: DiscoveredKeysOptions = {}): KeySource {
  const href = remoteUrl(issuer);
  if (!href || href.includes('?')) throw new TypeError('issuer: needs https:, no query');
  const { origin, pathname } = new URL(href);
  const path = pathname.replace(/\/$/, '');
  const openid = `${origin}${path}/.well-known/openid-configuration`;
  const oauth = `${origin}/.well-known/oauth-authorization-server${path}`;
  if (metadata && !/^(openid-configuration|oauth-authorization-server)$/.test(metadata)) {
    throw new TypeError('metadata: openid-configuration or oauth-authorization-server');
  }
  let jwksUri = '';
  let discoveredAt = -Infinity;

  return fetchedKeys(
    // Not the document's own name: somebody else may keep that one in the same cache.
    `${openid}?keys`,
    async (get, now, again) => {
      // Anew after a failure too: the set may have moved.
      if (again || now - discoveredAt > 6 * (options.maxAge ?? 600)) {
        const document = await get(metadata === 'oauth-authorization-server' ? oauth : openid).catch((error) => {
          if (metadata || error.cause !== 404) throw error;
          return get(oauth);
        });
        // As it is written: a server that speaks for one tenant must not speak for another (RFC 8414 §3.3).
        if (document?.issuer !== issuer) throw faultOf(href, 'another issuer');
        const found = remoteUrl(document.jwks_uri);
        // Nor may a server elsewhere send us to a port of this machine (GHSA-5rr4-8452-hf4v).
        if (!found || (origin.startsWith('https:') && !found.startsWith('https:'))) {
          throw faultOf(href, 'jwks_uri without https:');
        }
        [jwksUri, discoveredAt] = [found, now];
      }
      return get(jwksUri);
    },
    options,
  );
}
