/**
 * Cookie sessions that are kept in a store.
 *
 * @module countersign/session
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { createContext } from '../runtime.ts';
import { cookieJar } from '../session/cookie-jar.ts';
import { createSessions } from '../session/create-sessions.ts';
import { lifetimeOf } from '../session/details.ts';
import { kept, ownerOf, secondsOf, sessionOf } from '../session/keeper.ts';
import { type StoredClaim, storedKeeper } from '../session/stored-keeper.ts';
import type { Session, SessionOptions, StoredSessions } from '../session/types.ts';
import { storeOf } from '../stores/store-of.ts';

export type { Secret } from '../crypto/keyring.ts';
export type * from '../session/types.ts';
export type * from '../stores/contract.ts';

/**
 * Cookie sessions that are kept in a store: ended at once by one write, everywhere.
 *
 * The cookie holds a random id of 192 bits, when the session ends at the latest, and an HMAC-SHA-256 of both; the store gets a
 * SHA-256 of the id. So a forged cookie costs no look-up, and a leaked table opens nothing. A valid request costs one read;
 * once in half of the idle time it costs one `touch` as well, and never a `Set-Cookie` but where a key or a name has changed.
 *
 * | cookie | outcome | cleared |
 * | --- | --- | --- |
 * | none of that name | absent | |
 * | not of this form | `malformed` | yes |
 * | signed with none of the keys | `invalid` | yes |
 * | past its absolute end | `expired` | yes |
 * | two of one name that are both good | `malformed` | no |
 * | the store has no such session (signed out, rotated, idle too long), or its subject is no longer | `revoked` | no |
 * | the store or `load` throws | 503 | no |
 *
 * What it does not do: limit how many sessions a subject has, check passwords, or look at the client's address.
 *
 * @param options `secret`, `store` and `load` at least.
 * @returns An authenticator of the scheme `session`, with what a session's life needs beside it.
 * @throws TypeError On a bad option; it names the option and never a secret. What a function of the context gives is looked
 *   at when it is called: a bad secret from there is an outage.
 *
 * @example
 * ```ts
 * import { optional, protect } from 'countersign';
 * import { visitor } from 'countersign/csrf';
 * import { memoryStore } from 'countersign/memory-store';
 * import { session } from 'countersign/session';
 *
 * const people = new Map([['ada', { name: 'Ada' }]]);
 * const sessions = session({
 *   secret: 'not a secret: an example of 32 bytes',
 *   store: memoryStore(),
 *   load: ({ subject }) => people.get(subject),
 * });
 *
 * // A route that has found the password to be right:
 * const signIn = protect(visitor, async (request) => {
 *   const issued = await sessions.issue(request, { subject: 'ada', persistent: true });
 *   return issued.applyTo(new Response(null, { status: 303, headers: { location: '/' } }));
 * });
 * const signOut = protect(optional(sessions), async (request) => {
 *   const ended = await sessions.signOut(request);
 *   return ended.applyTo(new Response(null, { status: 303, headers: { location: '/' } }));
 * });
 * const home = protect(sessions, (_request, { principal }) => new Response(`Hello, ${principal.name}`));
 *
 * const arrived = await signIn(new Request('https://app.example/sign-in', { method: 'POST' }));
 * const cookie = arrived.headers.getSetCookie()[0]?.split(';')[0] ?? '';
 * console.log(await (await home(new Request('https://app.example/', { headers: { cookie } }))).text()); // Hello, Ada
 * await signOut(new Request('https://app.example/sign-out', { method: 'POST', headers: { cookie } }));
 * console.log((await home(new Request('https://app.example/', { headers: { cookie } }))).status); // 401
 * ```
 */
export function session<P, D = undefined, const S extends string = 'session'>({
  scheme = 'session' as S,
  secret,
  store,
  load,
  lifetime,
  cookie,
  schema,
  maxDataBytes = 4096,
  ...others
}: SessionOptions<S, P, D>): StoredSessions<S, P, D> {
  assertNoOthers(others);
  if (!load) throw new TypeError('load: needed');
  const { idle } = lifetimeOf(lifetime);
  const jar = cookieJar(scheme, cookie);
  const storeIn = storeOf(store);
  const keeper = storedKeeper(scheme, secret, storeIn, jar, idle, maxDataBytes);
  return {
    ...createSessions<S, P, D, StoredClaim>(scheme, storeIn, jar, keeper, load, lifetime, schema),

    revoke: async (subject, id, context = createContext()) =>
      storeIn(context).delete({ ...ownerOf(scheme, subject), id }, secondsOf(context)),

    async revokeOthers(accepted, context = createContext()) {
      // If it has ended meanwhile it is not lifted into the new epoch, and stays ended.
      await storeIn(context).endAll(ownerOf(scheme, accepted.session.subject), secondsOf(context), accepted.session.id);
      return kept(accepted.session, []);
    },

    async list(subject, { after, limit = 50 } = {}, context = createContext()) {
      const { records, next } = await storeIn(context).list(
        ownerOf(scheme, subject),
        { after, limit },
        secondsOf(context),
      );
      const sessions = records.map((record) => sessionOf(record.id, record) as Session<D>);
      return { sessions, next };
    },
  };
}
