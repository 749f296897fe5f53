import type { RecordKey, Store } from '../../../src/stores/contract.ts';
import { type AtOnce, type Broken, bothOf, broken } from './broken.ts';

const CREATE = bothOf('create: of many who claim one id, one gets it');
const TOUCH = bothOf('touch: of many with one ifBefore, one writes');
const TOUCHES = bothOf('touch: many of them make no swap fail, and undo none');
const LATEST = bothOf('touch: whoever comes last, usedAt and expiresAt are the latest that were written');
const SWAP = bothOf('swap: of many who have read one version, one writes, to whatever id');
const TARGET = bothOf('swap: of many records that want one id, one gets it, and the others stay');
const DELETE = bothOf('delete: of many who end a record, one is told so');
const LIST = bothOf('list: a record that moves on and on is in it once each time, and so is one that is used');
const END_ALL = bothOf('endAll: each of many raises the epoch by one');
const RENEWALS = bothOf('delete against renewals and changes: nothing comes back');
const ROTATION = bothOf('delete against a rotation: one of them wins');
const ROTATIONS = bothOf('endAll against renewals and rotations: nothing of before is left, by the old id or the new');
const BEFORE = bothOf('endAll against sign-ins that began before it: none lives');
const SIGN_INS = bothOf('endAll against sign-ins that ask for the epoch: those of the last one live, and no other');
const SIGN_OUT = bothOf('exceptId against that one\u2019s own sign-out: it does not come back');
const CHANGE = bothOf('exceptId against that one\u2019s renewal and change: both succeed, and nothing of them is lost');
const SPARED = bothOf(
  'exceptId against that one\u2019s rotation: it is spared by one of its ids, or ended; never both, never another',
);

/** Moves a record in two steps. */
const moveBy =
  (store: AtOnce, step: (write: (epoch: number) => void, remove: () => void) => Promise<void>) =>
  async (...[key, version, next, now, newId]: Parameters<Store['swap']>): Promise<boolean> => {
    if (newId === undefined || newId === key.id) return store.swap(key, version, next, now);
    const [record, target] = [store.read(key, now), { ...key, id: newId }];
    if (record?.version !== version || store.read(target, now)) return false;
    const write = (epoch: number) => {
      store.create(target, { ...record, ...next, epoch }, now);
      for (let count = 1; count <= version; count++) store.swap(target, count, next, now);
    };
    await step(write, () => store.delete(key, now));
    return true;
  };

