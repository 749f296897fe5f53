const BATCH = 256;
const FEWEST_BATCHES = 5;

let sink;

/**
 * Times one contender for a while, in batches of requests that nobody has touched before.
 *
 * The requests of a batch, and their header strings, are made outside of the timed part: a string that is used twice has
 * its hash cached, which would flatter every map and cache.
 *
 * @param {(request: Request) => unknown} call The contender.
 * @param {() => Request} makeRequest A fresh request each time.
 * @param {number} milliseconds How long to go on, making of requests included.
 * @returns {Promise<{ wall: number, cpu: number }>} Microseconds a call: median over the batches, and the process's CPU time
 *   (all of its threads).
 */
export async function measure(call, makeRequest, milliseconds) {
  const isAsync = await hasPromise(call, makeRequest);
  const times = [];
  let cpu = 0;
  const until = performance.now() + milliseconds;
  while (times.length < FEWEST_BATCHES || performance.now() < until) {
    const requests = Array.from({ length: BATCH }, makeRequest);
    const cpuBefore = process.cpuUsage();
    const before = process.hrtime.bigint();
    if (isAsync) await runAsync(call, requests);
    else run(call, requests);
    times.push(Number(process.hrtime.bigint() - before) / 1000 / BATCH);
    const { user, system } = process.cpuUsage(cpuBefore);
    cpu += user + system;
  }
  return { wall: median(times), cpu: cpu / BATCH / times.length };
}

/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A contender that answers at once isn't made to pay for an `await` it doesn't need. */
async function hasPromise(call, makeRequest) {
  const result = call(makeRequest());
  await result;
  return typeof result?.then === 'function';
}

/** Every result goes where the compiler can't see it dropped, so that no work can be left out. */
function run(call, requests) {
  for (const request of requests) sink = call(request);
  return sink;
}

async function runAsync(call, requests) {
  for (const request of requests) sink = await call(request);
  return sink;
}
