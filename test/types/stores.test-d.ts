/** Types of stores, API keys and limits: a capability survives caches and annotations, and a store that lacks it does not compile. */
import { type Accepted, type AcceptedBy, any, type PrincipalOf, protect } from 'countersign';
import { apiKey, cookieKey } from 'countersign/api-key';
import { apiKeyEndpoints } from 'countersign/api-key-endpoints';
import { type ApiKey, apiKeys } from 'countersign/api-keys';
import { bearer } from 'countersign/bearer';
import { cachedStore } from 'countersign/cached-store';
import { type KvBinding, kvStore } from 'countersign/kv-store';
import { type Leak, leakReports } from 'countersign/leak-reports';
import { limits, quota, rateLimit } from 'countersign/limits';
import { manageApiKeys } from 'countersign/manage-api-keys';
import { memoryStore } from 'countersign/memory-store';
import { opaqueTokens } from 'countersign/opaque-tokens';
import { type Store, session } from 'countersign/session';
import { type FaultPlan, faultyStore, storeCases } from 'countersign/testing';
import { timeLimitedStore } from 'countersign/time-limited-store';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(proof: Equals<A, B>): void;

declare const binding: KvBinding;
const secret = 'not a secret: an example of 32 bytes';
const load = ({ subject }: { readonly subject: string }) => ({ name: subject });
const memory = memoryStore();
const kv = kvStore(binding);

// --- who needs more than a store promises does not compile -----------------------------------------------------------------
session({ secret, load, store: memory });
// @ts-expect-error: KV is not consistent.
session({ secret, load, store: kv });
// @ts-expect-error: also where it is found by the request.
session({ secret, load, store: () => kv });
// @ts-expect-error
apiKeys({ prefix: 'acme', store: kv });
// @ts-expect-error
opaqueTokens({ store: kv });
const one = rateLimit({ name: 'a', requests: 1, per: 1 });
const keys = apiKeys<{ plan: string }>({ prefix: 'acme', store: memory });
const reader = apiKey({ keys });
// @ts-expect-error: KV does not count.
limits(reader, { store: kv, limits: [one] });
// @ts-expect-error: one limit at least.
limits(reader, { store: memory, limits: [] });

// --- a claim does not come by writing it down ------------------------------------------------------------------------------
// @ts-expect-error: a plain Store promises everything.
kv satisfies Store;
// @ts-expect-error
kv satisfies Store<'consistent'>;
const nothing: Store<never> = kv;
// @ts-expect-error: what was forgotten is not promised either.
session({ secret, load, store: nothing });
const some: Store<'atomic' | 'consistent'> = memory;
session({ secret, load, store: some });
// @ts-expect-error: nobody said that it counts.
limits(reader, { store: some, limits: [one] });

// --- what stands in front of a store promises what that does ----------------------------------------------------------------
session({ secret, load, store: cachedStore(memory) });
session({ secret, load, store: cachedStore(timeLimitedStore(memory)) });
limits(reader, { store: cachedStore(memory), limits: [one] });
// @ts-expect-error: no feed in itself.
cachedStore(kv);
// @ts-expect-error: and with one elsewhere it is KV still.
session({ secret, load, store: cachedStore(kv, { feed: memory }) });
// @ts-expect-error
session({ secret, load, store: faultyStore(kv, {}) });
session({ secret, load, store: faultyStore(memory, { read: 'stale', create: 'lose' }) });
// @ts-expect-error: a write is not stale.
({ create: 'stale' }) satisfies FaultPlan;
// @ts-expect-error: no such capability.
storeCases(() => memory, { notClaimed: ['durable'] });

// --- keys -------------------------------------------------------------------------------------------------------------------
same<PrincipalOf<typeof reader>, ApiKey<{ plan: string }>>(true);
same<AcceptedBy<typeof reader>['scheme'], 'api-key'>(true);
const loading = apiKey({
  keys,
  load: async ({ principal }) => ({ plan: principal.data.plan }),
  alsoFrom: [cookieKey('k')],
});
same<PrincipalOf<typeof loading>, { plan: string }>(true);
const manage = manageApiKeys(keys);
manage.create({ subject: 'ada', data: { plan: 'gold' } });
// @ts-expect-error: the data is not optional here.
manage.create({ subject: 'ada' });
// @ts-expect-error: whose it is.
manage.create({ data: { plan: 'gold' } });
manageApiKeys(apiKeys({ prefix: 'acme', store: memory })).create({ subject: 'ada' });

const both = any(reader, bearer({ tokens: opaqueTokens({ store: memory }) }));
protect(both, (_request, accepted) => {
  if (accepted.scheme === 'api-key') same<typeof accepted.principal, ApiKey<{ plan: string }>>(true);
  return new Response(accepted.subject);
});
// What is limited is what it was.
const limited = limits(both, { store: memory, limits: [one, quota({ name: 'b', requests: 1, period: 'day' })] });
same<PrincipalOf<typeof limited>, PrincipalOf<typeof both>>(true);

const endpoints = apiKeyEndpoints(manage, { path: '/keys', data: () => ({ plan: 'free' }) });
declare const accepted: Accepted;
endpoints(new Request('https://app.example/keys'), accepted);
// @ts-expect-error: of another form.
apiKeyEndpoints(manage, { path: '/keys', data: () => ({ plan: 7 }) });
protect(reader, endpoints);

interface Env {
  readonly KEYS: string;
}
const context = (_request: Request, env: Env) => ({ bindings: env });
const onWorkers = protect(reader, apiKeyEndpoints(manage, { path: '/keys', data: () => ({ plan: 'free' }), context }), {
  context,
});
onWorkers(new Request('https://app.example/keys'), { KEYS: 'x' });
// @ts-expect-error: the bindings are needed.
onWorkers(new Request('https://app.example/keys'));

leakReports({
  revoke: (key) => manage.revokeKey(key),
  onLeak: (leak) => same<typeof leak, Leak<ApiKey<{ plan: string }>>>(true),
});
