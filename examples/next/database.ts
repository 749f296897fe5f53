/** What is kept, and where: people, and what the library keeps. */
import { createHash } from 'node:crypto';
import { type Client, createClient, type Row } from '@libsql/client';
import { passwords } from 'countersign/passwords';
import { scrypt } from 'countersign/scrypt';
import { normalizeIdentifier, type SignInUsers } from 'countersign/sign-in';
import { type SqlStore, sqliteStore } from 'countersign/sqlite-store';

export interface User {
  readonly subject: string;
  readonly name: string;
  readonly passwordHash: string;
}

let opened: { readonly db: Client; readonly store: SqlStore } | undefined;

/** Opened by the first who asks: the build imports this file, too. */
function open() {
  if (!opened) {
    // Waits while another connection writes: pages, routes and the proxy each have their own.
    const db = createClient({ url: process.env.DATABASE_URL ?? 'file:acme.db', timeout: 5000 });
    opened = { db, store: sqliteStore(db) };
  }
  return opened;
}

export const store = (): SqlStore => open().store;

/** A secret for each purpose: what one of them makes opens nothing of another. */
export function secretFor(purpose: string): string {
  const { SECRET } = process.env;
  if (!SECRET || SECRET.length < 32) throw new Error('SECRET: 32 random characters, or more');
  return createHash('sha256').update(`${purpose} ${SECRET}`).digest('base64');
}

export const hashing = passwords({ hasher: scrypt() });

const query = async (sql: string, ...args: string[]) => open().db.execute({ sql, args });
const userOf = (row: Row | undefined): User | undefined =>
  row && { subject: `${row.subject}`, name: `${row.name}`, passwordHash: `${row.password_hash}` };

export const users = {
  findByIdentifier: async (typed: string) =>
    userOf((await query('SELECT * FROM users WHERE identifier = ?', typed)).rows[0]),
  findBySubject: async (subject: string) =>
    userOf((await query('SELECT * FROM users WHERE subject = ?', subject)).rows[0]),
  async updatePasswordHash({ subject, passwordHash }: User, hash: string) {
    const sql = 'UPDATE users SET password_hash = ? WHERE subject = ? AND password_hash = ?';
    return (await query(sql, hash, subject, passwordHash)).rowsAffected === 1;
  },
} satisfies SignInUsers<User>;

export async function renameUser(subject: string, name: string): Promise<void> {
  await query('UPDATE users SET name = ? WHERE subject = ?', name, subject);
}

/** Called once, when the server starts. */
export async function prepare(): Promise<void> {
  // A server without a secret should not start, rather than refuse everybody.
  secretFor('sessions');
  await query('PRAGMA journal_mode = WAL');
  await store().createTables();
  await query(`CREATE TABLE IF NOT EXISTS users (
    subject TEXT PRIMARY KEY, identifier TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password_hash TEXT NOT NULL)`);
  const identifier = normalizeIdentifier('Ada@Acme.example');
  const made = await hashing.hash('correct horse battery staple');
  if (!identifier || !made.ok) throw new Error('That can be no user.');
  await query('INSERT OR IGNORE INTO users VALUES (?, ?, ?, ?)', 'u1', identifier, 'Ada', made.hash);
}
