import { equal } from '../expect.ts';
import { ADA, add, type Behaviour, holds, keyOf, recordOf, storedOf } from '../fixture.ts';

const KEY = { kind: 'limit', partition: 'of-ada', id: 'ada' };

/** Beyond 32 bits, as microseconds since 1970 are. */
const MICROSECONDS = 1_800_000_000_000_000;

/** Counters: what is not asked of every store, but of each that claims them. */
export const advanceCases: readonly Behaviour[] = [
  [
    'advance: counts from its floor to its ceiling, and not beyond',
    async (store, now) => {
      const step = { floor: 0, by: 2, ceiling: 5, expiresAt: now + 10 };
      equal(await store.advance(KEY, step, now), { ok: true, value: 2 }, 'the first');
      equal(await store.advance(KEY, step, now), { ok: true, value: 4 }, 'the second');
      equal(await store.advance(KEY, step, now), { ok: false, value: 4 }, 'the third');
      equal(await store.advance(KEY, { ...step, by: 1 }, now), { ok: true, value: 5 }, 'one that fits');
      equal(await store.advance(KEY, { ...step, by: 1 }, now), { ok: false, value: 5 }, 'one more');
    },
  ],
  [
    'advance: a first step above the ceiling counts nothing',
    async (store, now) => {
      const step = { floor: 3, by: 4, ceiling: 6, expiresAt: now + 10 };
      equal(await store.advance(KEY, step, now), { ok: false, value: 3 }, 'it says');
      equal(await store.advance(KEY, { ...step, floor: 0, by: 1 }, now), { ok: true, value: 1 }, 'afterwards');
    },
  ],
  [
    'advance: begins at the floor where that has gone above the counter',
    async (store, now) => {
      const step = { floor: 100, by: 10, ceiling: 130, expiresAt: now + 10 };
      equal(await store.advance(KEY, step, now), { ok: true, value: 110 }, 'the first');
      equal(await store.advance(KEY, { ...step, floor: 105 }, now), { ok: true, value: 120 }, 'below it, the floor is');
      equal(await store.advance(KEY, { ...step, floor: 500, ceiling: 530 }, now), { ok: true, value: 510 }, 'above it');
    },
  ],
  [
    'advance: by 0 it looks, and changes nothing',
    async (store, now) => {
      const look = { floor: 7, by: 0, ceiling: 10, expiresAt: now + 10 };
      equal(await store.advance(KEY, look, now), { ok: true, value: 7 }, 'of one unknown it says');
      equal(await store.advance(KEY, { ...look, floor: 0, by: 9 }, now), { ok: true, value: 9 }, 'then');
      equal(await store.advance(KEY, { ...look, floor: 0 }, now), { ok: true, value: 9 }, 'it says');
      equal(
        await store.advance(KEY, { ...look, floor: 0, ceiling: 8 }, now),
        { ok: false, value: 9 },
        'above, it says',
      );
    },
  ],
  [
    'advance: gives back what was taken, and no more',
    async (store, now) => {
      const step = { floor: 10, by: 5, ceiling: 20, expiresAt: now + 10 };
      equal(await store.advance(KEY, step, now), { ok: true, value: 15 }, 'taken');
      equal(await store.advance(KEY, { ...step, by: -2 }, now), { ok: true, value: 13 }, 'given back');
      equal(await store.advance(KEY, { ...step, by: -9 }, now), { ok: true, value: 10 }, 'given back more than taken');
      equal(await store.advance({ ...KEY, id: 'eve' }, { ...step, by: -9 }, now), { ok: true, value: 10 }, 'unknown');
      equal(await store.advance(KEY, { ...step, floor: 0, by: 0 }, now), { ok: true, value: 10 }, 'at last');
    },
  ],
  [
    'advance: a counter that has expired is at its floor, by the clock of whoever asks',
    async (store, now) => {
      const step = { floor: 0, by: 5, ceiling: 5, expiresAt: now + 10 };
      equal(await store.advance(KEY, step, now), { ok: true, value: 5 }, 'taken');
      equal(await store.advance(KEY, step, now + 9), { ok: false, value: 5 }, 'a second before');
      const later = { ...step, by: 1, expiresAt: now + 30 };
      equal(await store.advance(KEY, later, now + 10), { ok: true, value: 1 }, 'then');
      equal(await store.advance(KEY, { ...later, expiresAt: now + 50 }, now + 29), { ok: true, value: 2 }, 'later');
      equal(await store.advance(KEY, later, now + 49), { ok: true, value: 3 }, 'its expiry is that of the last step');
    },
  ],
  [
    'advance: a step that does not count leaves the expiry as it is',
    async (store, now) => {
      const step = { floor: 0, by: 5, ceiling: 5, expiresAt: now + 10 };
      equal(await store.advance(KEY, step, now), { ok: true, value: 5 }, 'taken');
      equal(await store.advance(KEY, { ...step, expiresAt: now + 99 }, now), { ok: false, value: 5 }, 'refused');
      equal(await store.advance(KEY, step, now + 10), { ok: true, value: 5 }, 'then');
    },
  ],
  [
    'advance: microseconds since 1970 come back to the last digit',
    async (store, now) => {
      const step = { floor: MICROSECONDS + 1, by: 333_333, ceiling: MICROSECONDS + 999_999, expiresAt: now + 10 };
      equal(await store.advance(KEY, step, now), { ok: true, value: MICROSECONDS + 333_334 }, 'one');
      equal(await store.advance(KEY, step, now), { ok: true, value: MICROSECONDS + 666_667 }, 'two');
      equal(await store.advance(KEY, step, now), { ok: false, value: MICROSECONDS + 666_667 }, 'three');
      const top = { floor: Number.MAX_SAFE_INTEGER - 1, by: 1, ceiling: Number.MAX_SAFE_INTEGER, expiresAt: now + 10 };
      equal(await store.advance(KEY, top, now), { ok: true, value: Number.MAX_SAFE_INTEGER }, 'the greatest');
    },
  ],
  [
    'advance: counters of other names are others, and a record of that name is no counter',
    async (store, now) => {
      const step = { floor: 0, by: 1, ceiling: 9, expiresAt: now + 10 };
      const others = [
        { ...KEY, kind: 'quota' },
        { ...KEY, id: 'Ada' },
        { ...KEY, id: 'ada\0' },
        { ...KEY, id: '__proto__' },
        { kind: 'limi', partition: 'tof-ada', id: 'ada' },
      ];
      for (const key of [KEY, ...others]) equal(await store.advance(key, step, now), { ok: true, value: 1 }, 'each');
      await holds(store, KEY, now, undefined);
      const key = await add(store, { ...ADA, kind: 'limit' }, 'ada', now);
      equal(await store.advance(KEY, step, now), { ok: true, value: 2 }, 'beside a record');
      equal(await store.endAll({ ...ADA, kind: 'limit' }, now, 'ada'), 1, 'endAll');
      equal(await store.delete(key, now), true, 'delete');
      equal(await store.advance(KEY, step, now), { ok: true, value: 3 }, 'it outlives the record');
      await add(store, ADA, 'ada', now);
      await holds(store, keyOf(ADA, 'ada'), now, storedOf(recordOf(ADA, now)));
    },
  ],
];
