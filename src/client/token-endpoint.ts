import type { ClientFetch } from './token-client-types.ts';

/** How long an answer may take, in milliseconds: for so long one tab keeps all of them waiting. */
const TIMEOUT = 10_000;

/**
 * Posts a form to the token or the revocation endpoint.
 *
 * @param fields Those that are `undefined` are left out.
 * @returns The JSON of a 200, empty where it was none. `undefined` where the sign-in is over (`invalid_grant`, RFC 6749 §5.2).
 * @throws What `fetch` throws, also where there was no answer in time; and an Error for everything else: an outage signs nobody out.
 */
export async function askTokenEndpoint(
  url: string,
  fields: Readonly<Record<string, string | undefined>>,
  isCookie: boolean,
  fetch: ClientFetch,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams(JSON.parse(JSON.stringify(fields))),
    credentials: isCookie ? 'include' : 'omit',
    // A redirect that keeps the method would carry the refresh token to wherever it leads.
    redirect: 'manual',
    // A page that is left meanwhile has had its cookie replaced, or its sign-in ended, all the same.
    keepalive: true,
    // React Native has no such signals, and no tabs that would wait.
    signal: AbortSignal.timeout?.(TIMEOUT) ?? null,
  });
  const { status } = response;
  // Not the parser's error, which quotes the body.
  const body = Object(await response.json().catch(() => {}));
  if (status === 200) return body;
  // Of other errors a program is to blame, or somebody who has planted a cookie: none of them ends a sign-in.
  if (status === 400 && body.error === 'invalid_grant') return undefined;
  throw new Error(`token endpoint: ${status}`);
}
