import type { RecordKey, Store } from '../../../stores/contract.ts';
import { equal } from '../expect.ts';
import { ADA, add, type Behaviour, changeOf, EVE, holds, idsOf, keyOf, LIFE, recordOf, storedOf } from '../fixture.ts';

/** Ids that name no living record of Ada's. */
const others: readonly (readonly [what: string, make: (store: Store, key: RecordKey, now: number) => unknown])[] = [
  ['nothing', () => undefined],
  [
    'an expired record',
    (store, key, now) => store.create(key, recordOf(ADA, now - LIFE, { expiresAt: now }), now - LIFE),
  ],
  [
    'a deleted record',
    async (store, key, now) => {
      await store.create(key, recordOf(ADA, now), now);
      await store.delete(key, now);
    },
  ],
  [
    'a record that ended before',
    async (store, key, now) => {
      await store.create(key, recordOf(ADA, now), now);
      await store.endAll(ADA, now);
    },
  ],
  [
    'a record that moved',
    async (store, key, now) => {
      await store.create(key, recordOf(ADA, now), now);
      await store.swap(key, 1, changeOf(now), now, 'moved');
    },
  ],
];

export const endAllCases: readonly Behaviour[] = [
  [
    'epoch: 0 for a subject that never ended anything, asked for it fresh or not, with records or without',
    async (store, now) => {
      equal([await store.epoch(ADA), await store.epoch(ADA, { fresh: true })], [0, 0], 'it is');
      await add(store, ADA, '1', now);
      equal(await store.epoch(ADA), 0, 'with a record it is');
    },
  ],

  [
    'endAll: raises the epoch of that subject and kind by one, and says to which',
    async (store, now) => {
      for (const epoch of [1, 2, 3]) {
        equal(await store.endAll(ADA, now - epoch), epoch, 'it said');
        equal([await store.epoch(ADA), await store.epoch(ADA, { fresh: true })], [epoch, epoch], 'the epoch is');
      }
      for (const other of [EVE, { ...ADA, kind: 'key' }, { ...ADA, subject: 'adam' }]) {
        equal(await store.epoch(other), 0, `the epoch of ${other.kind} of ${other.subject} is`);
      }
    },
  ],

  [
    'endAll: ends every earlier record of that subject and kind, for every clock, and no other',
    async (store, now) => {
      const keys = [await add(store, ADA, '1', now), await add(store, ADA, '2', now - 5)];
      const beside = [EVE, { ...ADA, kind: 'key' }, { ...ADA, subject: 'adam' }];
      for (const owner of beside) await add(store, owner, `of ${owner.subject}`, now);
      equal(await store.endAll(ADA, now + 10), 1, 'endAll');
      for (const at of [now - 50, now, now + 10]) {
        for (const key of keys) await holds(store, key, at, undefined);
        equal(await idsOf(store, ADA, at), [], 'the list is');
      }
      for (const owner of beside) {
        const id = `of ${owner.subject}`;
        await holds(store, keyOf(owner, id), now, storedOf(recordOf(owner, now)));
        equal(await idsOf(store, owner, now), [id], `the list of ${owner.kind} of ${owner.subject} is`);
      }
    },
  ],

  [
    'endAll: what is created after it lives in the new epoch, until the next',
    async (store, now) => {
      equal(await store.endAll(ADA, now), 1, 'endAll');
      const key = await add(store, ADA, '1', now, { epoch: 1 });
      await holds(store, key, now, storedOf(recordOf(ADA, now, { epoch: 1 })));
      equal(await store.touch(key, { at: now + 1, ifBefore: now, expiresAt: now + 500 }), true, 'touch');
      equal(await store.swap(key, 1, changeOf(now), now + 1), true, 'swap');
      equal(await store.endAll(ADA, now), 2, 'endAll');
      await holds(store, key, now + 1, undefined);
    },
  ],

  [
    'exceptId: lifts that record into the new epoch, and changes nothing else of it; the others end',
    async (store, now) => {
      for (const id of ['1', '2', '3']) await add(store, ADA, id, now, { data: `of ${id}` });
      const spared = keyOf(ADA, '2');
      equal(await store.swap(spared, 1, changeOf(now), now), true, 'swap');
      equal(await store.touch(spared, { at: now + 1, ifBefore: now, expiresAt: now + 200 }), true, 'touch');
      equal(await store.endAll(ADA, now + 2, '2'), 1, 'endAll');
      const before = { ...storedOf(recordOf(ADA, now)), ...changeOf(now), usedAt: now + 1, expiresAt: now + 200 };
      await holds(store, spared, now + 2, { ...before, version: 2, epoch: 1 });
      equal(await idsOf(store, ADA, now + 2), ['2'], 'the list is');
      equal(await store.endAll(ADA, now + 2, '2'), 2, 'endAll again');
      equal(await store.swap(spared, 2, changeOf(now), now + 2), true, 'swap of the version from before');
      await holds(store, spared, now + 2, { ...before, ...changeOf(now), version: 3, epoch: 2 });
      equal(await store.endAll(ADA, now + 2), 3, 'endAll of all');
      await holds(store, spared, now + 2, undefined);
    },
  ],

  ...others.map(
    ([what, make]): Behaviour => [
      `exceptId: of ${what} spares nothing and brings nothing back, and all the rest ends`,
      async (store, now) => {
        const key = keyOf(ADA, '1');
        await make(store, key, now);
        const epoch = await store.epoch(ADA);
        const rest = await add(store, ADA, '2', now, { epoch });
        equal(await store.endAll(ADA, now, '1'), epoch + 1, 'endAll');
        for (const at of [now - LIFE, now - 1, now]) {
          for (const each of [key, rest]) await holds(store, each, at, undefined);
          equal(await idsOf(store, ADA, at), [], 'the list is');
        }
      },
    ],
  ),

  ...[
    { ...ADA, subject: 'eve' },
    { ...ADA, kind: 'key' },
  ].map(
    (other): Behaviour => [
      `exceptId: of a ${other.kind} of ${other.subject} spares no session of ada and leaves that one as it is`,
      async (store, now) => {
        const rest = await add(store, ADA, '1', now);
        const key = await add(store, other, '2', now);
        equal(await store.endAll(ADA, now, '2'), 1, 'endAll');
        await holds(store, rest, now, undefined);
        await holds(store, key, now, storedOf(recordOf(other, now)));
        equal([await idsOf(store, ADA, now), await idsOf(store, other, now)], [[], ['2']], 'the lists are');
        equal([await store.epoch(ADA), await store.epoch(other)], [1, 0], 'the epochs are');
      },
    ],
  ),
];
