import type { MaybePromise } from '../core/chain.ts';
import { findNodeCrypto } from '../runtime.ts';

type Done = (error: unknown, derived: Uint8Array) => void;

/** What Node derives keys by, off its loop, each looked for before it is used. */
export interface NodeDerivations {
  /** Node 24.7, Bun. */
  readonly argon2?: (
    algorithm: 'argon2id',
    parameters: {
      readonly message: Uint8Array;
      readonly nonce: Uint8Array;
      readonly memory: number;
      readonly passes: number;
      readonly parallelism: number;
      readonly tagLength: number;
      readonly secret?: Uint8Array;
      readonly associatedData?: Uint8Array;
    },
    done: Done,
  ) => void;
  /** Everywhere that has `node:crypto`. */
  readonly scrypt?: (
    password: Uint8Array,
    salt: Uint8Array,
    length: number,
    cost: { readonly N: number; readonly r: number; readonly p: number; readonly maxmem: number },
    done: Done,
  ) => void;
}

export function findNodeDerivations(): NodeDerivations | undefined {
  return findNodeCrypto() as NodeDerivations | undefined;
}

/**
 * Bytes from the platform, or, where it has no such primitive or will not run it (an OpenSSL without argon2, a limit of the
 * platform's own), the same bytes from portable code.
 */
export async function nativeOr(
  native: ((done: Done) => void) | undefined,
  portable: () => MaybePromise<Uint8Array>,
): Promise<Uint8Array> {
  if (!native) return portable();
  try {
    return await new Promise((resolve, reject) => {
      native((error, derived) => (error ? reject(error) : resolve(derived)));
    });
  } catch {
    return portable();
  }
}
