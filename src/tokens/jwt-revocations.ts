/**
 * Taking JSON Web Tokens back before they expire.
 *
 * @module countersign/jwt-revocations
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { chain, type MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import { digest } from '../crypto/digest.ts';
import type { JwtClaims } from '../jwt/claims.ts';
import { createContext } from '../runtime.ts';
import type { RecordKey } from '../stores/contract.ts';
import { type StoreOption, storeOf } from '../stores/store-of.ts';
import type { RevocationCheck } from './jwt.ts';

export type * from '../stores/contract.ts';

export interface JwtRevocationOptions {
  /** Where it is noted. On Workers a function: bindings arrive with the request. */
  readonly store: StoreOption<'atomic' | 'consistent'>;
  /** The longest that any token is good, in seconds: for so long it is remembered what `revokeAll` ended. Default one day. */
  readonly maxLifetime?: number | undefined;
}

export interface JwtRevocations extends RevocationCheck {
  /**
   * Takes one token back, at once and for as long as it would be good.
   *
   * @param claims Of the token: `iss`, `jti` and `exp`, as an acceptance's principal has them.
   * @returns `false` where it was taken back before.
   * @throws TypeError Where it has no `jti`: then only {@link revokeAll} reaches it. Where `exp` is left out.
   */
  revoke(claims: Pick<JwtClaims, 'iss' | 'jti' | 'exp'>, context?: Context): Promise<boolean>;
  /**
   * Takes back whatever this issuer has issued to this subject until now: by one entry, for a password change or "sign out
   * everywhere". A token without `iat` counts as issued before.
   *
   * @returns `before`: tokens of this second and earlier are gone. The one that replaces them is signed with `iat: before`, which
   *   is the next second; whoever checks it needs a `tolerance` of 1 at least.
   */
  revokeAll(claims: Pick<JwtClaims, 'iss' | 'sub'>, context?: Context): Promise<{ readonly before: number }>;
}

/** Beyond `exp` a token is good for as long as clocks may differ. */
const TOLERANCE = 300;

/**
 * Remembers which tokens were taken back, in a store: two look-ups for each request that shows a token. Entries are gone once the
 * tokens would have expired of themselves.
 *
 * @throws TypeError On a bad option.
 *
 * @example
 * ```ts
 * import { bearer } from 'countersign/bearer';
 * import { importSecret, jwt } from 'countersign/jwt';
 * import { jwtRevocations } from 'countersign/jwt-revocations';
 * import { memoryStore } from 'countersign/memory-store';
 *
 * const [issuer, audience] = ['https://id.example', 'https://api.example'];
 * const revocations = jwtRevocations({ store: memoryStore() });
 * const keys = importSecret('not a secret: an example of 32 bytes');
 * export const api = bearer({ tokens: jwt({ issuer, audience, keys, revocations }) });
 *
 * await revocations.revokeAll({ iss: issuer, sub: 'ada' });
 * ```
 */
export function jwtRevocations({ store, maxLifetime = 86_400, ...others }: JwtRevocationOptions): JwtRevocations {
  assertNoOthers(others);
  if (!Number.isInteger(maxLifetime) || maxLifetime < 1) throw new TypeError('maxLifetime: whole seconds');
  const storeIn = storeOf(store);
  // An issuer names its tokens and subjects, and no other issuer's. Length first: two pairs never make one text.
  const keyOf = (kind: string, iss: string, name: string): RecordKey => {
    const id = digest(`${iss.length} ${iss}${name}`, 'base64url');
    return { kind, id, partition: id.slice(0, 12) };
  };
  const recordOf = (now: number, expiresAt: number, data: string) => ({
    subject: '',
    epoch: 0,
    createdAt: now,
    expiresAt,
    endsAt: expiresAt,
    data,
  });

  return {
    of({ iss, jti, sub, iat = -Infinity }) {
      const token = jti === undefined ? undefined : keyOf('jwt.revoked', iss, jti);
      const subject = sub === undefined ? undefined : keyOf('jwt.revoked-before', iss, sub);
      return (context) => {
        const now = Math.floor(context.now);
        const read = (key: RecordKey | undefined): MaybePromise<{ readonly data: string } | undefined> =>
          key && storeIn(context).read(key, now, context);
        const [one, all] = [read(token), read(subject)];
        const judge = (revoked: unknown, before: { readonly data: string } | undefined): boolean =>
          !!revoked || iat < Number(before?.data ?? -Infinity);
        // Two that are under way are awaited together: of the second alone nobody would hear that it failed.
        return one && 'then' in one
          ? Promise.all([one, all]).then(([revoked, before]) => judge(revoked, before))
          : chain(all, (before) => judge(one, before));
      };
    },

    async revoke({ iss, jti, exp }, context = createContext()) {
      // Without an end the entry would be dead from the start, and the token alive.
      if (!jti || !(exp < Infinity)) throw new TypeError('jti, exp: needed');
      const now = Math.floor(context.now);
      return storeIn(context).create(
        keyOf('jwt.revoked', iss, jti),
        recordOf(now, Math.ceil(exp) + TOLERANCE, ''),
        now,
      );
    },

    async revokeAll({ iss, sub }, context = createContext()) {
      if (!sub) throw new TypeError('sub: needed');
      const key = keyOf('jwt.revoked-before', iss, sub);
      const now = Math.floor(context.now);
      const before = now + 1;
      const expiresAt = now + maxLifetime + TOLERANCE;
      for (let tries = 9; tries--; ) {
        const record = await storeIn(context).read(key, now, { fresh: true });
        // Whoever came later has said more.
        if (record && Number(record.data) >= before) return { before: Number(record.data) };
        const next = recordOf(now, expiresAt, `${before}`);
        const done = record
          ? await storeIn(context).swap(key, record.version, { ...next, usedAt: now }, now)
          : await storeIn(context).create(key, next, now);
        if (done) return { before };
      }
      throw new Error('revocation: taken');
    },
  };
}
