import { expect, vi } from 'vitest';

/** Makes something as on a platform without Node's module. It must have looked: else it is not the portable way. */
export function withoutNodeCrypto<T>(make: () => T): T {
  const asked = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never);
  try {
    const made = make();
    expect(asked).toHaveBeenCalledWith('node:crypto');
    return made;
  } finally {
    asked.mockRestore();
  }
}
