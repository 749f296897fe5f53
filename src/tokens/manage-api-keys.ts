/**
 * The life of API keys: made, listed, renamed, rotated and revoked.
 *
 * @module countersign/manage-api-keys
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import type { Context } from '../core/context.ts';
import { constantTimeEqual } from '../crypto/constant-time-equal.ts';
import { assertWords } from '../http/assert-words.ts';
import { createContext } from '../runtime.ts';
import { apiKeyKeeper } from './api-key-keeper.ts';
import { type ApiKeyDetails, apiKeyOf, decodeApiKey } from './api-key-record.ts';
import type { ApiKeyManagement, ManageApiKeysOptions } from './api-key-types.ts';
import type { ApiKeys } from './api-keys.ts';
import { assertData } from './assert-data.ts';

export type { ApiKey } from './api-key-record.ts';
export type * from './api-key-types.ts';

const MAX_LIFETIME = 3650 * 86_400;

/**
 * Makes keys that `apiKeys` verifies, and ends them.
 *
 * What it does not do: ask who is calling, or limit how many keys a subject has. `apiKeyEndpoints` of
 * `countersign/api-key-endpoints` is a settings page's half of that.
 *
 * @param keys What verifies them.
 * @param options All of them may be left out.
 * @throws TypeError On a bad option; it names the option.
 *
 * @example
 * ```ts
 * import { apiKeys } from 'countersign/api-keys';
 * import { manageApiKeys } from 'countersign/manage-api-keys';
 * import { memoryStore } from 'countersign/memory-store';
 *
 * const keys = apiKeys({ store: memoryStore(), prefix: 'acme', environment: 'live' });
 * const manage = manageApiKeys(keys, { scopes: ['files:read', 'files:write'] });
 *
 * // `key` is shown to ada this once, `record` whenever she looks.
 * const { key, record } = await manage.create({ subject: 'ada', name: 'nightly export', scopes: ['files:read'] });
 * console.log(key.slice(0, 10)); // acme_live_
 * console.log((await manage.list('ada')).keys[0]?.name); // nightly export
 * console.log(!!(await manage.revoke('ada', record.id))); // true
 * ```
 */
