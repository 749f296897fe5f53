import type { Context } from '../../../src/index.ts';
import { createContext } from '../../../src/runtime.ts';
import type { SqlStore } from '../../../src/stores/sqlite.ts';
import { importSecret, type JwtClaims, jwt, signJwt } from '../../../src/tokens/jwt.ts';
import { jwtRevocations } from '../../../src/tokens/jwt-revocations.ts';
import { type OpaqueToken, opaqueTokens } from '../../../src/tokens/opaque-tokens.ts';
import type { TokenFormat } from '../../../src/tokens/token-format.ts';

/** Names, as those of a URL; nobody fetches them. */
const ISSUER = 'https://id.demo.example';
const AUDIENCE = 'https://files.demo.example';

/** A token to be. */
export interface Wanted {
  readonly subject: string;
  readonly scopes: readonly string[];
  /** In seconds. */
  readonly expiresIn: number;
}

export interface DemoTokens {
  readonly opaque: TokenFormat<OpaqueToken>;
  readonly jwt: TokenFormat<JwtClaims>;
  issueOpaque(wanted: Wanted): Promise<string>;
  issueJwt(wanted: Wanted): Promise<string>;
  /** Ends the token that this was accepted by. */
  revoke(token: OpaqueToken | JwtClaims): Promise<unknown>;
  /** Ends all tokens of a person, of both kinds. */
  revokeAll(subject: string): Promise<void>;
}

/** Both kinds of tokens, and how they end. */
export function createTokens(store: SqlStore): DemoTokens {
  const opaque = opaqueTokens({ store, prefix: 'demo' });
  const revocations = jwtRevocations({ store });
  // Issued and checked by one party. A real secret comes from the environment, and outlives the process.
  const key = importSecret(crypto.getRandomValues(new Uint8Array(32)));
  // One clock, so no more than the second by which a token may be dated ahead: see `endedBefore`.
  const format = jwt({ issuer: ISSUER, audience: AUDIENCE, keys: key, revocations, tolerance: 1, required: ['sub'] });
  /** When each person's tokens were ended last, so that the next one is not among them. */
  const endedBefore = new Map<string, number>();

  return {
    opaque,
    jwt: format,
    issueOpaque: async (wanted) => (await opaque.issue(wanted)).token,

    issueJwt({ subject, scopes, expiresIn }) {
      const context: Context = createContext();
      const iat = Math.max(Math.floor(context.now), endedBefore.get(subject) ?? 0);
      const claims = { iss: ISSUER, aud: AUDIENCE, sub: subject, scope: scopes.join(' '), iat };
      return signJwt(key, claims, { expiresIn }, context);
    },

    revoke: (token) => (isJwt(token) ? revocations.revoke(token) : opaque.revoke(token.subject, token.id)),

    async revokeAll(subject) {
      await opaque.revokeAll(subject);
      const { before } = await revocations.revokeAll({ iss: ISSUER, sub: subject });
      endedBefore.set(subject, before);
    },
  };
}

function isJwt(token: OpaqueToken | JwtClaims): token is JwtClaims {
  return 'iss' in token;
}
