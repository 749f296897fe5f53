import type { SqlStore } from '../../../src/stores/sqlite.ts';
import type { ApiKey } from '../../../src/tokens/api-key-record.ts';
import type { ApiKeyManagement } from '../../../src/tokens/api-key-types.ts';
import { type ApiKeys, apiKeys } from '../../../src/tokens/api-keys.ts';
import { manageApiKeys } from '../../../src/tokens/manage-api-keys.ts';

/** What a key of the demo may be for. */
export const SCOPES = ['files:read', 'files:write'] as const;

/** Of a key that is made in another's place, and where nothing is chosen; in seconds. */
export const USUAL_LIFETIME: number = 30 * 86_400;

export interface DemoKeys {
  /** Keys and counters. */
  readonly store: SqlStore;
  readonly keys: ApiKeys<undefined>;
  readonly manage: ApiKeyManagement<undefined>;
  /** Remembers a leak, so that the key's owner can be told. */
  addLeak(key: ApiKey<undefined>, url: string | undefined): void;
  /** What was found of a person's keys, newest first. */
  leaksOf(subject: string): readonly FoundLeak[];
}

/** What a person is told of a leak of theirs. */
interface FoundLeak {
  readonly id: string;
  readonly name: string;
  readonly url: string | undefined;
}

/** How many leaks a person is told of. */
const MAX_LEAKS = 5;

/** Everybody's API keys. */
export function createKeys(store: SqlStore): DemoKeys {
  // Used a second ago is what a person wants to see here. A real one writes once an hour, which is the default.
  const keys = apiKeys({ store, prefix: 'demo', environment: 'live', sampleUse: 1 });
  const leaks = new Map<string, readonly FoundLeak[]>();
  const leaksOf = (subject: string): readonly FoundLeak[] => leaks.get(subject) ?? [];

  return {
    store,
    keys,
    // A dead key is listed for ten minutes, so that whoever plays for long has a list that ends.
    manage: manageApiKeys(keys, { scopes: SCOPES, expiresIn: USUAL_LIFETIME, keepEnded: 600 }),
    addLeak: ({ id, name, subject }, url) =>
      void leaks.set(subject, [{ id, name, url }, ...leaksOf(subject)].slice(0, MAX_LEAKS)),
    leaksOf,
  };
}
