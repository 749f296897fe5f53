import { freshRequest } from '../lib/fresh-request.mjs';
import { cookieValue, NAME, OTHER_SECRET, SECRET, sessionCredentials } from './session-credentials.mjs';
import { BY_HASH, storedFloors } from './session-stored-floors.mjs';
import { betterAuth, handwork, hono, lucia } from './session-stored-peers.mjs';

const DAY = 86_400;

/** The library's sessions in its memory store, and cookies of theirs, good but for a flaw. */
export function storedSessions({ session, memoryStore, createContext }) {
  const load = ({ subject }) => ({ username: subject });
  const store = memoryStore();
  const sessions = session({ secret: SECRET, store, load });
  const others = {
    'of another key': session({ secret: OTHER_SECRET, store, load }),
    'unknown to the store': session({ secret: SECRET, store: memoryStore(), load }),
  };
  // Seven days idle, thirty in all: the store's end is over after eight, and the cookie's own after thirty-one.
  const age = { 'past its idle time': 8 * DAY, expired: 31 * DAY };
  return {
    sessions,
    flaws: [...Object.keys(others), ...Object.keys(age), 'revoked'],
    async issue(subject, flaw) {
      const context = createContext();
      const then = { ...context, now: context.now - (age[flaw] ?? 0) };
      const issued = await (others[flaw] ?? sessions).issue(freshRequest(), { subject }, then);
      if (flaw === 'revoked') await sessions.revoke(subject, issued.session.id);
      return cookieValue(issued.effects[0].value);
    },
  };
}

const ours = {
  name: 'countersign, session',
  role: 'ours',
  async create(library) {
    const { createContext } = library;
    const { sessions, issue, flaws } = storedSessions(library);
    const credentials = await sessionCredentials({ name: NAME, count: 10, issue, flaws, crowd: 1000 });
    return { call: (request) => sessions.authenticate(request, createContext()), credentials };
  },
  subjectOf: (outcome) => (outcome.kind === 'accepted' ? outcome.principal.username : null),
};

const contenders = [ours, ...storedFloors, handwork, hono, betterAuth, lucia];

/** A signed id in the fifth of ten cookies, a thousand sessions in the store, which is a `Map` for all of them. */
export const storedAccepted = {
  name: 'session-stored',
  timedOf: ({ good }) => good[0].request,
  contenders,
  goals: [
    { label: 'countersign over the floor', of: 'ours', per: 'floor', most: 1.6 },
    { label: 'countersign over the floor with crypto.hash', of: 'ours', per: BY_HASH },
    { label: 'hand-work over countersign', of: handwork.name, per: 'ours', least: 1 },
    // They hop to other threads, see basic.mjs: what it costs counts, and not how long it takes.
    { label: 'hono over countersign, CPU time', of: hono.name, per: 'ours', by: 'cpus', least: 20 },
    { label: 'better-auth over countersign, CPU time', of: betterAuth.name, per: 'ours', by: 'cpus', least: 100 },
    { label: 'better-auth over countersign, wall clock', of: betterAuth.name, per: 'ours' },
    { label: 'lucia over countersign, CPU time', of: lucia.name, per: 'ours', by: 'cpus' },
  ],
};

/** The same with a signature that is one character off: what garbage costs before the store is asked. */
export const storedForged = {
  name: 'session-stored-forged',
  slow: true,
  timedOf: ({ forged }) => forged,
  contenders,
  goals: [
    { label: 'countersign over the floor', of: 'ours', per: 'floor' },
    { label: 'hand-work over countersign', of: handwork.name, per: 'ours' },
    { label: 'hono over countersign, CPU time', of: hono.name, per: 'ours', by: 'cpus' },
    { label: 'better-auth over countersign, CPU time', of: betterAuth.name, per: 'ours', by: 'cpus' },
  ],
};
