import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const CELL = fileURLToPath(new URL('./cell.mjs', import.meta.url));

/**
 * Starts a process for one contender on one scenario, and waits until it has shown that it does its work and is warm.
 *
 * @returns {Promise<{ measure(milliseconds: number): Promise<{ wall: number, cpu: number }>, close(): Promise<void> }>}
 * @throws Error When the contender accepts or refuses what it should not.
 */
export async function openCell(scenario, contender, dist) {
  const child = fork(CELL, [scenario.name, contender.name, dist]);
  const ended = once(child, 'exit');
  const answer = async () => {
    const [message] = await Promise.race([once(child, 'message'), ended.then(() => [{ failed: 'the process ended' }])]);
    if (message.failed) {
      child.kill();
      throw new Error(`${scenario.name}, ${contender.name}: ${message.failed}`);
    }
    return message;
  };
  await answer();
  return {
    measure(milliseconds) {
      child.send(milliseconds);
      return answer();
    },
    async close() {
      child.disconnect();
      await ended;
    },
  };
}
