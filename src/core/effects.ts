/**
 * A response header as data. A scheme returns effects and never touches a response; one function applies them, to
 * acceptances and refusals alike.
 */
export interface Effect {
  /** In lower case: `set-cookie`, `dpop-nonce`. */
  readonly header: string;
  readonly value: string;
  /** For `set-cookie`: the cookie's name. Of two effects of one header and key, the later counts. */
  readonly key?: string | undefined;
}

/**
 * A response with what authentication adds to it.
 *
 * With nothing to add it is the same object. Else it is a copy: a shared constant `Response` that was changed in place
 * would carry one user's cookie to the next, and the headers of a redirect can't be changed at all.
 *
 * What is there wins: a cookie that the handler set is not set again, so that renewed and signed out in one request ends
 * signed out. `Cache-Control` and `Vary` are added to.
 *
 * @param vary Request headers that decided, in lower case.
 * @param cacheControl `private` for what was made for somebody, `no-store` for a refusal, nothing for what is for all.
 * @returns The same object also where there is nothing to copy: switching protocols (101), `Response.error()`.
 * @throws TypeError On a body that is used or locked: no server could send it either.
 */
export function applyAdditions(
  response: Response,
  effects: readonly Effect[] | undefined = [],
  vary: readonly string[],
  cacheControl: 'private' | 'no-store' | '',
): Response {
  // `private="set-cookie"` is not among these words, and rightly: it keeps one header out of a cache, not the page.
  const directives = words(response, 'cache-control');
  const kept = !cacheControl || directives.some((word) => word === 'no-store' || word === cacheControl);
  const isDone = kept && !effects.length;
  // What no shared cache keeps varies for nobody.
  const missing = isDone && cacheControl ? [] : vary.filter((name) => !words(response, 'vary').includes(name));
  if ((isDone && !missing.length) || response.status < 200) return response;

  const copy = copyOf(response);
  const { headers } = copy;
  // `public, private` may stand there then: caches take the stricter, and nothing of the handler's is lost.
  if (!kept) headers.append('cache-control', cacheControl);
  if (missing.length) headers.append('vary', missing.join(', '));
  // Backwards, so that of two effects of one name the later counts, by the rule that what is there wins.
  for (const { header, value, key } of [...effects].reverse()) {
    const isCookie = header === 'set-cookie';
    const taken = isCookie ? headers.getSetCookie().some((line) => line.startsWith(`${key}=`)) : headers.has(header);
    if (!taken || header === 'vary') headers.append(header, value);
  }
  return copy;
}

function words({ headers }: Response, name: string): readonly string[] {
  return (headers.get(name) ?? '').toLowerCase().split(/"[^"]*"|[\s,]+/);
}

/**
 * A copy whose headers are ours to change, that takes the body over.
 *
 * Bun knows the media type of a text without showing it in the headers, and forgets it when the body changes hands
 * (oven-sh/bun#42064): there a response without a type is cloned. Elsewhere the clone of a redirect can't be changed.
 */
export function copyOf(response: Response): Response {
  return response.headers.has('content-type') || new Response('x').headers.has('content-type')
    ? new Response(response.body, response)
    : response.clone();
}
