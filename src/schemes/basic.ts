/**
 * Basic (RFC 7617): a user name and a password with each request.
 *
 * @module countersign/basic
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import type { Authenticator } from '../core/authenticator.ts';
import { chain, type MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import { ABSENT, type Accepted, accept, reject, UNKNOWN_SCHEME } from '../core/outcome.ts';
import { constantTimeEqual } from '../crypto/constant-time-equal.ts';
import { digestText } from '../runtime.ts';
import { decodeUserPass } from './basic-user-pass.ts';

/**
 * What a user is known by; whatever else stands in it goes to the handler, but for the secrets. A plain object: of a class
 * instance the handler gets the own members alone, without getters and methods.
 */
export interface BasicUser {
  readonly username?: string;
  /** The password itself, where it is kept so: a secret of the environment for an internal tool. */
  readonly plaintextPassword?: string | null;
  /** What `passwords.verify` understands. */
  readonly passwordHash?: string | null;
}

/** Where users come from; see {@link BasicOptions.users}. */
export type BasicUsers<U extends BasicUser> =
  | readonly (U & { readonly username: string })[]
  | ReadonlyMap<string, U>
  | ((username: string, context: Context) => MaybePromise<U | null | undefined>);

/** How stored password hashes are verified. */
export interface PasswordVerifier {
  /** Whether a password (Unicode NFC) is the one that was hashed. A hash that can't be read is a throw: an outage. */
  verify(password: string, passwordHash: string): MaybePromise<boolean>;
  /**
   * A hash of no one's password, made with the parameters of the real ones. It is verified when the user is unknown, so
   * that the time of the answer does not tell who exists.
   */
  readonly decoyHash: string;
}

export interface BasicOptions<U extends BasicUser> {
  /** Names what is protected, for the person who is asked: printable ASCII, not empty. */
  readonly realm: string;
  /**
   * - a list: fixed, checked at construction;
   * - a map by user name: looked into at each request, so that a change counts at once;
   * - a function: asked at each request. No answer (`undefined`, `null`), or a user without a password, is "no such user",
   *   and ends access at once. A throw is an outage.
   *
   * User names come, and are compared, in Unicode NFC; so must the names of a map be. A name with a colon can't be sent
   * (RFC 7617 §2).
   */
  readonly users: BasicUsers<U>;
  /** With it users have a `passwordHash`, without it a `plaintextPassword`; the other is never looked at. */
  readonly passwords?: PasswordVerifier | undefined;
  /**
   * Refuse credentials that did not come over `https:`, as `request.url` says. That is what the client wrote, where it sends
   * an absolute URL, and behind a proxy that ends TLS every URL may say `http:`: a rule for the proxy is the surer one.
   * What was refused has been on the wire all the same: change that password.
   */
  readonly refuseCleartext?: boolean | undefined;
}

/** A user without the secrets, and with the name. */
export type BasicPrincipal<U extends BasicUser> = Omit<U, 'username' | 'plaintextPassword' | 'passwordHash'> & {
  readonly username: string;
};

/**
 * HTTP Basic authentication (RFC 7617).
 *
 * Explicit in order (a client chose to send it) and ambient for the cross-site check (a browser goes on sending it once a
 * person has typed it in): `curl -u` with a POST works, a form on another site doesn't.
 *
 * An unknown user costs what a known one costs: the same look-up, the same hash or verification, the same comparison.
 * What it does not do: limit guesses, and cache what an expensive `verify` said; each request verifies again.
 *
 * @param options `realm` and `users` at least.
 * @returns An authenticator of the scheme `basic`; the principal is the user without the secrets.
 * @throws TypeError On a bad option; it names the option, never a password.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { basic } from 'countersign/basic';
 *
 * const staff = basic({
 *   realm: 'Staff',
 *   users: [{ username: 'ada', plaintextPassword: 'correct horse', role: 'admin' }],
 * });
 *
 * export default {
 *   fetch: protect(staff, (_request, { principal }) => new Response(`${principal.username} is ${principal.role}`)),
 * };
 * ```
 */
export function basic<U extends BasicUser>({
  realm,
  users,
  passwords,
  refuseCleartext,
  ...others
}: BasicOptions<U>): Authenticator<Accepted<'basic', BasicPrincipal<U>>> {
  assertNoOthers(others);
  if (!/^[ -~]+$/.test(realm ?? '')) throw new TypeError('realm: needs ASCII');
  const find = finder(users, passwords ? 'passwordHash' : 'plaintextPassword');
  // What `formatChallenge` writes, without its care for characters that the realm can't have.
  const challenges = [`Basic realm="${realm.replace(/["\\]/g, '\\$&')}", charset="UTF-8"`];

  const verify = (password: string, entry: Entry<U>): MaybePromise<boolean> => {
    if (passwords) return passwords.verify(password, entry.secret || passwords.decoyHash);
    // Digests, so that the time of the comparison depends on neither text.
    return chain(entry.digest ?? digestText(entry.secret.normalize('NFC')), (expected) => {
      entry.digest = expected;
      return chain(digestText(password), (presented) => constantTimeEqual(expected, presented));
    });
  };

  return {
    schemes: ['basic'],
    carriers: [{ header: 'authorization', scheme: 'basic' }],
    authenticate(request, context) {
      const value = request.headers.get('authorization');
      if (value === null) return ABSENT;
      const match = /^basic( +|$)(.*)/is.exec(value);
      if (!match) return UNKNOWN_SCHEME;
      const userPass = decodeUserPass(match[2] as string);
      // Fetch joins two header lines by a comma, and "the first wins" would let whoever can add a line choose.
      if (!userPass) return reject('basic', 'malformed', { status: value.includes(',') ? 400 : 401 });
      if (refuseCleartext && !request.url.startsWith('https:')) return reject('basic', 'cleartext');
      const [username, password] = userPass;
      return chain(find(username, context), (entry) =>
        chain(verify(password, entry), (verified) =>
          // Verified before looking whether there is such a user: an early exit would tell who exists.
          verified === true && entry.secret
            ? accept('basic', entry.principal, { subject: entry.principal.username, ambient: true })
            : reject('basic', 'invalid'),
        ),
      );
    },
    // On a 403 too: another user may be allowed (RFC 9110 §11.6.1).
    challenge: () => challenges,
  };
}

/** A user, or nobody: then without a secret, which no password is. */
interface Entry<U extends BasicUser> {
  readonly secret: string;
  readonly principal: BasicPrincipal<U>;
  /** Of the secret, once it is known. Entries of a list last, so its passwords are hashed once; others are made each time. */
  digest?: string;
}

function finder<U extends BasicUser>(
  users: BasicUsers<U>,
  field: 'passwordHash' | 'plaintextPassword',
): (username: string, context: Context) => MaybePromise<Entry<U>> {
  const open = (username: string, user?: U | null): Entry<U> => {
    const { plaintextPassword, passwordHash, ...known } = { username, ...user };
    // Frozen: a list's principal is the same object in each request.
    return { secret: user?.[field] ?? '', principal: Object.freeze(known) as BasicPrincipal<U> };
  };
  if ('some' in users) {
    const entries = new Map(users.map((user) => [user.username.normalize('NFC'), open('', user)]));
    if (entries.size < users.length || users.some((user) => !user[field])) {
      throw new TypeError(`users: name twice or no ${field}`);
    }
    const nobody = open('');
    return (username) => entries.get(username) ?? nobody;
  }
  return (username, context) =>
    chain('get' in users ? users.get(username) : users(username, context), (user) => open(username, user));
}
