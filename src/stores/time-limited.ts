/**
 * A store that fails in place of hanging.
 *
 * @module countersign/time-limited-store
 */
import { checkStoreOptions } from './check-options.ts';
import type { Store } from './contract.ts';
import { eachVerb } from './each-verb.ts';
import { withTimeout } from './with-timeout.ts';

export type * from './contract.ts';

export interface TimeLimitedStoreOptions {
  /** In seconds. Default 5. */
  readonly timeout?: number | undefined;
}

/**
 * Bounds every call of a store of your own: what does not answer in time has failed, hence a 503. The stores of this library
 * that go over a network have a `timeout` of their own.
 *
 * What it does not do: cancel what is under way (a write may still take place, and nobody hears whether), or try again. An
 * answer that comes at once, without a promise, is passed on as it is.
 *
 * @param store Whose calls are bounded. What it promises, the returned one promises.
 * @param options `timeout`.
 * @throws TypeError On a `timeout` that is not more than 0 and at most 3600, an unknown option, or a store that lacks a verb.
 *
 * @example
 * ```ts
 * import { memoryStore } from 'countersign/memory-store';
 * import { timeLimitedStore } from 'countersign/time-limited-store';
 *
 * const mine = { ...memoryStore(), epoch: () => new Promise<number>(() => {}) };
 * const store = timeLimitedStore(mine, { timeout: 0.05 });
 * const owner = { kind: 'session', partition: 'of-ada', subject: 'ada' };
 * await Promise.resolve(store.epoch(owner)).catch((error) => console.log(error.message)); // the store did not answer …
 * ```
 */
export function timeLimitedStore<S extends Store<never>>(
  store: S,
  { timeout = 5, ...others }: TimeLimitedStoreOptions = {},
): Store<never> & { readonly capabilities: S['capabilities'] } {
  checkStoreOptions('timeLimitedStore()', others, timeout);
  return eachVerb(store, ({ make }) => {
    const answer = make();
    return isPromise(answer) ? withTimeout(answer, timeout) : answer;
  });
}

function isPromise(answer: unknown): answer is PromiseLike<unknown> {
  return typeof (answer as PromiseLike<unknown> | undefined)?.then === 'function';
}
