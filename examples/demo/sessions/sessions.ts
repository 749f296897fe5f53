import { type Lifetime, type StoredSessions, session } from '../../../src/schemes/session.ts';
import { memoryStore } from '../../../src/stores/memory.ts';
import { findPerson, type Person } from '../people.ts';

export type DemoSessions = StoredSessions<'session', Person, undefined>;

/** Without "remember me": for an afternoon at a shared computer. In seconds. */
export const SHORT: Lifetime = { idle: 1800, absolute: 43_200 };
/** With it: a week, and a month. */
export const LONG: Lifetime = { idle: 604_800, absolute: 2_592_000 };

/** Everybody's sessions, in memory: who restarts the demo signs everybody out. */
export function createSessions(): DemoSessions {
  return session({
    // A real one comes from the environment, and outlives the process.
    secret: crypto.getRandomValues(new Uint8Array(32)),
    store: memoryStore({ maxRecords: 1000 }),
    load: ({ subject }) => findPerson(subject),
    lifetime: SHORT,
  });
}
