/**
 * Limits: how often whoever was accepted may come.
 *
 * @module countersign/limits
 */
import { compose } from '../core/any.ts';
import { assertNoOthers } from '../core/assert-no-others.ts';
import type { Authenticator } from '../core/authenticator.ts';
import { composite, leavesOf } from '../core/composition.ts';
import type { Context } from '../core/context.ts';
import type { Effect } from '../core/effects.ts';
import { notify } from '../core/notify.ts';
import type { Accepted, Outcome } from '../core/outcome.ts';
import { digest } from '../crypto/digest.ts';
import type { RecordKey } from '../stores/contract.ts';
import { countingStoreOf, type StoreOption } from '../stores/store-of.ts';
import type { Limit, LimitState } from './limit.ts';
import { networksOf } from './networks-of.ts';

export type * from '../stores/contract.ts';
export type { Limit, LimitBy, LimitOptions, LimitState } from './limit.ts';
export { type QuotaOptions, quota } from './quota.ts';
export { type RateLimitOptions, rateLimit } from './rate-limit.ts';

export interface LimitsOptions {
  /** Where requests are counted: a store with the capability `counters`. On Workers a function: bindings arrive with the request. */
  readonly store: StoreOption<'counters'>;
  /** Of {@link rateLimit} and {@link quota}, asked in this order: the one that refuses most first. */
  readonly limits: readonly [Limit, ...Limit[]];
  /**
   * Lets everybody in, uncounted, while the store fails, and gets what it threw. Whoever can make the store fail has no limits
   * then. Default: a failing store is a 503.
   */
  readonly admitAllWhenStoreIsDown?: ((error: unknown) => unknown) | undefined;
}

/**
 * The same authenticator, for those who have not come too often; others get a 429 with `Retry-After`, `RateLimit` and
 * `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-11), which also stand on what the handler answers. The event's reason is
 * `limited`.
 *
 * Put it outside of other guards: `limits(scopes(api, 'files:read'), …)` counts nothing for whoever lacks the scope. Bad
 * credentials count only where a limit says `includeRefused`. What is refused after authentication counts: a handler's own
 * `insufficient`, and a cross-site request with a cookie, which means that another site can use up the limit of whoever visits it.
 *
 * Each limit is one round trip. One that refuses gives back what the ones before it have counted.
 *
 * What it does not do: limit requests that are refused before there are credentials, which is a proxy's affair, or wait.
 *
 * @param authenticator Whose acceptances are counted.
 * @param options `store` and `limits` at least.
 * @throws TypeError On a bad option, two limits of one name, and a store that does not count: with the sentence it says of itself.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { apiKey } from 'countersign/api-key';
 * import { apiKeys } from 'countersign/api-keys';
 * import { limits, quota, rateLimit } from 'countersign/limits';
 * import { memoryStore } from 'countersign/memory-store';
 *
 * const store = memoryStore();
 * const api = limits(apiKey({ keys: apiKeys({ store, prefix: 'acme' }) }), {
 *   store,
 *   limits: [
 *     rateLimit({ name: 'steady', requests: 10, per: 1, burst: 50 }),
 *     quota({ name: 'plan', requests: 100_000, period: 'month', by: 'subject' }),
 *   ],
 * });
 * export default { fetch: protect(api, () => new Response('hello')) };
 * ```
 */
