/**
 * Opaque tokens: random text that only the store knows the meaning of.
 *
 * @module countersign/opaque-tokens
 */

import { assertNoOthers } from '../core/assert-no-others.ts';
import { chain } from '../core/chain.ts';
import { encodeBase64url } from '../crypto/base64url.ts';
import { digest } from '../crypto/digest.ts';
import { assertWords } from '../http/assert-words.ts';
import { createContext } from '../runtime.ts';
import type { NewRecord, RecordKey } from '../stores/contract.ts';
import { storeOf } from '../stores/store-of.ts';
import { assertData } from './assert-data.ts';
import type { OpaqueToken, OpaqueTokens, OpaqueTokensOptions } from './opaque-token.ts';
import { ownerOf } from './owner-of.ts';

export type * from '../stores/contract.ts';
export type * from './opaque-token.ts';
export type * from './token-format.ts';

/**
 * Tokens of 256 random bits that are kept in a store, hashed: ended at once, one by one or all of a subject's by one write.
 *
 * A token is `prefix_`, 12 characters that say where its subject's records are kept, 43 of secret, and 6 of the SHA-256 of all
 * that, which tell typing errors and garbage from tokens without a look-up. The store gets the SHA-256: a leaked table opens
 * nothing. A good token costs one read.
 *
 * | token | result |
 * | --- | --- |
 * | does not begin with the prefix and `_` | `undefined`: another format's |
 * | else not of this form, or its checksum is wrong | `malformed` |
 * | the store has no such token: never issued, expired, or revoked | `invalid` |
 * | the store throws | it throws |
 *
 * What it does not do: look whether the subject still exists (revoke its tokens when it goes), check scopes, limit how many
 * tokens a subject has, or hide the subject from who has the token and guesses: those 12 characters are an unkeyed hash.
 *
 * @param options `store` at least. Two calls with one store and one prefix know the same tokens.
 * @returns A format for `bearer({ tokens })`, with what a token's life needs beside it.
 * @throws TypeError On a bad option; it names the option.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { bearer } from 'countersign/bearer';
 * import { memoryStore } from 'countersign/memory-store';
 * import { opaqueTokens } from 'countersign/opaque-tokens';
 *
 * const tokens = opaqueTokens<{ name: string }>({ store: memoryStore(), prefix: 'acme' });
 * const api = protect(bearer({ tokens }), (_request, { principal }) => new Response(principal.data.name));
 *
 * // Where ada asks for one: `token` is shown to her this once, `record` whenever she looks.
 * const { token, record } = await tokens.issue({
 *   subject: 'ada',
 *   scopes: ['files:read'],
 *   expiresIn: 90 * 86_400,
 *   data: { name: 'laptop' },
 * });
 *
 * const ask = () => api(new Request('https://api.example/', { headers: { authorization: `Bearer ${token}` } }));
 * console.log(await (await ask()).text()); // laptop
 * await tokens.revoke('ada', record.id);
 * console.log((await ask()).status); // 401
 * ```
 */
