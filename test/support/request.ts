import type { RequestLike } from '../../src/index.ts';

/**
 * A request as a server sees it. Not a `Request`: a browser's constructor refuses headers such as `Host` and `Cookie`, and
 * the contract is structural. Pairs of one name are joined as Fetch joins header lines.
 */
export function requestOf(
  headers: Readonly<Record<string, string>> | readonly (readonly [string, string])[] = {},
  { method = 'GET', url = 'https://app.example/' }: { readonly method?: string; readonly url?: string } = {},
): RequestLike {
  const list = new Headers();
  for (const [name, value] of Array.isArray(headers) ? headers : Object.entries(headers)) list.append(name, value);
  return { method, url, headers: list };
}
