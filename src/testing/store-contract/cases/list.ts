import { equal } from '../expect.ts';
import {
  ADA,
  add,
  type Behaviour,
  changeOf,
  EVE,
  idsOf,
  keyOf,
  LIFE,
  membersOf,
  recordOf,
  storedOf,
  walk,
} from '../fixture.ts';

export const listCases: readonly Behaviour[] = [
  [
    'list: of a subject that has no records is empty, and has no next page',
    async (store, now) => {
      for (const owner of [ADA, EVE]) {
        const { records, next } = await store.list(owner, { limit: 10 }, now);
        equal([records.length, next], [0, undefined], 'it has');
        await add(store, ADA, '1', now);
        await store.delete(keyOf(ADA, '1'), now);
      }
    },
  ],

  [
    'list: the newest first, each with all that read shows, and its id',
    async (store, now) => {
      for (const [id, age] of Object.entries({ b: 20, a: 30, d: 0, c: 10 })) {
        await add(store, ADA, id, now, { createdAt: now - age, data: `of ${id}` });
      }
      await store.swap(keyOf(ADA, 'a'), 1, changeOf(now), now);
      const listed = await walk(store, ADA, now);
      equal(
        listed.map(({ id }) => id),
        ['d', 'c', 'b', 'a'],
        'the list is',
      );
      for (const record of listed) {
        equal(membersOf(record), membersOf(await store.read(keyOf(ADA, record.id), now)), `${record.id} is`);
      }
    },
  ],

  [
    'list: the living alone: nothing that expired, ended, was deleted, moved, or came too late',
    async (store, now) => {
      await add(store, ADA, 'ended', now);
      const epoch = await store.endAll(ADA, now);
      await add(store, ADA, 'too late', now);
      for (const id of ['alive', 'deleted', 'moving']) await add(store, ADA, id, now, { epoch });
      await add(store, ADA, 'expired', now, { epoch, expiresAt: now + 1 });
      equal(await store.delete(keyOf(ADA, 'deleted'), now), true, 'delete');
      equal(await store.swap(keyOf(ADA, 'moving'), 1, changeOf(now), now, 'moved'), true, 'swap');
      equal([...(await idsOf(store, ADA, now + 1))].sort(), ['alive', 'moved'], 'the list is');
      equal([...(await idsOf(store, ADA, now))].sort(), ['alive', 'expired', 'moved'], 'a second before it was');
      equal(await idsOf(store, ADA, now + LIFE), [], 'in the end it is');
    },
  ],

  [
    'list: of that subject and kind alone, page by page',
    async (store, now) => {
      const owners = [ADA, { ...ADA, kind: 'key' }, { ...ADA, subject: 'adam' }, EVE];
      for (const id of ['1', '2', '3']) {
        for (const owner of owners) await add(store, owner, `${owner.kind}-${owner.subject}-${id}`, now + Number(id));
      }
      for (const owner of owners) {
        const ids = ['3', '2', '1'].map((id) => `${owner.kind}-${owner.subject}-${id}`);
        equal(await idsOf(store, owner, now + 3, 2), ids, `the list of ${owner.kind} of ${owner.subject} is`);
      }
    },
  ],

  [
    'list: a record that was created over a dead one is in it once, at its new place',
    async (store, now) => {
      await add(store, ADA, '1', now, { expiresAt: now + 1 });
      await add(store, ADA, '2', now + 2);
      await add(store, ADA, '1', now + 3);
      equal(await idsOf(store, ADA, now + 3), ['1', '2'], 'the list is');
      equal((await walk(store, ADA, now + 3))[0]?.createdAt, now + 3, 'its first was created');
    },
  ],

  [
    'list: what it shows is what was written last',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.swap(key, 1, changeOf(now + 5, { data: 'new' }), now + 5), true, 'swap');
      const used = { usedAt: now + 6, expiresAt: now + LIFE + 6 };
      equal(await store.touch(key, { at: now + 6, ifBefore: now + 5, expiresAt: used.expiresAt }), true, 'touch');
      const [listed, ...more] = await walk(store, ADA, now + 6);
      const expected = { ...storedOf(recordOf(ADA, now)), ...used, data: 'new', version: 2 };
      equal([membersOf(listed), more.length], [membersOf(expected), 0], 'the list is');
    },
  ],
];
