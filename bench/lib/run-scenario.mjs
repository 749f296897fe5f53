import { openCell } from './open-cell.mjs';
import { summarize } from './summarize.mjs';

/**
 * Measures all contenders of a scenario in turns.
 *
 * @param scenario As in scenarios/index.mjs.
 * @param {{ dist: string, baseline?: string }} builds Folders of built libraries; the baseline's stands beside ours.
 * @param {{ generations: number, rounds: number, milliseconds: number, quick: boolean }} plan How often processes are started,
 *   how many rounds they make, how long a turn lasts, and whether slow contenders are left out, with the goals that name them.
 * @throws Error When a contender's check fails.
 */
export async function runScenario(scenario, { dist, baseline }, { generations, rounds, milliseconds, quick }) {
  const contenders = scenario.contenders.filter(({ slow }) => !(quick && slow));
  const seats = contenders.map((contender) => ({ contender, dist, shown: contender }));
  const names = ['ours', 'floor', ...contenders.map(({ name }) => name)];
  const goals = scenario.goals.filter(({ of, less = of, per = of }) =>
    [of, less, per].every((each) => names.includes(each)),
  );
  if (baseline) {
    const contender = contenders.find(({ role }) => role === 'ours');
    const shown = { ...contender, name: `${contender.name} (baseline)`, role: 'reference' };
    seats.push({ contender, dist: baseline, shown });
    goals.push({ label: 'countersign over the baseline', of: 'ours', per: shown.name });
  }
  const results = new Map(seats.map(({ shown }) => [shown.name, []]));
  for (let generation = 0; generation < generations; generation++) {
    const cells = [];
    try {
      // Two at a time: nothing is measured yet, and starting and warming up is half of all the time.
      for (let at = 0; at < seats.length; at += 2) {
        const pair = seats.slice(at, at + 2).map(({ contender, dist }) => openCell(scenario, contender, dist));
        const opened = await Promise.allSettled(pair);
        cells.push(...opened.flatMap(({ value }) => value ?? []));
        const failed = opened.find(({ status }) => status === 'rejected');
        if (failed) throw failed.reason;
      }
      for (let round = 0; round < rounds; round++) {
        for (const [index, cell] of cells.entries()) {
          results.get(seats[index].shown.name).push(await cell.measure(milliseconds));
        }
      }
    } finally {
      await Promise.all(cells.map((cell) => cell.close()));
    }
  }
  return summarize({ ...scenario, goals, contenders: seats.map(({ shown }) => shown) }, results);
}
