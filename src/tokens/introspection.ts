/**
 * Opaque tokens of other servers, which are asked about each.
 *
 * @module countersign/introspection
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import type { Context } from '../core/context.ts';
import { type Audience, audienceCheck } from '../jwt/audience.ts';
import { type Fetch, faultOf, fetchJson } from '../jwt/fetch-json.ts';
import { remoteUrl } from '../jwt/remote-url.ts';
import { digestText } from '../runtime.ts';
import { type Claims, type IntrospectedClaims, isIntrospected, verifiedToken } from './introspected-claims.ts';
import type { TokenFormat, TokenResult } from './token-format.ts';

export { type Audience, UNSAFE_ANY_AUDIENCE } from '../jwt/audience.ts';
export type { Fetch } from '../jwt/fetch-json.ts';
export type { IntrospectedClaims } from './introspected-claims.ts';
export type * from './token-format.ts';

export interface IntrospectionOptions {
  /** URL of the authorization server's introspection endpoint: `https:`, or on this machine. */
  readonly endpoint: string;
  /** As whom the resource server asks, by HTTP Basic (RFC 6749 §2.3.1). */
  readonly clientId: string;
  /** On Workers a function of the context. */
  readonly clientSecret: string | ((context: Context) => string);
  /** Whom tokens must be issued for: one of theirs must be among these. A server that names none needs `UNSAFE_ANY_AUDIENCE`. */
  readonly audience: Audience;
  /** What must stand as `iss`. Default: whatever the server says; it is the one that was asked. */
  readonly issuer?: string | undefined;
  /**
   * For how long an answer is relied upon, in seconds, 0 to 3600: so long a revoked token stays good here. Default 0: each
   * request asks. Refusals are never kept, and the token's own end always holds.
   */
  readonly cacheSeconds?: number | undefined;
  /** How many answers are kept at most, the oldest going first. Default 1000. */
  readonly maxEntries?: number | undefined;
  /** Seconds that an answer may take, with its body. Default 5. */
  readonly timeout?: number | undefined;
  /** Default: the platform's, looked up at each call. */
  readonly fetch?: Fetch | undefined;
}

/** Longer ones, nobody issues to be asked about. */
const MAX_LENGTH = 4096;

/** Longer answers are not kept, so that a thousand of them fit into the memory of an isolate. In characters. */
const MAX_KEPT = 16_384;

/**
 * Tokens that only their issuer can read: each is asked about at its introspection endpoint (RFC 7662).
 *
 * | token, answer | result |
 * | --- | --- |
 * | over 4096 characters, or with others than tokens have (RFC 6750 §2.1) | `undefined`; nobody is asked |
 * | `active` other than `true`, another audience or issuer, a member of the wrong type | `invalid` |
 * | bound to a key (`cnf`), or of another `token_type` than Bearer: a thief could use it here without the key | `invalid` |
 * | past its `exp` by our clock | `expired` |
 * | a redirect, no answer in time, a status other than 200, over 256 kB, no JSON object | throws: a 503 |
 *
 * `freshness` is when the server was asked. It decides itself whether a token is valid yet, and whether it is one for access.
 *
 * Put it last in `firstOf`: it takes every token for its own.
 *
 * @param options `endpoint`, `clientId`, `clientSecret` and `audience` at least.
 * @returns A format for `bearer`; the principal is what the server said.
 * @throws TypeError On a bad option; it names the option, and never the secret.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { bearer } from 'countersign/bearer';
 * import { introspection } from 'countersign/introspection';
 *
 * const tokens = introspection({
 *   endpoint: 'https://id.example/introspect',
 *   clientId: 'files-api',
 *   clientSecret: 'not a secret: an example',
 *   audience: 'https://api.example/files',
 *   cacheSeconds: 30,
 * });
 * export default {
 *   fetch: protect(bearer({ tokens }), (_request, { principal }) => new Response(`for ${principal.client_id}`)),
 * };
 * ```
 */
export function introspection({
  endpoint,
  clientId,
  clientSecret,
  audience,
  issuer,
  cacheSeconds = 0,
  maxEntries = 1000,
  timeout = 5,
  fetch,
  ...others
}: IntrospectionOptions): TokenFormat<IntrospectedClaims> {
  assertNoOthers(others);
  const url = remoteUrl(endpoint);
  if (!url) throw new TypeError('endpoint: needs a plain https: URL');
  if (!clientId || !clientSecret) throw new TypeError('clientId, clientSecret: needed');
  if (!(cacheSeconds >= 0 && cacheSeconds <= 3600)) throw new TypeError('cacheSeconds: needs 0 to 3600');
  if (!(Number.isSafeInteger(maxEntries) && maxEntries > 0)) throw new TypeError('maxEntries: needs a whole number');
  if (!(timeout > 0 && timeout <= 60)) throw new TypeError('timeout: needs up to 60 seconds');
  const isForUs = audienceCheck(audience);
  // Text, so that no request has a hand on what another gets.
  const cache = new Map<string, { readonly at: number; readonly text: string }>();

  const judge = (claims: Claims, at: number, now: number): TokenResult<IntrospectedClaims> => {
    if (!isIntrospected(claims) || !isForUs(claims.aud)) return 'invalid';
    if (issuer !== undefined && claims.iss !== issuer) return 'invalid';
    return (claims.exp as number) <= now ? 'expired' : verifiedToken(claims, at);
  };

  return {
    async verify(token, context) {
      if (token.length > MAX_LENGTH || !/^[\w.~+/-]+=*$/.test(token)) return undefined;
      const { now } = context;
      // Of the whole token (RFC 7662 §4): of a part of it, two could be one. Hashed, so that the memory opens nothing.
      const key = cacheSeconds ? await digestText(token) : '';
      const known = context.fresh ? undefined : cache.get(key);
      // A clock that was set back makes nothing live longer.
      if (known && now >= known.at && now < known.at + cacheSeconds) {
        return judge(JSON.parse(known.text), known.at, now);
      }
      const secret = typeof clientSecret === 'function' ? clientSecret(context) : clientSecret;
      const claims = await ask(url, clientId, secret, token, timeout, fetch);
      const result = judge(claims, now, now);
      cache.delete(key);
      const text = JSON.stringify(claims);
      if (cacheSeconds && typeof result === 'object' && text.length <= MAX_KEPT) {
        cache.set(key, { at: now, text });
        if (cache.size > maxEntries) cache.delete(cache.keys().next().value as string);
      }
      return result;
    },
  };
}

async function ask(
  url: string,
  clientId: string,
  secret: string,
  token: string,
  timeout: number,
  fetch: Fetch | undefined,
): Promise<Claims> {
  const init = {
    method: 'POST',
    headers: {
      accept: 'application/json',
      // As in a form first: a colon in the id would end it, and characters beyond Latin-1 would throw.
      authorization: `Basic ${btoa(`${formEncoded(clientId)}:${formEncoded(secret)}`)}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: `token=${formEncoded(token)}&token_type_hint=access_token`,
  };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeout * 1000);
  try {
    const answer = await fetchJson(url, controller.signal, (to, more) =>
      (fetch ?? globalThis.fetch)(to, { ...more, ...init }),
    );
    if (typeof answer !== 'object' || !answer || Array.isArray(answer)) {
      throw faultOf(url, 'no JSON object');
    }
    return answer;
  } finally {
    clearTimeout(timer);
    // Lets go of a body that was not read to its end.
    controller.abort();
  }
}

/** A text as it stands in a form (RFC 6749, appendix B). */
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
