/** Remembers what verified tokens said, and nothing of any other token: refusals would push the good ones out. */
export interface VerifiedTokenCache<T> {
  get(token: string): T | undefined;
  set(token: string, value: T): void;
}

/**
 * @param max How many tokens are remembered, between half of it and all of it. 0: none.
 * @throws TypeError On what is no number.
 */
export function verifiedTokenCache<T>(max: number): VerifiedTokenCache<T> {
  // Of `NaN` there would be no end.
  if (!(max >= 0)) throw new TypeError('cache: 0 or more');
  // Two generations: when the younger is full, the older one goes, and a hit has nothing to write down.
  let young = new Map<string, { readonly token: string; readonly value: T }>();
  let old = young;
  // The end of a signature, since hashing a long token costs more than all else here.
  const keyOf = (token: string): string => token.slice(-43);
  return {
    get(token) {
      const key = keyOf(token);
      const found = young.get(key) ?? old.get(key);
      // The whole of it: another token with the same end says something else (CVE-2026-35039).
      return found?.token === token ? found.value : undefined;
    },
    set(token, value) {
      if (max < 2) return;
      if (young.size >= max / 2) {
        old = young;
        young = new Map();
      }
      young.set(keyOf(token), { token, value });
    },
  };
}
