/**
 * Refuses options that a store has not, and a time limit that is none.
 *
 * @param store Whose options they are, for the message.
 * @param others What is left of the options when the known ones are taken out.
 * @param timeout In seconds.
 * @param most The longest, in seconds.
 * @throws TypeError
 */
export function checkStoreOptions(store: string, others: object, timeout: unknown, most = 3600): void {
  for (const name of Object.keys(others)) throw new TypeError(`${store}: no option '${name}'`);
  if (typeof timeout !== 'number' || !(timeout > 0 && timeout <= most)) {
    throw new TypeError(`${store}: timeout must be seconds, more than 0 and at most ${most}`);
  }
}
