import { UNKNOWN_SCHEME } from '../../src/core/outcome.ts';
import { formatChallenge } from '../../src/http/challenge.ts';
import { readCookies } from '../../src/http/cookie.ts';
import {
  ABSENT,
  type Accepted,
  type Authenticator,
  accept,
  type Carrier,
  insufficient,
  type Outcome,
  type RequestLike,
  reject,
} from '../../src/index.ts';

/** The verdict is the credential: `Authorization: Token expired` is refused as expired, `X-Key: good` is let in. */
export const REASONS = [
  'malformed',
  'invalid',
  'expired',
  'not_yet_valid',
  'revoked',
  'replayed',
  'incomplete',
  'cleartext',
] as const;

/**
 * - `twice`: rejected with 400; - `weak`: insufficient, 403; - `stale`: insufficient, 401; - `down`: throws;
 * - `silent`: the part is asked, and answers that nothing of its kind is there.
 */
export const VERDICTS = ['good', ...REASONS, 'twice', 'weak', 'stale', 'down', 'silent'] as const;
export type Verdict = (typeof VERDICTS)[number];

export type Place = 'authorization' | 'header' | 'query' | 'cookie';
/** How the answer arrives. */
export type Timing = 'at once' | 'promise' | 'thenable';

/** The names used throughout, and where each travels. */
export const PLACES = {
  token: 'authorization',
  key: 'header',
  link: 'query',
  session: 'cookie',
  device: 'cookie',
} as const satisfies Record<string, Place>;
export type Name = keyof typeof PLACES;
export const NAMES = Object.keys(PLACES) as readonly Name[];

/** Headers and URL of a request with these credentials. */
export function carrying(verdicts: Readonly<Partial<Record<Name, string | undefined>>>): {
  readonly headers: Record<string, string>;
  readonly url: string;
} {
  const { token, key, link } = verdicts;
  const cookies = (['session', 'device'] as const).flatMap((name) =>
    verdicts[name] ? `${name}=${verdicts[name]}` : [],
  );
  return {
    headers: {
      ...(token && { authorization: `Token ${token}` }),
      ...(key && { 'x-key': key }),
      ...(cookies.length && { cookie: cookies.join('; ') }),
    },
    url: `https://app.example/${link ? `?link=${link}` : ''}`,
  };
}

/**
 * An authenticator that does what the credential says, and writes its name into the array that stands as
 * `context.bindings` each time it is asked. Whatever it finds, it wants a cookie of its own name set.
 */
export function scripted<const N extends Name>(
  name: N,
  timing: Timing = 'at once',
): Authenticator<Accepted<N, string>> {
  const place = PLACES[name];
  return {
    schemes: [name],
    carriers: [carrierOf(name, place)],
    authenticate(request, context) {
      (context.bindings as string[] | undefined)?.push(name);
      if (timing === 'at once') return answer(name, place, request);
      const promise = new Promise<Outcome<Accepted<N, string>>>((resolve) => resolve(answer(name, place, request)));
      // biome-ignore lint/suspicious/noThenProperty: query builders look like this.
      return timing === 'promise' ? promise : { then: (...callbacks) => promise.then(...callbacks) };
    },
    challenge: (failure) => [challengeOf(name, failure)],
  };
}

/** What {@link scripted} asks for. */
export function challengeOf(name: string, { kind, reason }: { kind: string; reason?: string | undefined }): string {
  return formatChallenge(name, { realm: 'test', error: kind === 'absent' ? undefined : (reason ?? kind) });
}

function carrierOf(name: Name, place: Place): Carrier {
  if (place === 'authorization') return { header: 'authorization', scheme: name };
  if (place === 'header') return { header: `x-${name}` as const };
  if (place === 'cookie') return { header: 'cookie' };
  return { isIn: ({ url }) => new URL(url).searchParams.has(name) };
}

function answer<const N extends Name>(name: N, place: Place, request: RequestLike): Outcome<Accepted<N, string>> {
  if (place === 'cookie') {
    const values = readCookies(request.headers.get('cookie'), name);
    const good = values.filter((value) => value === 'good');
    // Several of one name: the one that proves to be ours; two that do are a contradiction.
    return good.length > 1 ? decide(name, 'twice') : decide(name, good[0] ?? values[0], true);
  }
  if (place === 'query') return decide(name, new URL(request.url).searchParams.get(name) ?? undefined);
  const value = request.headers.get(place === 'header' ? `x-${name}` : 'authorization');
  if (place === 'header' || value === null) return decide(name, value ?? undefined);
  const [scheme = '', token = ''] = value.split(/ +(.*)/s);
  if (scheme.toLowerCase() !== name) return UNKNOWN_SCHEME;
  return decide(name, value.includes(',') ? 'twice' : token);
}

function decide<const N extends Name>(name: N, verdict?: string, ambient = false): Outcome<Accepted<N, string>> {
  if (verdict === undefined || verdict === 'silent') return ABSENT;
  if (verdict === 'down') throw new Error(`the store of ${name} is down`);
  const effects = [{ header: 'set-cookie', key: `by-${name}`, value: `by-${name}=${verdict}` }];
  if (verdict === 'good') return accept(name, `${name}'s`, { subject: `subject of ${name}`, ambient, effects });
  if (verdict === 'weak') return { ...insufficient({ scopes: ['write'] }, name), effects };
  if (verdict === 'stale') return { ...insufficient({ maxAge: 60 }, name), effects };
  if (verdict === 'twice') return reject(name, 'malformed', { status: 400, effects });
  return reject(name, REASONS.find((reason) => reason === verdict) ?? 'malformed', { effects });
}
