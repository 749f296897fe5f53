import { equal } from '../expect.ts';
import { ADA, add, type Behaviour, EVE, holds, idsOf, keyOf, LIFE, recordOf, storedOf } from '../fixture.ts';

export const createCases: readonly Behaviour[] = [
  [
    'create: every member comes back; it was last used when it was created, and its version is 1',
    async (store, now) => {
      const given = { createdAt: now - 7, expiresAt: now + 5, endsAt: now + 9, epoch: 0, data: '{"a":[null,"b"]}' };
      const key = await add(store, ADA, '1', now, given);
      await holds(store, key, now, { subject: 'ada', ...given, usedAt: now - 7, version: 1 });
    },
  ],

  [
    'create: an id that is taken is false, and the record stays, whoever asks',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      for (const subject of ['ada', 'eve']) {
        const other = recordOf({ ...ADA, subject }, now + 1, { expiresAt: now + 500, data: 'other' });
        equal(await store.create(key, other, now + 1), false, `create for ${subject}`);
      }
      await holds(store, key, now + 1, storedOf(recordOf(ADA, now)));
      equal(await idsOf(store, ADA, now + 1), ['1'], 'the list of ada is');
      equal(await idsOf(store, { ...ADA, subject: 'eve' }, now + 1), [], 'the list of eve is');
    },
  ],

  [
    'create: an id that is taken is false in the last second of its record, too',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.create(key, recordOf(ADA, now), now + LIFE - 1), false, 'create');
    },
  ],

  [
    'create: over an expired record of another subject: nothing is left of it',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.swap(key, 1, { usedAt: now, expiresAt: now + LIFE, data: 'old' }, now), true, 'swap');
      const [eve, later] = [{ ...ADA, subject: 'eve' }, now + LIFE];
      await add(store, eve, '1', later);
      await holds(store, key, later, storedOf(recordOf(eve, later)));
      equal([await idsOf(store, ADA, later), await idsOf(store, eve, later)], [[], ['1']], 'the lists are');
      equal([await idsOf(store, ADA, now), await idsOf(store, eve, now)], [[], ['1']], 'by an earlier clock they are');
    },
  ],

  [
    'create: over an ended record, and over a deleted one',
    async (store, now) => {
      await add(store, ADA, '1', now);
      const epoch = await store.endAll(ADA, now);
      const key = await add(store, ADA, '1', now, { epoch, data: 'second' });
      await holds(store, key, now, storedOf(recordOf(ADA, now, { epoch, data: 'second' })));
      equal(await store.delete(key, now), true, 'delete');
      await add(store, ADA, '1', now, { epoch, data: 'third' });
      await holds(store, key, now, storedOf(recordOf(ADA, now, { epoch, data: 'third' })));
      equal(await idsOf(store, ADA, now), ['1'], 'the list is');
    },
  ],

  [
    'create: a record that is dead at once succeeds, is not found, and is in nobody\u2019s way',
    async (store, now) => {
      const key = await add(store, ADA, '1', now, { expiresAt: now });
      await holds(store, key, now, undefined);
      await add(store, ADA, '1', now);
      await holds(store, key, now, storedOf(recordOf(ADA, now)));
    },
  ],

  [
    'create: an epoch that the subject has gone on from succeeds, so that nobody takes it for an id that is taken',
    async (store, now) => {
      const epoch = await store.endAll(ADA, now);
      const key = await add(store, ADA, '1', now, { epoch: epoch - 1 });
      await holds(store, key, now, undefined);
      await add(store, ADA, '1', now, { epoch });
      await holds(store, key, now, storedOf(recordOf(ADA, now, { epoch })));
      equal(await store.epoch(ADA), epoch, 'the epoch is');
    },
  ],

  [
    'create: ids, subjects and epochs of another kind are others',
    async (store, now) => {
      const keys = { ...ADA, kind: 'key' };
      await add(store, ADA, '1', now, { data: 'session' });
      await add(store, keys, '1', now, { data: 'key' });
      await holds(store, keyOf(ADA, '1'), now, storedOf(recordOf(ADA, now, { data: 'session' })));
      await holds(store, keyOf(keys, '1'), now, storedOf(recordOf(ADA, now, { data: 'key' })));
      equal(await store.endAll(keys, now), 1, 'the epoch of keys is');
      equal(await store.epoch(ADA), 0, 'the epoch of sessions is');
      equal([await idsOf(store, ADA, now), await idsOf(store, keys, now)], [['1'], []], 'the lists are');
    },
  ],

  [
    'read: finds what is newest, asked for it or not',
    async (store, now) => {
      const key = await add(store, EVE, '1', now);
      for (const fresh of [true, false, undefined]) {
        equal((await store.read(key, now, { fresh }))?.version, 1, `fresh ${fresh}: the version is`);
      }
      equal(await store.swap(key, 1, { usedAt: now, expiresAt: now + 1, data: 'new' }, now), true, 'swap');
      equal((await store.read(key, now, { fresh: true }))?.data, 'new', 'the data is');
    },
  ],
];
