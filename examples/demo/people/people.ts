import type { Client, Row } from '@libsql/client';
import type { SignInUser, SignInUsers } from '../../../src/endpoints/sign-in.ts';

/** Two people who are there from the start. The pages show their passwords, so they are secret from nobody. */
export const PEOPLE = [
  { username: 'ada', plaintextPassword: 'correct horse', role: 'admin' },
  { username: 'josé', plaintextPassword: 'mañana: sí', role: 'reader' },
] as const;

/** Somebody, as handlers and pages get to see them: nothing secret. */
export interface Person {
  /** Names them for good; sessions, tokens and keys are issued to it. */
  readonly subject: string;
  /** What they sign in by, normalised. */
  readonly username: string;
  /** How they want to be called. */
  readonly name: string;
  readonly role: string;
}

/** A row of the table. */
export interface User extends Person, SignInUser {
  readonly passwordHash: string;
  /** Sealed. None: no second factor. */
  readonly totpSecret: string | undefined;
  /** Sealed: shown to its owner, and not yet confirmed by a code. */
  readonly totpPending: string | undefined;
}

/** The user table: the demo's own, beside the tables of the library. */
export interface People extends SignInUsers<User> {
  findByIdentifier(identifier: string): Promise<User | undefined>;
  findBySubject(subject: string): Promise<User | undefined>;
  /** @returns Whether it was added: of two who want one name at the same time, one gets it. */
  add(person: Person, passwordHash: string): Promise<boolean>;
  /** Keeps a secret that is not yet confirmed, in place of one from before. Whoever has a second factor keeps it. */
  setPending(subject: string, sealed: string): Promise<void>;
  /** Makes the secret that was confirmed the one that counts. @returns Whether it was still the one that waited. */
  confirmPending(user: User): Promise<boolean>;
  /** Ends the second factor, and one that is being set up. */
  removeSecondFactor(subject: string): Promise<void>;
}

const TABLE = `
  CREATE TABLE users (
    subject TEXT PRIMARY KEY,
    identifier TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    totp_secret TEXT,
    totp_pending TEXT
  )`;

/** @param db An empty database. */
export async function createPeople(db: Client): Promise<People> {
  await db.execute(TABLE);
  const find = async (sql: string, value: string): Promise<User | undefined> => {
    const [row] = (await db.execute({ sql, args: [value] })).rows;
    return row && userOf(row);
  };
  /** @returns How many rows it was true of. */
  const change = async (sql: string, ...args: (string | null)[]): Promise<number> =>
    (await db.execute({ sql, args })).rowsAffected;

  return {
    findByIdentifier: (identifier) => find('SELECT * FROM users WHERE identifier = ?', identifier),
    findBySubject: (subject) => find('SELECT * FROM users WHERE subject = ?', subject),
    // In place of the one that was verified, and of no other: else a rehash of the old password undoes a change of it.
    updatePasswordHash: async ({ subject, passwordHash }, hash) =>
      (await change(
        'UPDATE users SET password_hash = ? WHERE subject = ? AND password_hash = ?',
        hash,
        subject,
        passwordHash,
      )) === 1,
    add: async ({ subject, username, name, role }, passwordHash) =>
      (await change(
        'INSERT INTO users (subject, identifier, name, role, password_hash) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        subject,
        username,
        name,
        role,
        passwordHash,
      )) === 1,
    async setPending(subject, sealed) {
      await change('UPDATE users SET totp_pending = ? WHERE subject = ? AND totp_secret IS NULL', sealed, subject);
    },
    confirmPending: async ({ subject, totpPending = null }) =>
      (await change(
        'UPDATE users SET totp_secret = totp_pending, totp_pending = NULL WHERE subject = ? AND totp_pending = ? AND totp_secret IS NULL',
        subject,
        totpPending,
      )) === 1,
    async removeSecondFactor(subject) {
      await change('UPDATE users SET totp_secret = NULL, totp_pending = NULL WHERE subject = ?', subject);
    },
  };
}

/** What may be shown of somebody. */
export function personOf({ subject, username, name, role }: User): Person {
  return { subject, username, name, role };
}

function userOf(row: Row): User {
  const text = (column: string): string => String(row[column]);
  const textIfAny = (column: string): string | undefined => (row[column] === null ? undefined : text(column));
  return {
    subject: text('subject'),
    username: text('identifier'),
    name: text('name'),
    role: text('role'),
    passwordHash: text('password_hash'),
    totpSecret: textIfAny('totp_secret'),
    totpPending: textIfAny('totp_pending'),
  };
}
