import type { Store } from '../../../stores/contract.ts';
import { equal, ok } from '../expect.ts';
import { ADA, add, type Behaviour, changeOf, EVE, idsOf, keyOf, walk } from '../fixture.ts';

/** Adds records 01, 02 and so on, each a second younger than the one before. Gives their ids, newest first. */
async function fill(store: Store, now: number, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, index) => String(index + 1).padStart(2, '0'));
  for (const [index, id] of ids.entries()) await add(store, ADA, id, now, { createdAt: now - 500 + index });
  return ids.reverse();
}

/** Cursors as they come from an address bar. */
const CURSORS = [
  '',
  ' ',
  '0',
  '-1',
  'no cursor',
  '__proto__',
  "' OR 1=1 --",
  '%',
  '*',
  '{"a":1}',
  '\u{1f511}',
  '9'.repeat(300),
];

export const pagesCases: readonly Behaviour[] = [
  [
    'list: pages of any limit are full but for the last, and make the whole list',
    async (store, now) => {
      const ids = await fill(store, now, 13);
      for (const limit of [1, 2, 5, 12, 13, 14, 1000]) {
        equal(await idsOf(store, ADA, now, limit), ids, `in pages of ${limit} it is`);
        const { records } = await store.list(ADA, { limit }, now);
        equal(records.length, Math.min(limit, ids.length), `the first page of ${limit} has`);
      }
    },
  ],

  [
    'list: next is absent on the last page, full or not',
    async (store, now) => {
      await fill(store, now, 4);
      for (const limit of [4, 5]) {
        equal((await store.list(ADA, { limit }, now)).next, undefined, `after a page of ${limit} comes`);
      }
      const { next: after } = await store.list(ADA, { limit: 2 }, now);
      equal(typeof after, 'string', 'after the first two there is a');
      equal((await store.list(ADA, { limit: 2, after }, now)).next, undefined, 'after the second two comes');
    },
  ],

  [
    'list: records of one second are each in it once, whatever the limit',
    async (store, now) => {
      const ids = ['B', 'a', 'A', 'b', '_', '-', '10', '9'];
      for (const id of ids) await add(store, ADA, id, now);
      for (const limit of [1, 3, 8]) {
        equal([...(await idsOf(store, ADA, now, limit))].sort(), [...ids].sort(), `in pages of ${limit} it is`);
      }
    },
  ],

  [
    'list: hundreds are complete',
    async (store, now) => {
      const ids = await fill(store, now, 250);
      equal(await idsOf(store, ADA, now, 7), ids, 'it is');
    },
  ],

  [
    'list: what is there all the time is shown once, while others come and go',
    async (store, now) => {
      const ids = await fill(store, now, 12);
      // One that was shown, the one that the cursor names, and two that come next.
      const gone = ['12', '09', '06', '03'];
      const walked = await walk(store, ADA, now, 2, async (pages) => {
        await add(store, ADA, `new ${pages}`, now + pages);
        const id = gone[pages - 1];
        if (id) await store.delete(keyOf(ADA, id), now);
      });
      const seen = walked.map(({ id }) => id).filter((id) => !id.startsWith('new'));
      const stayed = ids.filter((id) => !gone.includes(id));
      equal(
        seen.filter((id) => stayed.includes(id)),
        stayed,
        'of those that stayed it shows',
      );
      equal(new Set(seen).size, seen.length, 'without those that it shows twice it has');
      ok(!seen.includes('06') && !seen.includes('03'), 'it shows what is gone');
    },
  ],

  [
    'list: goes on after a page whose records have all ended',
    async (store, now) => {
      await fill(store, now, 6);
      const { records, next: after } = await store.list(ADA, { limit: 3 }, now);
      for (const { id } of records) equal(await store.delete(keyOf(ADA, id), now), true, 'delete');
      const rest = await store.list(ADA, { limit: 3, after }, now);
      equal(
        rest.records.map(({ id }) => id),
        ['03', '02', '01'],
        'the next page is',
      );
    },
  ],

  [
    'list: a record that is used, changed or moved while it is walked is shown once',
    async (store, now) => {
      const ids = await fill(store, now, 8);
      const walked = await walk(store, ADA, now, 2, async (pages) => {
        // One that was shown, and one that comes.
        for (const id of [ids[pages], ids[pages + 3]] as string[]) {
          await store.touch(keyOf(ADA, id), { at: now + pages, ifBefore: now + pages - 1, expiresAt: now + 200 });
        }
        if (pages === 1) await store.swap(keyOf(ADA, '08'), 1, changeOf(now), now, '08 moved');
        if (pages === 2) await store.swap(keyOf(ADA, '02'), 1, changeOf(now), now, '02 moved');
      });
      const shown = walked.map(({ id }) => id);
      equal(shown, ['08', '07', '06', '05', '04', '03', '02 moved', '01'], 'it shows');
    },
  ],

  [
    'list: a cursor that nobody gave is no failure, and shows nothing of others',
    async (store, now) => {
      await fill(store, now, 3);
      await add(store, EVE, 'of eve', now);
      const { next } = await store.list(ADA, { limit: 1 }, now);
      for (const after of [...CURSORS, next as string]) {
        const { records } = await store.list(EVE, { limit: 5, after }, now);
        ok(
          records.every(({ subject, id }) => subject === 'eve' && id === 'of eve'),
          `${after} shows what is not eve\u2019s`,
        );
      }
    },
  ],
];
