import type { Context } from '../core/context.ts';
import type { Store, StoreCapability } from './contract.ts';

/** A store, or how it is found: on Workers its bindings arrive with the request. */
export type StoreOption<C extends StoreCapability> = Store<C> | ((context: Context) => Store<C>);

/**
 * Finds the store of an option, and refuses one that is not consistent; one that is, and not atomic, is left to the types.
 *
 * @throws TypeError On a store that is missing or refused, with what it says of itself. What a function returns is left to
 *   the types.
 */
export function storeOf<C extends StoreCapability>(store: StoreOption<C>): (context: Context) => Store<C> {
  if (typeof store === 'function') return store;
  const promised: true | string | undefined = store?.capabilities?.consistent;
  if (promised !== true) throw new TypeError(`store: needs to be consistent: ${promised}`);
  return () => store;
}
