/**
 * Session-bound tokens against cross-site request forgery, and the check alone for routes without a session.
 *
 * @module countersign/csrf
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import type { Context } from '../core/context.ts';
import type { Accepted } from '../core/outcome.ts';
import { decodeBase64url, encodeBase64url } from '../crypto/base64url.ts';
import { constantTimeEqual } from '../crypto/constant-time-equal.ts';
import { digest } from '../crypto/digest.ts';
import { hmacSha256 } from '../crypto/hmac-sha256.ts';
import { keyring, type Secret } from '../crypto/keyring.ts';
import { createContext } from '../runtime.ts';

export type { Secret } from '../crypto/keyring.ts';
export { visitor } from './visitor.ts';

export interface CsrfTokenOptions {
  /** As of a session: 32 bytes or more, or several. On Workers a function. */
  readonly secret: Secret | ((context: Context) => Secret);
  /** The request header that may carry a token. Default `x-csrf-token`. */
  readonly header?: string | undefined;
  /** The form field that may carry a token. Default `csrf_token`. */
  readonly field?: string | undefined;
}

/** Who the token is for: an acceptance with a `credentialId`, such as a session's. */
export type TokenBearer = Pick<Accepted, 'scheme' | 'credentialId' | 'ambient'>;

export interface CsrfTokens {
  /**
   * A token for a form or a script of this session. Another text each time, so that compression tells nothing about it
   * (BREACH); all of them are good until the session ends or is rotated.
   *
   * @throws TypeError For an acceptance without a `credentialId`: there is nothing to bind the token to.
   */
  issue(accepted: TokenBearer, context?: Context): string;
  /** Whether a text is a token of this session. Any value may be given as a token. @throws TypeError As `issue`. */
  verify(accepted: TokenBearer, token: unknown, context?: Context): boolean;
  /**
   * Whether a request may go on: it needs no token (a safe method, or credentials that no browser sends unasked), or has a
   * good one, in the header or else in the form. Reads a copy of the form; nothing of the URL. What limits the form's size is
   * the application's.
   *
   * @throws TypeError As `issue`, where a token is needed.
   */
  check(request: Request, accepted: TokenBearer, context?: Context): Promise<boolean>;
}

const BYTES = 32;

/**
 * Tokens for clients that send neither `Sec-Fetch-Site` nor `Origin`; for all others `protect` decides by those, and no token
 * is needed. Where some of your users have such clients, set `strict` on `protect` for everybody else, or ask for a token.
 *
 * A token is an HMAC of the session's public id, so it is nobody else's, and it goes with the id: one from before the sign-in
 * is not one from after.
 *
 * @param options `secret`; names of header and field.
 * @throws TypeError On a secret under 32 bytes.
 */
export function csrfTokens({
  secret,
  header = 'x-csrf-token',
  field = 'csrf_token',
  ...others
}: CsrfTokenOptions): CsrfTokens {
  assertNoOthers(others);
  const macs = keyring(secret, 'csrf token', hmacSha256);

  const unmasked = (token: unknown): string => {
    if (typeof token !== 'string' || !/^[\w-]{86}$/.test(token)) return '';
    const bytes = decodeBase64url(token);
    return encodeBase64url(bytes.subarray(0, BYTES).map((byte, index) => byte ^ (bytes[BYTES + index] as number)));
  };

  const tokens: CsrfTokens = {
    issue(accepted, context = createContext()) {
      const mac = decodeBase64url(macs(context)[0](bound(accepted)));
      const bytes = new Uint8Array(2 * BYTES);
      const mask = context.random(BYTES);
      bytes.set(mask);
      bytes.set(
        mac.map((byte, index) => byte ^ (mask[index] as number)),
        BYTES,
      );
      return encodeBase64url(bytes);
    },

    verify(accepted, token, context = createContext()) {
      const presented = unmasked(token);
      return macs(context).some((mac) => constantTimeEqual(presented, mac(bound(accepted))));
    },

    async check(request, accepted, context = createContext()) {
      if (/^(GET|HEAD|OPTIONS)$/.test(request.method) || !accepted.ambient) return true;
      return tokens.verify(accepted, request.headers.get(header) ?? (await fieldOf(request, field)), context);
    },
  };
  return tokens;
}

function bound({ scheme, credentialId }: TokenBearer): string {
  if (!credentialId) throw new TypeError('csrfTokens(): an acceptance without credentialId');
  // A hash, since an HMAC here takes one byte a character: two ids must not become one.
  return digest(`${scheme} ${credentialId}`, 'base64url');
}

/** A field of a form, or `null`. */
async function fieldOf(request: Request, field: string): Promise<unknown> {
  if (
    !/^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i.test(
      request.headers.get('content-type') ?? '',
    )
  ) {
    return null;
  }
  try {
    return (await request.clone().formData()).get(field);
  } catch {
    // Not the form that its type says.
    return null;
  }
}
