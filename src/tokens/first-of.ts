import { chain, type MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import type { PrincipalOfFormat, TokenFormat, TokenResult } from './token-format.ts';

/**
 * Several formats as one: the first whose token it is decides, also where it refuses. So tokens of every issuer, and API keys
 * sent as tokens, go through one `bearer`, and none of them refuses another's.
 *
 * @param formats In the order of asking; the cheapest first.
 * @throws TypeError On what is no format.
 *
 * @example
 * ```ts
 * import { bearer, firstOf } from 'countersign/bearer';
 * import { importSecret, jwt } from 'countersign/jwt';
 * import { memoryStore } from 'countersign/memory-store';
 * import { opaqueTokens } from 'countersign/opaque-tokens';
 *
 * const own = opaqueTokens({ store: memoryStore() });
 * const theirs = jwt({
 *   issuer: 'https://id.example',
 *   audience: 'https://api.example',
 *   keys: importSecret('not a secret: an example of 32 bytes'),
 * });
 * export const api = bearer({ tokens: firstOf(own, theirs) });
 * ```
 */
export function firstOf<const T extends readonly [TokenFormat<unknown>, ...TokenFormat<unknown>[]]>(
  ...formats: T
): TokenFormat<PrincipalOfFormat<T[number]>> {
  if (formats.some((format) => !format?.verify)) throw new TypeError('firstOf: no format');
  const ask = (token: string, context: Context, index: number): MaybePromise<TokenResult<unknown>> =>
    chain(formats[index]?.verify(token, context), (result) =>
      result === undefined && index < formats.length ? ask(token, context, index + 1) : result,
    );
  return { verify: (token, context) => ask(token, context, 0) } as TokenFormat<PrincipalOfFormat<T[number]>>;
}
