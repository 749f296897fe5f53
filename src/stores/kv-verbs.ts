import type { Page, Store, StoreRecord } from './contract.ts';
import { type KvBinding, type KvRecord, kvPartition, kvPosition } from './kv-partition.ts';

/** What the store can do, each verb a look and then a write. */
export function kvVerbs(namespace: KvBinding, prefix: string): Omit<Store, 'capabilities' | 'advance'> {
  const partitionOf = ({ kind, partition }: { readonly kind: string; readonly partition: string }) =>
    kvPartition(namespace, prefix, kind, partition);

  return {
    async create(key, { subject, epoch, createdAt, expiresAt, endsAt, data }, now) {
      const [partition, { id }] = [await partitionOf(key), key];
      const record = { id, subject, epoch, createdAt, usedAt: createdAt, expiresAt, endsAt, version: 1, data };
      if (await partition.find(id, now)) return false;
      await partition.put(record, now);
      return true;
    },

    async read(key, now) {
      const found = await (await partitionOf(key)).find(key.id, now);
      return found && recordOf(found);
    },

    async swap(key, version, { usedAt, expiresAt, data }, now, newId = key.id) {
      const [partition, { id }] = [await partitionOf(key), key];
      const [held, taken] = await Promise.all([partition.find(id, now), newId !== id && partition.find(newId, now)]);
      if (held?.version !== version || taken) return false;
      const next = { ...held, id: newId, usedAt, expiresAt, data, version: version + 1 };
      if (newId === id) await partition.keep(next, now);
      else {
        await partition.put(next, now);
        await partition.drop(held);
      }
      return true;
    },

    async touch(key, { at, ifBefore, expiresAt }) {
      const partition = await partitionOf(key);
      const held = await partition.find(key.id, at);
      if (!held || held.usedAt > ifBefore || held.usedAt >= at) return false;
      await partition.keep({ ...held, usedAt: at, expiresAt: Math.max(held.expiresAt, expiresAt) }, at);
      return true;
    },

    async delete(key, now) {
      const partition = await partitionOf(key);
      const held = await partition.find(key.id, now);
      if (held) await partition.drop(held);
      return !!held;
    },

    async list(owner, { after = '', limit }, now): Promise<Page> {
      const partition = await partitionOf(owner);
      const [listed, ended] = await Promise.all([partition.listed(owner.subject), partition.epochs()]);
      const names = listed.filter(([position, name]) => `${position} ${name}` > after);
      const living: (readonly [KvRecord, next: string])[] = [];
      for (let from = 0; living.length <= limit && from < names.length; from += limit + 1) {
        const some = names.slice(from, from + limit + 1);
        const found = await Promise.all(some.map(([, name]) => partition.findNamed(name, now, ended)));
        for (const [index, [position, name]] of some.entries()) {
          const record = found[index];
          // One that was created over a dead one may be another's, or of another time.
          if (record?.subject !== owner.subject || kvPosition(record) !== position) continue;
          living.push([record, `${position} ${name}`]);
        }
      }
      const records = living.slice(0, limit).map(([record]) => ({ ...recordOf(record), id: record.id }));
      return { records, next: living.length > limit ? living[limit - 1]?.[1] : undefined };
    },

    async endAll(owner, now, exceptId) {
      const partition = await partitionOf(owner);
      const [epochs, spared] = await Promise.all([
        partition.epochs(),
        exceptId === undefined ? undefined : partition.find(exceptId, now),
      ]);
      const epoch = (epochs.get(owner.subject) ?? 0) + 1;
      // Before the others end: in between it must not be dead.
      if (spared?.subject === owner.subject) await partition.keep({ ...spared, epoch }, now);
      await partition.putEpochs(new Map(epochs).set(owner.subject, epoch));
      return epoch;
    },

    async epoch(owner) {
      const epochs = await (await partitionOf(owner)).epochs();
      return epochs.get(owner.subject) ?? 0;
    },
  };
}

function recordOf({ subject, epoch, createdAt, usedAt, expiresAt, endsAt, version, data }: KvRecord): StoreRecord {
  return { subject, epoch, createdAt, usedAt, expiresAt, endsAt, version, data };
}
