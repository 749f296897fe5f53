/** A value, or the promise of one. Memory answers at once, a database later; callers `await` and need not know. */
export type MaybePromise<T> = T | PromiseLike<T>;

/**
 * Applies `next` to a value that may not be there yet, without paying for a promise when it is.
 *
 * The only place in this library that asks "is it a promise?". Thenables count, since lookups handed in by applications
 * return them (query builders are a common kind).
 */
export function chain<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  const promise = value as PromiseLike<T> | undefined;
  return typeof promise?.then === 'function' ? promise.then(next) : next(value as T);
}
