import { equal, ok } from '../expect.ts';
import { ADA, add, type Behaviour, changeOf, EVE, holds, idsOf, keyOf, LIFE, recordOf, storedOf } from '../fixture.ts';

/** Writes over all members of an object. That it may be frozen is as good as a copy. */
function spoil(given: object | undefined): void {
  ok(given, 'there is nothing to spoil');
  for (const [name, value] of Object.entries(given)) {
    Reflect.set(given, name, typeof value === 'number' ? value + 1000 : 'spoilt');
  }
}

/** Whoever hands something in or gets something out may do with it what they like. */
export const copiesCases: readonly Behaviour[] = [
  [
    'copies: a key and a record that are changed after create',
    async (store, now) => {
      const [key, record] = [keyOf(ADA, '1'), recordOf(ADA, now)];
      equal(await store.create(key, record, now), true, 'create');
      spoil(key);
      spoil(record);
      await holds(store, keyOf(ADA, '1'), now, storedOf(recordOf(ADA, now)));
      equal(await idsOf(store, ADA, now), ['1'], 'the list is');
    },
  ],

  [
    'copies: a record that was read and is changed',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      spoil(await store.read(key, now));
      await holds(store, key, now, storedOf(recordOf(ADA, now)));
      equal(await idsOf(store, ADA, now), ['1'], 'the list is');
    },
  ],

  [
    'copies: a page, its array and its records that are changed',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      const page = await store.list(ADA, { limit: 10 }, now);
      spoil(page.records[0]);
      Reflect.set(page.records, 'length', 0);
      spoil(page);
      await holds(store, key, now, storedOf(recordOf(ADA, now)));
      equal(await idsOf(store, ADA, now), ['1'], 'the list is');
    },
  ],

  [
    'copies: a change and a touch that are changed after they were written',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      const [next, touch] = [changeOf(now), { at: now + 1, ifBefore: now, expiresAt: now + LIFE + 1 }];
      equal([await store.swap(key, 1, next, now), await store.touch(key, touch)], [true, true], 'they said');
      spoil(next);
      spoil(touch);
      const expected = {
        ...storedOf(recordOf(ADA, now)),
        ...changeOf(now),
        usedAt: now + 1,
        expiresAt: now + LIFE + 1,
      };
      await holds(store, key, now, { ...expected, version: 2 });
    },
  ],

  [
    'copies: a record that was read stays what it was when the store goes on',
    async (store, now) => {
      const key = await add(store, EVE, '1', now);
      const [read, page] = [await store.read(key, now), await store.list(EVE, { limit: 1 }, now)];
      await store.touch(key, { at: now + 1, ifBefore: now, expiresAt: now + LIFE + 1 });
      await store.swap(key, 1, changeOf(now), now);
      await store.endAll(EVE, now, '1');
      await store.delete(key, now);
      for (const record of [read, page.records[0]]) {
        equal([record?.usedAt, record?.version, record?.epoch, page.records.length], [now, 1, 0, 1], 'it is');
      }
    },
  ],
];
