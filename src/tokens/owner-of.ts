import { digest } from '../crypto/digest.ts';

/**
 * Whose records of one kind, as stores name it.
 *
 * The partition is 72 bits of the subject's hash: enough that nobody else's records are in it by chance. It stands in what is
 * issued to the subject, and is no secret: who guesses the subject can check it.
 */
export function ownerOf(
  kind: string,
  subject: string,
): { readonly kind: string; readonly subject: string; readonly partition: string } {
  return { kind, subject, partition: digest(subject, 'base64url').slice(0, 12) };
}
