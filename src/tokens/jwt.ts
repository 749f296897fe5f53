/**
 * JSON Web Tokens: signed ones (JWS, RFC 7515 and 7519), issued here or by an identity provider.
 *
 * @module countersign/jwt
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { chain, type MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import type { RejectReason } from '../core/outcome.ts';
import type { StandardSchema } from '../core/standard-schema.ts';
import { type ClaimOptions, claimsCheck, type JwtClaims } from '../jwt/claims.ts';
import type { VerificationKey } from '../jwt/key.ts';
import { type JwsHeader, type KeySource, selectKeys } from '../jwt/key-source.ts';
import { headerOf, segmentReader, splitJws } from '../jwt/parse-jws.ts';
import { verifiedTokenCache } from '../jwt/verified-token-cache.ts';
import type { TokenFormat, TokenResult, VerifiedToken } from './token-format.ts';

export { type Audience, UNSAFE_ANY_AUDIENCE } from '../jwt/audience.ts';
export type { ClaimOptions, JwtClaims } from '../jwt/claims.ts';
export { generateJwk } from '../jwt/generate-jwk.ts';
export { importJwk, importPrivateJwk } from '../jwt/import-jwk.ts';
export { importJwkSet } from '../jwt/import-jwk-set.ts';
export { importSecret } from '../jwt/import-secret.ts';
export type { Algorithm, Jwk, SigningKey, VerificationKey } from '../jwt/key.ts';
export type { JwsHeader, KeySource } from '../jwt/key-source.ts';
export { pemToJwk } from '../jwt/pem-to-jwk.ts';
export { type SignOptions, signJwt } from '../jwt/sign-jwt.ts';
export { thumbprint } from '../jwt/thumbprint.ts';
export type { TokenFormat, TokenResult, VerifiedToken } from './token-format.ts';

/** Keys that verify: one, a list, or where they come from. */
export type Keys = VerificationKey | readonly VerificationKey[] | KeySource;

/** Knows which tokens have been taken back; `jwtRevocations` of `countersign/jwt-revocations` makes one. */
export interface RevocationCheck {
  /** Made once a token: whether it has been taken back by now. */
  of(claims: JwtClaims): (context: Context) => MaybePromise<boolean>;
}

/** Who may have issued a token, and with which keys. */
export type Issuers =
  | { readonly issuer: string; readonly keys: Keys; readonly issuers?: undefined }
  /** Several: the token's `iss` chooses among these, and only these, before its signature is checked. */
  | { readonly issuers: Readonly<Record<string, Keys>>; readonly issuer?: undefined; readonly keys?: undefined };

export type JwtOptions<C> = Issuers &
  ClaimOptions & {
    /** The only kind of token that is taken (RFC 8725 §3.11). Default: `at+jwt`, `JWT`, or none said. */
    readonly typ?: string | undefined;
    /**
     * Checks and shapes the claims, by any validator that implements Standard Schema. What it makes is the principal, of all
     * requests that show the same token: unlike claims it is not frozen, so don't change it.
     */
    readonly schema?: StandardSchema<C> | undefined;
    /** Asked about each token in each request. */
    readonly revocations?: RevocationCheck | undefined;
    /**
     * How many verified tokens are remembered, so that their signatures aren't checked again. Expiry, revocation and whether the
     * key is still one are, in each request. Default 1000; 0 remembers none.
     */
    readonly cache?: number | undefined;
  };

/** A token whose signature held: what is true of it at any time, and how to ask the rest. */
interface Held<C> {
  readonly claims: JwtClaims;
  readonly result: VerifiedToken<C>;
  readonly key: VerificationKey;
  readonly header: JwsHeader;
  readonly source: KeySource;
  readonly isRevoked: ((context: Context) => MaybePromise<boolean>) | undefined;
}

/**
 * Signed JSON Web Tokens as a format for `bearer` (RFC 7519, with the rules of RFC 8725).
 *
 * In this order: three parts and not too long; a header of known members; a key of the token's issuer, whose algorithm the
 * token must be of; the signature; and then the claims: types, audience, what is required, times, revocation. A token bound to a
 * key (`cnf`) is refused. A token of an issuer that is not configured is another format's.
 *
 * `exp` must be there; `nbf` and `iat` count where they are. `scope` or `scp` become the scopes, `sub` the subject, `jti` the
 * credential's id.
 *
 * What it does not check: that `sub` still exists (`load` of `bearer` does), and who else has the token.
 *
 * @param options `issuer` and `keys` (or `issuers`), and `audience`.
 * @returns A format whose principal is the claims, frozen, or what the schema made of them.
 * @throws TypeError On a bad option, and where the audience is left out or empty.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { bearer } from 'countersign/bearer';
 * import { importSecret, jwt, signJwt } from 'countersign/jwt';
 *
 * const [issuer, audience] = ['https://id.example', 'https://api.example'];
 * const key = importSecret('not a secret: an example of 32 bytes');
 *
 * const api = bearer({ tokens: jwt({ issuer, audience, keys: key }) });
 * export default { fetch: protect(api, (_request, { principal }) => new Response(`Hello, ${principal.sub}`)) };
 *
 * await signJwt(key, { iss: issuer, aud: audience, sub: 'ada' }, { expiresIn: 300 });
 * ```
 */
