import type { Store } from './contract.ts';

export type StoreVerb = Exclude<keyof Store, 'capabilities'>;

/** A call that has not been made yet: a verb, what it is handed, and how it is made. */
export interface StoreCall {
  readonly verb: StoreVerb;
  readonly given: readonly unknown[];
  /** Makes it, each time it is called. */
  make(): unknown;
}

const VERBS: readonly StoreVerb[] = ['create', 'read', 'swap', 'touch', 'delete', 'list', 'endAll', 'epoch', 'advance'];

/**
 * A store that promises what another one does, and has each of its calls made by `answer`.
 *
 * @param answer Gives what the verb gives. The types do not check that.
 * @throws TypeError Where the store lacks a verb.
 */
export function eachVerb<S extends Store<never>>(
  store: S,
  answer: (call: StoreCall) => unknown,
): Store<never> & { readonly capabilities: S['capabilities'] } {
  const verbs = VERBS.map((verb) => {
    const own = store[verb] as (...given: readonly unknown[]) => unknown;
    if (typeof own !== 'function') throw new TypeError(`store: has no ${verb}()`);
    return [verb, (...given: readonly unknown[]) => answer({ verb, given, make: () => own.apply(store, [...given]) })];
  });
  return { capabilities: store.capabilities, ...Object.fromEntries(verbs) };
}
