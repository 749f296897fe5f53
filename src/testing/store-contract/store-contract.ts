import type { MaybePromise } from '../../core/chain.ts';
import type { Store, StoreCapability } from '../../stores/contract.ts';
import { advanceCases } from './cases/advance.ts';
import { capabilitiesCases } from './cases/capabilities.ts';
import { copiesCases } from './cases/copies.ts';
import { counterRaces } from './cases/counter-races.ts';
import { createCases } from './cases/create.ts';
import { deleteCases } from './cases/delete.ts';
import { endAllCases } from './cases/end-all.ts';
import { expiryCases } from './cases/expiry.ts';
import { freshCases } from './cases/fresh.ts';
import { listCases } from './cases/list.ts';
import { namesCases } from './cases/names.ts';
import { notFoundCases } from './cases/not-found.ts';
import { pagesCases } from './cases/pages.ts';
import { races } from './cases/races.ts';
import { signOutRaces } from './cases/sign-out-races.ts';
import { swapCases } from './cases/swap.ts';
import { touchCases } from './cases/touch.ts';
import { assertClaimed, assertNotClaimed } from './claims.ts';
import type { Behaviour } from './fixture.ts';
import { raceCases } from './race.ts';

/** A name that no other case has, and a function that throws where the store breaks the contract. */
export type StoreCase<Given extends readonly unknown[]> = readonly [
  name: string,
  run: (...given: Given) => Promise<void>,
];

/**
 * A store, or several onto the same data: two connections, two caches before one database, two processes. Fresh reads, and
 * races where the store claims `consistent`, are tried across all of them; the rest on the first.
 */
export type StoreHandles = Store<never> | readonly [Store<never>, ...Store<never>[]];

export interface StoreCasesOptions {
  /** How often each race is run, with 2 to 100 callers. Default 1000. */
  readonly rounds?: number | undefined;
  /**
   * What the store does not claim. Cases that need it ask instead whether the store says why, and bear a name that says so.
   * Default: nothing; all three are claimed.
   */
  readonly notClaimed?: readonly StoreCapability[] | undefined;
}

/**
 * What {@link Store} promises in prose, as cases for any test runner: all of them with every capability claimed.
 *
 * Times are around the present, since a backend may have an expiry of its own that sweeps; beyond that the cases hand in
 * whatever `now` they like. Ids, subjects and data are text as the library makes it, and worse.
 *
 * What it does not check: that the store outlives a restart, that it answers in time, what it does when its backend fails
 * (see `faultyStore` for what becomes of that), and that what is dead is ever swept.
 *
 * @param createStore Makes an empty store, for each case anew. It is handed what the case's function is handed.
 * @returns Pairs of a name and a function. The names follow from the options alone, so a runner can list them before there
 *   is a store.
 * @throws TypeError On a bad option; it names the option.
 *
 * @example
 * ```ts
 * import { memoryStore } from 'countersign/memory-store';
 * import { storeCases } from 'countersign/testing';
 *
 * // With a runner: for (const [name, run] of cases) test(name, () => run());
 * const cases = storeCases(() => memoryStore(), { rounds: 10 });
 * for (const [name, run] of cases) await run().catch((error) => console.error(name, error));
 * ```
 */
export function storeCases<Given extends readonly unknown[]>(
  createStore: (...given: Given) => MaybePromise<StoreHandles>,
  { rounds = 1000, notClaimed = [], ...others }: StoreCasesOptions = {},
): readonly StoreCase<Given>[] {
  for (const name of Object.keys(others)) throw new TypeError(`storeCases(): no option '${name}'`);
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new TypeError('storeCases(): rounds must be a whole number from 1');
  }
  for (const name of notClaimed) {
    if (!groupsOf(1).some(([needed]) => needed === name)) {
      throw new TypeError(`storeCases(): notClaimed: no capability '${name}'`);
    }
  }
  const open = async (given: Given): Promise<readonly Store[]> => {
    const opened = await createStore(...given);
    // Each case asks only for what its group needs, and that is looked at before it runs.
    return (Array.isArray(opened) ? opened : [opened]) as readonly Store[];
  };
  return groupsOf(rounds).flatMap(([needed, behaviours]) => {
    const isClaimed = !needed || !notClaimed.includes(needed);
    return behaviours.map(([name, run]): StoreCase<Given> => {
      if (!isClaimed) {
        return [`${name} (not claimed: ${needed})`, async (...given) => assertNotClaimed(await open(given), needed)];
      }
      return [
        name,
        async (...given) => {
          const handles = await open(given);
          if (needed) assertClaimed(handles, needed);
          await run(handles[0] as Store, Math.floor(Date.now() / 1000), handles);
        },
      ];
    });
  });
}

/** The cases by what they need. */
function groupsOf(rounds: number): readonly (readonly [needed: StoreCapability | undefined, readonly Behaviour[]])[] {
  return [
    [
      undefined,
      [
        ...capabilitiesCases,
        ...createCases,
        ...expiryCases,
        ...notFoundCases,
        ...swapCases,
        ...touchCases,
        ...deleteCases,
        ...listCases,
        ...pagesCases,
        ...endAllCases,
        ...namesCases,
        ...copiesCases,
      ],
    ],
    ['consistent', freshCases],
    ['counters', [...advanceCases, ...raceCases(counterRaces, rounds)]],
    ['atomic', raceCases([...races, ...signOutRaces], rounds)],
  ];
}
