import { type Finish, type Line, withAdditions } from './additions.ts';

/** What is called of `http.ServerResponse`, or HTTP/2's. */
export interface NodeResponse {
  writeHead(status: number, ...more: unknown[]): unknown;
  getHeaders(): object;
  hasHeader(name: string): boolean;
  getHeader(name: string): unknown;
  removeHeader(name: string): void;
  setHeader(name: string, value: string | readonly string[]): unknown;
  appendHeader(name: string, value: string | readonly string[]): unknown;
  end(): unknown;
  end(body: string | Uint8Array): unknown;
}

/** Sends a refusal. What stands in `res` stays: a CORS header, and `Vary` with it. */
export async function send(res: NodeResponse, response: Response): Promise<void> {
  for (const [name, value] of response.headers) {
    res[/^(vary|set-cookie)$/.test(name) ? 'appendHeader' : 'setHeader'](name, value);
  }
  res.writeHead(response.status);
  res.end(response.body ? new Uint8Array(await response.arrayBuffer()) : '');
}

/**
 * Adds what authentication adds when `writeHead` is called, by the handler or by `write`, `end` or `pipe`: what it has set wins.
 *
 * @param kept What is added to headers without a cookie or a rule for caches of their own, where that is known.
 */
export function addWhenWritten(res: NodeResponse, finish: Finish, kept?: readonly Line[]): void {
  const { writeHead } = res;
  res.writeHead = (status, ...more) => {
    const headers = more.find((given) => given && typeof given === 'object');
    if (headers) merge(res, headers);
    // What no shared cache keeps gets nothing more. (A page for all has no rule for caches among what is added, and varies in any case.)
    const isDone = kept?.[1] && /^(private|no-store)$/i.test(`${res.getHeader('cache-control')}`);
    const usual = kept && !res.hasHeader('cache-control') && !res.hasHeader('vary') && kept;
    const added = isDone ? [] : usual || withAdditions(headersOf(res.getHeaders()), finish);
    for (const [name, value] of added) res.setHeader(name, value);
    return writeHead.call(res, status, ...more.filter((given) => given !== headers));
  };
}

/** As `writeHead` does: what is set is replaced, and in a list of names and values a name may come twice. */
function merge(res: NodeResponse, headers: object): void {
  const lines = Array.isArray(headers) ? headers : Object.entries(headers).flat();
  for (let at = 0; at < lines.length; at += 2) res.removeHeader(lines[at]);
  for (let at = 0; at < lines.length; at += 2) res.appendHeader(lines[at], lines[at + 1]);
}

function headersOf(given: object): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) for (const line of [value].flat()) headers.append(name, line);
  return headers;
}
