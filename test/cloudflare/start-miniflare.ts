import { createRequire } from 'node:module';
import type { Served } from '../adapters/serve.ts';
import { inside } from './bundles.ts';

/** The client's end of a socket, as far as it is used. */
export interface ClientSocket {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', heard: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', heard: (event: { readonly code: number }) => void): void;
}

export interface Workerd extends Served {
  /** The Worker's bindings, by proxies. */
  bindings<B>(): Promise<B>;
  /** An upgrade: its status, and the socket where there is one. */
  connect(
    path: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly socket: ClientSocket | undefined }>;
}

/**
 * Serves a Worker on loopback, by workerd. Miniflare is installed with the other runtimes: `npm ci --prefix test/runtimes`.
 *
 * @param contents The Worker, one module.
 * @param options Miniflare's, such as bindings.
 */
export async function startMiniflare(contents: string, options: object = {}): Promise<Workerd> {
  const { Miniflare, Log, LogLevel } = createRequire(inside('../runtimes/package.json'))('miniflare');
  const miniflare = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents }],
    // Else it downloads an example of `request.cf`.
    cf: false,
    compatibilityDate: '2026-04-01',
    host: '127.0.0.1',
    // What a Worker throws on purpose needs no report.
    log: new Log(LogLevel.NONE),
    handleRuntimeStdio() {},
    ...options,
  });
  const { origin } = (await miniflare.ready) as URL;
  return {
    origin,
    bindings: () => miniflare.getBindings(),
    async connect(path, headers) {
      const { status, webSocket } = await miniflare.dispatchFetch(origin + path, {
        headers: { upgrade: 'websocket', ...headers },
      });
      webSocket?.accept();
      return { status, socket: webSocket ?? undefined };
    },
    close: () => miniflare.dispose(),
  };
}
