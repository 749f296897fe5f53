/** Refuses what cannot be part of a counter's kind, which every store takes. @throws TypeError */
export function assertName(name: unknown): void {
  if (typeof name !== 'string' || !/^[a-z][\w-]{0,31}$/i.test(name)) {
    throw new TypeError('name: a letter, then up to 31 letters, digits, - and _');
  }
}
