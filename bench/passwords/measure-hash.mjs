import { readFileSync, writeFileSync } from 'node:fs';
import { median } from '../lib/measure.mjs';

const PASSWORD = 'correct horse battery staple';
const SALT = Uint8Array.from({ length: 16 }, (_, index) => index * 17);

/**
 * Time and memory of one hasher, in a process that has done nothing else.
 *
 * @param {(password: string, salt: Uint8Array, parameters: object) => Promise<string>} hash Its answer in any text that is the same
 *   for all of a preset.
 * @param {{ parameters: object, least: object }} preset Its parameters, and the cheapest there are.
 * @param {number} rounds
 * @returns {Promise<{ hash: string, median: number, most: number, held: number, first: number, all: number }>} Milliseconds and MiB.
 */
export async function measureHash(hash, { parameters, least }, rounds) {
  // The code is loaded and compiled: what is weighed is what a hash needs.
  await hash(PASSWORD, SALT, least);
  const before = startPeak();
  const answer = await hash(PASSWORD, SALT, parameters);
  const first = peak() - before;
  const times = [];
  let held = 0;
  for (let round = 0; round < rounds; round++) {
    const watch = watchLoop();
    const begin = performance.now();
    await hash(PASSWORD, SALT, parameters);
    times.push(performance.now() - begin);
    held = Math.max(held, await watch());
  }
  return { hash: answer, median: median(times), most: Math.max(...times), held, first, all: peak() - before };
}

/** The longest time between two turns of the event loop, until it is asked for. */
function watchLoop() {
  let last = performance.now();
  let longest = 0;
  const turn = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(turn, 1);
  return async () => {
    await new Promise((done) => setTimeout(done, 2));
    turn();
    clearInterval(timer);
    return longest;
  };
}

/** Resident memory now, in MiB; from here on the peak is counted, where the platform can begin anew. */
function startPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return peak();
  } catch {
    // Elsewhere the peak is that of the process from its start: a little too much before, so a little too little after.
    return process.resourceUsage().maxRSS / 1024;
  }
}

function peak() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1'))[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
