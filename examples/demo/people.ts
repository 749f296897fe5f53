import { constantTimeEqual, sha256 } from '../../src/crypto/index.ts';

/** Two people who exist in this demo only. The page shows their passwords, so they are secret from nobody. */
export const PEOPLE = [
  { username: 'ada', plaintextPassword: 'correct horse', role: 'admin' },
  { username: 'josé', plaintextPassword: 'mañana: sí', role: 'reader' },
] as const;

export interface Person {
  readonly username: string;
  readonly role: string;
}

export function findPerson(username: string): Person | undefined {
  const found = PEOPLE.find((each) => each.username === username);
  return found && { username: found.username, role: found.role };
}

/** Whether a password is this person's; of an unknown one it is not, after the same comparison. */
export function hasPassword(username: string, password: string): boolean {
  const expected = PEOPLE.find((each) => each.username === username)?.plaintextPassword;
  // Digests, so that the time of the comparison does not tell how much of a guess was right.
  return constantTimeEqual(sha256(password), sha256(expected ?? '')) && expected !== undefined;
}
