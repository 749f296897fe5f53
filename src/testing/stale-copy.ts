import type { Page, PageRequest, RecordKey, StoreRecord, SubjectKey } from '../stores/contract.ts';
import type { StoreCall } from '../stores/each-verb.ts';

/** What a copy knows that hears of nothing any more. */
export interface StaleCopy {
  /** Keeps what the store answered, and passes it on. */
  keep(call: StoreCall, answer: unknown): unknown;
  /** The last answer to that question, as far as it is alive by the clock of who asks. */
  answer(call: StoreCall): unknown;
}

/** A copy of answers to `read`, `list` and `epoch`, by what was asked; not by when, nor whether it should be fresh. */
export function staleCopy(): StaleCopy {
  const records = new Map<string, StoreRecord>();
  const pages = new Map<string, Page>();
  const epochs = new Map<string, number>();
  const isAlive =
    (now: number) =>
    ({ expiresAt }: StoreRecord): boolean =>
      expiresAt > now;

  return {
    keep(call, answer) {
      const { verb } = call;
      const question = questionOf(call);
      if (verb === 'read' && answer) records.set(question, { ...(answer as StoreRecord) });
      else if (verb === 'read') records.delete(question);
      else if (verb === 'list') pages.set(question, answer as Page);
      else if (verb === 'epoch') epochs.set(question, answer as number);
      return answer;
    },

    answer(call) {
      const { verb, given } = call;
      const question = questionOf(call);
      if (verb === 'epoch') return epochs.get(question) ?? 0;
      if (verb === 'list') {
        const { records: all = [], next } = pages.get(question) ?? {};
        return { records: all.filter(isAlive(given[2] as number)).map((record) => ({ ...record })), next };
      }
      const record = records.get(question);
      return record && isAlive(given[1] as number)(record) ? { ...record } : undefined;
    },
  };
}

/** By the members that the contract names: a key may be handed in with more. */
function questionOf({ verb, given }: StoreCall): string {
  const { kind, partition, id, subject } = given[0] as RecordKey & SubjectKey;
  if (verb !== 'list') return JSON.stringify([kind, partition, verb === 'epoch' ? subject : id]);
  const { after, limit } = given[1] as PageRequest;
  return JSON.stringify([kind, partition, subject, after ?? null, limit]);
}
