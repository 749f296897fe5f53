import { createClient } from '@libsql/client';
import { type Passwords, passwords } from '../../src/passwords/passwords.ts';
import { OWASP_16_MIB, scrypt } from '../../src/passwords/scrypt.ts';
import { type SqlStore, sqliteStore } from '../../src/stores/sqlite.ts';
import { createSecondFactor, type SecondFactor } from './account/second-factor.ts';
import { createKeys, type DemoKeys } from './keys/keys.ts';
import { MIN_LENGTH } from './people/new-password.ts';
import { createPeople, PEOPLE, type People } from './people/people.ts';
import { createSessions, type DemoSessions } from './sessions/sessions.ts';
import { createTokens, type DemoTokens } from './tokens/tokens.ts';

/** What the pages and panels share: who has signed in on one page is signed in on the others. */
export interface DemoParts {
  /** Sessions, keys, tokens, used codes and counters: one store for all of them. */
  readonly store: SqlStore;
  readonly people: People;
  readonly hashing: Passwords;
  readonly sessions: DemoSessions;
  readonly secondFactor: SecondFactor;
  readonly tokens: DemoTokens;
  readonly keys: DemoKeys;
}

/** One SQLite database, in memory: who restarts the demo begins anew. A real one is a file. */
export async function createParts(): Promise<DemoParts> {
  const db = createClient({ url: ':memory:', timeout: 5000 });
  const store = sqliteStore(db);
  await store.createTables();
  const people = await createPeople(db);
  // At full strength, as it would be anywhere: about 150 ms a sign-in, off the event loop.
  const hashing = passwords({ hasher: scrypt(OWASP_16_MIB), minLength: MIN_LENGTH });
  for (const { username, plaintextPassword, role } of PEOPLE) {
    const made = await hashing.hash(plaintextPassword);
    if (!made.ok) throw new Error(`the password of ${username}: ${made.reason}`);
    await people.add({ subject: username, username, name: username, role }, made.hash);
  }
  // A real one comes from the environment, outlives the process, and is not where the database is.
  const secret = crypto.getRandomValues(new Uint8Array(32));

  return {
    store,
    people,
    hashing,
    sessions: createSessions(store, secret, people),
    secondFactor: createSecondFactor(store, secret, people),
    tokens: createTokens(store),
    keys: createKeys(store),
  };
}