export function opaqueTokens<D = undefined>({
  store,
  prefix = 'token',
  expiresIn: usual = 3600,
  maxDataBytes = 1024,
  ...others
}: OpaqueTokensOptions): OpaqueTokens<D> {
  assertNoOthers(others);
  if (!/^[a-z][a-zA-Z\d]{0,15}$/.test(prefix)) throw new TypeError('prefix: [a-z][a-zA-Z\\d]{0,15}');
  assertExpiresIn(usual);
  const kind = `token.${prefix}`;
  const begin = `${prefix}_`;
  const length = begin.length + 61;
  const beginning = new RegExp(`^${begin}[\\w-]{12}`);
  const storeIn = storeOf(store);

  /**
   * What a token names in the store, if it can be one. Its checksum is how the hash of all before it begins, and its id the
   * whole hash. What the two tell, to whoever sees tokens or tables, leads nobody back from a hash to 256 random bits. Nor
   * need the checksum be compared in constant time: anybody can compute it, and it only saves a look-up.
   */
  const keyOf = (token: string): RecordKey | undefined => {
    // Whoever computes a checksum could else put any text before the store as a partition; what else is there is only hashed.
    if (token.length !== length || !beginning.test(token)) return undefined;
    const id = digest(token.slice(0, -6), 'base64url');
    return token.endsWith(id.slice(0, 6))
      ? { kind, partition: token.slice(begin.length, begin.length + 12), id }
      : undefined;
  };

  const epochOf: OpaqueTokens<D>['epoch'] = async (subject, context = createContext()) =>
    storeIn(context).epoch(ownerOf(kind, subject), { fresh: true });

  return {
    verify(token, context) {
      const key = keyOf(token);
      if (!key) return token.startsWith(begin) ? 'malformed' : undefined;
      // The context is the options: of it a store may look at `fresh`.
      return chain(storeIn(context).read(key, Math.floor(context.now), context), (record) => {
        if (!record) return 'invalid';
        const principal = tokenOf<D>(key.id, record);
        const { subject, scopes, expiresAt } = principal;
        return { principal, subject, scopes, expiresAt, credentialId: key.id, freshness: record.readAt };
      });
    },

    async issue(
      { subject, scopes = [], expiresIn = usual, epoch: given, data: value, ...more },
      context = createContext(),
    ) {
      assertNoOthers(more);
      if (!subject) throw new TypeError('subject: needed');
      assertExpiresIn(expiresIn);
      // A space or a line in one would make two of it, or data.
      if (scopes.length) assertWords('scopes', scopes);
      const data = [...scopes, JSON.stringify(value)].join('\n');
      assertData(data, maxDataBytes);
      const createdAt = Math.floor(context.now);
      const endsAt = createdAt + expiresIn;
      const epoch = given ?? (await epochOf(subject, context));
      const record = { subject, epoch, createdAt, expiresAt: endsAt, endsAt, data };
      const body = begin + ownerOf(kind, subject).partition + encodeBase64url(context.random(32));
      const token = body + digest(body, 'base64url').slice(0, 6);
      // Read as anybody's is: dice that give too little make no token.
      const key = keyOf(token);
      // An id that is taken is somebody else's token: never written over, never handed out.
      if (!key || !(await storeIn(context).create(key, record, createdAt))) throw new Error('opaque token: taken');
      return { token, record: tokenOf<D>(key.id, record) };
    },

    revoke: async (subject, id, context = createContext()) =>
      storeIn(context).delete({ ...ownerOf(kind, subject), id }, Math.floor(context.now)),

    async revokeToken(token, context = createContext()) {
      const key = keyOf(token);
      return !!key && storeIn(context).delete(key, Math.floor(context.now));
    },

    async revokeAll(subject, context = createContext()) {
      await storeIn(context).endAll(ownerOf(kind, subject), Math.floor(context.now));
    },

    async list(subject, { after, limit = 50 } = {}, context = createContext()) {
      const page = await storeIn(context).list(ownerOf(kind, subject), { after, limit }, Math.floor(context.now));
      return { tokens: page.records.map((record) => tokenOf<D>(record.id, record)), next: page.next };
    },

    epoch: epochOf,
  };
}

/** @throws TypeError Also on a number as text, which would be put behind the time, and not added. */
function assertExpiresIn(seconds: number): void {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 3650 * 86_400) {
    throw new TypeError('expiresIn: seconds to 10 years');
  }
}

/** A record's data is a line for each scope, then JSON, which has no line ends in it: of most tokens nothing is parsed. */
function tokenOf<D>(id: string, { subject, createdAt, expiresAt, data }: Omit<NewRecord, 'epoch'>): OpaqueToken<D> {
  const scopes: string[] = [];
  let from = 0;
  for (let end = data.indexOf('\n'); end >= 0; end = data.indexOf('\n', from)) {
    scopes.push(data.slice(from, end));
    from = end + 1;
  }
  const json = data.slice(from);
  return { id, subject, scopes, createdAt, expiresAt, data: json ? JSON.parse(json) : undefined };
}
