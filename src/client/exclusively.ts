/** How long a tab waits for another's lock, in milliseconds. Its owner may be frozen, and holds it for as long as that lasts. */
const PATIENCE = 15_000;

/**
 * Runs `work` while no other tab runs the same, by Web Locks. Where there are none, or a sandbox refuses them, and where another tab
 * doesn't let go, it runs all the same: the server answers the same token in the same way.
 *
 * @param work Told whether it had to wait for another tab.
 */
export async function exclusively<T>(name: string, work: (hadToWait: boolean) => Promise<T>): Promise<T> {
  const locks = globalThis.navigator?.locks;
  let begun: Promise<T> | undefined;
  const begin = (hadToWait: boolean): Promise<T> => {
    begun ??= work(hadToWait);
    return begun;
  };
  try {
    await locks?.request(name, { ifAvailable: true }, (lock) => lock && begin(false));
    if (!begun) await locks?.request(name, { signal: AbortSignal.timeout(PATIENCE) }, () => begin(true));
  } catch {
    // What `work` threw is thrown below.
  }
  return begin(false);
}
