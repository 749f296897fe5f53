import { chain } from '../core/chain.ts';
import type { CounterStep, RecordKey, Store, SubjectKey } from '../stores/contract.ts';
import { eachVerb, type StoreCall, type StoreVerb } from '../stores/each-verb.ts';
import { staleCopy } from './stale-copy.ts';

export type { StoreVerb } from '../stores/each-verb.ts';

/**
 * What any call may suffer.
 *
 * - `throw`: nothing is done, and it throws at once.
 * - `reject`: nothing is done, and it fails later.
 * - `hang`: nothing is done, and there is no answer, ever.
 * - `late`: it is done, and its answer comes after `lateBy` seconds.
 */
export type StoreFault = 'throw' | 'reject' | 'hang' | 'late';

/**
 * `stale`: it answers what it answered to the same question when it last was well, as far as that is still alive, or as if
 * nothing had ever been written. Also where a fresh read is asked for.
 */
export type ReadFault = StoreFault | 'stale';

/**
 * - `lose`: nothing is done, and the answer says that it was.
 * - `write-then-reject`: it is done, and it fails: the answer was lost on its way.
 */
export type WriteFault = StoreFault | 'lose' | 'write-then-reject';

type FaultOf<Verb extends StoreVerb> = Verb extends 'read' | 'list' | 'epoch' ? ReadFault : WriteFault;

/**
 * The fault of each verb; a verb that is not named is well. The object is looked at with each call: change it, and the store
 * fails or recovers.
 */
export type FaultPlan = { [Verb in StoreVerb]?: FaultOf<Verb> | undefined };

export interface FaultyStoreOptions {
  /** In seconds, for `late`. Default 0.05. */
  readonly lateBy?: number | undefined;
}

/**
 * A store that fails as told, to see what your application does then. A clock that jumps needs no wrapper: the time is the
 * caller's.
 *
 * @param store What it asks where it is well.
 * @param plan What fails, and how.
 * @param options `lateBy`.
 * @returns A store that promises what `store` promises, and breaks it.
 * @throws TypeError On an unknown option, verb or fault; also when a call meets one that was put into the plan later.
 *
 * @example
 * ```ts
 * import { protect } from 'countersign';
 * import { memoryStore } from 'countersign/memory-store';
 * import { session } from 'countersign/session';
 * import { type FaultPlan, faultyStore } from 'countersign/testing';
 *
 * const plan: FaultPlan = {};
 * const sessions = session({
 *   secret: 'not a secret: an example of 32 bytes',
 *   store: faultyStore(memoryStore(), plan),
 *   load: ({ subject }) => ({ name: subject }),
 * });
 * const home = protect(sessions, () => new Response('welcome'));
 * const issued = await sessions.issue(new Request('https://app.example/'), { subject: 'ada' });
 * const cookie = issued.effects[0]?.value.split(';')[0] ?? '';
 * const visit = async () => (await home(new Request('https://app.example/', { headers: { cookie } }))).status;
 *
 * plan.read = 'reject';
 * console.log(await visit()); // 503
 * delete plan.read;
 * console.log(await visit()); // 200
 * ```
 */
export function faultyStore<S extends Store<never>>(
  store: S,
  plan: FaultPlan,
  { lateBy = 0.05, ...others }: FaultyStoreOptions = {},
): Store<never> & { readonly capabilities: S['capabilities'] } {
  for (const name of Object.keys(others)) throw new TypeError(`faultyStore(): no option '${name}'`);
  if (typeof lateBy !== 'number' || !(lateBy >= 0)) throw new TypeError('faultyStore(): lateBy must be seconds from 0');
  const copy = staleCopy();
  const faulty = eachVerb(store, (call) => {
    const fault = plan[call.verb];
    if (fault !== undefined) assertFault(call.verb, fault);
    switch (fault) {
      case undefined:
        return chain(call.make(), (answer) => copy.keep(call, answer));
      case 'stale':
        return copy.answer(call);
      case 'throw':
        throw new Error(`the store failed: ${call.verb} was told to throw`);
      case 'hang':
        return new Promise(() => {});
      default:
        return failLater(store, call, fault, lateBy);
    }
  });
  for (const [verb, fault] of Object.entries(plan)) {
    if (!Object.hasOwn(faulty, verb) || verb === 'capabilities') {
      throw new TypeError(`faultyStore(): no verb '${verb}'`);
    }
    if (fault !== undefined) assertFault(verb as StoreVerb, fault);
  }
  return faulty;
}

const READS: readonly StoreVerb[] = ['read', 'list', 'epoch'];
const FAULTS: readonly string[] = ['throw', 'reject', 'hang', 'late'];

/** Of the fault alone: what else there is in a plan may have come from anywhere. */
function assertFault(verb: StoreVerb, fault: string): void {
  const faults = [...FAULTS, ...(READS.includes(verb) ? ['stale'] : ['lose', 'write-then-reject'])];
  if (!faults.includes(fault)) {
    throw new TypeError(`faultyStore(): '${fault}' is no fault of ${verb}; there are ${faults.join(', ')}`);
  }
}

async function failLater(
  store: Store<never>,
  call: StoreCall,
  fault: 'reject' | 'late' | 'lose' | 'write-then-reject',
  lateBy: number,
): Promise<unknown> {
  if (fault === 'lose') return acknowledgementOf(store, call);
  if (fault !== 'reject') {
    const answer = await call.make();
    if (fault === 'late') return new Promise((resolve) => setTimeout(resolve, lateBy * 1000, answer));
  }
  throw new Error(`the store failed: ${call.verb} was told to ${fault}`);
}

/** What a write would have answered that found all as it should be. */
async function acknowledgementOf(store: Store<never>, { verb, given }: StoreCall): Promise<unknown> {
  if (verb === 'endAll') return (await store.epoch(given[0] as SubjectKey, { fresh: true })) + 1;
  if (verb !== 'advance') return true;
  const [key, step, now] = given as readonly [RecordKey, CounterStep, number];
  const look = { ...step, by: 0, ceiling: Number.MAX_SAFE_INTEGER };
  const { value } = await store.advance(key, look, now);
  const next = Math.max(step.floor, value + step.by);
  return next > step.ceiling ? { ok: false, value } : { ok: true, value: next };
}
