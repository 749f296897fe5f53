import type { StoreRecord } from './contract.ts';
import { keyName } from './key-name.ts';

/** What is called of a KV binding, such as `env.FLAGS`. */
export interface KvBinding {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, options: { readonly expirationTtl?: number }): Promise<void>;
  delete(key: string): Promise<void>;
  list(options: { readonly prefix: string; readonly cursor: string | null }): Promise<KvKeys>;
}

export interface KvKeys {
  readonly keys: readonly { readonly name: string }[];
  readonly list_complete: boolean;
  readonly cursor?: string;
}

/** A record as it is kept. Its key may have a hash in place of the id. */
export type KvRecord = StoreRecord & { readonly id: string };

/** By subject. */
type KvEpochs = ReadonlyMap<string, number>;

/** One kind's records in one partition. */
export interface KvPartition {
  find(id: string, now: number): Promise<KvRecord | undefined>;
  /** The same by what the record's key ends with, and by epochs that have been read. */
  findNamed(name: string, now: number, ended: KvEpochs): Promise<KvRecord | undefined>;
  /** Writes a record that is in its subject's list. */
  keep(record: KvRecord, now: number): Promise<void>;
  /** Adds one to the list, too. */
  put(record: KvRecord, now: number): Promise<unknown>;
  drop(record: KvRecord): Promise<unknown>;
  epochs(): Promise<KvEpochs>;
  putEpochs(epochs: KvEpochs): Promise<void>;
  /** Of a subject's records, also of dead ones: positions and names, in order. */
  listed(subject: string): Promise<readonly (readonly [position: string, name: string])[]>;
}

/** Some clocks are behind. KV takes no less than a minute. */
const DAY = 86_400;
/** Beyond it nothing needs to be swept. */
const FOR_EVER = 3e9;

/** Keys: `r` for records, `s` for a subject's list of them, `e` for the epochs of all subjects (there is one, but for accidents). */
export async function kvPartition(
  namespace: KvBinding,
  prefix: string,
  kind: string,
  partition: string,
): Promise<KvPartition> {
  const base = `${prefix}:${await keyName(kind)}:${await keyName(partition)}`;
  const listOf = async (subject: string) => `${base}:s:${await keyName(subject)}:`;

  const epochs = async (): Promise<KvEpochs> => new Map(JSON.parse((await namespace.get(`${base}:e`)) ?? '[]'));

  const findNamed = async (
    name: string,
    now: number,
    ended: KvEpochs | Promise<KvEpochs>,
  ): Promise<KvRecord | undefined> => {
    const [text, epochOf] = await Promise.all([namespace.get(`${base}:r:${name}`), ended]);
    const record: KvRecord | undefined = text === null ? undefined : JSON.parse(text);
    return record && record.expiresAt > now && record.epoch >= (epochOf.get(record.subject) ?? 0) ? record : undefined;
  };

  const keep = async (record: KvRecord, now: number): Promise<void> =>
    namespace.put(`${base}:r:${await keyName(record.id)}`, JSON.stringify(record), sweptAfter(record.expiresAt - now));

  return {
    // Both at once, not one after the other: the epochs' key does not depend on the subject.
    find: async (id, now) => findNamed(await keyName(id), now, epochs()),
    findNamed,
    epochs,
    putEpochs: (changed) => namespace.put(`${base}:e`, JSON.stringify([...changed]), {}),

    keep,

    async put(record, now) {
      const key = `${await listOf(record.subject)}${kvPosition(record)}:${await keyName(record.id)}`;
      // To the record's limit, so that a touch is one write.
      const last = Math.max(record.expiresAt, record.endsAt);
      await Promise.all([keep(record, now), namespace.put(key, '', sweptAfter(last - now))]);
    },

    async drop(record) {
      const name = await keyName(record.id);
      await Promise.all([
        namespace.delete(`${base}:r:${name}`),
        namespace.delete(`${await listOf(record.subject)}${kvPosition(record)}:${name}`),
      ]);
    },

    async listed(subject) {
      const prefix = await listOf(subject);
      const names: (readonly [string, string])[] = [];
      let cursor: string | null = null;
      for (;;) {
        const page: KvKeys = await namespace.list({ prefix, cursor });
        for (const { name } of page.keys) {
          const [position = '', id = ''] = name.slice(prefix.length).split(':');
          names.push([position, id]);
        }
        if (page.list_complete || !page.cursor) return names;
        cursor = page.cursor;
      }
    },
  };
}

function sweptAfter(seconds: number): { readonly expirationTtl?: number } {
  return seconds > FOR_EVER ? {} : { expirationTtl: Math.max(seconds, 0) + DAY };
}

/** Newest first. */
export function kvPosition({ createdAt }: KvRecord): string {
  return String(1e12 - createdAt).padStart(13, '0');
}
