import { equal } from '../expect.ts';
import { ADA, add, type Behaviour, changeOf, holds, idsOf, keyOf, LIFE, recordOf, storedOf } from '../fixture.ts';

export const touchCases: readonly Behaviour[] = [
  [
    'touch: moves usedAt and expiresAt forward, and leaves the rest, above all the version',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.touch(key, { at: now + 40, ifBefore: now + 10, expiresAt: now + 140 }), true, 'touch');
      await holds(store, key, now, { ...storedOf(recordOf(ADA, now)), usedAt: now + 40, expiresAt: now + 140 });
    },
  ],

  [
    'touch: a swap of the version from before it succeeds',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.touch(key, { at: now + 1, ifBefore: now, expiresAt: now + LIFE + 1 }), true, 'touch');
      equal(await store.swap(key, 1, changeOf(now + 1), now + 1), true, 'swap');
      equal(await store.touch(key, { at: now + 2, ifBefore: now + 1, expiresAt: now + LIFE + 2 }), true, 'touch');
      equal((await store.read(key, now))?.version, 2, 'the version is');
    },
  ],

  [
    'touch: last touched at ifBefore writes, one second later does not',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.touch(key, { at: now + 50, ifBefore: now - 1, expiresAt: now + 150 }), false, 'too early');
      await holds(store, key, now, storedOf(recordOf(ADA, now)));
      equal(await store.touch(key, { at: now + 50, ifBefore: now, expiresAt: now + 150 }), true, 'just then');
      equal(await store.touch(key, { at: now + 60, ifBefore: now + 49, expiresAt: now + 160 }), false, 'once more');
      equal((await store.read(key, now))?.expiresAt, now + 150, 'expiresAt is');
    },
  ],

  [
    'touch: of two with one ifBefore, the first writes; also where it lies ahead',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      for (const ifBefore of [now, now + 30]) {
        const touch = { at: ifBefore + 10, ifBefore, expiresAt: now + 200 };
        equal([await store.touch(key, touch), await store.touch(key, touch)], [true, false], 'they said');
      }
      const ahead = { at: now + 50, ifBefore: now + 1000, expiresAt: now + 300 };
      equal([await store.touch(key, ahead), await store.touch(key, ahead)], [true, false], 'they said');
    },
  ],

  [
    'touch: usedAt never goes back: a clock behind writes nothing',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      for (const at of [now - 1, now]) {
        equal(await store.touch(key, { at, ifBefore: now + 10, expiresAt: now + 500 }), false, `touch at ${at - now}`);
        await holds(store, key, now, storedOf(recordOf(ADA, now)));
      }
    },
  ],

  [
    'touch: expiresAt never goes back: an earlier one stays where it was',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.touch(key, { at: now + 10, ifBefore: now, expiresAt: now + 20 }), true, 'touch');
      await holds(store, key, now, { ...storedOf(recordOf(ADA, now)), usedAt: now + 10 });
    },
  ],

  [
    'touch: is no step in the list, which goes by creation',
    async (store, now) => {
      for (const id of ['1', '2', '3']) await add(store, ADA, id, now + Number(id));
      equal(
        await store.touch(keyOf(ADA, '1'), { at: now + 9, ifBefore: now + 5, expiresAt: now + 200 }),
        true,
        'touch',
      );
      equal(await idsOf(store, ADA, now + 9), ['3', '2', '1'], 'the list is');
    },
  ],
];