/** Stores that are right while nobody else asks: they look, and then write. */
export const brokenSteps: readonly Broken[] = [
  broken(
    'a create that looks, then writes',
    (store, meanwhile) => ({
      create: async (key, record, now) => {
        if (store.read(key, now)) return false;
        await meanwhile();
        store.delete(key, now);
        return store.create(key, record, now);
      },
    }),
    CREATE,
  ),
  broken(
    'a swap that looks, then writes',
    (store, meanwhile) => ({
      swap: async (key, version, next, now, newId) => {
        if (store.read(key, now)?.version !== version) return false;
        await meanwhile();
        const record = store.read(key, now);
        return !!record && store.swap(key, record.version, next, now, newId);
      },
    }),
    SWAP,
  ),
  broken(
    'a swap that looks whether the new id is free, then writes',
    (store, meanwhile) => ({
      swap: async (key, version, next, now, newId = key.id) => {
        if (newId === key.id) return store.swap(key, version, next, now);
        if (store.read({ ...key, id: newId }, now)) return false;
        await meanwhile();
        store.delete({ ...key, id: newId }, now);
        return store.swap(key, version, next, now, newId);
      },
    }),
    TARGET,
  ),
  broken(
    'a swap that writes the new id, then deletes the old one',
    (store, meanwhile) => ({
      swap: moveBy(store, async (write, remove) => {
        write(0);
        await meanwhile();
        remove();
      }),
    }),
    [...LIST, ...ROTATION],
  ),
  broken(
    'a swap that deletes the old id, then writes the new one',
    (store, meanwhile) => ({
      swap: moveBy(store, async (write, remove) => {
        remove();
        await meanwhile();
        write(0);
      }),
    }),
    LIST,
  ),
  broken(
    'a swap that moves into the epoch of now',
    (store, meanwhile) => ({
      swap: async (...given) => {
        const [key, , , now] = given;
        const owner = { ...key, subject: store.read(key, now)?.subject ?? '' };
        return moveBy(store, async (write, remove) => {
          remove();
          await meanwhile();
          write(store.epoch(owner));
        })(...given);
      },
    }),
    ROTATIONS,
  ),
  broken(
    'a touch that looks, then writes',
    (store, meanwhile) => ({
      touch: async (key, { at, ifBefore, expiresAt }) => {
        const record = store.read(key, at);
        if (!record || record.usedAt > ifBefore || record.usedAt >= at) return false;
        await meanwhile();
        store.touch(key, { at, ifBefore: Number.MAX_SAFE_INTEGER, expiresAt });
        return true;
      },
    }),
    TOUCH,
  ),
  broken(
    'a touch that looks, then writes everything back',
    (store, meanwhile) => ({
      touch: async (key, touch) => {
        const record = store.read(key, touch.at);
        if (!record || record.usedAt > touch.ifBefore || record.usedAt >= touch.at) return false;
        await meanwhile();
        store.delete(key, touch.at);
        store.create(key, record, touch.at);
        return store.touch(key, touch);
      },
    }),
    [...RENEWALS, ...TOUCHES],
  ),
  broken(
    'a touch that writes one time, then the other',
    (store, meanwhile) => {
      const ends = new Map<string, number>();
      return {
        touch: async (key, touch) => {
          if (!store.touch(key, touch)) return false;
          await meanwhile();
          ends.set(key.id, touch.expiresAt);
          return true;
        },
        read: (key, now) => {
          const record = store.read(key, now);
          return record && { ...record, expiresAt: ends.get(key.id) ?? record.expiresAt };
        },
      };
    },
    LATEST,
  ),
  broken(
    'a delete that looks, then deletes',
    (store, meanwhile) => ({
      delete: async (key, now) => {
        if (!store.read(key, now)) return false;
        await meanwhile();
        store.delete(key, now);
        return true;
      },
    }),
    [...DELETE, ...ROTATION],
  ),
  broken(
    'an endAll that reads the epoch, then writes it',
    (store, meanwhile) => ({
      endAll: async (owner, now, exceptId) => {
        const epoch = store.epoch(owner) + 1;
        await meanwhile();
        if (store.epoch(owner) < epoch) store.endAll(owner, now, exceptId);
        return epoch;
      },
    }),
    END_ALL,
  ),
  broken(
    'an endAll that deletes one record after another',
    (store, meanwhile) => {
      const epochs = new Map<string, number>();
      return {
        epoch: ({ subject }) => epochs.get(subject) ?? 0,
        endAll: async (owner, now, exceptId) => {
          for (const { id } of store.list(owner, { limit: 1000 }, now).records) {
            await meanwhile();
            if (id !== exceptId) store.delete({ ...owner, id }, now);
          }
          const epoch = (epochs.get(owner.subject) ?? 0) + 1;
          epochs.set(owner.subject, epoch);
          return epoch;
        },
      };
    },
    [...BEFORE, ...ROTATIONS, ...SIGN_INS],
  ),
  broken(
    'an exceptId that is read, and written back when the others have ended',
    (store, meanwhile) => ({
      endAll: async (owner, now, exceptId) => {
        const key: RecordKey = { ...owner, id: exceptId ?? '' };
        const spared = exceptId === undefined ? undefined : store.read(key, now);
        await meanwhile();
        const epoch = store.endAll(owner, now);
        if (spared?.subject === owner.subject) store.create(key, { ...spared, epoch }, now);
        return epoch;
      },
    }),
    [...SIGN_OUT, ...CHANGE, ...SPARED],
  ),
];
