/** Of what is fetched, in bytes: a large key set has some 20 kB. */
const MAX_BYTES = 256 * 1024;

/** The platform's `fetch`, as far as it is used here. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What is wrong with what a URL stands for. Its path and query may be nobody's business. */
export function faultOf(url: string, what: string, cause?: unknown): Error {
  return new Error(`${new URL(url).origin}: ${what}`, { cause });
}

/**
 * Fetches a JSON document from a server that is trusted for what it says, and for nothing else.
 *
 * @param signal Aborted when nobody waits any longer, which also ends a body that goes on.
 * @param fetch Default: the platform's, looked up at each call.
 * @throws Error That never shows the body. Its `cause` is the status, or what `fetch` threw where there was none.
 */
export async function fetchJson(
  url: string,
  signal: AbortSignal,
  fetch: Fetch = globalThis.fetch,
): Promise<Record<string, unknown> | null> {
  const { status, body } = await fetch(url, {
    headers: { accept: 'application/json' },
    // A redirect leads where nobody configured: to another server, or into the own network (GHSA-5rr4-8452-hf4v).
    redirect: 'manual',
    signal,
  }).catch((error) => {
    throw faultOf(url, 'no reply', error);
  });
  // Where a redirect is opaque it has the status 0.
  if (status !== 200) throw faultOf(url, `status ${status}`, status);
  try {
    return JSON.parse(await textOf(body));
  } catch {
    // Not the parser's error, which quotes the body.
    throw faultOf(url, 'no JSON within 256 kB');
  }
}

/** Nothing where it is too long: then it is let go of. */
async function textOf(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    // Counted: a Content-Length may be absent, or that of a compressed body.
    bytes += part.length;
    if (bytes > MAX_BYTES) return '';
    text += decoder.decode(part, { stream: true });
  }
  return text;
}
