/**
 * Refuses what is left of an options object when the known names are taken out. A misspelt security option that is
 * silently ignored is an option switched off.
 *
 * @throws TypeError Naming the option.
 */
export function assertNoOthers(others: object): void {
  for (const name of Object.keys(others)) throw new TypeError(`no option '${name}'`);
}
