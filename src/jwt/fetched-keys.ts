import { assertNoOthers } from '../core/assert-no-others.ts';
import type { MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import { type Fetch, faultOf, fetchJson } from './fetch-json.ts';
import { importJwkSet } from './import-jwk-set.ts';
import type { Algorithm, VerificationKey } from './key.ts';
import { type JwsHeader, type KeySource, selectKeys } from './key-source.ts';

/** More keys than anybody publishes: what is done with each of them is bounded. */
const MAX_KEYS = 100;

/** How long a request waits before it looks again whether another's fetch has ended, in milliseconds. */
const PAUSE = 10;

/**
 * A cache that several isolates, processes or machines share, so that a new one need not fetch. Whoever can write into it
 * decides whose tokens are good. One that fails is passed over; one that hangs costs a `timeout` before it is.
 */
export interface KeyCache {
  /** The text that was put under that name, a URL; nothing (`undefined`, `null`) where there is none or its time is over. */
  get(url: string): MaybePromise<string | null | undefined>;
  /** Keeps a text for so many seconds, and must forget it then: else a key that was withdrawn stays good. */
  set(url: string, text: string, seconds: number): MaybePromise<unknown>;
}

export interface RemoteKeysOptions {
  /**
   * Seconds that pass at least between two fetches that an unknown `kid`, or a failure, may cause while there is a good set.
   * Default 30.
   */
  readonly cooldown?: number | undefined;
  /** Seconds after which the set is fetched anew, in the background. Default 600. */
  readonly maxAge?: number | undefined;
  /** Seconds for which the last good set is relied upon while fetching it fails. Default 86400, a day. */
  readonly maxStaleness?: number | undefined;
  /** Seconds that a fetch may take, with its body. Default 5. */
  readonly timeout?: number | undefined;
  /** Of RSA keys that name no algorithm. Default RS256. */
  readonly rsaAlgorithm?: Extract<Algorithm, `${'RS' | 'PS'}${string}`> | undefined;
  /** Looked into before a set is fetched because there is none, or because it is old; or a function that gives one. */
  readonly cache?: KeyCache | ((context: Context) => KeyCache | undefined) | undefined;
  /** Default: the platform's, looked up at each call. */
  readonly fetch?: Fetch | undefined;
}

/**
 * Keys that are fetched when they are needed, and kept.
 *
 * @param name A URL: the set's name in the shared cache. Errors name its origin.
 * @param load Fetches the set with the `get` it is given; `again` says that the last time failed.
 */
export function fetchedKeys(
  name: string,
  load: (get: (url: string) => ReturnType<typeof fetchJson>, now: number, again: boolean) => Promise<unknown>,
  {
    cooldown = 30,
    maxAge = 600,
    maxStaleness = 86_400,
    timeout = 5,
    rsaAlgorithm,
    cache,
    fetch,
    ...others
  }: RemoteKeysOptions,
): KeySource {
  assertNoOthers(others);
  // Written so that `NaN` fails.
  if (!(Math.min(cooldown, maxAge, maxStaleness, timeout) >= 0))
    throw new TypeError('cooldown, maxAge, maxStaleness, timeout: seconds');
  let keys: readonly VerificationKey[] = [];
  let loadedAt = -Infinity;
  let fetchedAt = -Infinity;
  let failure: unknown;
  // When it began, and not its promise: on Workers what one request has started can't be awaited by another, and may end with
  // its request.
  let flight: { readonly at: number } | undefined;

  const adopt = (set: unknown, now: number): void => {
    const given = (set as { readonly keys?: unknown } | null)?.keys;
    const usable = Array.isArray(given) && given.length <= MAX_KEYS ? importJwkSet({ keys: given }, rsaAlgorithm) : [];
    // An empty set would sign everybody out, and is an accident rather than meant.
    if (!usable.length) throw faultOf(name, 'no usable key');
    // Only now: what is no good takes nothing away (CVE-2026-48524). New objects each time, so that what a cache of tokens
    // remembers is verified once more after each fetch, and never again once its key is gone.
    keys = usable;
    loadedAt = now;
  };

  const cacheOf = (context: Context): KeyCache => (typeof cache === 'function' ? cache(context) : cache) as KeyCache;

  const refresh = async (context: Context, isCacheable: boolean): Promise<void> => {
    const { now } = context;
    const mine = { at: now };
    const again = !!failure;
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    flight = mine;
    failure = undefined;

    const bring = async (): Promise<void> => {
      if (isCacheable && !again) {
        try {
          // Trusted no more than the network. No cache, and nothing in it, is no set either.
          return adopt(JSON.parse((await cacheOf(context).get(name)) as string), now);
        } catch {}
      }
      fetchedAt = now;
      const set = await load((url) => fetchJson(url, controller.signal, fetch), now, again);
      adopt(set, now);
      const put = async (): Promise<unknown> => cacheOf(context).set(name, JSON.stringify(set), maxAge);
      const stored = put().catch(() => {});
      context.waitUntil?.(stored);
    };

    const error = await new Promise((resolve) => {
      // Not left to the signal: a fetch of somebody's own may not mind it.
      timer = setTimeout(() => resolve(faultOf(name, 'timeout')), timeout * 1000);
      bring().then(resolve, resolve);
    });
    clearTimeout(timer);
    // In any case: it also ends a body that was not read to its end.
    controller.abort();
    // Unless it was given up, and another one is under way.
    if (flight === mine) {
      flight = undefined;
      failure = error;
    }
  };

  /** Until it is there, or failed, or can't come any more. By timers, since clocks stand still on Workers. */
  const landing = async (): Promise<void> => {
    const awaited = flight;
    for (let left = timeout * 1000 + 50; flight === awaited && left > 0; left -= PAUSE) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    if (flight === awaited) flight = undefined;
  };

  const find = (header: JwsHeader, context: Context): MaybePromise<readonly VerificationKey[]> => {
    const { now, fresh } = context;
    const age = now - loadedAt;
    const isUsable = age <= maxStaleness;
    const found = isUsable ? selectKeys(keys, header) : [];
    // With nothing to answer from, the next try is soon: one that failed at the start must not be an outage of its own.
    const isCool = now - fetchedAt > (fresh || !isUsable ? 1 : cooldown);
    const isFlying = flight && now - flight.at <= timeout;
    const begin = (isCacheable: boolean): Promise<void> => {
      const refreshed = refresh(context, isCacheable);
      // Others may wait for it too, and of a set that is only old nobody does.
      context.waitUntil?.(refreshed);
      return refreshed;
    };
    if (found.length && !fresh) {
      if (age > maxAge && !isFlying && (isCool || !failure)) begin(true);
      return found;
    }
    const again = () => find(header, context);
    if (isFlying) return landing().then(again);
    // A flood of names that nobody has causes no flood of fetches.
    if (!isCool && (fresh || isUsable || failure)) {
      if (failure && (fresh || !isUsable)) throw failure;
      return found;
    }
    return begin(!isUsable && !fresh).then(again);
  };

  return { find };
}
