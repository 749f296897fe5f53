import type { Carrier } from '../core/authenticator.ts';
import { chain, type MaybePromise } from '../core/chain.ts';
import { withEffects } from '../core/composition.ts';
import type { Context, RequestLike } from '../core/context.ts';
import type { Effect } from '../core/effects.ts';
import { type Absent, type Accepted, type Outcome, reject } from '../core/outcome.ts';
import { readCookies } from '../http/cookie.ts';
import type { VerifyToken } from './token-verifier.ts';

/** A place, beside the `Authorization` header, that a token may come from. */
export interface TokenCarrier {
  /** For the order of asking. A cookie is ambient: browsers send it unasked, so the cross-site check applies. */
  readonly carrier: Carrier;
  /** The tokens that a request has there: none, or one; more are refused, but of cookies the one that is good counts. */
  find(request: RequestLike): MaybePromise<readonly string[]>;
  /** What a response needs that answers a token from here. */
  readonly effects?: readonly Effect[] | undefined;
  /** Chooses among all places. It comes with them: whoever takes tokens of the header alone does not carry it. */
  choose<S extends string, Q>(
    from: readonly TokenCarrier[],
    found: readonly string[],
    request: RequestLike,
    context: Context,
    scheme: S,
    verify: VerifyToken<S, Q>,
    nothing: Absent,
  ): MaybePromise<Outcome<Accepted<S, Q>>>;
}

/**
 * A place of your own for tokens, such as the subprotocol of a WebSocket.
 *
 * @param carrier Where it is; see `Carrier`.
 * @param find The tokens that a request has there.
 * @param effects What a response needs that answers such a token, such as a `Referrer-Policy`.
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
export function tokenCarrier(
  carrier: Carrier,
  find: TokenCarrier['find'],
  effects?: readonly Effect[] | undefined,
): TokenCarrier {
  return { carrier, find, effects, choose };
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
 * `Referer` headers, and the token with them; of these three, the response's `Referrer-Policy: no-referrer` prevents the last.
 *
 * @param name Of the parameter: ASCII letters, digits, `-` and `_`. Default `access_token`.
 * @throws TypeError On another name.
 */
export function queryTokenThatLeaksIntoLogs(name = 'access_token'): TokenCarrier {
  if (!/^[\w-]+$/.test(name)) throw new TypeError('name: [\\w-]+');
  const isIn = ({ url }: RequestLike): boolean => url.includes(`?${name}=`) || url.includes(`&${name}=`);
  return tokenCarrier({ isIn }, (request) => (isIn(request) ? new URL(request.url).searchParams.getAll(name) : []), [
    { header: 'referrer-policy', value: 'no-referrer' },
  ]);
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

function choose<S extends string, Q>(
  from: readonly TokenCarrier[],
  found: readonly string[],
  request: RequestLike,
  context: Context,
  scheme: S,
  verify: VerifyToken<S, Q>,
  nothing: Absent,
): MaybePromise<Outcome<Accepted<S, Q>>> {
  const isCookie = ({ carrier }: TokenCarrier): boolean => carrier.header === 'cookie';
  let effects: readonly Effect[] = [];
  const findIn = (places: readonly TokenCarrier[], before: readonly string[]) =>
    places.reduce<MaybePromise<readonly string[]>>(
      (tokens, each) =>
        chain(tokens, (some) =>
          chain(each.find(request), (more) => {
            if (more.length && each.effects) effects = effects.concat(each.effects);
            return [...some, ...more];
          }),
        ),
      before,
    );
  const explicit = from.filter((each) => !isCookie(each));
  return chain(findIn(explicit, found), (tokens) => {
    // RFC 6750 §2: one method, one token.
    if (tokens.length > 1) return reject(scheme, 'malformed', { status: 400, effects });
    if (tokens.length) {
      return chain(verify(tokens[0] as string, context, false), (outcome) => withEffects(outcome, effects));
    }
    return chain(findIn(from.filter(isCookie), []), (values) => {
      if (!values.length) return nothing;
      if (values.length === 1) return verify(values[0] as string, context, true);
      // Some of them may be planted by a sibling subdomain: the one that is good counts, of two that are neither.
      return Promise.all(values.map((value) => verify(value, context, true))).then((outcomes) => {
        const [good, ...more] = outcomes.filter(({ kind }) => kind === 'accepted');
        return more.length ? reject(scheme, 'malformed') : (good ?? (outcomes[0] as (typeof outcomes)[0]));
      });
    });
  });
}
