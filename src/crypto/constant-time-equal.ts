/**
 * Compares two strings in a time that depends on their lengths only. For digests and other secrets of a fixed length:
 * `===` stops at the first difference, and how soon it stops tells a patient stranger how much of a guess was right.
 *
 * Best effort, as everything in JavaScript is: the loop has no branch on a secret, and a compiler may still do as it likes.
 *
 * @param a Text, such as a digest in hex.
 * @param b Text of the same length. Another length is not equal; lengths are not hidden.
 */
export function constantTimeEqual(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < b.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return !difference;
}
