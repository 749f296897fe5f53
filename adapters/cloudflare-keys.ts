/** @module countersign/cloudflare-keys */

/** A `KeyCache` of `countersign/remote-keys`. */
export interface EdgeKeyCache {
  get(url: string): Promise<string | undefined>;
  set(url: string, text: string, seconds: number): Promise<void>;
}

/**
 * Key sets in the Cache API: a new isolate has what another one of its data center has fetched. For the option `cache` of
 * `remoteKeys` and `discoveredKeys`, which put nothing there but good sets, for as long as their `maxAge`, and check what they find.
 * Where there is no Cache API (a Worker on `workers.dev` has one that forgets at once), they fetch as without it.
 *
 * @example
 * ```ts
 * import { edgeKeyCache } from 'countersign/cloudflare-keys';
 * import { jwt } from 'countersign/jwt';
 * import { discoveredKeys } from 'countersign/remote-keys';
 *
 * const issuer = 'https://id.example';
 * const keys = discoveredKeys(issuer, { cache: edgeKeyCache });
 * export const tokens = jwt({ issuer, audience: 'https://api.example', keys });
 * ```
 */
export function edgeKeyCache(): EdgeKeyCache {
  // Of its own: into `caches.default` a Worker may put answers to whatever URL a stranger names, and whoever writes keys signs tokens.
  const open = (): Promise<Cache> => caches.open('countersign-keys');
  return {
    get: async (url) => (await (await open()).match(url))?.text(),
    set: async (url, text, seconds) => {
      const headers = { 'content-type': 'application/json', 'cache-control': `max-age=${Math.floor(seconds)}` };
      await (await open()).put(url, new Response(text, { headers }));
    },
  };
}
