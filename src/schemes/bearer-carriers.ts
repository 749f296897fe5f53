import type { Carrier } from '../core/authenticator.ts';
import { chain, type MaybePromise } from '../core/chain.ts';
import type { RequestLike } from '../core/context.ts';
import { type Absent, type Accepted, type Outcome, reject } from '../core/outcome.ts';
import { readCookies } from '../http/cookie.ts';

/** A place, beside the `Authorization` header, that a token may come from. */
export interface TokenCarrier {
  /** For the order of asking. A cookie is ambient: browsers send it unasked, so the cross-site check applies. */
  readonly carrier: Carrier;
  /** The tokens that a request has there: none, or one; more are refused, but of cookies the one that is good counts. */
  find(request: RequestLike): MaybePromise<readonly string[]>;
  /** Chooses among all places. It comes with them: whoever takes tokens of the header alone does not carry it. */
  choose<A extends Accepted>(
    from: readonly TokenCarrier[],
    found: readonly string[],
    request: RequestLike,
    verify: (token: string, ambient: boolean) => MaybePromise<Outcome<A>>,
    nothing: Absent,
  ): MaybePromise<Outcome<A>>;
}

/**
 * A place of your own for tokens, such as the subprotocol of a WebSocket.
 *
 * @param carrier Where it is; see `Carrier`.
 * @param find The tokens that a request has there.
 *
 * @example
 * ```ts
 * import { bearer, tokenCarrier } from 'countersign/bearer';
 * import { memoryStore } from 'countersign/memory-store';
 * import { opaqueTokens } from 'countersign/opaque-tokens';
 *
 * const tokensIn = ({ headers }: { headers: { get(name: string): string | null } }) =>
 *   (headers.get('sec-websocket-protocol') ?? '')
 *     .split(', ')
 *     .filter((each) => each.startsWith('token.'))
 *     .map((each) => each.slice(6));
 * const subprotocol = tokenCarrier({ isIn: (request) => tokensIn(request).length > 0 }, tokensIn);
 * export const sockets = bearer({ tokens: opaqueTokens({ store: memoryStore() }), alsoFrom: [subprotocol] });
 * ```
 */
export function tokenCarrier(carrier: Carrier, find: TokenCarrier['find']): TokenCarrier {
  return { carrier, find, choose };
}

/**
 * A token in a cookie, for browsers whose scripts shall not read it. The application sets the cookie: `HttpOnly`, `Secure`, with a
 * name that begins with `__Host-`.
 */
export function cookieToken(name: string): TokenCarrier {
  return tokenCarrier({ header: 'cookie' }, ({ headers }) => readCookies(headers.get('cookie'), name));
}

/**
 * A token in the URL, as `?access_token=` (RFC 6750 §2.3), for links that can't have a header. URLs end up in logs, histories and
 * `Referer` headers, and the token with them.
 */
export function queryTokenThatLeaksIntoLogs(): TokenCarrier {
  const isIn = ({ url }: RequestLike): boolean => /[?&]access_token=/.test(url);
  return tokenCarrier({ isIn }, (request) =>
    isIn(request) ? new URL(request.url).searchParams.getAll('access_token') : [],
  );
}

/** How far a form is read, in bytes. */
const MAX_BYTES = 65_536;

/**
 * A token in the field `access_token` of a posted form of less than 64 kB (RFC 6750 §2.2). The body is read here, before it is
 * known who sent it, and again by the handler. For a Fetch `Request` only. In an `any` each posted form without `Authorization` counts as having a token
 * until it is read: beside a key header of another part it is a 400.
 */
export function formTokenReadTwice(): TokenCarrier {
  // A form in one part (§2.2).
  const isForm = ({ method, headers }: RequestLike): boolean =>
    !/^(GET|HEAD)$/.test(method) &&
    /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers.get('content-type') ?? '');
  return tokenCarrier(
    // Whether there is a token is known once it is read: beside `Authorization` it is nobody's but this scheme's to look.
    { isIn: (request) => isForm(request) && request.headers.get('authorization') === null },
    (request) => (isForm(request) ? readForm(request as Request) : []),
  );
}

async function readForm(request: Request): Promise<readonly string[]> {
  // Whoever read it before has taken the token, too.
  if (request.bodyUsed) return [];
  const reader = request.clone().body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = 0; reader && bytes < MAX_BYTES; ) {
    const { done, value } = await reader.read();
    if (done) return new URLSearchParams(text).getAll('access_token');
    bytes += value.length;
    text += decoder.decode(value, { stream: true });
  }
  // Not awaited: of a body in two copies it ends when both are done with, and the other is the handler's.
  reader?.cancel().catch(() => {});
  return [];
}

function choose<A extends Accepted>(
  from: readonly TokenCarrier[],
  found: readonly string[],
  request: RequestLike,
  verify: (token: string, ambient: boolean) => MaybePromise<Outcome<A>>,
  nothing: Absent,
): MaybePromise<Outcome<A>> {
  const isCookie = ({ carrier }: TokenCarrier): boolean => carrier.header === 'cookie';
  const findIn = (places: readonly TokenCarrier[], before: readonly string[]) =>
    places.reduce<MaybePromise<readonly string[]>>(
      (tokens, each) => chain(tokens, (some) => chain(each.find(request), (more) => [...some, ...more])),
      before,
    );
  const explicit = from.filter((each) => !isCookie(each));
  return chain(findIn(explicit, found), (tokens) => {
    // RFC 6750 §2: one method, one token.
    if (tokens.length > 1) return reject('bearer', 'malformed', { status: 400 });
    if (tokens.length) return verify(tokens[0] as string, false);
    return chain(findIn(from.filter(isCookie), []), (values) => {
      if (!values.length) return nothing;
      if (values.length === 1) return verify(values[0] as string, true);
      // Some of them may be planted by a sibling subdomain: the one that is good counts, of two that are neither.
      return Promise.all(values.map((value) => verify(value, true))).then((outcomes) => {
        const [good, ...more] = outcomes.filter(({ kind }) => kind === 'accepted');
        return more.length ? reject('bearer', 'malformed') : (good ?? (outcomes[0] as (typeof outcomes)[0]));
      });
    });
  });
}
