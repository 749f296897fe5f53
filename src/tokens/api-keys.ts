/**
 * API keys: nothing is read for garbage, nothing written for use.
 *
 * @module countersign/api-keys
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { chain } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import { constantTimeEqual } from '../crypto/constant-time-equal.ts';
import { digest } from '../crypto/digest.ts';
import { hmacSha256 } from '../crypto/hmac-sha256.ts';
import { keyring, type Secret } from '../crypto/keyring.ts';
import type { RecordKey, Store } from '../stores/contract.ts';
import { type StoreOption, storeOf } from '../stores/store-of.ts';
import { type ApiKeyFormat, apiKeyFormat, type Hash } from './api-key-format.ts';
import { type ApiKey, apiKeyOf, decodeApiKey } from './api-key-record.ts';
import type { TokenFormat } from './token-format.ts';

export type * from '../stores/contract.ts';
export type { ApiKey } from './api-key-record.ts';
export type * from './token-format.ts';

export interface ApiKeysOptions {
  /** Where they are kept. On Workers a function: bindings arrive with the request. */
  readonly store: StoreOption<'atomic' | 'consistent'>;
  /** What each key begins with, before `_`: an ASCII lower-case letter, then letters and digits, 16 at most. */
  readonly prefix: string;
  /**
   * What follows it, such as `live` or `test`, in the same letters. Keys of one environment are nothing to another, even in the
   * same store. Default: nothing.
   */
  readonly environment?: string | undefined;
  /**
   * Secrets by name (a lower-case letter), of at least 32 bytes each; the first makes keys, all of them verify. A key's checksum
   * and what the store has of it are then HMACs: forgeries are refused without a look-up, and whoever can write to the store can't
   * make a key. Each key says in its text which pepper it needs; without that one it is malformed. Default: none, SHA-256.
   */
  readonly pepper?: Readonly<Record<string, Secret | ((context: Context) => Secret)>> | undefined;
  /**
   * How often at most its last use is written down, in whole seconds; never, if 0. It is written beside the request: handed to
   * `waitUntil` where the platform has that. Default an hour.
   */
  readonly sampleUse?: number | undefined;
}

/** A format of keys for `apiKey` and `bearer`. */
export interface ApiKeys<D> extends TokenFormat<ApiKey<D>> {
  /** A regular expression that every key matches, for scanners of leaked secrets: `acme_live_[1][0-9A-Za-z]{73}`. */
  readonly pattern: string;
  /** How they are written: for `manageApiKeys`. */
  readonly format: ApiKeyFormat;
  /** Where they are kept: for `manageApiKeys`. */
  storeIn(context: Context): Store<'atomic' | 'consistent'>;
}

/**
 * Keys that an application's customers make for their programs. This is what verifies them; `manageApiKeys` of
 * `countersign/manage-api-keys` makes, lists, rotates and revokes them.
 *
 * A key is `prefix_environment_`, a version, 12 characters that say where its subject's records are kept, 12 that name it, 43 of
 * secret, and 6 that tell typing errors and garbage from keys without a look-up: letters and digits, so that a double click selects
 * it. The store gets SHA-256 or an HMAC of it: a leaked table opens nothing. A good key costs one read, and no write on the
 * request's path.
 *
 * | key | result |
 * | --- | --- |
 * | does not begin with prefix and environment, or is of another version | `undefined`: another format's |
 * | else not of this form, or its checksum is wrong | `malformed` |
 * | unknown: never made, ended with all of its subject's, or ended long ago | `invalid` |
 * | revoked; expired | `revoked`; `expired` |
 * | the store throws | it throws |
 *
 * What it does not do: look whether the subject still exists (revoke its keys when it goes), check scopes (`countersign/guards`),
 * limit how often a key is used (`countersign/limits`), or hide the subject from who has a key and guesses: those 12 characters are
 * an unkeyed hash.
 *
 * @param options `store` and `prefix` at least. Two calls with the same ones know the same keys.
 * @throws TypeError On a bad option; it names the option.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { apiKey } from 'countersign/api-key';
 * import { apiKeys } from 'countersign/api-keys';
 * import { manageApiKeys } from 'countersign/manage-api-keys';
 * import { memoryStore } from 'countersign/memory-store';
 *
 * const keys = apiKeys({ store: memoryStore(), prefix: 'acme', environment: 'live' });
 * const api = protect(apiKey({ keys }), (_request, { principal }) => new Response(principal.name));
 *
 * const { key } = await manageApiKeys(keys).create({ subject: 'ada', name: 'nightly export' });
 * const response = await api(new Request('https://api.example/', { headers: { 'x-api-key': key } }));
 * console.log(await response.text()); // nightly export
 * ```
 */
