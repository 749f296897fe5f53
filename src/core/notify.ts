import type { Context } from './context.ts';

/**
 * Calls a listener of the application so that nothing it does, now or later, reaches the request: a log that is full must turn
 * no refusal into a crash. Work that it goes on with keeps the platform alive.
 */
export function notify<T extends readonly unknown[]>(
  context: Context,
  listener: ((...values: T) => unknown) | undefined,
  ...values: T
): void {
  if (listener) {
    const done = (async () => listener(...values))();
    // Caught where there is no `waitUntil`, too: an unhandled rejection ends a process of Node.
    const settled = done.catch(() => {});
    context.waitUntil?.(settled);
  }
}
