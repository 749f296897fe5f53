/**
 * How the time of a function grows with the length of its input. Time is t = c * n^e; the exponent e is 1 for a parser that
 * reads each character a bounded number of times, and 2 for one that reads the rest again at each character.
 */

/** 1 kB to 1 MB. */
export const SIZES: readonly number[] = [1, 4, 16, 64, 256, 1024].map((kilobytes) => kilobytes * 1024);

/** A shape of input that could hurt: `make` gives about `size` characters, which `marker` turns into another answer. */
export interface HostileInput {
  readonly make: (size: number) => string;
  /** Put behind the rest. That it changes the answer shows that the function read so far. */
  readonly marker: string;
}

export interface Growth {
  /** Fitted over all sizes on a double logarithmic scale. */
  readonly exponent: number;
  /** Of the last step alone: what is fast by a small constant and quadratic all the same shows late. */
  readonly lastStep: number;
  /** Whether the largest size was measured; not where a single call took too long before. */
  readonly complete: boolean;
  /** Milliseconds, least of the rounds, for each size measured. */
  readonly times: readonly number[];
}

const ROUNDS = 7;
const MAX_EXPONENT = 1.3;
const MAX_LAST_STEP = 1.55;
const MIN_TIMING_MS = 1;
const TOO_LONG_MS = 150;
const PROBE_SIZE = 16 * 1024;
/** Characters: more than the second-level cache of a core holds. */
const BEYOND_CACHE = 4 * 1024 * 1024;

export function isLinear({ exponent, lastStep, complete }: Growth): boolean {
  return complete && exponent <= MAX_EXPONENT && lastStep <= MAX_LAST_STEP;
}

/** Measures growth, and once more if it isn't linear: on a shared machine a single number may be somebody else's doing. */
export function growthOf(run: (input: string) => unknown, input: HostileInput): Growth {
  const first = measure(run, input);
  return isLinear(first) ? first : measure(run, input);
}

/** The least time of one call in milliseconds. */
export function leastTime(run: (input: string) => unknown, input: HostileInput, size: number, rounds = ROUNDS): number {
  const text = flat(slower(run, input)(size));
  return Math.min(...Array.from({ length: rounds }, () => time(run, [text], 1)));
}

function measure(run: (input: string) => unknown, input: HostileInput): Growth {
  const make = slower(run, input);
  const cases: { copies: readonly string[]; repeats: number; least: number }[] = [];
  for (const size of SIZES) {
    const text = make(size);
    const copies = Array.from({ length: Math.ceil(BEYOND_CACHE / size) }, () => flat(text));
    const once = time(run, copies, 1);
    cases.push({ copies, repeats: Math.ceil(MIN_TIMING_MS / Math.max(once, 1e-4)), least: once });
    if (once > TOO_LONG_MS) break;
  }
  // Size after size in each round and not round after round for each size: a noisy second then spoils a round of all.
  for (let round = 0; round < ROUNDS; round++) {
    for (const each of cases) {
      if (each.least < TOO_LONG_MS) each.least = Math.min(each.least, time(run, each.copies, each.repeats));
    }
  }
  const times = cases.map(({ least }) => least);
  const [beforeLast, last] = times.slice(-2) as [number, number];
  return {
    exponent: slope(times.map((milliseconds, index) => [Math.log(SIZES[index] as number), Math.log(milliseconds)])),
    lastStep: Math.log(last / beforeLast) / Math.log(4),
    complete: times.length === SIZES.length,
    times,
  };
}

/** With the marker or without, whichever takes longer: a parser may be slow in failing alone, or in succeeding alone. */
function slower(run: (input: string) => unknown, { make, marker }: HostileInput): (size: number) => string {
  const [without, marked] = ['', marker].map((end) => {
    const text = flat(make(PROBE_SIZE) + end);
    // Run until it is compiled, and then once for the time.
    for (const start = performance.now(); performance.now() - start < 5; ) time(run, [text], 1);
    return time(run, [text], 1);
  }) as [number, number];
  return (size) => make(size) + (without > 1.5 * marked ? '' : marker);
}

/** Strings put together from parts are trees inside; flattening one is not the work that is measured. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** Keeps what was computed, so that no compiler leaves the computing out. */
export let sink: unknown;

/**
 * Of one call, in milliseconds that the processor worked for this process: what others do meanwhile doesn't count.
 * Goes from copy to copy of the input, so that a small one is no more in the processor's cache than a large one.
 */
function time(run: (input: string) => unknown, copies: readonly string[], repeats: number): number {
  const start = process.cpuUsage();
  for (let count = 0; count < repeats; count++) sink = run(copies[count % copies.length] as string);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / repeats;
}

/** Least squares. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (index: 0 | 1) => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  let covariance = 0;
  let variance = 0;
  for (const [x, y] of points) {
    covariance += (x - meanX) * (y - meanY);
    variance += (x - meanX) ** 2;
  }
  return covariance / variance;
}
