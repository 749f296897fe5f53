import type { Context } from '../core/context.ts';
import type { RecordKey, Store, StoreRecord, SubjectKey } from '../stores/contract.ts';
import type { ApiKeyFormat } from './api-key-format.ts';
import { type ApiKey, type ApiKeyDetails, apiKeyOf, decodeApiKey, encodeApiKey } from './api-key-record.ts';
import type { IssuedApiKey } from './api-key-types.ts';
import { makeApiKey, partitionOf } from './make-api-key.ts';

/** Far beyond every clock, and of ten digits. */
const NEVER = 9_999_999_999;

/** A key that is good, as it was read. */
interface HeldApiKey {
  readonly record: StoreRecord;
  readonly details: ApiKeyDetails;
}

/** Keeps keys in a store: what is read and written in which order, whatever a key means. */
export interface ApiKeyKeeper<D> {
  ownerOf(subject: string): SubjectKey;
  keyOf(subject: string, id: string): RecordKey;
  /** A subject's key, also one that has ended. Never from a cache: its owner looks at what was just changed. */
  read(subject: string, id: string, context: Context): Promise<StoreRecord | undefined>;
  /** A key that is neither revoked nor expired. */
  find(subject: string, id: string, context: Context): Promise<HeldApiKey | undefined>;
  /** Adds a key, under an id of its own making. */
  insert(
    subject: string,
    details: Omit<ApiKeyDetails, 'hash' | 'last'>,
    epoch: number,
    context: Context,
  ): Promise<IssuedApiKey<D>>;
  /** Changes a key as it was read. @returns `false` where somebody was faster. */
  replace(id: string, held: HeldApiKey, details: ApiKeyDetails, context: Context): Promise<boolean>;
  /** Changes a key that is good, again if somebody was faster. */
  change(
    subject: string,
    id: string,
    next: (details: ApiKeyDetails) => ApiKeyDetails,
    context: Context,
  ): Promise<ApiKey<D> | undefined>;
}

/** @param keepEnded In seconds. */
export function apiKeyKeeper<D>(
  format: ApiKeyFormat,
  storeIn: (context: Context) => Store<'atomic' | 'consistent'>,
  keepEnded: number,
): ApiKeyKeeper<D> {
  const ownerOf: ApiKeyKeeper<D>['ownerOf'] = (subject) => ({
    kind: format.kind,
    subject,
    partition: partitionOf(subject),
  });
  const keyOf: ApiKeyKeeper<D>['keyOf'] = (subject, id) => ({
    kind: format.kind,
    partition: partitionOf(subject),
    id,
  });

  const read: ApiKeyKeeper<D>['read'] = async (subject, id, context) => {
    const record = await storeIn(context).read(keyOf(subject, id), Math.floor(context.now), { fresh: true });
    return record?.subject === subject ? record : undefined;
  };

  /** When the store may forget a key. */
  const endOf = ({ revokedAt, expiresAt }: Pick<ApiKeyDetails, 'revokedAt' | 'expiresAt'>): number =>
    Math.min((revokedAt || expiresAt || NEVER) + keepEnded, NEVER);

  const find: ApiKeyKeeper<D>['find'] = async (subject, id, context) => {
    const record = await read(subject, id, context);
    const details = record && decodeApiKey(record.data);
    const isGood = details && !details.revokedAt && (details.expiresAt || NEVER) > context.now;
    return isGood ? { record, details } : undefined;
  };

  const replace: ApiKeyKeeper<D>['replace'] = async (id, { record }, details, context) => {
    const next = { usedAt: record.usedAt, expiresAt: endOf(details), data: encodeApiKey(details) };
    const key = keyOf(record.subject, id);
    return storeIn(context).swap(key, record.version, next, Math.floor(context.now));
  };

  return {
    ownerOf,
    keyOf,
    read,
    find,
    replace,

    async insert(subject, given, epoch, context) {
      const { key, parsed } = makeApiKey(format, subject, context);
      const details = { ...given, hash: parsed.hash, last: key.slice(-4) };
      const createdAt = Math.floor(context.now);
      const times = { createdAt, expiresAt: endOf(details), endsAt: NEVER };
      const record = { subject, epoch, ...times, data: encodeApiKey(details) };
      // An id that is taken is somebody else's key: never written over, never handed out.
      if (!(await storeIn(context).create(keyOf(subject, parsed.id), record, createdAt))) {
        throw new Error('api key: taken');
      }
      return { key, record: apiKeyOf<D>(parsed.id, { ...record, usedAt: createdAt }, details) };
    },

    async change(subject, id, next, context) {
      for (let tries = 9; tries--; ) {
        const held = await find(subject, id, context);
        if (!held) return undefined;
        const details = next(held.details);
        if (await replace(id, held, details, context)) return apiKeyOf<D>(id, held.record, details);
      }
      // Nine times somebody else was faster: the store says so of everyone, or is no place for this.
      throw new Error('api key: taken');
    },
  };
}
