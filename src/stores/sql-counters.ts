import type { Counted, CounterStep, RecordKey } from './contract.ts';
import type { SqlBackend } from './sql-backend.ts';

/** So many others would have to count between two statements of one caller, each time. */
const MAX_TRIES = 1000;

/**
 * The counters of a store in a database: one statement where it counts, two where it doesn't.
 *
 * @throws Error Where others were faster each of 1,000 times.
 */
export async function advanceIn(
  { statements, rows, write, isTaken }: SqlBackend,
  key: RecordKey,
  step: CounterStep,
  now: number,
): Promise<Counted> {
  const { floor, by, ceiling, expiresAt } = step;
  const named = { kind: key.kind, partition: key.partition, id: key.id };
  const values = { ...named, floor, by, ceiling, expiresAt, now, first: floor + by };
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    // No counter is below its floor, so what begins above the ceiling need not be tried.
    if (by < 0 || (by > 0 && floor + by <= ceiling)) {
      const { count, told } = await write(by < 0 ? statements.give : statements.count, values);
      if (count) return { ok: true, value: told };
    }
    const [row] = await rows(statements.look, named);
    const value = row && Number(row.expires_at) > now ? Math.max(floor, Number(row.value)) : floor;
    const next = Math.max(floor, value + by);
    if (next > ceiling) return { ok: false, value };
    // Whoever only looks, or gives back what is forgotten, makes none.
    if (by === 0 || (by < 0 && next === value)) return { ok: true, value: next };
    if (by > 0 && !row) {
      try {
        if ((await write(statements.begin, values)).count) return { ok: true, value: next };
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
    }
  }
  throw new Error('the counter was changed by others each time');
}
