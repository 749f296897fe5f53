import type { Counted, CounterStep, RecordKey } from './contract.ts';

interface Counter {
  readonly value: number;
  readonly expiresAt: number;
}

/** A sweep of two counters for each new one is round before they have grown by half. */
const SWEEP_STEPS = 2;

/**
 * The counters of a store in memory, apart from its records.
 *
 * @param maxCounters One more is a throw, hence a 503: dropping one that counts would be a free pass.
 */
export function memoryCounters(maxCounters: number): (key: RecordKey, step: CounterStep, now: number) => Counted {
  const counters = new Map<string, Counter>();
  let sweeper = counters.entries();
  let sweptAt = Number.NEGATIVE_INFINITY;

  const sweep = (now: number, steps: number): void => {
    for (let step = 0; step < steps; step++) {
      const { done, value } = sweeper.next();
      if (done) sweeper = counters.entries();
      else if (value[1].expiresAt <= now) counters.delete(value[0]);
    }
  };

  const makeRoom = (now: number): void => {
    sweep(now, SWEEP_STEPS);
    if (counters.size < maxCounters) return;
    // Once a second at most, as for records.
    if (now > sweptAt) sweep(now, counters.size + 1);
    sweptAt = Math.max(now, sweptAt);
    if (counters.size >= maxCounters) {
      throw new Error(`the memory store is full: ${maxCounters} counters; raise maxRecords or use a database`);
    }
  };

  return ({ kind, partition, id }, { floor, by, ceiling, expiresAt }, now) => {
    // Lengths first: two keys never make one text.
    const name = `${kind.length} ${partition.length} ${kind}${partition}${id}`;
    const counter = counters.get(name);
    const value = Math.max(floor, counter && counter.expiresAt > now ? counter.value : floor);
    const next = Math.max(floor, value + by);
    if (next > ceiling) return { ok: false, value };
    // Whoever only looks, or gives back what is forgotten, makes none.
    if (next > value || (counter && next < value)) {
      if (!counter) makeRoom(now);
      counters.set(name, { value: next, expiresAt });
    }
    return { ok: true, value: next };
  };
}
