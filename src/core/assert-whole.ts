/** Refuses what is no whole number from `min` to `max`. @throws TypeError Naming the option and its bounds. */
export function assertWhole(option: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new TypeError(`${option}: a whole number, ${min} to ${max}`);
  }
}
