/** Compares plain data, member by member, in order. */
export function equal(actual: unknown, expected: unknown, what = 'got'): void {
  if (Object.is(actual, expected)) return;
  const [got, wanted] = [show(actual), show(expected)];
  if (got !== wanted || typeof actual !== typeof expected) throw new Error(`${what} ${got}, expected ${wanted}`);
}

export function ok(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** Expects a TypeError whose message names what is wrong. */
export function refuses(construct: () => unknown, names: string): void {
  try {
    construct();
  } catch (error) {
    ok(
      error instanceof TypeError && error.message.includes(names),
      `threw ${error}, expected a TypeError with ${names}`,
    );
    return;
  }
  throw new Error(`accepted, expected a TypeError with ${names}`);
}

/** `undefined` is written out: JSON would drop it. */
function show(value: unknown): string {
  return JSON.stringify(value, (_name, member) => (member === undefined ? 'undefined' : member)) ?? 'undefined';
}
