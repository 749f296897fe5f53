import type { RecordKey, Store } from '../../../stores/contract.ts';
import { equal } from '../expect.ts';
import { ADA, add, type Behaviour, changeOf, EVE, holds, idsOf, keyOf, LIFE, recordOf, storedOf } from '../fixture.ts';

/** Ids that a record may move to, though a record was there. */
const free: readonly (readonly [what: string, make: (store: Store, key: RecordKey, now: number) => unknown])[] = [
  ['an expired record', (store, key, now) => store.create(key, recordOf(EVE, now, { expiresAt: now + 1 }), now)],
  [
    'an ended record',
    async (store, key, now) => {
      await store.create(key, recordOf(EVE, now), now);
      await store.endAll({ ...ADA, subject: 'eve' }, now);
    },
  ],
  [
    'a deleted record',
    async (store, key, now) => {
      await store.create(key, recordOf(EVE, now), now);
      await store.delete(key, now);
    },
  ],
];

export const swapCases: readonly Behaviour[] = [
  [
    'swap: replaces usedAt, expiresAt and data, counts the version up, and leaves the rest',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      const next = { usedAt: now + 1, expiresAt: now + 7, data: '{"cart":[3]}' };
      equal(await store.swap(key, 1, next, now + 1), true, 'swap');
      await holds(store, key, now + 1, { ...storedOf(recordOf(ADA, now)), ...next, version: 2 });
    },
  ],

  [
    'swap: each counts the version up by one, and takes no other',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      for (let version = 1; version <= 12; version++) {
        for (const other of [version - 1, version + 1, -version]) {
          equal(await store.swap(key, other, changeOf(now, { data: 'lost' }), now), false, `swap of ${other}`);
        }
        const data = `${version}`;
        equal(await store.swap(key, version, changeOf(now, { data }), now), true, `swap of ${version}`);
        await holds(store, key, now, { ...storedOf(recordOf(ADA, now)), data, version: version + 1 });
      }
    },
  ],

  [
    'swap: a newId moves the record: its list shows the new one alone',
    async (store, now) => {
      await add(store, ADA, '0', now - 1);
      const key = await add(store, ADA, '1', now);
      equal(await store.swap(key, 1, changeOf(now), now, '2'), true, 'swap');
      await holds(store, key, now, undefined);
      await holds(store, keyOf(ADA, '2'), now, { ...storedOf(recordOf(ADA, now)), ...changeOf(now), version: 2 });
      equal(await idsOf(store, ADA, now), ['2', '0'], 'the list is');
    },
  ],

  [
    'swap: a newId that is the old one is a swap without',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.swap(key, 1, changeOf(now), now, '1'), true, 'swap');
      await holds(store, key, now, { ...storedOf(recordOf(ADA, now)), ...changeOf(now), version: 2 });
      equal(await store.swap(key, 1, changeOf(now), now, '1'), false, 'the same again');
      equal(await idsOf(store, ADA, now), ['1'], 'the list is');
    },
  ],

  ...[ADA, { ...ADA, subject: 'eve' }].map(
    (owner): Behaviour => [
      `swap: a newId that a record of ${owner.subject} has is false, and nothing has changed`,
      async (store, now) => {
        const [one, other] = [await add(store, ADA, '1', now), await add(store, owner, '2', now, { data: 'other' })];
        equal(await store.swap(one, 1, changeOf(now), now, '2'), false, 'swap');
        equal(await store.swap(one, 1, changeOf(now), now + LIFE - 1, '2'), false, 'swap in the last second');
        await holds(store, one, now, storedOf(recordOf(ADA, now)));
        await holds(store, other, now, storedOf(recordOf(owner, now, { data: 'other' })));
        const all = new Set([...(await idsOf(store, ADA, now)), ...(await idsOf(store, owner, now))]);
        equal([...all].sort(), ['1', '2'], 'the lists are');
      },
    ],
  ),

  ...free.map(
    ([what, make]): Behaviour => [
      `swap: a newId that ${what} had is free, and the move leaves nothing of that one`,
      async (store, now) => {
        const [key, target] = [await add(store, ADA, '1', now), keyOf(ADA, '2')];
        await make(store, target, now);
        equal(await store.swap(key, 1, changeOf(now), now + 1, '2'), true, 'swap');
        await holds(store, target, now + 1, { ...storedOf(recordOf(ADA, now)), ...changeOf(now), version: 2 });
        equal(await idsOf(store, ADA, now), ['2'], 'the list of ada is');
        equal(await idsOf(store, { ...ADA, subject: 'eve' }, now), [], 'the list of eve is');
      },
    ],
  ),

  [
    'swap: another version moves nothing',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.swap(key, 2, changeOf(now), now, '2'), false, 'swap');
      await holds(store, key, now, storedOf(recordOf(ADA, now)));
      await holds(store, keyOf(ADA, '2'), now, undefined);
      equal(await idsOf(store, ADA, now), ['1'], 'the list is');
    },
  ],

  [
    'swap: what has moved is renewed, moved on and deleted by its new id; the old one is free',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.swap(key, 1, changeOf(now), now, '2'), true, 'swap');
      const touch = { at: now + 1, ifBefore: now, expiresAt: now + 200 };
      equal(await store.touch(keyOf(ADA, '2'), touch), true, 'touch');
      await add(store, ADA, '1', now + 1, { data: 'somebody new' });
      equal(await store.swap(keyOf(ADA, '2'), 2, changeOf(now), now, '3'), true, 'second swap');
      equal((await store.read(keyOf(ADA, '3'), now))?.version, 3, 'the version is');
      equal(await store.delete(keyOf(ADA, '3'), now), true, 'delete');
      equal(await idsOf(store, ADA, now + 1), ['1'], 'the list is');
      equal((await store.read(key, now + 1))?.data, 'somebody new', 'the data is');
    },
  ],

  [
    'swap: what has moved ends with its subject, or is spared, by its new id',
    async (store, now) => {
      const [one, other] = [await add(store, ADA, '1', now), await add(store, ADA, '2', now)];
      equal(await store.swap(one, 1, changeOf(now), now, '3'), true, 'swap');
      equal(await store.swap(other, 1, changeOf(now), now, '4'), true, 'swap');
      equal(await store.endAll(ADA, now, '4'), 1, 'endAll');
      await holds(store, keyOf(ADA, '3'), now, undefined);
      equal((await store.read(keyOf(ADA, '4'), now))?.epoch, 1, 'the epoch of the spared one is');
      equal(await idsOf(store, ADA, now), ['4'], 'the list is');
    },
  ],
];
