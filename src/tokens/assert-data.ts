/**
 * Refuses data that must not be kept: what an application lets strangers write is bounded before it is in a store.
 *
 * @param json As `JSON.stringify` wrote it; text without quotes may stand before it.
 * @throws TypeError On what is too large, and on a member `__proto__`: whoever copies it in a loop changes a prototype.
 */
export function assertData(json: string, maxBytes: number): void {
  // Written so that `NaN` fails.
  if (!(new TextEncoder().encode(json).length <= maxBytes)) throw new TypeError(`data: over ${maxBytes} bytes`);
  // Only a member's name looks like this in JSON: in a value the quotes are escaped.
  if (json.includes('"__proto__":')) throw new TypeError('data: __proto__');
}
