import type { RequestLike } from '../src/index.ts';

/** What is read of `http.IncomingMessage`, of HTTP/2's, of Express's or of Fastify's request. */
export type NodeRequest = {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** The whole of it, where a mounted router of Express sees what is left. */
  readonly originalUrl?: string | undefined;
  /** Express and Fastify know it from the proxies that they were told to trust. */
  readonly protocol?: string | undefined;
  readonly socket: { readonly remoteAddress?: string | undefined };
} & (
  | { readonly rawHeaders: readonly string[]; readonly raw?: undefined }
  /** Fastify keeps Node's own request here. */
  | { readonly raw: { readonly rawHeaders: readonly string[] } }
);

class RequestView implements RequestLike {
  readonly #req: NodeRequest;

  constructor(req: NodeRequest) {
    this.#req = req;
  }

  get method(): string {
    return this.#req.method ?? 'GET';
  }

  get headers(): this {
    return this;
  }

  get(name: string): string | null {
    const wanted = name.toLowerCase();
    const { rawHeaders } = this.#req.raw ?? this.#req;
    let value: string | undefined;
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const found = rawHeaders[at];
      if (found?.length !== wanted.length || found.toLowerCase() !== wanted) continue;
      const line = rawHeaders[at + 1] ?? '';
      // Of two Authorization lines `req.headers` keeps the first, where a proxy may have looked at the second: joined they are malformed.
      value = value === undefined ? line : `${value}${wanted === 'cookie' ? '; ' : ', '}${line}`;
    }
    return value ?? (wanted === 'host' ? this.get(':authority') : null);
  }

  get url(): string {
    const { protocol, socket, originalUrl, url = '' } = this.#req;
    const https = protocol ? protocol === 'https' : 'encrypted' in socket && socket.encrypted;
    const origin = `http${https ? 's' : ''}://${this.get('host')}`;
    // A client may write anything there. What is no host must not fail those who read the path: their throw would be a 503.
    const { origin: own } = new URL(URL.canParse(origin) ? origin : 'http://localhost');
    const path = (originalUrl ?? url).replace(/^([a-z]+:\/\/[^/?#]*)?\/?/i, '/');
    return own + path;
  }
}

/** A request as the core reads one, where it lies: no `Request` is built, and no header is looked at that nobody asks for. */
export const requestView = (req: NodeRequest): RequestLike => new RequestView(req);
