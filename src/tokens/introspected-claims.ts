import { isText, isTexts, isTime, mayBe } from '../jwt/claim-types.ts';
import type { VerifiedToken } from './token-format.ts';

/** What the server said of an active token (RFC 7662 §2.2): of these types, or the token is not good. */
export interface IntrospectedClaims {
  readonly active: true;
  readonly sub?: string;
  readonly scope?: string;
  readonly client_id?: string;
  readonly username?: string;
  readonly token_type?: string;
  readonly iss?: string;
  readonly aud?: string | readonly string[];
  readonly jti?: string;
  readonly exp?: number;
  readonly iat?: number;
  readonly nbf?: number;
  readonly auth_time?: number;
  readonly acr?: string;
  readonly amr?: readonly string[];
  readonly [claim: string]: unknown;
}

/** What a server said, whatever it is. */
export type Claims = Readonly<Record<string, unknown>>;

/** Whether a token is active, unbound, a bearer token, and described in the right types: `1e999` is JSON too. */
export function isIntrospected(claims: Claims): claims is IntrospectedClaims {
  const are = (names: string, isOne: (value: unknown) => boolean): boolean =>
    names.split(' ').every((name) => mayBe(claims[name], isOne));
  return (
    claims.active === true &&
    are('cnf', () => false) &&
    are('sub scope client_id username iss jti acr token_type', isText) &&
    are('token_type', (value) => /^bearer$/i.test(value as string)) &&
    are('exp iat nbf auth_time', isTime) &&
    are('amr', isTexts)
  );
}

/** @param at When the server said so. */
export function verifiedToken(claims: IntrospectedClaims, at: number): VerifiedToken<IntrospectedClaims> {
  return {
    principal: claims,
    subject: claims.sub,
    scopes: claims.scope?.split(' ').filter(Boolean),
    expiresAt: claims.exp,
    authTime: claims.auth_time,
    acr: claims.acr,
    amr: claims.amr,
    credentialId: claims.jti,
    freshness: at,
  };
}
