import type { RecordKey, Store, StoreRecord } from '../../../stores/contract.ts';
import { equal } from '../expect.ts';
import { ADA, add, type Behaviour, changeOf, keyOf, LIFE, membersOf, recordOf, storedOf } from '../fixture.ts';

/** A write of Ada's record `1`, and what is under which ids after it. */
type Write = (
  store: Store,
  key: RecordKey,
  now: number,
) => Promise<Readonly<Record<string, Partial<StoreRecord> | undefined>>>;

const writes: readonly (readonly [verb: string, write: Write])[] = [
  [
    'touch',
    async (store, key, now) => {
      const [usedAt, expiresAt] = [now + 1, now + LIFE + 1];
      equal(await store.touch(key, { at: usedAt, ifBefore: now, expiresAt }), true, 'touch');
      return { 1: { usedAt, expiresAt } };
    },
  ],
  [
    'swap',
    async (store, key, now) => {
      equal(await store.swap(key, 1, changeOf(now), now), true, 'swap');
      return { 1: { ...changeOf(now), version: 2 } };
    },
  ],
  [
    'swap to another id',
    async (store, key, now) => {
      equal(await store.swap(key, 1, changeOf(now), now, '2'), true, 'swap');
      return { 1: undefined, 2: { ...changeOf(now), version: 2 } };
    },
  ],
  [
    'delete',
    async (store, key, now) => {
      equal(await store.delete(key, now), true, 'delete');
      return { 1: undefined };
    },
  ],
  [
    'endAll',
    async (store, _key, now) => {
      equal(await store.endAll(ADA, now), 1, 'endAll');
      return { 1: undefined };
    },
  ],
  [
    'endAll that spares it',
    async (store, _key, now) => {
      equal(await store.endAll(ADA, now, '1'), 1, 'endAll');
      return { 1: { epoch: 1 } };
    },
  ],
];

const FRESH = { fresh: true } as const;

/** Each handle in turn has looked before another one writes, so that whoever keeps what it saw has something to keep. */
export const freshCases: readonly Behaviour[] = [
  [
    'fresh: a read sees what was created, also where it has looked before',
    async (store, now, handles) => {
      const key = keyOf(ADA, '1');
      await readAll(handles, key, now, undefined);
      await add(store, ADA, '1', now);
      await readAll(handles, key, now, storedOf(recordOf(ADA, now)));
    },
  ],

  ...writes.map(
    ([verb, write]): Behaviour => [
      `fresh: a read sees what was written by ${verb}, also where it has looked before`,
      async (store, now, handles) => {
        const [key, record] = [await add(store, ADA, '1', now), storedOf(recordOf(ADA, now))];
        await readAll(handles, key, now, record);
        await readAll(handles, keyOf(ADA, '2'), now, undefined);
        for (const [id, change] of Object.entries(await write(store, key, now))) {
          await readAll(handles, keyOf(ADA, id), now, change && { ...record, ...change });
        }
      },
    ],
  ),

  [
    'fresh: an epoch is that of the last endAll, whoever ended and whoever asks',
    async (_store, now, handles) => {
      for (let round = 0; round < 3; round++) {
        for (const [index, store] of handles.entries()) {
          const raised = round * handles.length + index + 1;
          for (const each of handles) equal(await each.epoch(ADA, FRESH), raised - 1, 'before, the epoch is');
          equal(await store.endAll(ADA, now), raised, 'endAll');
          for (const each of handles) equal(await each.epoch(ADA, FRESH), raised, 'the epoch is');
        }
      }
    },
  ],
];

/** What each handle answers: first as it likes, which may be from before, then fresh. */
async function readAll(
  handles: readonly Store[],
  key: RecordKey,
  now: number,
  expected: StoreRecord | undefined,
): Promise<void> {
  for (const store of handles) {
    await store.read(key, now);
    equal(membersOf(await store.read(key, now, FRESH)), membersOf(expected), `record ${JSON.stringify(key.id)} is`);
  }
}
