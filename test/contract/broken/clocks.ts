import { type Broken, broken, call, eachVerb, notFound } from './broken.ts';

export const brokenClocks: readonly Broken[] = [
  broken(
    'a clock of its own',
    (store) => {
      const present = () => Math.floor(Date.now() / 1000);
      return eachVerb(store, (verb, given) =>
        call(
          store,
          verb,
          given.map((each, index) =>
            typeof each === 'number' && !(verb === 'swap' && index === 1) ? present() : each,
          ),
        ),
      );
    },
    [
      'expiry: alive before the second in which it expires, by the clock of who asks, whatever others\u2019 said',
      ...['read', 'swap', 'swap to another id', 'delete', 'list'].map((verb) => notFound('an expired record', verb)),
    ],
  ),
  ...[-1, 1].map((late) =>
    broken(
      `an end that comes a second ${late < 0 ? 'early' : 'late'}`,
      (store) => {
        const end = <R extends { readonly expiresAt: number }>(r: R): R => ({ ...r, expiresAt: r.expiresAt + late });
        const shown = <R extends { readonly expiresAt: number }>(r: R): R => ({ ...r, expiresAt: r.expiresAt - late });
        return {
          create: (key, record, now) => store.create(key, end(record), now),
          swap: (key, version, next, now, newId) => store.swap(key, version, end(next), now, newId),
          touch: (key, touch) => store.touch(key, end(touch)),
          read: (key, now) => {
            const record = store.read(key, now);
            return record && shown(record);
          },
        };
      },
      [
        'expiry: a later end counts from when it is written, an earlier one too',
        ...['read', 'swap', 'swap to another id', 'touch', 'delete', 'list'].map((verb) =>
          late > 0 ? notFound('an expired record', verb) : `expiry: in its last second a record is alive to ${verb}`,
        ),
        ...(late > 0 ? [] : ['expiry: in its last second a record is alive to exceptId']),
      ],
    ),
  ),
  broken(
    'a read that removes what it finds expired',
    (store) => ({
      read: (key, now) => {
        const record = store.read(key, now);
        if (!record) store.delete(key, 0);
        return record;
      },
    }),
    [
      'expiry: alive before the second in which it expires, by the clock of who asks, whatever others\u2019 said',
      notFound('an expired record', 'read'),
    ],
  ),
  broken(
    'an end at endsAt',
    (store) => ({
      read: (key, now) => {
        const record = store.read(key, now);
        return record && record.endsAt > now ? record : undefined;
      },
    }),
    ['expiry: endsAt is kept, and ends nothing'],
  ),
  broken(
    'times of 32 bits',
    (store) => ({
      create: (key, record, now) => store.create(key, { ...record, expiresAt: record.expiresAt | 0 }, now),
    }),
    ['expiry: times beyond 2038 and in the year 9999 are times'],
  ),
];
