import { constantTimeEqual } from '@oslojs/crypto/subtle';

/**
 * {@link constantTimeEqual} for bytes, such as a MAC: the same promise, and lengths are not hidden either.
 *
 * @param a Bytes.
 * @param b Bytes of the same length; another length is not equal.
 */
export function constantTimeEqualBytes(a: Uint8Array, b: Uint8Array): boolean {
  return constantTimeEqual(a, b);
}
