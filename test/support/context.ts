import type { Context } from '../../src/index.ts';

/** A context that nothing of the platform is in: clock and dice stand still. */
export function contextOf(more: Partial<Context> = {}): Context {
  return { now: 1_800_000_000, random: (length) => new Uint8Array(length), ...more };
}