export function limits<A extends Accepted>(
  authenticator: Authenticator<A>,
  { store, limits: given, admitAllWhenStoreIsDown, ...others }: LimitsOptions,
): Authenticator<A> {
  assertNoOthers(others);
  const names = (given ?? []).map(({ name }) => name);
  if (!names.length) throw new TypeError('limits: one at least');
  if (new Set(names).size < names.length) throw new TypeError('limits: two of one name');
  const storeIn = countingStoreOf(store);
  const policy: Effect = { header: 'ratelimit-policy', value: given.map((limit) => limit.policy).join(', ') };

  const count = async (outcome: Outcome, context: Context): Promise<Outcome> => {
    try {
      return await decide(outcome, context);
    } catch (error) {
      if (!admitAllWhenStoreIsDown || error instanceof MissingCaller) throw error;
      notify(context, admitAllWhenStoreIsDown, error);
      return outcome;
    }
  };

  const decide = async (outcome: Outcome, context: Context): Promise<Outcome> => {
    const { now } = context;
    const counting = storeIn(context);
    const states: (LimitState & { readonly name: string })[] = [];
    const undo: (() => unknown)[] = [];
    for (const limit of given) {
      const caller =
        outcome.kind === 'accepted' || limit.includeRefused ? callerOf(limit, outcome, context) : undefined;
      if (caller === undefined) continue;
      const { step, window } = limit.step(now);
      const key = counterKey(limit.name, caller, window);
      const counted = await counting.advance(key, step, Math.floor(now));
      const state = limit.state(counted, now);
      states.push({ ...state, name: limit.name });
      if (!counted.ok) {
        // Refused it is in any case.
        await Promise.allSettled(undo.map(async (each) => each()));
        return limited(outcome, state.retryAfter, effectsOf(states));
      }
      undo.push(() => counting.advance(key, { ...step, by: -step.by }, Math.floor(now)));
    }
    return states.length ? { ...outcome, effects: [...(outcome.effects ?? []), ...effectsOf(states)] } : outcome;
  };

  const effectsOf = (states: readonly (LimitState & { readonly name: string })[]): readonly Effect[] => [
    policy,
    {
      header: 'ratelimit',
      value: states.map(({ name, remaining, reset }) => `"${name}";r=${remaining};t=${reset}`).join(', '),
    },
  ];

  const leaves = leavesOf([authenticator]).map((leaf): Authenticator => {
    const counted = composite([leaf], async (request, context) => {
      const outcome = await leaf.authenticate(request, context);
      // Of a part that has no credentials another may have some.
      return outcome.kind === 'absent' ? outcome : count(outcome, context);
    });
    return {
      ...counted,
      // No other credentials would help.
      challenge: (failure, context) => (failure.status === 429 ? [] : counted.challenge(failure, context)),
    };
  });
  return (authenticator.members ? compose(leaves) : leaves[0]) as Authenticator as Authenticator<A>;
}

/** A limit that does not know whom to count: a mistake of the application, which letting everybody in would hide. */
class MissingCaller extends Error {}

function callerOf({ name, by }: Limit, outcome: Outcome, context: Context): string | undefined {
  if (by === 'address') {
    if (context.address === undefined) {
      throw new MissingCaller(`limit ${name}: no address; let the option context of protect say it`);
    }
    return `address ${networksOf(context.address)[0] ?? context.address}`;
  }
  if (outcome.kind !== 'accepted') return undefined;
  if (typeof by === 'function') return by(outcome, context);
  if (outcome.scheme === 'anonymous') return undefined;
  const { credentialId, subject, scheme } = outcome;
  const caller = by === 'credential' ? (credentialId ?? subject) : subject;
  if (caller === undefined) {
    throw new MissingCaller(`limit ${name}: ${scheme} states no ${by}; name it by a function`);
  }
  return by === 'credential' ? `${scheme} ${caller}` : `subject ${caller}`;
}

/** Hashed: names and addresses of people have no business in counters, and may be of any length. */
function counterKey(name: string, caller: string, window: string): RecordKey {
  const id = digest(caller, 'base64url');
  return { kind: `limit.${name}`, partition: id.slice(0, 12), id: window ? `${id}.${window}` : id };
}

function limited(outcome: Outcome, retryAfter: number, effects: readonly Effect[]): Outcome {
  const { scheme } = outcome;
  return {
    kind: 'insufficient',
    reason: 'limited',
    status: 429,
    // Of the anonymous it must not be taken for "sign in".
    scheme: scheme === undefined || scheme === 'anonymous' ? '' : scheme,
    subject: 'subject' in outcome ? outcome.subject : undefined,
    effects: [...(outcome.effects ?? []), { header: 'retry-after', value: `${Math.max(1, retryAfter)}` }, ...effects],
  };
}
