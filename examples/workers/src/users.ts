import type { SignInUsers } from 'countersign/sign-in';

export interface User {
  readonly subject: string;
  readonly name: string;
  readonly passwordHash: string | null;
}

const COLUMNS = 'subject, name, password_hash AS passwordHash';

/** The application's user table. */
export function usersIn(db: D1Database) {
  return {
    findByIdentifier: (identifier: string) =>
      db.prepare(`SELECT ${COLUMNS} FROM users WHERE identifier = ?`).bind(identifier).first<User>(),
    findBySubject: (subject: string) =>
      db.prepare(`SELECT ${COLUMNS} FROM users WHERE subject = ?`).bind(subject).first<User>(),
    async updatePasswordHash({ subject, passwordHash }: User, hash: string) {
      // Of that hash alone: else a sign-in that rehashes the old password would undo a change of it.
      const { meta } = await db
        .prepare('UPDATE users SET password_hash = ? WHERE subject = ? AND password_hash IS ?')
        .bind(hash, subject, passwordHash)
        .run();
      return meta.changes === 1;
    },
  } satisfies SignInUsers<User>;
}

export type Users = ReturnType<typeof usersIn>;
