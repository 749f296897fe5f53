import { type Lifetime, type StoredSessions, session } from '../../../src/schemes/session.ts';
import type { SqlStore } from '../../../src/stores/sqlite.ts';
import { type People, type Person, personOf } from '../people/people.ts';

export type DemoSessions = StoredSessions<'session', Person, undefined>;

/** A day without use, and a month in any case; in seconds. Without "remember me" the browser forgets it when it is closed. */
const LIFETIME: Lifetime = { idle: 86_400, absolute: 2_592_000 };

/** Everybody's sessions. */
export function createSessions(store: SqlStore, secret: Uint8Array<ArrayBuffer>, people: People): DemoSessions {
  return session({
    secret,
    store,
    async load({ subject }) {
      const user = await people.findBySubject(subject);
      return user && personOf(user);
    },
    lifetime: LIFETIME,
  });
}
