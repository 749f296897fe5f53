/**
 * Cookie sessions that are kept in the cookie itself, encrypted.
 *
 * @module countersign/sealed-session
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { createContext } from '../runtime.ts';
import { cookieJar } from '../session/cookie-jar.ts';
import { createSessions } from '../session/create-sessions.ts';
import { lifetimeOf, MAX_LIFETIME } from '../session/details.ts';
import { ownerOf, secondsOf } from '../session/keeper.ts';
import { chunkSuffixes, type SealedClaim, sealedKeeper } from '../session/sealed-keeper.ts';
import type { CommonOptions, Issued, Sessions } from '../session/types.ts';
import { type StoreOption, storeOf } from '../stores/store-of.ts';

export type { Secret } from '../crypto/keyring.ts';
export type * from '../session/types.ts';
export type * from '../stores/contract.ts';

export interface SealedSessionOptions<S extends string, P, D> extends CommonOptions<S, P, D> {
  /**
   * Knows what has ended before its time: signed out, rotated, revoked, everything of a subject. Two look-ups a request, or
   * as rarely as `maxStaleness` says. There is no way without: a session that nobody can end is not one.
   */
  readonly store: StoreOption<'atomic' | 'consistent'>;
  /** For how long what the store said may be relied upon, in seconds. Default 0: it is asked in each request. */
  readonly maxStaleness?: number | undefined;
}

/**
 * Cookie sessions that are kept in the cookie itself, encrypted and authenticated (AES-256-GCM), in up to three cookies. For
 * where a store is far away: with `maxStaleness` most requests ask nobody.
 *
 * The same lifecycle as `session` of `countersign/session`, with these differences:
 *
 * - Idle time is in the cookie, so a renewal is a `Set-Cookie`, once in half of the idle time, and waits where none can be set.
 * - The store keeps what has ended: one entry for a session that ended before its time, until it would have ended of itself,
 *   and the subject's epoch. Within `maxStaleness` after the store was asked, a session that has ended is still let in, here
 *   and by whoever has a copy of the cookie: **signing out takes that long to be true everywhere**. A context with `fresh`
 *   asks in any case.
 * - There is no list, since nobody has one; `revoke` believes the id that it is given.
 * - `update` is a `Set-Cookie`; of two tabs that update at once the later answer stands.
 *
 * Not hidden: how long the data is, and that the browser has it. Under one key 2^32 cookies may be written (NIST SP 800-38D
 * §8.3): put a new secret in front of the old one before that.
 *
 * @param options `secret`, `store` and `load` at least.
 * @returns An authenticator of the scheme `session`, with what a session's life needs beside it.
 * @throws TypeError On a bad option; it names the option and never a secret.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { memoryStore } from 'countersign/memory-store';
 * import { sealedSession } from 'countersign/sealed-session';
 *
 * const sessions = sealedSession({
 *   secret: 'not a secret: an example of 32 bytes',
 *   store: memoryStore(),
 *   maxStaleness: 60,
 *   load: ({ subject }) => ({ name: subject }),
 * });
 * export default { fetch: protect(sessions, (_request, { principal }) => new Response(principal.name)) };
 * ```
 */
export function sealedSession<P, D = undefined, const S extends string = 'session'>({
  scheme = 'session' as S,
  secret,
  store,
  maxStaleness = 0,
  load,
  lifetime,
  cookie,
  schema,
  maxDataBytes = 4096,
  ...others
}: SealedSessionOptions<S, P, D>): Sessions<S, P, D> {
  assertNoOthers(others);
  if (!load) throw new TypeError('load: needed');
  const { idle } = lifetimeOf(lifetime);
  const jar = cookieJar(scheme, cookie, chunkSuffixes);
  const storeIn = storeOf(store);
  const names = [cookie?.name ?? `__Host-Http-${scheme}`, ...(cookie?.previous ?? []).map((each) => each.name)];
  const keeper = sealedKeeper(scheme, secret, storeIn, jar, names, idle, maxDataBytes, maxStaleness);
  return {
    ...createSessions<S, P, D, SealedClaim>(scheme, storeIn, jar, keeper, load, lifetime, schema),

    async revoke(subject, id, context = createContext()) {
      // When it would end of itself nobody here knows, but not later than that.
      const endsAt = secondsOf(context) + MAX_LIFETIME;
      return keeper.end({ session: { subject, id, endsAt } } as SealedClaim, context);
    },

    async revokeOthers({ session }, context = createContext()) {
      const epoch = await storeIn(context).endAll(ownerOf(scheme, session.subject), secondsOf(context));
      // An epoch that is not the next one: somebody else ended everything meanwhile, and this session with it.
      return epoch === session.epoch + 1
        ? (keeper.replace({ ...session, epoch }, {}, false, context) as Promise<Issued<D> | undefined>)
        : undefined;
    },
  };
}
