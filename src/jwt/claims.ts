import { type Audience, audienceCheck } from './audience.ts';
import { isText, isTexts, isTime, mayBe } from './claim-types.ts';

/** What a token claims (RFC 7519 §4.1, RFC 9068 §2.2). Beyond these it is the issuer's and the application's affair. */
export interface JwtClaims {
  readonly iss: string;
  readonly sub?: string | undefined;
  readonly aud?: string | readonly string[] | undefined;
  /** Seconds since 1970, as all times here. */
  readonly exp: number;
  readonly nbf?: number | undefined;
  readonly iat?: number | undefined;
  readonly jti?: string | undefined;
  /** Scopes with a space between them; some issuers write `scp`. */
  readonly scope?: string | undefined;
  readonly client_id?: string | undefined;
  readonly auth_time?: number | undefined;
  readonly acr?: string | undefined;
  readonly amr?: readonly string[] | undefined;
  readonly [name: string]: unknown;
}

export interface ClaimOptions {
  /** Whom tokens must be meant for: this server, by the name that its issuer gives it (RFC 7519 §4.1.3). */
  readonly audience: Audience;
  /** How far the clocks of issuer and server may be apart, in seconds, up to 300. Default 5. */
  readonly tolerance?: number | undefined;
  /** Greatest age of a token by its `iat`, in seconds. Default: its `exp` alone counts. */
  readonly maxAge?: number | undefined;
  /** Claims that must be there beside `iss`, `exp` and the audience, such as `sub`. */
  readonly required?: readonly string[] | undefined;
}

/**
 * What holds of claims at any time, and what holds at one.
 *
 * @returns `isGood`: types, audience, what is required, and that the token is not bound to a key: whoever shows it without the
 *   proof has stolen it (RFC 7800 §3, RFC 9449 §7.2). `timeOf`: why it is not good now.
 */
export function claimsCheck({ audience, tolerance = 5, maxAge = Infinity, required = [] }: ClaimOptions): {
  isGood(claims: Readonly<Record<string, unknown>>): boolean;
  timeOf(claims: JwtClaims, now: number): 'expired' | 'not_yet_valid' | undefined;
} {
  // As text they would be put behind a time, and not added to it: the token would outlive everybody.
  if (!(tolerance >= 0 && tolerance <= 300 && maxAge > 0) || typeof (tolerance + maxAge) !== 'number')
    throw new TypeError('tolerance: 0 to 300 seconds, or maxAge');
  const isMeant = audienceCheck(audience);
  // Its age can't be told without.
  const needed = ['exp', ...required, ...(maxAge < Infinity ? ['iat'] : [])];
  return {
    isGood(claims) {
      // By name: in half of the time that a table of names takes, since JSON makes the claims of one issuer alike.
      const { iss, sub, jti, acr, client_id, scope, scp, exp, nbf, iat, auth_time, amr, aud, cnf } = claims;
      return (
        mayBe(iss, isText) &&
        mayBe(sub, isText) &&
        mayBe(jti, isText) &&
        mayBe(acr, isText) &&
        mayBe(client_id, isText) &&
        mayBe(scope, isText) &&
        mayBe(exp, isTime) &&
        mayBe(nbf, isTime) &&
        mayBe(iat, isTime) &&
        mayBe(auth_time, isTime) &&
        mayBe(amr, isTexts) &&
        (isText(scp) || mayBe(scp, isTexts)) &&
        needed.every((name) => Object.hasOwn(claims, name)) &&
        isMeant(aud) &&
        cnf === undefined
      );
    },
    timeOf({ exp, nbf = 0, iat = 0 }, now) {
      if (exp + tolerance <= now || now - iat > maxAge + tolerance) return 'expired';
      return nbf > now + tolerance || iat > now + tolerance ? 'not_yet_valid' : undefined;
    },
  };
}
