import { ok } from './expect.ts';
import type { Platform } from './library.ts';

/**
 * The rejections that nobody has handled so far. Runtimes report them at different moments, so one more is made, and
 * what was reported before it counts: that also shows that this runtime reports any.
 */
export async function strayRejections({ unhandled }: Platform): Promise<readonly string[]> {
  const marker = new Error('nobody handles this one, on purpose');
  Promise.reject(marker);
  for (let turn = 0; !unhandled.includes(marker); turn++) {
    ok(turn < 400, 'this runtime does not report a rejection that nobody handles');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return unhandled
    .splice(0)
    .filter((reason) => reason !== marker)
    .map(String);
}
