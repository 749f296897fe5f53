import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import type { ManageApiKeysOptions } from '../../src/tokens/api-key-types.ts';
import { type ApiKeysOptions, apiKeys } from '../../src/tokens/api-keys.ts';
import { manageApiKeys } from '../../src/tokens/manage-api-keys.ts';
import { countingStore } from './sessions.ts';

/** Keys `acme_live_…` in a store that counts what it is asked, and what makes them. */
export function keysIn(
  {
    store: inner = memoryStore(),
    ...options
  }: Partial<Omit<ApiKeysOptions, 'store'>> & { readonly store?: Store } = {},
  management: ManageApiKeysOptions = {},
) {
  const store = countingStore(inner);
  const keys = apiKeys<unknown>({ store, prefix: 'acme', environment: 'live', ...options });
  return { store, keys, manage: manageApiKeys(keys, management) };
}
