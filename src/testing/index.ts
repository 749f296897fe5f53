/**
 * What it takes to test a store of one's own, and what one's own application does when its store fails.
 *
 * @module countersign/testing
 */
export type * from '../stores/contract.ts';
export {
  type FaultPlan,
  type FaultyStoreOptions,
  faultyStore,
  type ReadFault,
  type StoreFault,
  type StoreVerb,
  type WriteFault,
} from './faulty-store.ts';
export {
  type StoreCase,
  type StoreCasesOptions,
  type StoreHandles,
  storeCases,
} from './store-contract/store-contract.ts';
