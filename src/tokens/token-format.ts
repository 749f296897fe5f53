import type { MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import type { Facts, RejectReason } from '../core/outcome.ts';

/** What a good token says. */
export interface VerifiedToken<P> extends Facts {
  /** Whose it is, as the format knows it: the claims of a JWT, the record of an opaque token. */
  readonly principal: P;
}

/**
 * What a format says of a token: what is in it; why it is not good; `undefined` where it is none of this format's, so that
 * another format may look at it.
 */
export type TokenResult<P> = VerifiedToken<P> | RejectReason | undefined;

/** One format of access tokens, whoever carries them. */
export interface TokenFormat<P> {
  /**
   * Decides about a token. Never throws on a bad one; a store or key source that fails is a throw (or a rejected promise), and
   * becomes a 503.
   *
   * @param token Whatever somebody sent: of any length, of any characters.
   */
  verify(token: string, context: Context): MaybePromise<TokenResult<P>>;
}

/** The principal of a format. */
export type PrincipalOfFormat<F> = F extends TokenFormat<infer P> ? P : never;
