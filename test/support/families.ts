import type { Context } from '../../src/index.ts';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { jwtAccess } from '../../src/tokens/access-tokens.ts';
import { importSecret } from '../../src/tokens/jwt.ts';
import {
  type RefreshEvent,
  type RefreshRequest,
  type RefreshTokens,
  type RefreshTokensOptions,
  refreshTokens,
} from '../../src/tokens/refresh-tokens.ts';
import { clockAt } from './sessions.ts';

export const ISSUER = 'https://id.example';
export const AUDIENCE = 'https://api.example';
export const SIGNING_KEY = importSecret('a signing key for tests, 32 bytes');
export const REFRESH_SECRET = 'a secret of refresh tokens, 32 b.';
export const LEEWAY = 30;
const SKEW = 5;
/** From here on a generation is rotated. */
export const OLD_ENOUGH: number = 2 * LEEWAY + SKEW;

type Options<D> = Partial<RefreshTokensOptions<D, string>>;

export function familiesOf<D = undefined>(options: Options<D> = {}): RefreshTokens<D, string> {
  return refreshTokens<D, string>({
    store: memoryStore(),
    secrets: { a: REFRESH_SECRET },
    access: jwtAccess({ key: SIGNING_KEY, issuer: ISSUER }),
    audience: AUDIENCE,
    ...options,
  });
}

/** Families over a clock that is moved by hand, with what they tell. */
export function watchedFamilies<D = undefined>(options: Options<D> = {}) {
  const clock = clockAt();
  const events: RefreshEvent[] = [];
  const store: Store = memoryStore();
  const families = familiesOf<D>({ store, ...options, onEvent: (event) => events.push(event) });
  return {
    clock,
    events,
    store,
    families,
    /** What is told of since the last time. */
    told: (): readonly string[] => events.splice(0).map(({ type, reason }) => (reason ? `${type} ${reason}` : type)),
    issue: (details: Partial<Parameters<typeof families.issue>[0]> = {}, more?: Partial<Context>) =>
      families.issue({ subject: 'ada', ...details } as Parameters<typeof families.issue>[0], clock.context(more)),
    /** How a refresh ends: the answer or the reason, and the tokens if there are. */
    async refresh(token: string, request?: RefreshRequest, more?: Partial<Context>) {
      const result = await families.refresh(token, request, clock.context(more));
      return result.ok ? result : { ...result, answer: result.reason, refreshToken: undefined, accessToken: undefined };
    },
  };
}
