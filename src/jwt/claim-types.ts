/** A wrong type is never "not there": a check that is skipped is a check that passes (CVE-2026-44459). */
export function mayBe(value: unknown, isRight: (value: unknown) => boolean): boolean {
  return value === undefined || isRight(value);
}

export function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/** Before the year 33658. JSON has no infinity, but 1e400 is one; and what is in milliseconds would be good for ever. */
export function isTime(value: unknown): boolean {
  return typeof value === 'number' && Math.abs(value) < 1e12;
}

export function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}
