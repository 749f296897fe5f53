/** Who may sign in, by what, and where it is kept. */
import { Database } from 'bun:sqlite';
import { any } from 'countersign';
import { jwtAccess } from 'countersign/access-tokens';
import { apiKey } from 'countersign/api-key';
import { apiKeyEndpoints } from 'countersign/api-key-endpoints';
import { apiKeys } from 'countersign/api-keys';
import { bearer } from 'countersign/bearer';
import { importSecret, jwt } from 'countersign/jwt';
import { manageApiKeys } from 'countersign/manage-api-keys';
import { passwords } from 'countersign/passwords';
import { refreshTokens } from 'countersign/refresh-tokens';
import { scrypt } from 'countersign/scrypt';
import { session } from 'countersign/session';
import { normalizeIdentifier, signIn } from 'countersign/sign-in';
import { signInThrottle } from 'countersign/sign-in-throttle';
import { sqliteStore } from 'countersign/sqlite-store';
import { tokenEndpoints } from 'countersign/token-endpoints';

export interface User {
  readonly subject: string;
  readonly name: string;
  readonly passwordHash: string;
}

const ISSUER = 'https://acme.example';
const AUDIENCE = 'https://acme.example/api';

export async function createAuth(database: string, secret: string) {
  const db = new Database(database);
  // Readers don't wait for who writes, and who writes waits for another.
  db.run('PRAGMA journal_mode = WAL');
  db.run('PRAGMA busy_timeout = 5000');
  db.run(`CREATE TABLE IF NOT EXISTS users (
    subject TEXT PRIMARY KEY, identifier TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password_hash TEXT NOT NULL)`);
  const store = sqliteStore(db);
  await store.createTables();

  const find = (column: 'subject' | 'identifier', value: string): User | null =>
    db
      .query<User, [string]>(`SELECT subject, name, password_hash AS passwordHash FROM users WHERE ${column} = ?`)
      .get(value);

  // A secret for each purpose: what one of them makes opens nothing of another.
  const secretFor = (purpose: string): string =>
    new Bun.CryptoHasher('sha256').update(`${purpose} ${secret}`).digest('base64');

  // People in browsers have a session.
  const sessions = session({ secret: secretFor('sessions'), store, load: ({ subject }) => find('subject', subject) });

  // Programs have access tokens, which last five minutes, and a refresh token.
  const key = importSecret(secretFor('access tokens'));
  const families = refreshTokens({
    store,
    secrets: { a: secretFor('refresh tokens') },
    access: jwtAccess({ key, issuer: ISSUER }),
    audience: AUDIENCE,
    clients: { cli: {} },
  });
  const tokens = tokenEndpoints({ path: '/oauth', families });

  // Or they have keys, which people make in their settings.
  const keys = apiKeys({ store, prefix: 'acme', pepper: { a: secretFor('api keys') } });

  const hashing = passwords({ hasher: scrypt() });
  const door = signIn({
    path: '/auth',
    sessions,
    passwords: hashing,
    throttle: signInThrottle({ store }),
    users: {
      findByIdentifier: (identifier) => find('identifier', identifier),
      findBySubject: (subject) => find('subject', subject),
      updatePasswordHash(user, hash) {
        const sql = 'UPDATE users SET password_hash = ? WHERE subject = ? AND password_hash = ?';
        return db.run(sql, [hash, user.subject, user.passwordHash]).changes === 1;
      },
    },
    tokens: tokens.forSignIn<User>((request) => ({ device: request.headers.get('user-agent') ?? undefined })),
    pages: { signedIn: '/account' },
    onError: (error) => console.error(error),
  });

  return {
    sessions,
    door,
    tokens,
    /** What a settings page calls, behind `sessions`. */
    keyEndpoints: apiKeyEndpoints(manageApiKeys(keys), { path: '/settings/keys' }),
    /** Whoever calls the API: by key, or by access token. */
    programs: any(apiKey({ keys }), bearer({ tokens: jwt({ issuer: ISSUER, audience: AUDIENCE, keys: key }) })),

    async addUser(typed: string, name: string, password: string): Promise<void> {
      const identifier = normalizeIdentifier(typed);
      const made = await hashing.hash(password);
      if (identifier === undefined || !made.ok) throw new Error('That can be no user.');
      db.run('INSERT OR IGNORE INTO users VALUES (?, ?, ?, ?)', [crypto.randomUUID(), identifier, name, made.hash]);
    },
  };
}

export type Auth = Awaited<ReturnType<typeof createAuth>>;
