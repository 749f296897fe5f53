import type { RecordKey, StoreRecord } from './contract.ts';

/** A record as it was read: frozen, since everybody gets the same one. */
export type Copy = StoreRecord & { readonly readAt: number };

/** Remembers records, each under its id, and forgets the older ones first. */
export interface Copies {
  get(key: RecordKey): Copy | undefined;
  /** Unless a later one is there: of two reads the first may be the last to answer. */
  set(key: RecordKey, copy: Copy): void;
  delete(key: RecordKey): void;
}

interface Held {
  readonly kind: string;
  readonly partition: string;
  readonly copy: Copy;
}

/**
 * @param maxRecords How many it holds: half of it and more, once there were so many.
 * @param maxAge What is twice as old, in seconds, is let go of when another comes.
 */
export function copies(maxRecords: number, maxAge: number): Copies {
  // Two generations: when the younger is full or old, the older one goes, and a hit has nothing to write down.
  let young = new Map<string, Held>();
  let old = young;
  let bornAt = Number.NEGATIVE_INFINITY;

  const find = ({ kind, partition, id }: RecordKey): Copy | undefined => {
    const held = young.get(id) ?? old.get(id);
    // An id is the name of one record in each kind. Where two kinds have the same, the later one is remembered.
    return held?.kind === kind && held.partition === partition ? held.copy : undefined;
  };

  return {
    get: find,

    set(key, copy) {
      const { readAt } = copy;
      // Also where the clock was set back: nothing may wait for a time that was wrong.
      const isOld = readAt - bornAt >= maxAge || readAt < bornAt - maxAge;
      if (young.size >= maxRecords / 2 || isOld) {
        old = young;
        young = new Map();
        bornAt = readAt;
      }
      if ((find(key)?.readAt ?? readAt) <= readAt) {
        young.set(key.id, { kind: key.kind, partition: key.partition, copy });
      }
    },

    delete(key) {
      if (!find(key)) return;
      young.delete(key.id);
      old.delete(key.id);
    },
  };
}
