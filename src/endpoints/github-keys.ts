import { type Fetch, fetchJson } from '../jwt/fetch-json.ts';
import { pemToJwk } from '../jwt/pem-to-jwk.ts';
import { publicVerifier } from '../jwt/public-verifier.ts';

/** Where GitHub publishes the keys that it signs reports with. */
const KEYS_URL = 'https://api.github.com/meta/public_keys/secret_scanning';

type Verifier = ReturnType<typeof publicVerifier>;

/** Seconds between two fetches that unknown names of keys may cause; GitHub allows 60 in an hour. */
const COOLDOWN = 60;
/** Milliseconds that a fetch may take. */
const TIMEOUT = 5000;

/**
 * The keys that reports are signed with, fetched when one is needed that is not known yet.
 *
 * @returns A function from a key's name and the time; `undefined` for a name that nobody published.
 */
export function githubKeys(
  fetch: Fetch | undefined,
  url: string = KEYS_URL,
): (identifier: string, now: number) => Promise<Verifier | undefined> {
  let keys: ReadonlyMap<string, string> = new Map();
  let fetchedAt = -Infinity;

  const load = async (): Promise<void> => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), TIMEOUT);
    try {
      const set = await fetchJson(url, controller.signal, fetch);
      const list = (set?.public_keys ?? []) as readonly { readonly key_identifier?: unknown; readonly key?: unknown }[];
      const found = list.flatMap(({ key_identifier: name, key }) =>
        typeof name === 'string' && typeof key === 'string' ? [[name, key] as const] : [],
      );
      // What has none is an accident: reports of before can still be checked.
      if (!found.length) throw new Error(`${new URL(url).origin}: no public_keys`);
      keys = new Map(found);
    } finally {
      clearTimeout(timer);
    }
  };

  return async (identifier, now) => {
    // A flood of names that nobody has causes no flood of fetches.
    if (!keys.has(identifier) && now - fetchedAt >= (keys.size ? COOLDOWN : 1)) {
      fetchedAt = now;
      await load();
    }
    const pem = keys.get(identifier);
    // The algorithm is GitHub's, and not one that a report names.
    return pem === undefined ? undefined : publicVerifier('ES256', await pemToJwk(pem, 'ES256'));
  };
}
