import type { StoreRecord } from './contract.ts';
import type { DenoKv, DenoKvAtomic, DenoKvCheck, DenoKvEntry, DenoKvKey } from './deno-kv-client.ts';
import { keyPart } from './key-name.ts';

/** A record as it is kept: by its id, and once more in its subject's list. Long data is in pieces, under a name of its own. */
export type DenoKvRecord = StoreRecord & { readonly id: string; readonly pieces?: DenoKvPieces | undefined };

interface DenoKvPieces {
  readonly name: string;
  readonly count: number;
}

/** What a key holds: alive, or dead, or nothing. */
export interface DenoKvFound {
  readonly living: DenoKvRecord | undefined;
  readonly dead: DenoKvRecord | undefined;
  readonly check: DenoKvCheck;
}

/** By subject. There is one in a partition, but for accidents. */
export interface DenoKvEpochs {
  readonly of: ReadonlyMap<string, number>;
  readonly check: DenoKvCheck;
}

/** In UTF-16 units: a value holds 64 kB, and a unit takes two bytes at most. */
const PIECE = 30_000;
/** `getMany` takes no more. */
const KEYS_AT_ONCE = 10;
/** Some clocks are behind. */
const DAY = 86_400;
/** Beyond it nothing needs to be swept. */
const FOR_EVER = 3e9;

/** One kind's records in one partition. What it writes, it adds to an operation that the caller commits. */
export class DenoKvPartition {
  readonly #kv: DenoKv;
  readonly #base: DenoKvKey;

  constructor(kv: DenoKv, base: DenoKvKey) {
    this.#kv = kv;
    this.#base = base;
  }

  /** The records of some ids and the epochs, all at one moment. */
  async look<Ids extends readonly string[]>(
    now: number,
    ...ids: Ids
  ): Promise<{ readonly epochs: DenoKvEpochs; readonly found: { readonly [Index in keyof Ids]: DenoKvFound } }> {
    const keys = [[...this.#base, 'epochs'], ...ids.map((id) => this.#recordKey(id))];
    const [first, ...entries] = await this.#kv.getMany(keys);
    const epochs = {
      of: (first?.value ?? new Map()) as ReadonlyMap<string, number>,
      check: { key: keys[0] as DenoKvKey, versionstamp: first?.versionstamp ?? null },
    };
    const found = entries.map(({ value, versionstamp }: DenoKvEntry, index): DenoKvFound => {
      const record = (value ?? undefined) as DenoKvRecord | undefined;
      const check = { key: keys[index + 1] as DenoKvKey, versionstamp };
      return isAlive(record, epochs, now)
        ? { living: record, dead: undefined, check }
        : { living: undefined, dead: record, check };
    });
    return { epochs, found: found as { readonly [Index in keyof Ids]: DenoKvFound } };
  }

  /** A subject's records from that place on, also dead ones. */
  async *listed(subject: string, createdAt: number, id: string, batchSize: number): AsyncIterable<DenoKvRecord> {
    const prefix = [...this.#base, 'list', await keyPart(subject)];
    // A NUL more is what comes next after it.
    const start = [...prefix, -createdAt, `${id}\0`];
    for await (const { value } of this.#kv.list({ prefix, start }, { batchSize })) yield value as DenoKvRecord;
  }

  /** A record's data; `undefined` where it has been written over since the record was read. */
  async dataOf({ data, pieces }: DenoKvRecord): Promise<string | undefined> {
    if (!pieces) return data;
    const keys = this.#pieceKeys(pieces);
    let text = '';
    for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
      const entries = await this.#kv.getMany(keys.slice(from, from + KEYS_AT_ONCE));
      for (const { value } of entries) {
        if (typeof value !== 'string') return undefined;
        text += value;
      }
    }
    return text;
  }

  /** Writes a record and its data. */
  async put(to: DenoKvAtomic, record: DenoKvRecord, now: number): Promise<void> {
    const { data, endsAt, expiresAt } = record;
    if (data.length <= PIECE) return this.keep(to, { ...record, pieces: undefined }, now);
    const pieces = { name: crypto.randomUUID(), count: Math.ceil(data.length / PIECE) };
    // To the record's limit, so that a touch need not write them.
    const expiry = expiryIn(Math.max(expiresAt, endsAt) - now);
    for (const [index, key] of this.#pieceKeys(pieces).entries()) {
      to.set(key, data.slice(index * PIECE, (index + 1) * PIECE), expiry);
    }
    return this.keep(to, { ...record, data: '', pieces }, now);
  }

  /** Writes a record whose data stays. */
  async keep(to: DenoKvAtomic, record: DenoKvRecord, now: number): Promise<void> {
    const expiry = expiryIn(record.expiresAt - now);
    to.set(this.#recordKey(record.id), record, expiry).set(await this.#listKey(record), record, expiry);
  }

  /** Takes a record away, all but what is written next. */
  async drop(from: DenoKvAtomic, record: DenoKvRecord | undefined): Promise<void> {
    if (!record) return;
    from.delete(this.#recordKey(record.id)).delete(await this.#listKey(record));
    this.dropData(from, record);
  }

  dropData(from: DenoKvAtomic, { pieces }: DenoKvRecord): void {
    if (pieces) for (const key of this.#pieceKeys(pieces)) from.delete(key);
  }

  #recordKey(id: string): DenoKvKey {
    return [...this.#base, 'record', id];
  }

  async #listKey({ subject, createdAt, id }: DenoKvRecord): Promise<DenoKvKey> {
    return [...this.#base, 'list', await keyPart(subject), -createdAt, id];
  }

  #pieceKeys({ name, count }: DenoKvPieces): readonly DenoKvKey[] {
    return Array.from({ length: count }, (_, index) => [...this.#base, 'data', name, index]);
  }
}

export function denoKvRecordOf(record: DenoKvRecord, data: string): StoreRecord {
  const { subject, epoch, createdAt, usedAt, expiresAt, endsAt, version } = record;
  return { subject, epoch, createdAt, usedAt, expiresAt, endsAt, version, data };
}

export function isAlive(record: DenoKvRecord | undefined, epochs: DenoKvEpochs, now: number): boolean {
  return !!record && record.expiresAt > now && record.epoch >= (epochs.of.get(record.subject) ?? 0);
}

/** Sweeps what has been dead for a day. */
export function expiryIn(seconds: number): { readonly expireIn?: number } {
  return seconds > FOR_EVER ? {} : { expireIn: (Math.max(seconds, 0) + DAY) * 1000 };
}
