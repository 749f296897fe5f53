import { afterEach, beforeEach, expect, it, vi } from 'vitest';

/** The choice is made once, at the first hash: a fresh copy of the module makes it in a platform that has no hash. */
beforeEach(() => vi.resetModules());
afterEach(() => void vi.restoreAllMocks());

it.each([
  ['has no such module', () => vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)],
  ['has the module, and an older one', () => vi.spyOn(process, 'getBuiltinModule').mockReturnValue({} as never)],
])('sha256 hashes where the platform %s', async (_name, arrange) => {
  const asked = arrange();
  const { sha256 } = await import('../../src/crypto/sha256.ts');
  expect(asked).not.toHaveBeenCalled();
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  // Looked for once, not at each hash.
  expect(asked).toHaveBeenCalledTimes(1);
});

it('sha256 hashes where the function is there, and throws: the Edge runtime of Next', async () => {
  const { sha256 } = await import('../../src/crypto/sha256.ts');
  const asked = vi.fn(() => {
    throw new Error('A Node.js API is used (process.getBuiltinModule) which is not supported in the Edge Runtime');
  });
  vi.stubGlobal('process', { env: {}, getBuiltinModule: asked });
  try {
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  } finally {
    vi.unstubAllGlobals();
  }
});
