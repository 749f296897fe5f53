import { memoryStore } from '../../src/stores/memory.ts';
import type { Opened } from './two-processes.ts';

/** Memory, which no other process shares: what the cases for two processes must catch. */
export async function open(): Promise<Opened> {
  return { store: memoryStore(), close: () => undefined };
}
