/**
 * Access tokens for families of refresh tokens: signed, or opaque.
 *
 * @module countersign/access-tokens
 */
import { assertNoOthers } from '../core/assert-no-others.ts';
import { assertWhole } from '../core/assert-whole.ts';
import type { Context } from '../core/context.ts';
import type { JwtClaims } from '../jwt/claims.ts';
import type { SigningKey } from '../jwt/key.ts';
import { signJwt } from '../jwt/sign-jwt.ts';
import type { OpaqueTokens } from './opaque-token.ts';
import type { AccessGrant, AccessTokenIssuer } from './refresh-token-types.ts';

export type { SigningKey } from '../jwt/key.ts';
export type * from './opaque-token.ts';
export type * from './refresh-token-types.ts';

export interface JwtAccessOptions<D> {
  /** Signs. On Workers a function: bindings arrive with the request. */
  readonly key: SigningKey | ((context: Context) => SigningKey);
  /** Who issues them: what `jwt({ issuer })` expects. */
  readonly issuer: string;
  /** How long one is good, in whole seconds up to a day. Default 300: for so long it outlives its sign-in where nobody asks. */
  readonly expiresIn?: number | undefined;
  /** Claims of the application's own, such as roles. They may not take the place of a claim below. */
  readonly claims?:
    | ((grant: AccessGrant<D>, context: Context) => object | undefined | Promise<object | undefined>)
    | undefined;
}

/**
 * Signed access tokens (RFC 9068): verified with no I/O wherever the key is.
 *
 * Claims: `iss`, `aud`, `sub`, `iat`, `exp`, `jti`, `scope`, `client_id` where the family has a client, `sid` (the family's id),
 * `auth_time`, `amr`, `acr`.
 *
 * What it does not do: end one before it expires; `jwt({ revocations: families.revocations })` does, at one read a request.
 *
 * @returns What `refreshTokens({ access })` takes.
 * @throws TypeError On a bad option.
 *
 * @example
 * ```ts
 * import { jwtAccess } from 'countersign/access-tokens';
 * import { importSecret } from 'countersign/jwt';
 *
 * const key = importSecret('not a secret: an example of 32 bytes');
 * export const access = jwtAccess({ key, issuer: 'https://id.example', expiresIn: 300 });
 * ```
 */
export function jwtAccess<D = unknown>({
  key,
  issuer,
  expiresIn = 300,
  claims,
  ...others
}: JwtAccessOptions<D>): AccessTokenIssuer<D> {
  assertNoOthers(others);
  if (typeof key !== 'function' && !key?.sign) throw new TypeError('key: one that signs');
  if (!issuer) throw new TypeError('issuer: needed');
  assertWhole('expiresIn', expiresIn, 1, 86_400);
  return {
    async issue(grant, context) {
      const { family, scopes, audience } = grant;
      // How long it is good, and its name, are not the application's to say: one that lives for ever is nobody's wish.
      const {
        iat: _,
        nbf: __,
        exp: ___,
        jti: ____,
        ...own
      }: Partial<JwtClaims> = (await claims?.(grant, context)) ?? {};
      const token = await signJwt(
        typeof key === 'function' ? key(context) : key,
        {
          ...own,
          iss: issuer,
          aud: audience.length === 1 ? audience[0] : audience,
          sub: family.subject,
          client_id: family.client,
          scope: scopes.join(' '),
          sid: family.id,
          auth_time: family.authTime,
          amr: family.amr,
          acr: family.acr,
        },
        { expiresIn },
        context,
      );
      return { token, expiresIn };
    },
  };
}

/** What an opaque access token has beside its subject and scopes. */
export interface OpaqueAccessData {
  /** The family's id. */
  readonly sid: string;
  readonly audience: readonly string[];
  readonly client?: string | undefined;
}

/**
 * Opaque access tokens: one more record each, and ended at once together with their sign-in.
 *
 * What it does not do: compare the audience, which is in `principal.data`; tokens for different APIs have a `prefix` each.
 *
 * @param tokens Of `opaqueTokens<OpaqueAccessData>`, for these alone: to end a family its subject's tokens are looked through.
 * @param options `expiresIn`: in whole seconds. Default 300.
 * @returns What `refreshTokens({ access })` takes.
 * @throws TypeError On a bad option.
 *
 * @example
 * ```ts
 * import { type OpaqueAccessData, opaqueAccess } from 'countersign/access-tokens';
 * import { memoryStore } from 'countersign/memory-store';
 * import { opaqueTokens } from 'countersign/opaque-tokens';
 *
 * const tokens = opaqueTokens<OpaqueAccessData>({ store: memoryStore(), prefix: 'access' });
 * export const access = opaqueAccess(tokens);
 * ```
 */
export function opaqueAccess<D = unknown>(
  tokens: OpaqueTokens<OpaqueAccessData>,
  { expiresIn = 300, ...others }: { readonly expiresIn?: number | undefined } = {},
): AccessTokenIssuer<D> {
  assertNoOthers(others);
  if (!tokens?.issue) throw new TypeError('tokens: what opaqueTokens() made');
  assertWhole('expiresIn', expiresIn, 1, 86_400);
  return {
    async issue({ family: { subject, id: sid, client }, scopes, audience }, context) {
      const data = { sid, audience, client };
      return { token: (await tokens.issue({ subject, scopes, expiresIn, data }, context)).token, expiresIn };
    },

    async revokeFamily({ subject, id }, context) {
      let after: string | undefined;
      do {
        const page = await tokens.list(subject, { after, limit: 100 }, context);
        const own = page.tokens.filter(({ data }) => data.sid === id);
        for (const each of own) await tokens.revoke(subject, each.id, context);
        after = page.next;
      } while (after !== undefined);
    },

    revokeAll: (subject, context) => tokens.revokeAll(subject, context),
    revokeToken: (token, context) => tokens.revokeToken(token, context),
  };
}
