import { freshRequest } from '../lib/fresh-request.mjs';
import { cookieValue, DATA, NAME, OTHER_SECRET, SECRET, sessionCredentials } from './session-credentials.mjs';
import { sealedFloors } from './session-sealed-floors.mjs';
import { authJs, ironSession, ironUnseal, nextAuth } from './session-sealed-peers.mjs';

const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * @param maxStaleness For how long the store's last answer is relied upon, in seconds.
 * @param ahead How far from now a good one was issued, in seconds.
 */
function ours(name, role, maxStaleness, ahead) {
  return {
    name,
    role,
    async create({ sealedSession, memoryStore, createContext }) {
      const options = { store: memoryStore(), maxStaleness, load: ({ subject }) => ({ username: subject }) };
      const sessions = sealedSession({ ...options, secret: SECRET });
      const others = sealedSession({ ...options, secret: OTHER_SECRET });
      const ages = { 'past its idle time': 8 * DAY, expired: 31 * DAY, revoked: HOUR };
      const issue = async (subject, flaw) => {
        const context = createContext();
        const then = { ...context, now: context.now - (ages[flaw] ?? -ahead) };
        const issuer = flaw === 'of another key' ? others : sessions;
        const { effects, session } = await issuer.issue(freshRequest(), { subject, data: DATA }, then);
        if (flaw === 'revoked') await sessions.revoke(subject, session.id);
        return cookieValue(effects[0].value);
      };
      const flaws = ['of another key', ...Object.keys(ages)];
      return {
        call: (request) => sessions.authenticate(request, createContext()),
        credentials: await sessionCredentials({ name: NAME, count: 3, issue, flaws }),
      };
    },
    subjectOf: (outcome) => (outcome.kind === 'accepted' ? outcome.principal.username : null),
  };
}

// Checked "in an hour": so the store's last answer is less than a minute old, however long the benchmark takes.
const aMinute = ours('countersign, sealedSession, the store asked once a minute', 'ours', 60, HOUR);
const eachTime = {
  ...ours('countersign, sealedSession, the store asked each time', 'reference', 0, 0),
  slow: true,
};

/** All of a session in the second of three cookies, encrypted. */
export const sealedAccepted = {
  name: 'session-sealed',
  timedOf: ({ good }) => good[0].request,
  contenders: [aMinute, eachTime, ...sealedFloors, ironUnseal, ironSession, authJs, nextAuth],
  goals: [
    { label: 'countersign over the floor', of: 'ours', per: 'floor', most: 1.4 },
    { label: 'countersign, asking each time, over the floor, CPU time', of: eachTime.name, per: 'floor', by: 'cpus' },
    // Peers hop to other threads, see basic.mjs: what it costs counts, and not how long it takes.
    ...[nextAuth, ironUnseal, ironSession, authJs].map(({ name }) => ({
      label: `${name} over countersign, CPU time`,
      of: name,
      per: 'ours',
      by: 'cpus',
      least: 10,
    })),
  ],
};
