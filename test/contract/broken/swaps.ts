import { type Broken, bothOf, broken, DEAD, notFound } from './broken.ts';

export const brokenSwaps: readonly Broken[] = [
  broken(
    'a swap of any version',
    (store) => ({
      swap: (key, _version, next, now, newId) => {
        const record = store.read(key, now);
        return !!record && store.swap(key, record.version, next, now, newId);
      },
    }),
    [
      'swap: each counts the version up by one, and takes no other',
      'swap: another version moves nothing',
      'swap: a newId that is the old one is a swap without',
      ...bothOf('swap: of many who have read one version, one writes, to whatever id'),
    ],
  ),
  broken(
    'a swap that creates',
    (store) => ({
      swap: (key, version, next, now, newId = key.id) => {
        if (store.read(key, now)) return store.swap(key, version, next, now, newId);
        const record = { ...next, subject: 'ada', epoch: store.epoch({ ...key, subject: 'ada' }) };
        return store.create({ ...key, id: newId }, { ...record, createdAt: now, endsAt: next.expiresAt }, now);
      },
    }),
    [
      ...[...DEAD, 'a record that never was', 'the id that a record moved from'].map((what) => notFound(what, 'swap')),
      ...DEAD.map((what) => notFound(what, 'swap to another id')),
      ...bothOf('delete against renewals and changes: nothing comes back'),
    ],
  ),
  broken(
    'a swap that leaves usedAt',
    (store) => ({
      swap: (key, version, next, now, newId) => {
        const usedAt = store.read(key, now)?.usedAt ?? next.usedAt;
        return store.swap(key, version, { ...next, usedAt }, now, newId);
      },
    }),
    ['swap: replaces usedAt, expiresAt and data, counts the version up, and leaves the rest'],
  ),
  broken(
    'a move that takes the id of another',
    (store) => ({
      swap: (key, version, next, now, newId = key.id) => {
        if (newId !== key.id) store.delete({ ...key, id: newId }, now);
        return store.swap(key, version, next, now, newId);
      },
    }),
    [
      ...['ada', 'eve'].map((who) => `swap: a newId that a record of ${who} has is false, and nothing has changed`),
      ...bothOf('swap: of many records that want one id, one gets it, and the others stay'),
    ],
  ),
  broken(
    'a move that takes an id for taken whose record is dead',
    (store) => {
      const taken = new Set<string>();
      return {
        create: (key, record, now) => {
          taken.add(key.id);
          return store.create(key, record, now);
        },
        swap: (key, version, next, now, newId = key.id) =>
          (newId === key.id || !taken.has(newId)) && store.swap(key, version, next, now, newId),
      };
    },
    ['an expired record', 'an ended record', 'a deleted record'].map(
      (what) => `swap: a newId that ${what} had is free, and the move leaves nothing of that one`,
    ),
  ),
  broken(
    'a move that leaves the old id',
    (store) => ({
      swap: (key, version, next, now, newId = key.id) => {
        const record = store.read(key, now);
        const done = store.swap(key, version, next, now, newId);
        if (done && record && newId !== key.id) store.create(key, record, now);
        return done;
      },
    }),
    [
      'swap: a newId moves the record: its list shows the new one alone',
      ...['read', 'swap', 'swap to another id', 'touch', 'delete', 'list'].map((verb) =>
        notFound('the id that a record moved from', verb),
      ),
      'swap: what has moved is renewed, moved on and deleted by its new id; the old one is free',
      'exceptId: of a record that moved spares nothing and brings nothing back, and all the rest ends',
    ],
  ),
];
