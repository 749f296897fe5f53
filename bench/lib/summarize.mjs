import { median } from './measure.mjs';

/**
 * Turns the rounds of a scenario into figures.
 *
 * @param scenario As in scenarios/index.mjs.
 * @param {Map<string, { wall: number, cpu: number }[]>} rounds By contender's name, all of one length and in one order.
 */
export function summarize({ name, contenders, goals }, rounds) {
  const rows = contenders.map((contender) => {
    const walls = rounds.get(contender.name).map(({ wall }) => wall);
    const cpus = rounds.get(contender.name).map(({ cpu }) => cpu);
    return {
      name: contender.name,
      role: contender.role,
      walls,
      cpus,
      median: median(walls),
      least: Math.min(...walls),
      most: Math.max(...walls),
      cpu: median(cpus),
    };
  });
  const fastest = (role) => rows.filter((row) => row.role === role).sort((a, b) => a.median - b.median)[0];
  const roles = { ours: fastest('ours'), floor: fastest('floor') };
  const find = (word) => roles[word] ?? rows.find((row) => row.name === word);
  return { name, rows, ...roles, verdicts: goals.map((goal) => judge(goal, find)) };
}

/**
 * A comparison is made round by round, of what was measured within the same second, and the median of that is taken: what
 * else the machine does comes and goes, and hits both sides of a round alike.
 */
function judge({ label, of, less, per, most, least, by = 'walls' }, find) {
  const values = find(of)[by].map((time, round) => {
    const rest = less ? time - find(less)[by][round] : time;
    return per ? rest / find(per)[by][round] : rest;
  });
  const value = median(values);
  const bound = most ?? least;
  const passed = bound === undefined ? undefined : most === undefined ? value >= least : value <= most;
  return { label, value, range: [Math.min(...values), Math.max(...values)], most, least, passed };
}

/** `{ scenario: { ours, floor, peers: { name: µs } } }`, medians in microseconds. */
export function toJson(summaries) {
  return Object.fromEntries(
    summaries.map(({ name, rows, ours, floor }) => {
      const peers = rows.filter(({ role }) => role === 'peer');
      return [
        name,
        {
          ours: rounded(ours.median),
          floor: rounded(floor.median),
          peers: Object.fromEntries(peers.map((peer) => [peer.name, rounded(peer.median)])),
        },
      ];
    }),
  );
}

const rounded = (value) => Number(value.toPrecision(4));
