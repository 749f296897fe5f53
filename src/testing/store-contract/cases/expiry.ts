import type { RecordKey, Store } from '../../../stores/contract.ts';
import { equal } from '../expect.ts';
import { ADA, add, type Behaviour, changeOf, holds, idsOf, LIFE, recordOf, storedOf } from '../fixture.ts';

/** What each verb says of Ada's living record `1`, whose version is 1. */
const verbs: readonly (readonly [verb: string, ask: (store: Store, key: RecordKey, now: number) => unknown])[] = [
  ['read', async (store, key, now) => (await store.read(key, now)) !== undefined],
  ['swap', (store, key, now) => store.swap(key, 1, changeOf(now), now)],
  ['swap to another id', (store, key, now) => store.swap(key, 1, changeOf(now), now, '2')],
  ['touch', (store, key, now) => store.touch(key, { at: now, ifBefore: now - 1, expiresAt: now + LIFE })],
  ['delete', (store, key, now) => store.delete(key, now)],
  ['list', async (store, _key, now) => (await idsOf(store, ADA, now)).length === 1],
  [
    'exceptId',
    async (store, key, now) => {
      await store.endAll(ADA, now, key.id);
      return (await store.read(key, now)) !== undefined;
    },
  ],
];

export const expiryCases: readonly Behaviour[] = [
  [
    'expiry: alive before the second in which it expires, by the clock of who asks, whatever others\u2019 said',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      for (const passed of [0, LIFE - 1, LIFE, LIFE - 1, LIFE + 1, 0, 1_000_000, -1_000_000, LIFE, LIFE - 1]) {
        const alive = passed < LIFE ? storedOf(recordOf(ADA, now)) : undefined;
        await holds(store, key, now + passed, alive);
        equal(await idsOf(store, ADA, now + passed), alive ? ['1'] : [], `after ${passed} s the list is`);
      }
    },
  ],

  ...verbs.map(
    ([verb, ask]): Behaviour => [
      `expiry: in its last second a record is alive to ${verb}`,
      async (store, now) => {
        const key = await add(store, ADA, '1', now);
        equal(await ask(store, key, now + LIFE - 1), true, verb);
      },
    ],
  ),

  [
    'expiry: a later end counts from when it is written, an earlier one too',
    async (store, now) => {
      const key = await add(store, ADA, '1', now);
      const later = { at: now + 50, ifBefore: now, expiresAt: now + 150 };
      equal(await store.touch(key, later), true, 'touch');
      const record = { ...storedOf(recordOf(ADA, now)), usedAt: now + 50, expiresAt: now + 150 };
      await holds(store, key, now + 149, record);
      await holds(store, key, now + 150, undefined);
      const sooner = changeOf(now, { expiresAt: now + 10 });
      equal(await store.swap(key, 1, sooner, now + 5), true, 'swap');
      await holds(store, key, now + 9, { ...record, ...sooner, version: 2 });
      await holds(store, key, now + 10, undefined);
    },
  ],

  [
    'expiry: endsAt is kept, and ends nothing',
    async (store, now) => {
      const key = await add(store, ADA, '1', now, { endsAt: now + 1 });
      await holds(store, key, now + 2, storedOf(recordOf(ADA, now, { endsAt: now + 1 })));
      equal(await store.touch(key, { at: now + 3, ifBefore: now, expiresAt: now + 500 }), true, 'touch');
      equal((await store.read(key, now + 499))?.endsAt, now + 1, 'endsAt is');
    },
  ],

  [
    'expiry: times beyond 2038 and in the year 9999 are times',
    async (store, now) => {
      const [in2100, in9999] = [4_102_444_800, 253_402_300_799];
      const record = { createdAt: in2100, expiresAt: in9999, endsAt: in9999 };
      const key = await add(store, ADA, '1', now, record);
      await holds(store, key, in9999 - 1, storedOf(recordOf(ADA, now, record)));
      await holds(store, key, in9999, undefined);
      await add(store, ADA, '2', now);
      equal(await idsOf(store, ADA, now), ['1', '2'], 'the list is');
    },
  ],
];
