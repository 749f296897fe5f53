import { equal } from '../expect.ts';
import type { Race } from '../race.ts';

export const counterRaces: readonly Race[] = [
  [
    'advance: of many who count at once, as many are admitted as fit',
    async ({ store, now, owner, callers, all }) => {
      const key = { kind: 'limit', partition: owner.partition, id: owner.subject };
      const step = { floor: 0, by: 1, ceiling: 5, expiresAt: now + 10 };
      const answers = await all(callers.map(() => () => store.advance(key, step, now)));
      const values = answers.flatMap(({ ok, value }) => (ok ? [value] : [])).sort();
      equal(values, [1, 2, 3, 4, 5].slice(0, callers.length), 'admitted at');
      equal(await store.advance(key, { ...step, by: 0 }, now), { ok: true, value: values.length }, 'at last');
    },
  ],
  [
    'advance: what is given back while others count is not lost, and not given twice',
    async ({ store, now, owner, callers, all }) => {
      const key = { kind: 'limit', partition: owner.partition, id: owner.subject };
      const step = { floor: 0, by: 2, ceiling: 1000, expiresAt: now + 10 };
      const calls = callers.map((who) => async () => {
        await store.advance(key, step, now);
        if (who % 2) await store.advance(key, { ...step, by: -2 }, now);
      });
      await all(calls);
      equal(
        await store.advance(key, { ...step, by: 0 }, now),
        { ok: true, value: 2 * Math.ceil(callers.length / 2) },
        'at last',
      );
    },
  ],
];
