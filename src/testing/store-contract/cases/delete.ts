import { equal } from '../expect.ts';
import { ADA, add, type Behaviour, EVE, holds, idsOf, recordOf, storedOf } from '../fixture.ts';

export const deleteCases: readonly Behaviour[] = [
  [
    'delete: true once, whoever asks again and whenever',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal([await store.delete(key, now), await store.delete(key, now)], [true, false], 'it said');
      equal(await store.delete(key, now - 50), false, 'by an earlier clock it said');
      await holds(store, key, now - 50, undefined);
    },
  ],

  [
    'delete: ends that record alone, and no epoch',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      const others = [await add(store, ADA, '2', now), await add(store, EVE, '3', now)];
      equal(await store.delete(key, now), true, 'delete');
      equal([await idsOf(store, ADA, now), await idsOf(store, EVE, now)], [['2'], ['3']], 'the lists are');
      await holds(store, others[0] ?? key, now, storedOf(recordOf(ADA, now)));
      equal(await store.epoch(ADA), 0, 'the epoch is');
    },
  ],

  [
    'delete: of a swapped record, whatever its version',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.swap(key, 1, { usedAt: now, expiresAt: now + 9, data: '' }, now), true, 'swap');
      equal([await store.delete(key, now), await idsOf(store, ADA, now)], [true, []], 'delete and list say');
    },
  ],

  [
    'delete: the last record of a subject takes nothing with it that ended before',
    async (store, now) => {
      const old = await add(store, ADA, '1', now);
      const epoch = await store.endAll(ADA, now);
      const key = await add(store, ADA, '2', now, { epoch });
      equal(await store.delete(key, now), true, 'delete');
      equal(await store.epoch(ADA), 1, 'the epoch is');
      await holds(store, old, now, undefined);
      await holds(store, await add(store, ADA, '3', now), now, undefined);
    },
  ],
];
