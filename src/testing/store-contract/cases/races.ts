import { equal } from '../expect.ts';
import { add, changeOf, holds, idsOf, keyOf, LIFE, recordOf, storedOf } from '../fixture.ts';
import type { Race } from '../race.ts';

/** The numbers of those who were told `true`. */
const winnersOf = (answers: readonly boolean[]): readonly number[] => answers.flatMap((won, who) => (won ? [who] : []));

/** Each verb is one atomic step: of many who want one thing, one gets it, and what is there after is theirs. */
export const races: readonly Race[] = [
  [
    'create: of many who claim one id, one gets it',
    async ({ store, now, owner, callers, all }) => {
      const key = keyOf(owner, `${owner.subject} 1`);
      const record = (who: number) => recordOf(owner, now, { data: `${who}` });
      const winners = winnersOf(await all(callers.map((who) => () => store.create(key, record(who), now))));
      equal(winners.length, 1, 'winners:');
      await holds(store, key, now, storedOf(record(winners[0] as number)));
    },
  ],

  [
    'touch: of many with one ifBefore, one writes',
    async ({ store, now, owner, callers, all }) => {
      const key = await add(store, owner, `${owner.subject} 1`, now);
      const touch = (who: number) => ({ at: now + 10 + (who % 7), ifBefore: now + 5, expiresAt: now + 200 + who });
      const winners = winnersOf(await all(callers.map((who) => () => store.touch(key, touch(who)))));
      equal(winners.length, 1, 'winners:');
      const { at: usedAt, expiresAt } = touch(winners[0] as number);
      await holds(store, key, now, { ...storedOf(recordOf(owner, now)), usedAt, expiresAt });
    },
  ],

  [
    'swap: of many who have read one version, one writes, to whatever id',
    async ({ store, now, owner, callers, all }) => {
      const [id, record] = [`${owner.subject} 1`, storedOf(recordOf(owner, now))];
      const key = await add(store, owner, id, now);
      const newId = (who: number) => (who % 2 ? `${id} by ${who}` : undefined);
      const swap = (who: number) => store.swap(key, 1, changeOf(now, { data: `${who}` }), now, newId(who));
      const winners = winnersOf(await all(callers.map((who) => () => swap(who))));
      equal(winners.length, 1, 'winners:');
      const [winner = 0] = winners;
      const last = newId(winner) ?? id;
      equal(await idsOf(store, owner, now), [last], 'the list is');
      await holds(store, keyOf(owner, last), now, { ...record, ...changeOf(now, { data: `${winner}` }), version: 2 });
    },
  ],

  [
    'swap: of many records that want one id, one gets it, and the others stay',
    async ({ store, now, owner, callers, all }) => {
      const few = callers.slice(0, 12);
      const id = (who: number) => `${owner.subject} ${who}`;
      for (const who of few) await add(store, owner, id(who), now);
      const target = `${owner.subject} target`;
      const swap = (who: number) => store.swap(keyOf(owner, id(who)), 1, changeOf(now), now, target);
      const winners = winnersOf(await all(few.map((who) => () => swap(who))));
      equal(winners.length, 1, 'winners:');
      const left = [target, ...few.filter((who) => who !== winners[0]).map(id)];
      equal([...(await idsOf(store, owner, now))].sort(), left.sort(), 'the list is');
    },
  ],

  [
    'delete: of many who end a record, one is told so',
    async ({ store, now, owner, callers, all }) => {
      const key = await add(store, owner, `${owner.subject} 1`, now);
      equal(winnersOf(await all(callers.map(() => () => store.delete(key, now)))).length, 1, 'winners:');
      await holds(store, key, now, undefined);
    },
  ],

  [
    'touch: many of them make no swap fail, and undo none',
    async ({ store, now, owner, callers, all }) => {
      const key = await add(store, owner, `${owner.subject} 1`, now);
      const touches = callers.map(
        (who) => () => store.touch(key, { at: now + who, ifBefore: now + who - 1, expiresAt: now + 200 }),
      );
      const [swapped] = await all([() => store.swap(key, 1, changeOf(now, { data: 'new' }), now), ...touches]);
      equal(swapped, true, 'swap');
      const { data, version } = (await store.read(key, now)) ?? {};
      equal([data, version], ['new', 2], 'data and version are');
    },
  ],

  [
    'touch: whoever comes last, usedAt and expiresAt are the latest that were written',
    async ({ store, now, owner, callers, all }) => {
      const key = await add(store, owner, `${owner.subject} 1`, now);
      const touch = (who: number) => ({ at: now + 1 + who, ifBefore: now + who, expiresAt: now + LIFE + 1 + who });
      const winners = winnersOf(await all(callers.map((who) => () => store.touch(key, touch(who)))));
      const latest = Math.max(...winners);
      const { usedAt, expiresAt } = (await store.read(key, now)) ?? {};
      equal([usedAt, expiresAt], [now + 1 + latest, now + LIFE + 1 + latest], 'they are');
    },
  ],

  [
    'endAll: each of many raises the epoch by one',
    async ({ store, now, owner, callers, all }) => {
      const epochs = await all(callers.map(() => () => store.endAll(owner, now)));
      equal(
        epochs.sort((a, b) => a - b),
        callers.map((who) => who + 1),
        'they said',
      );
      equal(await store.epoch(owner), callers.length, 'the epoch is');
    },
  ],

  [
    'list: a record that moves on and on is in it once each time, and so is one that is used',
    async ({ store, now, owner, callers, all }) => {
      const [moving, used] = [`${owner.subject} 0`, `${owner.subject} used`];
      await add(store, owner, moving, now);
      const key = await add(store, owner, used, now - 1);
      const move = async () => {
        for (let step = 1; step <= 5; step++) {
          const [from, to] = [keyOf(owner, `${owner.subject} ${step - 1}`), `${owner.subject} ${step}`];
          equal(await store.swap(from, step, changeOf(now), now, to), true, `step ${step}`);
          await store.touch(key, { at: now + step, ifBefore: now + step, expiresAt: now + LIFE });
        }
      };
      const look = async () => {
        for (let looks = 0; looks < 4; looks++) {
          const ids = await idsOf(store, owner, now);
          equal([ids.length, ids[1]], [2, used], 'it has');
        }
      };
      await all([move, ...callers.slice(0, 8).map(() => look)]);
    },
  ],
];
