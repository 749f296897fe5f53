import type { RecordKey, Store, SubjectKey } from '../../../stores/contract.ts';
import { equal, ok } from '../expect.ts';
import { ADA, add, type Behaviour, changeOf, holds, idsOf, keyOf, LIFE, membersOf } from '../fixture.ts';

/** A key under which there is nothing, by that clock: a later one than any before, so that it is not that which stops a touch. */
interface Missing {
  readonly key: RecordKey;
  readonly now: number;
  /** In whose list it is not. */
  readonly owner?: SubjectKey;
  /** What is there by another key or another clock, and must be the same after. */
  readonly beside?: readonly [key: RecordKey, now: number];
}

const ways: readonly (readonly [what: string, make: (store: Store, now: number) => Promise<Missing>])[] = [
  ['a record that never was', async (_, now) => ({ key: keyOf(ADA, '1'), now: now + 1, owner: ADA })],
  [
    'a deleted record',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.delete(key, now), true, 'delete');
      return { key, now: now + 1, owner: ADA };
    },
  ],
  [
    'an expired record',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      return { key, now: now + LIFE, owner: ADA, beside: [key, now + LIFE - 1] };
    },
  ],
  [
    'an ended record',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.endAll(ADA, now), 1, 'endAll');
      return { key, now: now + 1, owner: ADA };
    },
  ],
  [
    'a record of an epoch that was over when it came',
    async (store, now) => {
      equal(await store.endAll(ADA, now), 1, 'endAll');
      return { key: await add(store, ADA, '1', now, { epoch: 0 }), now: now + 1, owner: ADA };
    },
  ],
  [
    'the id that a record moved from',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      equal(await store.swap(key, 1, changeOf(now), now, '2'), true, 'swap');
      return { key, now, owner: ADA, beside: [keyOf(ADA, '2'), now] };
    },
  ],
  [
    // Not in a list: a partition follows from the subject, so nobody asks for one subject in two of them.
    'a record in another partition',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      return { key: { ...key, partition: 'elsewhere' }, now: now + 1, beside: [key, now] };
    },
  ],
  [
    'a record of another kind',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      return { key: { ...key, kind: 'key' }, now: now + 1, owner: { ...ADA, kind: 'key' }, beside: [key, now] };
    },
  ],
];

const VERSIONS = [0, 1, 2, 3];

const verbs: readonly (readonly [verb: string, ask: (store: Store, missing: Missing) => Promise<void>])[] = [
  [
    'read',
    async (store, { key, now }) => {
      equal(await store.read(key, now), undefined, 'read');
      equal(await store.read(key, now, { fresh: true }), undefined, 'fresh read');
    },
  ],
  [
    'swap',
    async (store, { key, now }) => {
      for (const version of VERSIONS) equal(await store.swap(key, version, changeOf(now), now), false, 'swap');
    },
  ],
  [
    'swap to another id',
    async (store, { key, now }) => {
      for (const version of VERSIONS) equal(await store.swap(key, version, changeOf(now), now, '3'), false, 'swap');
      await holds(store, { ...key, id: '3' }, now, undefined);
    },
  ],
  [
    'touch',
    async (store, { key, now }) => {
      equal(await store.touch(key, { at: now, ifBefore: now + 1000, expiresAt: now + 1000 }), false, 'touch');
    },
  ],
  ['delete', async (store, { key, now }) => equal(await store.delete(key, now), false, 'delete')],
  [
    'list',
    async (store, { key, now, owner }) => {
      ok(owner && !(await idsOf(store, owner, now)).includes(key.id), 'it is in the list');
    },
  ],
];

function notFoundCase(way: (typeof ways)[number], verb: (typeof verbs)[number]): Behaviour {
  const [[what, make], [asked, ask]] = [way, verb];
  return [
    `not found: ${what}, by ${asked}; and nothing has changed`,
    async (store, now) => {
      const missing = await make(store, now);
      const { key, owner, beside } = missing;
      const before = beside && membersOf(await store.read(...beside));
      await ask(store, missing);
      await holds(store, key, missing.now, undefined);
      if (owner) ok(!(await idsOf(store, owner, missing.now)).includes(key.id), 'after that it is in the list');
      if (beside) await holds(store, ...beside, before);
      ok(!beside || before, 'what should be there is not');
    },
  ];
}

/** "Not found is not an error": every way in which a record is not there, by every verb that looks for one. */
export const notFoundCases: readonly Behaviour[] = ways.flatMap((way) =>
  verbs
    .filter(([verb]) => verb !== 'list' || !way[0].includes('partition'))
    .map((verb): Behaviour => notFoundCase(way, verb)),
);
