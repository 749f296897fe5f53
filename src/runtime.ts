import type { Context } from './core/context.ts';

/**
 * The one file that reads the platform: its clock, its randomness, its synchronous hash. Nothing here runs before the
 * first request: Workers refuse work at module top level.
 */

/**
 * A context from the platform's clock and randomness. `protect` calls it for each request; call it yourself to use an
 * authenticator without `protect`.
 *
 * @param known What the caller knows better: the client's address, `waitUntil`, the platform's bindings, a clock set by hand.
 */
export function createContext(known?: Partial<Context>): Context {
  return {
    now: Date.now() / 1000,
    random: (length) => crypto.getRandomValues(new Uint8Array(length)),
    ...known,
  };
}

type NodeHash = (algorithm: string, data: string | Uint8Array, encoding: 'hex') => string;

let nodeHash: NodeHash | null | undefined;

/**
 * Node's one-shot hash where there is one (Node, Bun, Deno, Workers with Node compatibility), else `null`. Found by
 * looking, not by an import: a bundler for the edge has nothing to trip on.
 */
export function findNodeHash(): NodeHash | null {
  if (nodeHash === undefined) {
    try {
      const { process } = globalThis as {
        process?: { getBuiltinModule?(name: string): { hash?: NodeHash } | undefined };
      };
      const hash = process?.getBuiltinModule?.('node:crypto')?.hash;
      // An answer is worth more than a name: polyfills of this module exist that lack parts of it.
      nodeHash = hash?.('sha256', '', 'hex').startsWith('e3b0c44298fc1c14') ? hash : null;
    } catch {
      nodeHash = null;
    }
  }
  return nodeHash;
}
