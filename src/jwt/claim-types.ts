/** A wrong type is never "not there": a check that is skipped is a check that passes (CVE-2026-44459). */
export function mayBe(value: unknown, isRight: (value: unknown) => boolean): boolean {
  return value === undefined || isRight(value);
}

export function isText(value: unknown): boolean {
  return typeof value === 'string';
}
