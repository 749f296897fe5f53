import type { MaybePromise } from './core/chain.ts';
import type { Context } from './core/context.ts';

/**
 * The one file that reads the platform: its clock, its randomness, its hash. Nothing here runs before the first request:
 * Workers refuse work at module top level.
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

/** Node's one-shot hash (Node 20.12), as far as it is used here. */
type NodeHash = (algorithm: 'sha256', data: string | Uint8Array, encoding: 'latin1' | 'hex' | 'base64url') => string;

/** Node's decipher in the mode GCM, as far as it is used here. */
export type NodeDecipher = (
  algorithm: 'aes-256-gcm',
  key: Uint8Array,
  nonce: Uint8Array,
  options: { readonly authTagLength: 16 },
) => {
  setAuthTag(bytes: Uint8Array): unknown;
  /** Bytes that say as a string what they are in UTF-8. */
  update(data: Uint8Array): { toString(): string };
  final(): unknown;
};

/** Node's HMAC, as far as it is used here. */
type NodeHmac = (
  algorithm: string,
  key: Uint8Array,
) => { update(text: string): { digest(encoding: 'base64url'): string } };

/** Node's check of a signature, as far as it is used here. No algorithm: the key says it. */
type NodeVerify = (
  algorithm: string | null,
  data: Uint8Array,
  key: {
    readonly key: unknown;
    readonly dsaEncoding: 'ieee-p1363';
    readonly padding?: number;
    readonly saltLength?: number;
  },
  signature: Uint8Array,
) => boolean;

/** Node's synchronous primitives, each of them looked for before it is used. */
export interface NodeCrypto {
  readonly hash?: NodeHash;
  readonly createDecipheriv?: NodeDecipher;
  readonly createHmac?: NodeHmac;
  readonly createPublicKey?: (key: { readonly key: object; readonly format: 'jwk' }) => unknown;
  readonly verify?: NodeVerify;
}

/**
 * Node's module where there is one: Node, Bun, Deno, Workers with Node compatibility. Found by looking, not by an import: a
 * bundler for the edge has nothing to trip on.
 */
export function findNodeCrypto(): NodeCrypto | undefined {
  const { process } = globalThis as { process?: { versions?: object; getBuiltinModule?(id: string): NodeCrypto } };
  // Next's Edge runtime has the function, which throws, and no versions.
  return process?.versions ? process.getBuiltinModule?.('node:crypto') : undefined;
}

let digest: ((text: string) => MaybePromise<string>) | undefined;

/**
 * SHA-256 of a text's UTF-8 bytes, as a string of 32 characters up to U+00FF: at once where the platform has a synchronous
 * hash, else from WebCrypto.
 */
export function digestText(text: string): MaybePromise<string> {
  if (!digest) {
    const hash = findNodeCrypto()?.hash;
    digest = hash ? (data) => hash('sha256', data, 'latin1') : digestBySubtle;
  }
  return digest(text);
}

async function digestBySubtle(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return String.fromCharCode(...new Uint8Array(bytes));
}

/** Node's decoder of base64url, as far as it is used here: it skips what is none, and never throws. */
export type NodeBufferFrom = (text: string, encoding: 'base64url') => Uint8Array<ArrayBuffer>;

/** Where there is one, found in the same way (together they would cost whoever needs one of them bytes). */
export function findNodeBufferFrom(): NodeBufferFrom | undefined {
  const { process } = globalThis as {
    process?: { versions?: object; getBuiltinModule?(id: string): { Buffer: { from: NodeBufferFrom } } };
  };
  return process?.versions ? process.getBuiltinModule?.('node:buffer')?.Buffer.from : undefined;
}
