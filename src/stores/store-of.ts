import type { Context } from '../core/context.ts';
import type { Store, StoreCapability } from './contract.ts';

/** A store, or how it is found: on Workers its bindings arrive with the request. */
export type StoreOption<C extends StoreCapability> = Store<C> | ((context: Context) => Store<C>);

/**
 * Finds the store of an option, and refuses one that is not consistent; one that is, and not atomic, is left to the types.
 *
 * @throws TypeError On a store that is missing or refused, with what it says of itself. Of a function: when it is called.
 */
export function storeOf<C extends StoreCapability>(option: StoreOption<C>): (context: Context) => Store<C> {
  const checked = (store: Store<C>): Store<C> => {
    const promised: true | string | undefined = store?.capabilities?.consistent;
    if (promised !== true) throw new TypeError(`store: needs to be consistent: ${promised}`);
    return store;
  };
  if (typeof option === 'function') return (context) => checked(option(context));
  checked(option);
  return () => option;
}

/** The same for whoever counts. Said twice: as one function it would cost each session 30 bytes. */
export function countingStoreOf(option: StoreOption<'counters'>): (context: Context) => Store<'counters'> {
  const checked = (store: Store<'counters'>): Store<'counters'> => {
    const promised: true | string | undefined = store?.capabilities?.counters;
    if (promised !== true) throw new TypeError(`store: needs counters: ${promised}`);
    return store;
  };
  if (typeof option === 'function') return (context) => checked(option(context));
  checked(option);
  return () => option;
}
