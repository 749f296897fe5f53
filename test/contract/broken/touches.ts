import type { NewRecord, Store } from '../../../src/stores/contract.ts';
import { type AtOnce, type Broken, bothOf, broken, DEAD, notFound } from './broken.ts';

/** Knows the last record that was created under each id, whatever became of it. */
function remembering(store: AtOnce): readonly [Map<string, NewRecord>, Pick<Store, 'create'>] {
  const created = new Map<string, NewRecord>();
  const create: Store['create'] = (key, record, now) => {
    const done = store.create(key, record, now);
    if (done) created.set(key.id, record);
    return done;
  };
  return [created, { create }];
}

export const brokenTouches: readonly Broken[] = [
  broken(
    'a touch that brings back',
    (store) => {
      const [created, verbs] = remembering(store);
      return {
        ...verbs,
        touch: (key, touch) => {
          const record = created.get(key.id);
          if (!record || store.read(key, touch.at)) return store.touch(key, touch);
          const epoch = store.epoch({ ...key, ...record });
          return store.create(key, { ...record, expiresAt: touch.expiresAt, epoch }, touch.at);
        },
      };
    },
    [
      ...[...DEAD, 'the id that a record moved from'].map((what) => notFound(what, 'touch')),
      ...bothOf('delete against renewals and changes: nothing comes back'),
      ...bothOf('endAll against renewals and rotations: nothing of before is left, by the old id or the new'),
    ],
  ),
  broken(
    'a touch that creates',
    (store) => ({
      touch: (key, touch) => {
        if (store.read(key, touch.at)) return store.touch(key, touch);
        const record = { subject: 'ada', epoch: 0, createdAt: touch.at, endsAt: touch.expiresAt, data: '' };
        return store.create(key, { ...record, expiresAt: touch.expiresAt }, touch.at);
      },
    }),
    ['a record that never was', 'a deleted record', 'a record of another kind'].map((what) => notFound(what, 'touch')),
  ),
  broken(
    'a touch that counts the version up',
    (store) => ({
      touch: (key, touch) => {
        if (!store.touch(key, touch)) return false;
        const record = store.read(key, touch.at);
        return !!record && store.swap(key, record.version, record, touch.at);
      },
    }),
    [
      'touch: moves usedAt and expiresAt forward, and leaves the rest, above all the version',
      'touch: a swap of the version from before it succeeds',
      ...bothOf('touch: many of them make no swap fail, and undo none'),
    ],
  ),
  broken(
    'a touch before ifBefore alone',
    (store) => ({ touch: (key, touch) => store.touch(key, { ...touch, ifBefore: touch.ifBefore - 1 }) }),
    ['touch: last touched at ifBefore writes, one second later does not'],
  ),
  broken(
    'a touch whenever',
    (store) => ({ touch: (key, touch) => store.touch(key, { ...touch, ifBefore: Number.MAX_SAFE_INTEGER }) }),
    [
      'touch: last touched at ifBefore writes, one second later does not',
      ...bothOf('touch: of many with one ifBefore, one writes'),
    ],
  ),
  broken(
    'a touch that writes what it is given',
    (store) => ({
      touch: (key, { at, ifBefore, expiresAt }) => {
        const record = store.read(key, at);
        if (!record || record.usedAt > ifBefore) return false;
        // Without a swap, which would count the version up.
        store.delete(key, at);
        store.create(key, { ...record, createdAt: at, expiresAt }, at);
        return true;
      },
    }),
    [
      'touch: usedAt never goes back: a clock behind writes nothing',
      'touch: expiresAt never goes back: an earlier one stays where it was',
      'touch: of two with one ifBefore, the first writes; also where it lies ahead',
      'touch: is no step in the list, which goes by creation',
    ],
  ),
  broken(
    'a delete that is true for everyone',
    (store) => ({
      delete: (key, now) => {
        store.delete(key, now);
        return true;
      },
    }),
    [
      'delete: true once, whoever asks again and whenever',
      ...[...DEAD, 'a record that never was'].map((what) => notFound(what, 'delete')),
      ...bothOf('delete: of many who end a record, one is told so'),
    ],
  ),
  broken(
    'a delete that is true for no one',
    (store) => ({
      delete: (key, now) => {
        store.delete(key, now);
        return false;
      },
    }),
    [
      'delete: of a swapped record, whatever its version',
      'expiry: in its last second a record is alive to delete',
      ...bothOf('delete against a rotation: one of them wins'),
    ],
  ),
  broken(
    'a delete that ends all of its subject',
    (store) => ({
      delete: (key, now) => {
        const record = store.read(key, now);
        const done = store.delete(key, now);
        if (record) store.endAll({ ...key, subject: record.subject }, now);
        return done;
      },
    }),
    ['delete: ends that record alone, and no epoch'],
  ),
  broken(
    'a delete that forgets the epoch with the last record',
    (store) => {
      const gone = new Set<string>();
      return {
        delete: (key, now) => {
          const record = store.read(key, now);
          const done = store.delete(key, now);
          const { records } = store.list({ ...key, subject: record?.subject ?? '' }, { limit: 1 }, now);
          if (record && !records.length) gone.add(record.subject);
          return done;
        },
        epoch: (owner) => (gone.has(owner.subject) ? 0 : store.epoch(owner)),
      };
    },
    ['delete: the last record of a subject takes nothing with it that ended before'],
  ),
];
