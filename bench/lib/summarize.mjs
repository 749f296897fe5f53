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
    return {
      name: contender.name,
      role: contender.role,
      walls,
      median: median(walls),
      least: Math.min(...walls),
      most: Math.max(...walls),
      cpu: median(rounds.get(contender.name).map(({ cpu }) => cpu)),
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
function judge({ label, of, less, per, most, least }, find) {
  const values = find(of).walls.map((wall, round) => {
    const rest = less ? wall - find(less).walls[round] : wall;
    return per ? rest / find(per).walls[round] : rest;
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
