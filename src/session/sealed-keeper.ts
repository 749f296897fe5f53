import { chain, type MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import type { Effect } from '../core/effects.ts';
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
  /** To be sealed again: it is of another key or name than the present, or the store was asked about it. */
  isDue?: unknown;
  /** What is to be cleared then. */
  readonly cleared: readonly Effect[];
}

/**
 * A sealed text may be larger than a cookie: it goes into as many as three, `name`, `name.1` and `name.2` (with four, a request
 * would have more headers than Node takes). The first begins with their number, each other with the first characters of the
 * nonce, so that chunks of another text are told apart.
 */
const SUFFIXES = ['', '.1', '.2'];
/** Where the mark ends in the first chunk: it stands behind the number there, and in front of each other chunk. */
const MARK = 9;
/** Nonce, ciphertext and tag: 28 bytes at least. */
const SHAPE = /^[\w-]{38,}$/;
/** Of name and value together browsers take 4096, and a name has a hundred at most. */
const CHUNK = /.{1,3980}/g;

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
  store: (context: Context) => Store<'atomic' | 'consistent'>,
  jar: CookieJar,
  names: readonly string[],
  idle: number,
  maxDataBytes: number,
  maxStaleness: number,
): Keeper<SealedClaim> {
  const seals = keyring(secret, `sealed session ${scheme}`, (key) => aesGcm(key));
  const newId = (context: Context): string => encodeBase64url(context.random(18));
  // A kind of its own: these records are of what has ended, and no epoch may end them. The subject's partition is in the id,
  // so that nobody takes the place of the record that would end somebody else's session.
  const endedKey = (owner: SubjectKey, id: string): RecordKey => ({
    ...owner,
    kind: `${scheme}.ended`,
    id: owner.partition + id,
  });

  /** Used now, and sealed with what it says. */
  const seal = async (from: Session<unknown>, context: Context, cleared: readonly Effect[] = []): Promise<Kept> => {
    const now = secondsOf(context);
    const { id, subject, epoch, createdAt, usedAt: _, expiresAt: __, endsAt, freshness = now, ...details } = from;
    // For its bounds; what is sealed is the whole.
    encodeDetails(details, maxDataBytes);
    const payload: Payload = [details, id, subject, createdAt, now, endsAt, epoch, freshness];
    const sealed = await seals(context)[0].seal(JSON.stringify(payload), context.random(12));
    const maxAge = details.persistent ? endsAt - now : undefined;
    const chunks = split(sealed).flatMap((chunk, index) => jar.write(chunk, maxAge, SUFFIXES[index]));
    // Of two effects on one cookie the later counts.
    return kept(sessionFrom(payload, idle), [...cleared, ...chunks]);
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
      const name = names[age] as string;
      if (!/^[1-3]/.test(value)) return 'malformed';
      const sealed = joined(value, name, header);
      // The chunk after the last: it was left behind by a longer text.
      const isLonger = header?.includes(`${name}.${value[0]}=`);
      const tryKey = (index: number): MaybePromise<SealedClaim | RejectReason> => {
        const key = seals(context)[index];
        // Looked at only of what did not open: the good ones need not pay for it.
        if (!key) return SHAPE.test(sealed) ? 'invalid' : 'malformed';
        return chain(key.open(sealed), (text) => {
          if (text === undefined) return tryKey(index + 1);
          const session = sessionFrom(JSON.parse(text) as Payload, idle);
          if (session.expiresAt <= context.now) return 'expired';
          const isDue = isLonger || index + age > 0;
          return { session, isDue, cleared: isDue ? jar.clear(header) : [] };
        });
      };
      return tryKey(0);
    },

    read(claim, context) {
      const session = claim.session;
      const freshness = secondsOf(context);
      // Written so that `NaN` is stale.
      const isStale = !(freshness - (session.freshness as number) < maxStaleness);
      if (!context.fresh && !isStale) return session;
      return chain(isAlive(session, context), (alive) => {
        // The next requests need not ask. Only who was asked about is sealed as fresh: a renewal says nothing of the store.
        claim.isDue ||= maxStaleness && isStale;
        return alive ? { ...session, freshness } : undefined;
      });
    },

    renew(session, { isDue, cleared }, context) {
      const isHalf = secondsOf(context) - session.usedAt >= (session.idle ?? idle) / 2;
      return (isDue || isHalf) && context.deliverable !== false ? seal(session, context, cleared) : kept(session, []);
    },

    insert: (record, details, context) =>
      seal({ ...record, ...details, id: newId(context) } as Session<unknown>, context),

    async replace(session, change, rotate, context) {
      if (!(await isAlive(session, context, true))) return undefined;
      const next = { ...session, ...change, freshness: undefined } as Session<unknown>;
      if (!rotate) return seal(next, context);
      // Of several who rotate it, or sign it out, one is first; the others have lost it.
      if (!(await keeper.end({ session } as SealedClaim, context))) return undefined;
      return seal({ ...next, id: newId(context) }, context);
    },

    end({ session: { subject, id, endsAt } }, context) {
      const createdAt = secondsOf(context);
      const record = { subject, epoch: 0, createdAt, expiresAt: endsAt, endsAt, data: '' };
      return store(context).create(endedKey(ownerOf(scheme, subject), id), record, createdAt);
    },
  };
  return keeper;
}

/** What was sealed, as a session. Its end is the end of its idle time: nobody else keeps it. */
function sessionFrom(
  [details, id, subject, createdAt, usedAt, endsAt, epoch, freshness]: Payload,
  idle: number,
): Session<unknown> {
  const expiresAt = Math.min(usedAt + (details.idle ?? idle), endsAt);
  return sessionOf(id, { subject, epoch, createdAt, usedAt, expiresAt, endsAt, readAt: freshness }, details);
}

/** The whole of a sealed text, its chunks looked up; no sealed text where one is missing. */
function joined(first: string, name: string, header: string | null): string {
  let text = first;
  for (let index = 1; SUFFIXES[index] && index < +(first[0] as string); index++) {
    // Of several of one name, some of them left behind by another text, the one that belongs to this one.
    const belongs = (chunk: string): boolean => chunk.startsWith(first.slice(1, MARK));
    text +=
      readCookies(header, name + SUFFIXES[index])
        .find(belongs)
        ?.slice(MARK - 1) ?? ' ';
  }
  return text.slice(1);
}

/** At least one chunk; what each begins with tells how many there are, or to which text it belongs. */
function split(sealed: string): readonly string[] {
  const parts = sealed.match(CHUNK) as string[];
  if (parts.length > SUFFIXES.length) throw new TypeError('data: over 3 cookies');
  return parts.map((part, index) => (index ? sealed.slice(0, MARK - 1) : parts.length) + part);
}

/** What is sealed. */
type Payload = readonly [
  details: Details,
  id: string,
  subject: string,
  createdAt: number,
  usedAt: number,
  endsAt: number,
  epoch: number,
  freshness: number,
];
