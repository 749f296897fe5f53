import { type Broken, bothOf, broken, notFound, renaming, withCopy } from './broken.ts';

export const brokenCreates: readonly Broken[] = [
  broken(
    'a create that overwrites',
    (store) => ({
      create: (key, record, now) => {
        store.delete(key, now);
        return store.create(key, record, now);
      },
    }),
    [
      'create: an id that is taken is false, and the record stays, whoever asks',
      'create: an id that is taken is false in the last second of its record, too',
      ...bothOf('create: of many who claim one id, one gets it'),
    ],
  ),
  broken(
    'a create that refuses what is dead at once',
    (store) => ({
      create: (key, record, now) =>
        record.expiresAt > now && record.epoch >= store.epoch({ ...key, subject: record.subject })
          ? store.create(key, record, now)
          : false,
    }),
    [
      'create: a record that is dead at once succeeds, is not found, and is in nobody\u2019s way',
      'create: an epoch that the subject has gone on from succeeds, so that nobody takes it for an id that is taken',
      ...bothOf('endAll against sign-ins that began before it: none lives'),
    ],
  ),
  broken(
    'a create that takes an id for good',
    (store) => {
      const taken = new Set<string>();
      return {
        create: (key, record, now) => {
          if (taken.has(JSON.stringify(key))) return false;
          taken.add(JSON.stringify(key));
          return store.create(key, record, now);
        },
      };
    },
    [
      'create: over an expired record of another subject: nothing is left of it',
      'create: over an ended record, and over a deleted one',
      'list: a record that was created over a dead one is in it once, at its new place',
    ],
  ),
  broken(
    'a create that goes by the clock for createdAt',
    (store) => ({
      create: (key, record, now) => store.create(key, { ...record, createdAt: now }, now),
    }),
    [
      'create: every member comes back; it was last used when it was created, and its version is 1',
      'list: the newest first, each with all that read shows, and its id',
    ],
  ),
  broken(
    'a create in the epoch of now',
    (store) => ({
      create: (key, record, now) => {
        const epoch = store.epoch({ ...key, subject: record.subject });
        return store.create(key, { ...record, epoch }, now);
      },
    }),
    [
      ...['read', 'swap', 'swap to another id', 'touch', 'delete', 'list'].map((verb) =>
        notFound('a record of an epoch that was over when it came', verb),
      ),
      ...bothOf('endAll against sign-ins that began before it: none lives'),
      'delete: the last record of a subject takes nothing with it that ended before',
    ],
  ),
  broken('a read from a copy that lags behind', withCopy('read', 'swap'), [
    'read: finds what is newest, asked for it or not',
    'swap: replaces usedAt, expiresAt and data, counts the version up, and leaves the rest',
    notFound('the id that a record moved from', 'read'),
  ]),
  broken(
    'a read that creates what it does not find',
    (store) => ({
      read: (key, now) => {
        const times = { createdAt: now, expiresAt: now + 100, endsAt: now + 100 };
        store.create(key, { subject: 'ada', epoch: 0, ...times, data: '' }, now);
        return store.read(key, now);
      },
    }),
    ['read', 'swap to another id', 'list'].map((verb) => notFound('a record that never was', verb)),
  ),
  broken('a read from a copy that hears of no deletion', withCopy('read', 'delete'), [
    notFound('a deleted record', 'read'),
    'delete: true once, whoever asks again and whenever',
  ]),
  broken(
    'one kind for all',
    renaming((_kind, partition, name) => ['', partition, name]),
    [
      'create: ids, subjects and epochs of another kind are others',
      ...['read', 'swap', 'swap to another id', 'touch', 'delete', 'list'].map((verb) =>
        notFound('a record of another kind', verb),
      ),
      'list: of that subject and kind alone, page by page',
      'exceptId: of a key of ada spares no session of ada and leaves that one as it is',
    ],
  ),
  broken(
    'one partition for all',
    renaming((kind, _partition, name) => [kind, '', name]),
    ['read', 'swap', 'swap to another id', 'touch', 'delete'].map((verb) =>
      notFound('a record in another partition', verb),
    ),
  ),
];
