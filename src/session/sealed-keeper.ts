import { chain, type MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import type { RejectReason } from '../core/outcome.ts';
import { aesGcm } from '../crypto/aes-gcm.ts';
import { encodeBase64url } from '../crypto/base64url.ts';
import { keyring, type Secret } from '../crypto/keyring.ts';
import { readCookies } from '../http/cookie.ts';
import type { RecordKey, Store, SubjectKey } from '../stores/contract.ts';
import type { CookieJar } from './cookie-jar.ts';
import { encodeDetails } from './details.ts';
import { type Keeper, type Kept, kept, ownerOf, secondsOf, sessionOf } from './keeper.ts';
import type { Details, Session } from './types.ts';

export interface SealedClaim {
  readonly session: Session<unknown>;
  /** When the store last said that it is alive, in seconds since 1970. */
  readonly checkedAt: number;
  /** The cookie is of another key or name than the present. */
  readonly stale: boolean;
}

/**
 * A sealed text may be larger than a cookie: it goes into as many as four, `name`, `name.1` and so on. The first begins with
 * their number, each other with the first characters of the nonce, so that chunks of another text are told apart.
 */
const SUFFIXES = ['', '.1', '.2', '.3'];
const MARK = 8;
/** Of name and value together browsers take 4096; the rest is for the suffix and what begins a chunk. */
const CHUNK = 4080;

/** Names of chunks beside the first that a request shows. */
export function chunkSuffixes(header: string | null, name: string): readonly string[] {
  return SUFFIXES.filter((suffix) => !suffix || header?.includes(`${name}${suffix}=`));
}

/**
 * Keeps sessions in the browser, encrypted; the store knows only what has ended before its time.
 *
 * @param names Of the cookie: the present one, then the earlier ones.
 * @param idle In seconds.
 * @param maxStaleness For how long what the store said may be relied upon, in seconds.
 */
export function sealedKeeper(
  scheme: string,
  secret: Secret | ((context: Context) => Secret),
  store: (context: Context) => Store,
  jar: CookieJar,
  names: readonly [string, ...string[]],
  idle: number,
  maxDataBytes: number,
  maxStaleness: number,
): Keeper<SealedClaim> {
  const purpose = `sealed session ${scheme}`;
  const seals = keyring(secret, purpose, (key) => aesGcm(key, purpose));
  const newId = (context: Context): string => encodeBase64url(context.random(18));
  // A kind of its own: these records are of what has ended, and no epoch may end them.
  const endedKey = (owner: SubjectKey, id: string): RecordKey => ({ ...owner, kind: `${scheme}.ended`, id });

  const seal = async (payload: Payload, context: Context): Promise<Kept> => {
    const session = sessionFrom(payload, idle);
    const now = secondsOf(context);
    const text = JSON.stringify([...payload, now]);
    // For its bounds; what is sealed is the whole.
    encodeDetails(payload[0], maxDataBytes);
    const sealed = await seals(context)[0].seal(text, context.random(12));
    const maxAge = session.persistent ? session.endsAt - now : undefined;
    return kept(
      session,
      split(sealed, CHUNK - names[0].length).flatMap((chunk, index) => jar.write(chunk, maxAge, SUFFIXES[index])),
    );
  };

  const sealAgain = (from: Session<unknown>, context: Context): Promise<Kept> => {
    const { id, subject, epoch, createdAt, usedAt: _, expiresAt: __, endsAt, ...details } = from;
    return seal([details, id, subject, createdAt, secondsOf(context), endsAt, epoch], context);
  };

  const isAlive = async (session: Session<unknown>, context: Context, fresh = context.fresh): Promise<boolean> => {
    const owner = ownerOf(scheme, session.subject);
    const [epoch, ended] = await Promise.all([
      store(context).epoch(owner, { fresh }),
      store(context).read(endedKey(owner, session.id), secondsOf(context), { fresh }),
    ]);
    return session.epoch >= epoch && !ended;
  };

  const keeper: Keeper<SealedClaim> = {
    open(value, age, context, header) {
      const sealed = joined(value, names[age] as string, header);
      if (!sealed) return 'malformed';
      const tryKey = (index: number): MaybePromise<SealedClaim | RejectReason> => {
        const key = seals(context)[index];
        if (!key) return 'invalid';
        return chain(key.open(sealed), (text) => {
          if (text === undefined) return tryKey(index + 1);
          const payload = JSON.parse(text) as [...Payload, checkedAt: number];
          const session = sessionFrom(payload, idle);
          return session.expiresAt > context.now
            ? { session, checkedAt: payload[7], stale: index + age > 0 }
            : 'expired';
        });
      };
      return tryKey(0);
    },

    read({ session, checkedAt }, context) {
      if (!context.fresh && secondsOf(context) - checkedAt < maxStaleness) return session;
      return chain(isAlive(session, context), (alive) => (alive ? session : undefined));
    },

    renew(session, { checkedAt, stale }, context) {
      const now = secondsOf(context);
      const isDue =
        stale ||
        now - session.usedAt >= (session.idle ?? idle) / 2 ||
        // It was asked just now: the next requests need not.
        (maxStaleness && now - checkedAt >= maxStaleness);
      return isDue && context.deliverable !== false ? sealAgain(session, context) : kept(session, []);
    },

    insert: ({ subject, createdAt, endsAt, epoch }, details, context) =>
      seal([details, newId(context), subject, createdAt, createdAt, endsAt, epoch], context),

    async replace(session, change, rotate, context) {
      if (!(await isAlive(session, context, true))) return undefined;
      const next = { ...session, ...change } as Session<unknown>;
      if (!rotate) return sealAgain(next, context);
      // Of several who rotate it, or sign it out, one is first; the others have lost it.
      if (!(await keeper.end({ session } as SealedClaim, context))) return undefined;
      return sealAgain({ ...next, id: newId(context) }, context);
    },

    end({ session: { subject, id, endsAt } }, context) {
      const createdAt = secondsOf(context);
      const record = { subject, epoch: 0, createdAt, expiresAt: endsAt, endsAt, data: '' };
      return store(context).create(endedKey(ownerOf(scheme, subject), id), record, createdAt);
    },
  };
  return keeper;
}

/** Read by position: a pattern would take the time of half a hash. */
function sessionFrom(payload: readonly [...Payload, ...unknown[]], idle: number): Session<unknown> {
  const details = payload[0];
  const endsAt = payload[5];
  const record = {
    subject: payload[2],
    createdAt: payload[3],
    usedAt: payload[4],
    expiresAt: Math.min(payload[4] + (details.idle ?? idle), endsAt),
    endsAt,
    epoch: payload[6],
  };
  return sessionOf(payload[1], record, details);
}

/** The whole of a sealed text, its chunks looked up; `undefined` where one is missing, or it can't be one. */
function joined(first: string, name: string, header: string | null): string | undefined {
  let sealed = first.slice(1);
  const mark = sealed.slice(0, MARK);
  for (const suffix of SUFFIXES.slice(1, first.charCodeAt(0) - 48)) {
    // Of several of one name, some of them left behind by another text, the one that belongs to this one.
    sealed +=
      readCookies(header, name + suffix)
        .find((chunk) => chunk.startsWith(mark))
        ?.slice(MARK) ?? ' ';
  }
  return /^[\w-]+$/.test(sealed) ? sealed : undefined;
}

/** At least one chunk; what each begins with tells how many there are, or to which text it belongs. */
function split(sealed: string, size: number): readonly string[] {
  const parts = sealed.match(new RegExp(`.{1,${size}}`, 'g')) as string[];
  if (parts.length > SUFFIXES.length) throw new TypeError('data: over 4 cookies');
  return parts.map((part, index) => (index ? sealed.slice(0, MARK) : parts.length) + part);
}

/** What is sealed, before the time at which the store was asked last. */
type Payload = [
  details: Details,
  id: string,
  subject: string,
  createdAt: number,
  usedAt: number,
  endsAt: number,
  epoch: number,
];
