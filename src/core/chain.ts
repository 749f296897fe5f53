/** A value, or the promise of one. Memory answers at once, a database later; callers `await` and need not know. */
export type MaybePromise<T> = T | PromiseLike<T>;

/**
 * Applies `next` to a value that may not be there yet, without paying for a promise when it is.
 *
 * The only place in this library that asks "is it a promise?". Thenables count, since lookups handed in by applications
 * return them (query builders are a common kind).
 */
export function chain<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  const { then } = (value ?? {}) as { then?: unknown };
  return typeof then === 'function' ? (value as PromiseLike<T>).then(next) : next(value as T);
}