export function jwt<C = JwtClaims>({
  issuer,
  keys,
  issuers = issuer === undefined ? {} : { [issuer]: keys },
  audience,
  tolerance,
  maxAge,
  required,
  typ,
  schema,
  revocations,
  cache = 1000,
  ...others
}: JwtOptions<C>): TokenFormat<C> {
  assertNoOthers(others);
  const sources = new Map(Object.entries(issuers).map(([name, each]) => [name, sourceOf(each)]));
  if (!sources.size || sources.has('')) throw new TypeError('issuer, keys: needed');
  const { isGood, timeOf } = claimsCheck({ audience, tolerance, maxAge, required });
  const kinds = typ === undefined ? ['at+jwt', 'jwt', ''] : [kindOf(typ)];
  const read = segmentReader();
  const [only] = sources.size > 1 ? [] : sources.values();
  const held = verifiedTokenCache<Held<C>>(cache);
  /** Of tokens that were good: a few texts, each time the same. */
  const headers = new Map<string, JwsHeader>();

  /** Asked of a good token in each request: a remembered one is no better than a new one. */
  const judge = ({ claims, result, isRevoked }: Held<C>, context: Context): MaybePromise<TokenResult<C>> => {
    const reason = timeOf(claims, context.now);
    if (reason || !isRevoked) return reason ?? result;
    return chain(isRevoked(context), (revoked) => (revoked ? 'revoked' : result));
  };

  /** Nobody's signature that counts. Whose it may be is looked at only now: good tokens need not pay for it. */
  const notOurs = (claims: Readonly<Record<string, unknown>> | undefined): RejectReason | undefined => {
    if (!claims) return 'malformed';
    return typeof claims.iss !== 'string' || sources.has(claims.iss) ? 'invalid' : undefined;
  };

  const accept = (
    token: string,
    head: string,
    claims: JwtClaims | undefined,
    header: JwsHeader,
    key: VerificationKey,
    source: KeySource,
    context: Context,
  ): MaybePromise<TokenResult<C>> => {
    // The keys of one issuer vouch for no other (RFC 8725 §3.8).
    if (!claims || sources.get(claims.iss) !== source) return notOurs(claims);
    if (!isGood(claims)) return 'invalid';
    // Shared by all requests that show this token.
    freeze(claims);
    return chain((schema ? schema['~standard'].validate(claims) : { value: claims }) as Validated<C>, (validated) => {
      if (validated.issues) return 'invalid';
      const result = verified(claims, validated.value);
      const one: Held<C> = { claims, result, key, header, source, isRevoked: revocations?.of(claims) };
      return chain(judge(one, context), (judged) => {
        if (judged === result) {
          held.set(token, one);
          if (headers.size > 15) headers.clear();
          headers.set(head, header);
        }
        return judged;
      });
    });
  };

  const verify = (token: string, context: Context): MaybePromise<TokenResult<C>> => {
    const segments = splitJws(token);
    if (!segments) return undefined;
    const [head, payload, signature, input] = segments;
    const known = headers.get(head);
    const header = known ?? headerOf(read(head));
    if (!header) return 'malformed';
    let claims: JwtClaims | undefined;
    // Once, and not before it has to be.
    const readClaims = (): JwtClaims | undefined => {
      claims ??= read(payload)?.value as JwtClaims | undefined;
      return claims;
    };
    if (!known && !kinds.includes(kindOf(header.typ ?? ''))) return notOurs(readClaims());
    const source = only ?? sources.get(readClaims()?.iss as string);
    if (!source) return notOurs(readClaims());
    return chain(source.find(header, context), (found) => {
      const tryKey = (index: number): MaybePromise<TokenResult<C>> => {
        const key = found[index];
        if (!key) return notOurs(readClaims());
        return chain(key.verify(input, signature), (isSigned) =>
          isSigned ? accept(token, head, readClaims(), header, key, source, context) : tryKey(index + 1),
        );
      };
      return tryKey(0);
    });
  };

  return {
    verify(token, context) {
      const known = held.get(token);
      if (!known) return verify(token, context);
      // A key that is taken out of its set ends what it signed.
      return chain(known.source.find(known.header, context), (found) =>
        found.includes(known.key) ? judge(known, context) : verify(token, context),
      );
    },
  };
}

type Validated<C> = MaybePromise<{ readonly value: C; readonly issues?: undefined } | { readonly issues: object }>;

function sourceOf(keys: Keys | undefined): KeySource {
  // Not by `in`: of a text it would throw, and quote it.
  if (keys && !Array.isArray(keys) && (keys as KeySource).find) return keys as KeySource;
  const list = [keys].flat() as readonly VerificationKey[];
  if (!list.length || list.some((key) => !key?.verify)) throw new TypeError('keys: needed');
  return { find: (header) => selectKeys(list, header) };
}

/** `application/` may be left out (RFC 7515 §4.1.9), and media types have no case. */
function kindOf(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '');
}

function freeze(value: unknown): void {
  if (!(value instanceof Object)) return;
  // What is inside first: once it is frozen, reading it takes twice as long.
  Object.values(value).forEach(freeze);
  Object.freeze(value);
}

function verified<C>(
  { sub, scope, scp = scope, exp, auth_time, amr, acr, jti }: JwtClaims,
  principal: C,
): VerifiedToken<C> {
  return {
    principal,
    subject: sub,
    // Frozen as the claims are: what a handler added would be there for all who show this token.
    scopes: typeof scp === 'string' ? Object.freeze(scp.match(/[^ ]+/g) ?? []) : (scp as readonly string[] | undefined),
    expiresAt: exp,
    authTime: auth_time,
    amr,
    acr,
    credentialId: jti,
  };
}
