import { memoryStore } from '../../../src/stores/memory.ts';
import { type Broken, bothOf, broken } from './broken.ts';

const CEILING = 'advance: counts from its floor to its ceiling, and not beyond';
const FIRST = 'advance: a first step above the ceiling counts nothing';
const FLOOR = 'advance: begins at the floor where that has gone above the counter';
const LOOK = 'advance: by 0 it looks, and changes nothing';
const BACK = 'advance: gives back what was taken, and no more';
const EXPIRY = 'advance: a counter that has expired is at its floor, by the clock of whoever asks';
const LEFT = 'advance: a step that does not count leaves the expiry as it is';
const DIGITS = 'advance: microseconds since 1970 come back to the last digit';
const NAMES = 'advance: counters of other names are others, and a record of that name is no counter';
const RACE = bothOf('advance: of many who count at once, as many are admitted as fit');
const RETURNS = bothOf('advance: what is given back while others count is not lost, and not given twice');

/** Stores that cannot count. */
export const brokenCounters: readonly Broken[] = [
  broken(
    'an advance that looks, then counts',
    (store, meanwhile) => ({
      advance: async (key, step, now) => {
        const seen = store.advance(key, { ...step, by: 0, ceiling: Number.MAX_SAFE_INTEGER }, now);
        await meanwhile();
        const next = seen.value + step.by;
        if (next > step.ceiling) return { ok: false, value: seen.value };
        const ceiling = Number.MAX_SAFE_INTEGER;
        const { value } = store.advance(key, { ...step, by: 0, ceiling }, now);
        return store.advance(key, { ...step, by: next - value, ceiling }, now);
      },
    }),
    [...RACE, ...RETURNS],
  ),
  broken(
    'an advance that counts first, then looks at the ceiling',
    (store) => ({
      advance: (key, step, now) => {
        const { value } = store.advance(key, { ...step, ceiling: Number.MAX_SAFE_INTEGER }, now);
        return { ok: value <= step.ceiling, value };
      },
    }),
    [CEILING, FIRST, LEFT, DIGITS, ...RACE],
  ),
  broken(
    'an advance without a floor',
    (store) => ({ advance: (key, step, now) => store.advance(key, { ...step, floor: 0 }, now) }),
    [FIRST, FLOOR, LOOK, BACK, DIGITS],
  ),
  broken(
    'an advance that gives back without end',
    (store) => {
      let given = 0;
      return {
        advance: (key, step, now) => {
          if (step.by < 0) given += step.by;
          const { ok, value } = store.advance(key, step, now);
          return step.by < 0 ? { ok, value: value + given } : { ok, value };
        },
      };
    },
    [BACK],
  ),
  broken(
    'an advance that keeps the first expiry',
    (store) => {
      const ends = new Map<string, number>();
      return {
        advance: (key, step, now) => {
          const kept = ends.get(key.id);
          const expiresAt = kept !== undefined && kept > now ? kept : step.expiresAt;
          ends.set(key.id, expiresAt);
          return store.advance(key, { ...step, expiresAt }, now);
        },
      };
    },
    [EXPIRY],
  ),
  broken(
    'an advance that expires by no clock',
    (store) => ({
      advance: (key, step, now) => store.advance(key, { ...step, expiresAt: Number.MAX_SAFE_INTEGER }, now),
    }),
    [EXPIRY, LEFT],
  ),
  broken(
    'an advance of 32 bits',
    (store) => ({
      advance: (key, step, now) => {
        const { ok, value } = store.advance(key, step, now);
        return { ok, value: value | 0 };
      },
    }),
    [DIGITS],
  ),
  broken(
    'counters that are records',
    (store) => ({
      create: (key, record, now) => {
        const own = store.advance(key, { floor: 0, by: 0, ceiling: 0, expiresAt: now + 1 }, now);
        return own.ok && store.create(key, record, now);
      },
    }),
    [NAMES],
  ),
  broken('counters of one kind for all', () => {
    const counters = memoryStore();
    return { advance: (key, step, now) => counters.advance({ ...key, kind: '', partition: '' }, step, now) };
  }, [NAMES]),
];