export function apiKeys<D = undefined>({
  store,
  prefix,
  environment,
  pepper,
  sampleUse = 3600,
  ...others
}: ApiKeysOptions): ApiKeys<D> {
  assertNoOthers(others);
  for (const [option, word] of Object.entries({ prefix, environment: environment ?? 'a' })) {
    if (typeof word !== 'string' || !/^[a-z][a-zA-Z\d]{0,15}$/.test(word)) {
      throw new TypeError(`${option}: a lower-case letter, then up to 15 letters and digits`);
    }
  }
  // Text is refused too: put behind the time, it would not be added.
  if (!Number.isInteger(sampleUse) || sampleUse < 0) throw new TypeError('sampleUse: whole seconds');
  const format = apiKeyFormat(`${prefix}_${environment ? `${environment}_` : ''}`, hashesOf(prefix, pepper));
  const storeIn = storeOf(store);

  const touch = async (key: RecordKey, expiresAt: number, at: number, context: Context): Promise<void> => {
    // Later, also where the store answers at once.
    await undefined;
    await storeIn(context).touch(key, { at, ifBefore: at - sampleUse, expiresAt });
  };

  return {
    pattern: format.pattern,
    format,
    storeIn,
    verify(text, context) {
      const parsed = format.parse(text, context);
      if (typeof parsed !== 'object') return parsed;
      const { partition, id, hash } = parsed;
      const key = { kind: format.kind, partition, id };
      const now = Math.floor(context.now);
      // The context is the options: of it a store may look at `fresh`.
      return chain(storeIn(context).read(key, now, context), (record) => {
        const details = record && decodeApiKey(record.data);
        // An id is no secret: whoever has seen one could put any secret behind it.
        if (!details || !constantTimeEqual(details.hash, hash)) return 'invalid';
        if (details.revokedAt) return 'revoked';
        if (details.expiresAt && details.expiresAt <= context.now) return 'expired';
        // Asked here: a promise for each request that writes nothing is a quarter of a microsecond.
        if (sampleUse && record.usedAt <= now - sampleUse) {
          // Not waited for, and not heard when it fails: a store that cannot write must not refuse who it can read.
          const done = touch(key, record.expiresAt, now, context).catch(() => {});
          context.waitUntil?.(done);
        }
        const principal = apiKeyOf<D>(id, record, details);
        const { subject, scopes, expiresAt } = principal;
        return { principal, subject, scopes, expiresAt, credentialId: id, freshness: record.readAt };
      });
    },
  };
}

/** By version: `1` without a pepper, else the pepper's name. */
function hashesOf(prefix: string, pepper: ApiKeysOptions['pepper']): ReadonlyMap<string, Hash> {
  if (!pepper) return new Map([['1', (text) => digest(text, 'base64url')]]);
  const hashes = new Map<string, Hash>();
  for (const [name, secret] of Object.entries(pepper)) {
    // Not a digit: JavaScript moves such a name before all others, and the first one makes keys.
    if (!/^[a-z]$/.test(name)) throw new TypeError('pepper: named by a lower-case letter');
    const macs = keyring(secret, `api key ${prefix} ${name}`, hmacSha256);
    hashes.set(name, (text, context) => macs(context)[0](text));
  }
  if (!hashes.size) throw new TypeError('pepper: needs one');
  return hashes;
}
