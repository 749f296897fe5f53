import { fetchedKeys, type RemoteKeysOptions } from './fetched-keys.ts';
import type { KeySource } from './key-source.ts';
import { remoteUrl } from './remote-url.ts';

/**
 * The keys of another server, from its JWK Set (RFC 7517 §5). Fetched when the first token comes, and kept.
 *
 * | when | what happens |
 * | --- | --- |
 * | the set is there, and has the key | the answer is there at once, and nothing is fetched |
 * | it is older than `maxAge` | the same, and it is fetched in the background, which `context.waitUntil` keeps alive |
 * | it has no such key | it is fetched, once in a `cooldown`; else nobody signed the token |
 * | fetching fails | the last good set counts, for `maxStaleness`, and the next try is a `cooldown` later |
 * | there is no good set | it is fetched, at most once a second; where that fails it throws, which is a 503 |
 * | `context.fresh` | it is fetched, at most once a second; where that fails it throws |
 *
 * However many tokens come at once, one fetch is under way, and no request waits for the promise of another. What counts as a
 * failure: another status than 200, a redirect, more than 256 kB, no JSON, no set, more than 100 keys, none that can be used,
 * no end within `timeout`. An error names the URL's origin and what was wrong, never what was fetched.
 *
 * What it does not do: look at the response's `Cache-Control`, or at the address that a name stands for. Whoever lets strangers
 * choose the URL must keep them out of the own network.
 *
 * @param url `https:`, or `http:` of localhost; without user, password and fragment. In its path `@` is written `%40`.
 * @param options Times are in seconds.
 * @returns A source of keys for `jwt`.
 * @throws TypeError On a bad URL or option.
 *
 * @example
 * ```ts
 * import { jwt } from 'countersign/jwt';
 * import { remoteKeys } from 'countersign/remote-keys';
 *
 * export const tokens = jwt({
 *   issuer: 'https://id.example',
 *   audience: 'https://api.example',
 *   keys: remoteKeys('https://id.example/jwks.json'),
 * });
 * ```
 *
 * @example
 * With the Cache API, so that a new isolate has the keys that another one of its place has fetched.
 *
 * ```ts
 * import { type KeyCache, remoteKeys } from 'countersign/remote-keys';
 *
 * const shared = (cache: Cache): KeyCache => ({
 *   get: async (url) => (await cache.match(url))?.text(),
 *   set: (url, text, seconds) =>
 *     cache.put(url, new Response(text, { headers: { 'cache-control': `max-age=${seconds}` } })),
 * });
 * export const keys = remoteKeys('https://id.example/jwks.json', {
 *   // Of Cloudflare Workers.
 *   cache: () => shared((caches as CacheStorage & { default: Cache }).default),
 * });
 * ```
 */
export function remoteKeys(url: string, options: RemoteKeysOptions = {}): KeySource {
  const href = remoteUrl(url);
  if (!href) throw new TypeError('url: needs https:');
  return fetchedKeys(href, (get) => get(href), options);
}
