/** A wrong type is never "not there": a check that is skipped is a check that passes (CVE-2026-44459). */
export function are(values: readonly unknown[], isRight: (value: unknown) => boolean): boolean {
  return values.every((value) => value === undefined || isRight(value));
}

export function isText(value: unknown): boolean {
  return typeof value === 'string';
}
