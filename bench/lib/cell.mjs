/**
 * One contender on one scenario, in a process of its own: what one of them does to the compiler and to the heap must not
 * change what another is seen to cost. Started by `Cell` of open-cell.mjs; answers each message with one.
 */
import { scenarios } from '../scenarios/index.mjs';
import { check } from './check.mjs';
import { loadLibrary } from './load-library.mjs';
import { measure } from './measure.mjs';

const WARM_UP_MILLISECONDS = 500;

const [scenarioName, contenderName, dist] = process.argv.slice(2);
const scenario = scenarios.find(({ name }) => name === scenarioName);
const contender = scenario.contenders.find(({ name }) => name === contenderName);

try {
  const made = await contender.create(await loadLibrary(dist));
  const { call, credentials = scenario.credentials } = typeof made === 'function' ? { call: made } : made;
  if (contender.subjectOf) await check(call, contender.subjectOf, credentials);
  const timed = scenario.timed ?? scenario.timedOf(credentials);
  await measure(call, timed, WARM_UP_MILLISECONDS);
  process.on('message', async (milliseconds) => process.send(await measure(call, timed, milliseconds)));
  process.send({ ready: true });
} catch (error) {
  process.send({ failed: String(error?.stack ?? error) });
}
