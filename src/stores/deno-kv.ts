/**
 * A store in Deno KV: on Deno Deploy, by a file on one machine, or by a KV Connect server.
 *
 * @module countersign/deno-kv-store
 */
import { checkStoreOptions } from './check-options.ts';
import type { Store } from './contract.ts';
import type { DenoKv } from './deno-kv-client.ts';
import { denoKvVerbs } from './deno-kv-verbs.ts';
import { eachVerb } from './each-verb.ts';
import { withTimeout } from './with-timeout.ts';

export type * from './contract.ts';
export type { DenoKv, DenoKvAtomic, DenoKvCheck, DenoKvEntry, DenoKvKey } from './deno-kv-client.ts';

export interface DenoKvStoreOptions {
  /** The first part of all its keys. Default `countersign`. */
  readonly prefix?: string | undefined;
  /** How long a call may take, in seconds. Default 5. */
  readonly timeout?: number | undefined;
}

/**
 * Keeps records in Deno KV. Promises everything: it writes on the condition that what it has looked at is unchanged, and looks
 * again where it is not; reads are strong.
 *
 * A `read` is one round trip, any other verb two (`list` three), and two more for each time that another writer was first.
 * After 100 times it gives up, which is a throw; so a counter that hundreds advance at one moment is slow here. What is dead
 * is swept by the KV, a day later.
 *
 * What it does not do: open or close the KV. Data of more than about 700 kB is refused by it.
 *
 * @param kv What `Deno.openKv()` gives.
 * @param options `prefix`, `timeout`.
 * @throws TypeError On something that is no KV (such as its promise), and on a bad or unknown option.
 *
 * @example
 * ```ts
 * import { type DenoKv, denoKvStore } from 'countersign/deno-kv-store';
 * import { session } from 'countersign/session';
 *
 * declare const Deno: { openKv(): Promise<DenoKv> }; // Deno has its own.
 *
 * export const makeSessions = async () =>
 *   session({
 *     secret: 'not a secret: an example of 32 bytes',
 *     store: denoKvStore(await Deno.openKv()),
 *     load: ({ subject }) => ({ name: subject }),
 *   });
 * ```
 */
export function denoKvStore(
  kv: DenoKv,
  { prefix = 'countersign', timeout = 5, ...others }: DenoKvStoreOptions = {},
): Store {
  checkStoreOptions('denoKvStore()', others, timeout);
  if (typeof prefix !== 'string' || prefix.length > 64) {
    throw new TypeError('denoKvStore(): prefix must be text of 64 characters at most');
  }
  if (typeof kv?.atomic !== 'function' || typeof kv.getMany !== 'function') {
    throw new TypeError('denoKvStore(): kv must be what Deno.openKv() gives, awaited');
  }
  const capabilities = { atomic: true, consistent: true, counters: true } as const;
  const store = { capabilities, ...denoKvVerbs(kv, prefix, timeout) };
  return eachVerb(store, ({ make }) => withTimeout(make() as Promise<unknown>, timeout));
}
