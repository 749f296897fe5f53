import type { MaybePromise } from '../core/chain.ts';
import type { Context } from '../core/context.ts';
import { createContext } from '../runtime.ts';
import { decideRefresh } from './decide-refresh.ts';
import type { FamilyKeeper } from './family-keeper.ts';
import type { FullRefreshPolicy } from './refresh-policies.ts';
import type { ParsedRefreshToken, RefreshTokenFormat } from './refresh-token-format.ts';
import type {
  Audiences,
  RefreshRefusal,
  RefreshRequest,
  RefreshResult,
  RefreshTokens,
  TokenFamily,
} from './refresh-token-types.ts';
import { familyOf, type HeldFamily, hashed, stepped } from './token-family.ts';

interface Parts<D> {
  readonly format: RefreshTokenFormat;
  readonly policyOf: (client: string | undefined) => FullRefreshPolicy | undefined;
  readonly isActive: (family: TokenFamily<D>, context: Context) => MaybePromise<boolean>;
}

/** A refresh: finds the family, has {@link decideRefresh} decide, and does what that says; again where somebody was faster. */
export function refreshFamily<D>(
  keeper: FamilyKeeper<D>,
  { format, policyOf, isActive }: Parts<D>,
): RefreshTokens<D, string>['refresh'] {
  const refuse = (context: Context, reason: RefreshRefusal, held?: HeldFamily): RefreshResult<D> => {
    keeper.tell(context, 'refused', held, reason);
    return { ok: false, reason };
  };

  /** Why a good token gets nothing. Asked after a theft is: a thief must not look around first. */
  const refusalOf = ({ details }: HeldFamily, { scopes, audience }: RefreshRequest): RefreshRefusal | undefined => {
    if (scopes && !scopes.every((each) => details.scopes.includes(each))) return 'invalid_scope';
    const isMeant = !audience || (audience.length > 0 && audience.every((each) => details.audience.includes(each)));
    return isMeant ? undefined : 'invalid_target';
  };

  /** One try. @returns `undefined` where somebody was faster. */
  const attemptOnce = async (
    parsed: ParsedRefreshToken,
    request: RefreshRequest,
    context: Context,
  ): Promise<RefreshResult<D> | undefined> => {
    const held = await keeper.find(parsed, request, context);
    if (typeof held === 'string') return refuse(context, held);
    const { details } = held;
    const policy = policyOf(details.client);
    if (!policy || (details.binding && details.binding !== hashed(request.binding)))
      return refuse(context, 'invalid', held);
    const presented = { generation: parsed.generation, attempt: hashed(request.attempt) };
    const { answer, next } = decideRefresh(details, presented, context.now, policy);
    if (answer === 'reused') {
      await keeper.end(held, 'reused', context);
      return { ok: false, reason: 'replayed' };
    }
    const refusal = refusalOf(held, request);
    if (refusal) return refuse(context, refusal, held);
    if (!(await isActive(familyOf<D>(held), context))) {
      await keeper.end(held, 'revoked', context);
      return { ok: false, reason: 'revoked' };
    }
    const after = next ? await keeper.replace(held, stepped(details, next, format.firstKey), context) : held;
    if (!after) return undefined;
    const granted = {
      scopes: request.scopes ?? details.scopes,
      audience: (request.audience as Audiences | undefined) ?? details.audience,
    };
    const { tokens, ended } = await keeper.grant(after, granted, context);
    if (ended) return refuse(context, 'revoked', held);
    keeper.tell(context, answer, after);
    // Whose token stays gets none: a cookie that is late must not bring it back when it has been replaced.
    const isNew = answer === 'rotated' || answer === 'repeated';
    return { ok: true, answer, ...tokens, refreshToken: isNew ? keeper.tokenOf(after, context) : undefined };
  };

  return async (token, request = {}, context = createContext()) => {
    const parsed = format.parse(token, context);
    if (!parsed) return refuse(context, 'malformed');
    for (let tries = 9; tries--; ) {
      const result = await attemptOnce(parsed, request, context);
      if (result) return result;
    }
    // Nine times somebody else was faster, or what is read is not what is there: an outage, and nobody's theft.
    throw new Error('refresh token: taken');
  };
}
