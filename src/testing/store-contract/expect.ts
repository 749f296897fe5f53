/** Compares plain data, member by member, in order. */
export function equal(actual: unknown, expected: unknown, what = 'got'): void {
  if (Object.is(actual, expected)) return;
  const [got, wanted] = [show(actual), show(expected)];
  if (got !== wanted || typeof actual !== typeof expected) throw new Error(`${what} ${got}, expected ${wanted}`);
}

export function ok(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** `undefined` is written out: JSON would drop it. */
function show(value: unknown): string {
  return JSON.stringify(value, (_name, member) => (member === undefined ? 'undefined' : member)) ?? 'undefined';
}