export function manageApiKeys<D = undefined>(
  keys: ApiKeys<D>,
  {
    scopes: known,
    expiresIn: usual = 365 * 86_400,
    keepEnded = 30 * 86_400,
    maxDataBytes = 1024,
    ...others
  }: ManageApiKeysOptions = {},
): ApiKeyManagement<D> {
  assertNoOthers(others);
  if (!keys?.format) throw new TypeError('keys: what apiKeys() made');
  assertSeconds('keepEnded', keepEnded, 0);
  if (known) assertWords('scopes', known);
  lifetimeOf(usual);
  const { format, storeIn } = keys;
  const keeper = apiKeyKeeper<D>(format, storeIn, keepEnded);

  const detailsOf = (
    given: Partial<ApiKeyDetails>,
    value: unknown,
  ): Pick<ApiKeyDetails, 'name' | 'scopes' | 'json'> => {
    const { name = '', scopes = [] } = given;
    if (typeof name !== 'string' || !/^[^\p{Cc}\p{Cs}]{0,100}$/u.test(name)) {
      throw new TypeError('name: up to 100 characters, none of them a control character');
    }
    if (scopes.length || !Array.isArray(scopes)) assertWords('scopes', scopes);
    const unknown = known && scopes.find((each) => !known.includes(each));
    if (unknown) throw new TypeError(`scopes: ${unknown} is none of ${known.join(', ')}`);
    const json = given.json ?? JSON.stringify(value) ?? '';
    assertData(name + scopes.join(' ') + json, maxDataBytes);
    return { name, scopes, json };
  };

  const epochOf: ApiKeyManagement<D>['epoch'] = async (subject, context = createContext()) =>
    storeIn(context).epoch(keeper.ownerOf(subject), { fresh: true });

  const revoke: ApiKeyManagement<D>['revoke'] = async (subject, id, context = createContext()) => {
    const revokedAt = Math.floor(context.now);
    return keeper.change(subject, id, (details) => ({ ...details, revokedAt }), context);
  };

  return {
    async create({ subject, name, scopes, expiresIn = usual, epoch, data, ...more }, context = createContext()) {
      assertNoOthers(more);
      if (!subject) throw new TypeError('subject: needed');
      const details = detailsOf({ name, scopes } as Partial<ApiKeyDetails>, data);
      const expiresAt = expiryOf(expiresIn, context);
      return keeper.insert(
        subject,
        { ...details, expiresAt, revokedAt: 0, replacedBy: '' },
        epoch ?? (await epochOf(subject, context)),
        context,
      );
    },

    async get(subject, id, context = createContext()) {
      const record = await keeper.read(subject, id, context);
      return record && apiKeyOf<D>(id, record);
    },

    async list(subject, { after, limit = 50 } = {}, context = createContext()) {
      const page = await storeIn(context).list(keeper.ownerOf(subject), { after, limit }, Math.floor(context.now));
      return { keys: page.records.map((record) => apiKeyOf<D>(record.id, record)), next: page.next };
    },

    async update(subject, id, { name, scopes, expiresIn, data, ...more }, context = createContext()) {
      assertNoOthers(more);
      const expiresAt = expiresIn === undefined ? undefined : expiryOf(expiresIn, context);
      return keeper.change(
        subject,
        id,
        (details) => ({
          ...details,
          ...detailsOf(
            {
              name: name ?? details.name,
              scopes: scopes ?? details.scopes,
              ...(data === undefined && { json: details.json }),
            },
            data,
          ),
          expiresAt: expiresAt ?? details.expiresAt,
        }),
        context,
      );
    },

    async rotate(subject, id, { overlap = 7 * 86_400, expiresIn, ...more } = {}, context = createContext()) {
      assertNoOthers(more);
      assertSeconds('overlap', overlap, 0);
      const held = await keeper.find(subject, id, context);
      if (!held || held.details.replacedBy) return undefined;
      const { record, details } = held;
      // The new one first: a process that ends between leaves a key that nobody knows, and not a customer without one.
      const lifetime = details.expiresAt ? Math.min(details.expiresAt - record.createdAt, MAX_LIFETIME) : 'never';
      const expiresAt = expiryOf(expiresIn ?? lifetime, context);
      const issued = await keeper.insert(subject, { ...details, expiresAt }, record.epoch, context);
      const ends = Math.floor(context.now) + overlap;
      const old = { ...details, expiresAt: Math.min(details.expiresAt || ends, ends), replacedBy: issued.record.id };
      // Of two who rotate one key, one has the new one; of one who rotates and one who revokes too.
      if (await keeper.replace(id, held, old, context)) return issued;
      await storeIn(context).delete(keeper.keyOf(subject, issued.record.id), Math.floor(context.now));
      return undefined;
    },

    revoke,

    async revokeKey(text, context = createContext()) {
      const parsed = format.parse(text, context);
      if (typeof parsed !== 'object') return undefined;
      const { partition, id, hash } = parsed;
      const key = { kind: format.kind, partition, id };
      const record = await storeIn(context).read(key, Math.floor(context.now), { fresh: true });
      // Whoever has seen an id must not end what it names.
      if (!record || !constantTimeEqual(decodeApiKey(record.data).hash, hash)) return undefined;
      return revoke(record.subject, id, context);
    },

    async revokeAll(subject, context = createContext()) {
      await storeIn(context).endAll(keeper.ownerOf(subject), Math.floor(context.now));
    },

    epoch: epochOf,
  };
}

function expiryOf(expiresIn: number | 'never', { now }: Context): number {
  const lifetime = lifetimeOf(expiresIn);
  return lifetime && Math.floor(now) + lifetime;
}

/** 0: none. */
function lifetimeOf(expiresIn: number | 'never'): number {
  if (expiresIn === 'never') return 0;
  assertSeconds('expiresIn', expiresIn, 1);
  return expiresIn;
}

/** @throws TypeError Also on a number as text, which would be put behind the time, and not added. */
function assertSeconds(option: string, seconds: number, min: number): void {
  if (!Number.isInteger(seconds) || seconds < min || seconds > MAX_LIFETIME) {
    throw new TypeError(`${option}: whole seconds, ${min} to ${MAX_LIFETIME} (10 years)`);
  }
}
