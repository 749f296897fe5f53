/**
 * Compares two strings in a time that depends on their lengths only. For digests and other secrets of a fixed length:
 * `===` stops at the first difference, and how soon it stops tells a patient stranger how much of a guess was right.
 *
 * Best effort, as everything in JavaScript is: the loop has no branch on a secret, and a compiler may still do as it likes.
 *
 * @param a Text, such as a digest in hex.
 * @param b Text of the same length. Another length is not equal, and says so at once: lengths are not hidden.
 */
export function constantTimeEqual(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let index = 0; index < a.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return difference === 0;
}
