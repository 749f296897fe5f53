/**
 * A store in Cloudflare Workers KV, which promises nothing of what a session needs.
 *
 * @module countersign/kv-store
 */
import { checkStoreOptions } from './check-options.ts';
import type { Store } from './contract.ts';
import { eachVerb } from './each-verb.ts';
import type { KvBinding } from './kv-partition.ts';
import { kvVerbs } from './kv-verbs.ts';
import { withTimeout } from './with-timeout.ts';

export type * from './contract.ts';
export type { KvBinding, KvKeys } from './kv-partition.ts';

const CAPABILITIES = {
  atomic:
    'Workers KV cannot write on a condition, so two callers may both be told true: take durableObjectStore or d1Store',
  consistent:
    'Workers KV answers from caches, so what has ended lives on for 60 seconds or more: take durableObjectStore or d1Store',
  counters: 'Workers KV cannot count, of two steps at once it loses one: take durableObjectStore or d1Store',
} as const;

/** Why nothing is promised: literal types, so that the compiler shows it too. */
export type KvCapabilities = typeof CAPABILITIES;

export interface KvStoreOptions {
  /** What its keys begin with: 1 to 64 letters, digits, `-` and `_`. Default `countersign`. */
  readonly prefix?: string | undefined;
  /** How long a call may take, in seconds. Default 5. */
  readonly timeout?: number | undefined;
}

/**
 * Keeps records in Workers KV: for what may be stale and may be lost, such as an application's own flags for a subject.
 * Sessions, tokens and revocations refuse it, in types and at construction.
 *
 * Asked one call at a time, from one place, it does what the contract says, but for `advance`, which always throws. What does
 * not hold:
 *
 * - A write is seen elsewhere after 60 seconds or more, and so is its absence: what was deleted or ended lives on meanwhile.
 * - `create`, `swap`, `touch` and `delete` look, then write. Two at once may both be told `true`; one of them is lost.
 * - Two `endAll` within that time may raise the epoch by one together; then what was made between them lives on.
 * - A key takes one write a second. Beyond that KV refuses, which is a throw.
 *
 * A `read` is two gets at once, a `create` two gets and two puts. A `list` is a get, a listing for each thousand records of the
 * subject, dead ones too, and a get for each of them that it looks at: those it shows, one more, and the dead among them.
 *
 * @param namespace The binding.
 * @param options `prefix`, `timeout`.
 * @throws TypeError On a binding that is missing or another thing, and on a bad or unknown option.
 *
 * @example
 * ```ts
 * import { type KvBinding, kvStore } from 'countersign/kv-store';
 *
 * export default {
 *   async fetch(_request: Request, env: { readonly FLAGS: KvBinding }) {
 *     const key = { kind: 'flag', partition: 'of-ada', id: 'beta' };
 *     const flag = await kvStore(env.FLAGS).read(key, Math.floor(Date.now() / 1000));
 *     return new Response(flag?.data ?? 'none');
 *   },
 * };
 * ```
 */
export function kvStore(
  namespace: KvBinding,
  { prefix = 'countersign', timeout = 5, ...others }: KvStoreOptions = {},
): Store<never> & { readonly capabilities: KvCapabilities } {
  checkStoreOptions('kvStore()', others, timeout);
  if (typeof prefix !== 'string' || !/^[\w-]{1,64}$/.test(prefix)) {
    throw new TypeError('kvStore(): prefix must be 1 to 64 letters, digits, - and _');
  }
  if (typeof namespace?.list !== 'function' || typeof namespace.put !== 'function') {
    throw new TypeError(
      'kvStore(): namespace must be a KV binding, such as env.FLAGS; is it in wrangler\u2019s kv_namespaces?',
    );
  }
  const store = { capabilities: CAPABILITIES, ...kvVerbs(namespace, prefix), advance };
  return eachVerb(store, ({ make }) => withTimeout(make() as Promise<unknown>, timeout));
}

async function advance(): Promise<never> {
  throw new Error(CAPABILITIES.counters);
}
