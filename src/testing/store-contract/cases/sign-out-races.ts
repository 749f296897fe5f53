import { equal } from '../expect.ts';
import { add, changeOf, holds, idsOf, keyOf, LIFE, recordOf } from '../fixture.ts';
import type { Race } from '../race.ts';

/** Renewals, changes and sign-ins against what ends them: what has ended stays ended, what is spared loses nothing. */
export const signOutRaces: readonly Race[] = [
  [
    'delete against renewals and changes: nothing comes back',
    async ({ store, now, owner, callers, all }) => {
      const key = await add(store, owner, `${owner.subject} 1`, now);
      const renew = (who: number) => () =>
        who % 3
          ? store.touch(key, { at: now + who, ifBefore: now + who - 1, expiresAt: now + 500 })
          : store.swap(key, 1, changeOf(now), now);
      const [ended] = await all([() => store.delete(key, now), ...callers.map(renew)]);
      equal(ended, true, 'delete');
      await holds(store, key, now, undefined);
      equal(await idsOf(store, owner, now), [], 'the list is');
    },
  ],

  [
    'delete against a rotation: one of them wins',
    async ({ store, now, owner, callers, all }) => {
      const ids = callers.slice(0, 20).map((who) => `${owner.subject} ${who}`);
      for (const id of ids) await add(store, owner, id, now);
      const answers = await all(
        ids.flatMap((id) => [
          () => store.delete(keyOf(owner, id), now),
          () => store.swap(keyOf(owner, id), 1, changeOf(now), now, `${id} moved`),
        ]),
      );
      const moved = ids.filter((_, index) => answers[2 * index + 1]).map((id) => `${id} moved`);
      for (const [index, id] of ids.entries()) {
        equal(answers[2 * index] !== answers[2 * index + 1], true, 'that one of them won is');
        await holds(store, keyOf(owner, id), now, undefined);
      }
      equal([...(await idsOf(store, owner, now))].sort(), moved.sort(), 'the list is');
    },
  ],

  [
    'endAll against renewals and rotations: nothing of before is left, by the old id or the new',
    async ({ store, now, owner, callers, all }) => {
      const ids = callers.slice(0, 30).map((who) => `${owner.subject} ${who}`);
      for (const id of ids) await add(store, owner, id, now);
      const calls = ids.flatMap((id) => [
        () => store.touch(keyOf(owner, id), { at: now + 1, ifBefore: now, expiresAt: now + 500 }),
        () => store.swap(keyOf(owner, id), 1, changeOf(now), now, `${id} moved`),
      ]);
      await all<unknown>([() => store.endAll(owner, now), ...calls]);
      for (const id of ids) {
        await holds(store, keyOf(owner, id), now, undefined);
        await holds(store, keyOf(owner, `${id} moved`), now, undefined);
      }
      equal([await idsOf(store, owner, now), await store.epoch(owner)], [[], 1], 'list and epoch are');
    },
  ],

  [
    'endAll against sign-ins that began before it: none lives',
    async ({ store, now, owner, callers, all }) => {
      const epoch = await store.epoch(owner);
      const id = (who: number) => `${owner.subject} ${who}`;
      const create = (who: number) => () => store.create(keyOf(owner, id(who)), recordOf(owner, now, { epoch }), now);
      const [raised, ...created] = await all<unknown>([() => store.endAll(owner, now), ...callers.map(create)]);
      equal([raised, created.every((answer) => answer === true)], [1, true], 'endAll and create said');
      equal(await idsOf(store, owner, now), [], 'the list is');
      await holds(store, keyOf(owner, id(0)), now, undefined);
    },
  ],

  [
    'endAll against sign-ins that ask for the epoch: those of the last one live, and no other',
    async ({ store, now, owner, callers, all }) => {
      const few = callers.slice(0, 40);
      const id = (who: number) => `${owner.subject} ${who}`;
      const signIn = async (who: number) => {
        const epoch = await store.epoch(owner);
        const created = await store.create(keyOf(owner, id(who)), recordOf(owner, now, { epoch }), now);
        equal(created, true, 'create');
        await store.touch(keyOf(owner, id(who)), { at: now + 1, ifBefore: now, expiresAt: now + 500 });
        return epoch;
      };
      const epochs = await all(few.map((who) => () => (who % 10 ? signIn(who) : store.endAll(owner, now))));
      const last = Math.max(...epochs);
      const living = few.filter((who) => who % 10 && epochs[who] === last).map(id);
      equal([...(await idsOf(store, owner, now))].sort(), living.sort(), 'the list is');
    },
  ],

  [
    'exceptId against that one\u2019s own sign-out: it does not come back',
    async ({ store, now, owner, callers, all }) => {
      const id = `${owner.subject} 1`;
      const key = await add(store, owner, id, now);
      const spare = callers.map(() => () => store.endAll(owner, now, id));
      const [ended] = await all<unknown>([() => store.delete(key, now), ...spare]);
      equal(ended, true, 'delete');
      await holds(store, key, now, undefined);
      equal(await idsOf(store, owner, now), [], 'the list is');
    },
  ],

  [
    'exceptId against that one\u2019s renewal and change: both succeed, and nothing of them is lost',
    async ({ store, now, owner, callers, all }) => {
      const id = `${owner.subject} 1`;
      const key = await add(store, owner, id, now);
      await add(store, owner, `${id} other`, now);
      const next = changeOf(now, { expiresAt: now + 150, data: 'new' });
      const touch = { at: now + LIFE - 1, ifBefore: now, expiresAt: now + 200 };
      const spare = callers.slice(0, 5).map(() => () => store.endAll(owner, now, id));
      const answers = await all<unknown>([
        () => store.swap(key, 1, next, now),
        () => store.touch(key, touch),
        ...spare,
      ]);
      equal(answers.slice(0, 2), [true, true], 'swap and touch said');
      const { data, version, epoch } = (await store.read(key, now)) ?? {};
      equal([data, version, epoch], ['new', 2, spare.length], 'data, version and epoch are');
      equal(await idsOf(store, owner, now), [id], 'the list is');
    },
  ],

  [
    'exceptId against that one\u2019s rotation: it is spared by one of its ids, or ended; never both, never another',
    async ({ store, now, owner, callers, all }) => {
      const id = `${owner.subject} 1`;
      const key = await add(store, owner, id, now);
      const touches = callers.map(
        (who) => () => store.touch(key, { at: now + who, ifBefore: now + who - 1, expiresAt: now + 200 }),
      );
      const [moved] = await all<unknown>([
        () => store.swap(key, 1, changeOf(now), now, `${id} moved`),
        () => store.endAll(owner, now, id),
        ...touches,
      ]);
      // The rotation always finds it alive; endAll finds the old id, or nothing to spare.
      equal(moved, true, 'swap');
      await holds(store, key, now, undefined);
      const left = await store.read(keyOf(owner, `${id} moved`), now);
      equal(await idsOf(store, owner, now), left ? [`${id} moved`] : [], 'the list is');
      equal(left?.epoch ?? 1, 1, 'the epoch of what is left is');
    },
  ],
];
