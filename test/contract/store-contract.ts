import type { MaybePromise } from '../../src/core/chain.ts';
import type { Store } from '../../src/stores/contract.ts';
import { advanceCases } from './cases/advance.ts';
import { copiesCases } from './cases/copies.ts';
import { counterRaces } from './cases/counter-races.ts';
import { createCases } from './cases/create.ts';
import { deleteCases } from './cases/delete.ts';
import { endAllCases } from './cases/end-all.ts';
import { expiryCases } from './cases/expiry.ts';
import { listCases } from './cases/list.ts';
import { namesCases } from './cases/names.ts';
import { notFoundCases } from './cases/not-found.ts';
import { pagesCases } from './cases/pages.ts';
import { races } from './cases/races.ts';
import { signOutRaces } from './cases/sign-out-races.ts';
import { swapCases } from './cases/swap.ts';
import { touchCases } from './cases/touch.ts';
import { raceCases } from './race.ts';

/** A name that no other case has, and a function that throws where the store breaks the contract. */
export type StoreCase<Given extends readonly unknown[]> = readonly [
  name: string,
  run: (...given: Given) => Promise<void>,
];

export interface StoreCasesOptions {
  /** How often each race is run. Default 1000. */
  readonly rounds?: number | undefined;
}

/**
 * What `src/stores/contract.ts` says in prose, as cases for any test runner: `for (const [name, run] of cases) test(name, run)`.
 *
 * Times are around the present, since a backend may have an expiry of its own that sweeps; beyond that the cases hand in
 * whatever `now` they like. Ids, subjects and data are text as the library makes it, and worse.
 *
 * @param createStore Makes an empty store, for each case anew. It is handed what the case's function is handed.
 */
export function storeCases<Given extends readonly unknown[]>(
  createStore: (...given: Given) => MaybePromise<Store>,
  { rounds = 1000 }: StoreCasesOptions = {},
): readonly StoreCase<Given>[] {
  const behaviours = [
    ...createCases,
    ...expiryCases,
    ...notFoundCases,
    ...swapCases,
    ...touchCases,
    ...deleteCases,
    ...listCases,
    ...pagesCases,
    ...endAllCases,
    ...advanceCases,
    ...namesCases,
    ...copiesCases,
    ...raceCases([...races, ...signOutRaces, ...counterRaces], rounds),
  ];
  return behaviours.map(([name, run]) => [
    name,
    async (...given) => run(await createStore(...given), Math.floor(Date.now() / 1000)),
  ]);
}
