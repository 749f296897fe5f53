import type { Store } from './contract.ts';
import { denoKvAdvance } from './deno-kv-advance.ts';
import { type DenoKv, type DenoKvAtomic, untilUnchanged } from './deno-kv-client.ts';
import { denoKvList } from './deno-kv-list.ts';
import { DenoKvPartition, denoKvRecordOf } from './deno-kv-partition.ts';
import { keyPart } from './key-name.ts';

/** Each verb looks, and writes on the condition that what it looked at is still there. @param timeout In seconds. */
export function denoKvVerbs(kv: DenoKv, prefix: string, timeout: number): Omit<Store, 'capabilities'> {
  const baseOf = async (of: { readonly kind: string; readonly partition: string }) => [
    prefix,
    await keyPart(of.kind),
    await keyPart(of.partition),
  ];
  const partitionOf = async (of: { readonly kind: string; readonly partition: string }) =>
    new DenoKvPartition(kv, await baseOf(of));

  return {
    async create(key, { subject, epoch, createdAt, expiresAt, endsAt, data }, now) {
      const [partition, { id }] = [await partitionOf(key), key];
      const record = { id, subject, epoch, createdAt, usedAt: createdAt, expiresAt, endsAt, version: 1, data };
      return untilUnchanged(timeout, async () => {
        const [{ living, dead, check }] = (await partition.look(now, id)).found;
        if (living) return NO;
        const to = kv.atomic().check(check);
        await partition.drop(to, dead);
        await partition.put(to, record, now);
        return committed(to, true);
      });
    },

    async read(key, now) {
      const partition = await partitionOf(key);
      return untilUnchanged(timeout, async () => {
        const [{ living }] = (await partition.look(now, key.id)).found;
        if (!living) return { answer: undefined };
        const data = await partition.dataOf(living);
        return data === undefined ? undefined : { answer: denoKvRecordOf(living, data) };
      });
    },

    async swap(key, version, { usedAt, expiresAt, data }, now, newId = key.id) {
      const partition = await partitionOf(key);
      return untilUnchanged(timeout, async () => {
        const [from, target] = (await partition.look(now, key.id, newId)).found;
        const { living, check } = from;
        const moves = newId !== key.id;
        if (living?.version !== version || (moves && target.living)) return NO;
        const to = kv.atomic().check(check, target.check);
        await partition.drop(to, target.dead);
        await partition.drop(to, living);
        const next = { ...living, id: newId, usedAt, expiresAt, data, version: version + 1 };
        await partition.put(to, next, now);
        return committed(to, true);
      });
    },

    async touch(key, { at, ifBefore, expiresAt }) {
      const partition = await partitionOf(key);
      return untilUnchanged(timeout, async () => {
        const [{ living, check }] = (await partition.look(at, key.id)).found;
        if (!living || living.usedAt > ifBefore || living.usedAt >= at) return NO;
        const to = kv.atomic().check(check);
        await partition.keep(to, { ...living, usedAt: at, expiresAt: Math.max(living.expiresAt, expiresAt) }, at);
        return committed(to, true);
      });
    },

    async delete(key, now) {
      const partition = await partitionOf(key);
      return untilUnchanged(timeout, async () => {
        const [{ living, check }] = (await partition.look(now, key.id)).found;
        if (!living) return NO;
        const to = kv.atomic().check(check);
        await partition.drop(to, living);
        return committed(to, true);
      });
    },

    list: async (owner, page, now) => denoKvList(await partitionOf(owner), owner.subject, page, now, timeout),

    async endAll(owner, now, exceptId) {
      const partition = await partitionOf(owner);
      return untilUnchanged(timeout, async () => {
        const { epochs, found } = await partition.look(now, ...(exceptId === undefined ? [] : [exceptId]));
        const epoch = (epochs.of.get(owner.subject) ?? 0) + 1;
        const to = kv.atomic().check(epochs.check);
        to.set(epochs.check.key, new Map(epochs.of).set(owner.subject, epoch));
        for (const { living, check } of found) {
          if (living?.subject !== owner.subject) continue;
          await partition.keep(to.check(check), { ...living, epoch }, now);
        }
        return committed(to, epoch);
      });
    },

    async epoch(owner) {
      const { epochs } = await (await partitionOf(owner)).look(0);
      return epochs.of.get(owner.subject) ?? 0;
    },

    advance: async (key, step, now) =>
      denoKvAdvance(kv, [...(await baseOf(key)), 'counter', key.id], step, now, timeout),
  };
}

const NO = { answer: false };

async function committed<Answer>(to: DenoKvAtomic, answer: Answer): Promise<{ readonly answer: Answer } | undefined> {
  return (await to.commit()).ok ? { answer } : undefined;
}
