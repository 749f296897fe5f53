/**
 * Whether two classes of samples have different means: Welch's t-test, as "Dude, is my code constant time?" (Reparaz,
 * Balasch, Verbauwhede, 2017) uses it on times.
 */

/** Beyond this much |t| a difference is no chance: once in 150,000 comparisons it would be. */
export const BOUND = 4.5;

/**
 * Parts of the samples that are kept, from the fastest. An interrupt costs a thousand times what is compared: with it in
 * the mean nothing small is seen. All of them count, too, since a leak may be in the slow ones alone.
 */
const KEPT = [1, 0.99, 0.9, 0.5];

/** Of these the difference is shown. */
const SHOWN = KEPT.indexOf(0.9);

/**
 * @param {Float64Array} times In any unit.
 * @param {Uint8Array} classes 0 or 1, of each time.
 * @returns {{ t: number, difference: number }} The t that is the farthest from 0, and by how much the mean of class 1 is more than
 *   that of class 0, without the slowest tenth.
 */
export function welch(times, classes) {
  const sorted = Float64Array.from(times).sort();
  const results = KEPT.map((kept) => {
    // One bound for both classes: each with its own would hide what it should show.
    const most = sorted[Math.ceil(kept * sorted.length) - 1];
    const [a, b] = [0, 1].map((which) => momentsOf(times.filter((time, at) => classes[at] === which && time <= most)));
    const difference = b.mean - a.mean;
    return { t: difference / Math.sqrt(a.variance / a.count + b.variance / b.count), difference };
  });
  const { t } = results.reduce((far, each) => (Math.abs(each.t) > Math.abs(far.t) ? each : far));
  return { t, difference: results[SHOWN].difference };
}

/** Mean and variance of some numbers, and how many they are. */
export function momentsOf(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count: values.length, mean, variance: squares / (values.length - 1) };
}
