import type { Context } from '../core/context.ts';
import { binaryToBase64url, encodeBase64url } from '../crypto/base64url.ts';
import { createContext } from '../runtime.ts';
import type { JwtClaims } from './claims.ts';
import type { SigningKey } from './key.ts';

export interface SignOptions {
  /** How long it is good, in seconds. */
  readonly expiresIn: number;
  /** What kind of token it is (RFC 8725 §3.11). Default `at+jwt`, an access token (RFC 9068). */
  readonly typ?: string | undefined;
}

/**
 * Signs a JSON Web Token (RFC 7519), as an access token unless told otherwise.
 *
 * @param key What signs it, and names its algorithm.
 * @param claims `iss` and `aud` at least. `iat`, `exp` and a `jti` of 128 random bits are put there; whatever is given wins.
 * @returns The token. Not encrypted: whoever has it can read it.
 * @throws TypeError On a lifetime that is no whole number of seconds, and on claims that are not JSON.
 *
 * @example
 * ```ts
 * import { importSecret, signJwt } from 'countersign/jwt';
 *
 * const key = importSecret('not a secret: an example of 32 bytes');
 * const claims = { iss: 'https://id.example', aud: 'https://api.example', sub: 'ada', scope: 'files:read' };
 * await signJwt(key, claims, { expiresIn: 300 });
 * ```
 */
export async function signJwt(
  key: SigningKey,
  claims: Partial<JwtClaims> & { readonly iss: string; readonly aud: string | readonly string[] },
  { expiresIn, typ = 'at+jwt' }: SignOptions,
  context: Context = createContext(),
): Promise<string> {
  if (!Number.isInteger(expiresIn) || expiresIn < 1) throw new TypeError('expiresIn: whole seconds');
  const iat = Math.floor(context.now);
  const jti = encodeBase64url(context.random(16));
  const header = { alg: key.algs[0], kid: key.kid, typ };
  const input = `${segmentOf(header)}.${segmentOf({ iat, exp: iat + expiresIn, jti, ...claims })}`;
  return `${input}.${await key.sign(input)}`;
}

function segmentOf(value: object): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return binaryToBase64url(binary);
}
