import { chain } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import { encodeBase64url } from '../crypto/base64url.ts';
import { constantTimeEqual } from '../crypto/constant-time-equal.ts';
import { digest } from '../crypto/digest.ts';
import { hmacSha256 } from '../crypto/hmac-sha256.ts';
import { keyring, type Secret } from '../crypto/keyring.ts';
import type { RecordChange, RecordKey, Store } from '../stores/contract.ts';
import type { CookieJar } from './cookie-jar.ts';
import { decodeDetails, encodeDetails } from './details.ts';
import { type Keeper, type Kept, kept, ownerOf, secondsOf, sessionOf } from './keeper.ts';
import type { Details, Session } from './types.ts';

/**
 * The cookie of a stored session, all of it base64url characters:
 *
 * ```text
 * partition 12 | secret 32 (192 bits) | absolute end 7 (base 36) | HMAC-SHA-256 of what is before it 43
 * ```
 *
 * The store sees the partition, and SHA-256 of partition and secret.
 */
const LENGTH = 94;

export interface StoredClaim {
  readonly key: RecordKey;
  /** Partition and secret, where the cookie is of another key or name than the present. */
  readonly stale: string | false;
}

/**
 * Keeps sessions in a store. A browser's cookie opens nothing without the key, a leaked table nothing without the cookie.
 *
 * @param idle In seconds.
 */
export function storedKeeper(
  scheme: string,
  secret: Secret | ((context: Context) => Secret),
  store: (context: Context) => Store<'atomic' | 'consistent'>,
  jar: CookieJar,
  idle: number,
  maxDataBytes: number,
): Keeper<StoredClaim> {
  const macs = keyring(secret, `stored session ${scheme}`, hmacSha256);
  const keyOf = (token: string): RecordKey => ({
    kind: scheme,
    partition: token.slice(0, 12),
    id: digest(token, 'base64url'),
  });
  const newToken = (subject: string, context: Context): string =>
    ownerOf(scheme, subject).partition + encodeBase64url(context.random(24));
  const expiryOf = (own: number | undefined, endsAt: number, context: Context): number =>
    Math.min(secondsOf(context) + (own ?? idle), endsAt);
  const used = (details: Details, endsAt: number, context: Context): RecordChange => ({
    usedAt: secondsOf(context),
    expiresAt: expiryOf(details.idle, endsAt, context),
    data: encodeDetails(details, maxDataBytes),
  });

  const withCookie = (session: Session<unknown>, token: string | false, context: Context): Kept => {
    if (!token) return kept(session, []);
    const signed = token + session.endsAt.toString(36).padStart(7, '0');
    const maxAge = session.persistent ? session.endsAt - secondsOf(context) : undefined;
    return kept(session, jar.write(signed + macs(context)[0](signed), maxAge));
  };

  return {
    open(value, age, context) {
      if (value.length !== LENGTH) return 'malformed';
      const signed = value.slice(0, 51);
      // Before the store is asked, so that garbage and forgeries cost no look-up.
      const index = macs(context).findIndex((mac) => constantTimeEqual(value.slice(51), mac(signed)));
      if (index < 0) return 'invalid';
      if (parseInt(signed.slice(44), 36) <= context.now) return 'expired';
      const token = signed.slice(0, 44);
      return { key: keyOf(token), stale: index + age > 0 && token };
    },

    read({ key }, context) {
      return chain(
        // The context is the options: of it a store may look at `fresh`.
        store(context).read(key, secondsOf(context), context),
        (record) => record && sessionOf(key.id, record),
      );
    },

    renew(session, { key, stale }, context) {
      const token = context.deliverable !== false && stale;
      const at = secondsOf(context);
      const ifBefore = Math.floor(at - (session.idle ?? idle) / 2);
      if (session.usedAt > ifBefore) return withCookie(session, token, context);
      const expiresAt = expiryOf(session.idle, session.endsAt, context);
      return chain(store(context).touch(key, { at, ifBefore, expiresAt }), () =>
        withCookie({ ...session, usedAt: at, expiresAt }, token, context),
      );
    },

    async insert(given, details, context) {
      const token = newToken(given.subject, context);
      const key = keyOf(token);
      const record = { ...given, ...used(details, given.endsAt, context) };
      // An id that is taken is somebody else's session: never written over, never handed out.
      if (!(await store(context).create(key, record, record.usedAt))) throw new Error('session: taken');
      return withCookie(sessionOf(key.id, record, details), token, context);
    },

    async replace({ subject, id }, change, rotate, context) {
      const key = { ...ownerOf(scheme, subject), id };
      for (let tries = 9; tries--; ) {
        const record = await store(context).read(key, secondsOf(context), { fresh: true });
        if (!record) return undefined;
        const token = rotate && newToken(subject, context);
        const newId = token ? keyOf(token).id : id;
        const details = { ...(decodeDetails(record.data) as Details), ...change };
        const next = used(details, record.endsAt, context);
        if (await store(context).swap(key, record.version, next, next.usedAt, newId)) {
          return withCookie(sessionOf(newId, { ...record, ...next }, details), token, context);
        }
      }
      // Nine times somebody else was faster: the store says so of everyone, or is no place for this.
      throw new Error('session: taken');
    },

    end: ({ key }, context) => store(context).delete(key, secondsOf(context)),
  };
}
