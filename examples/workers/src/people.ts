import { protectWorker } from 'countersign/cloudflare';
import type { Store } from 'countersign/durable-object-store';
import { session } from 'countersign/session';
import { signIn } from 'countersign/sign-in';
import { signInThrottle } from 'countersign/sign-in-throttle';
import type { Env } from './env.ts';
import { hashingWith } from './hashing.js';
import { homePage } from './pages.ts';
import type { Users } from './users.ts';

/** Who comes with a browser: by password, then by cookie. */
export function people({ SESSION_SECRET, PEPPER }: Env, store: Store, users: Users) {
  const sessions = session({
    secret: SESSION_SECRET,
    store,
    load: ({ subject }) => users.findBySubject(subject),
  });
  const door = signIn({
    path: '/auth',
    sessions,
    passwords: hashingWith(PEPPER),
    throttle: signInThrottle({ store }),
    users,
  });
  const home = protectWorker(sessions, (_request, { principal }) => homePage(principal.name), {
    // A person is shown the form in place of a bare 401.
    refuse: ({ status }) =>
      new Response(null, status === 401 ? { status: 303, headers: { location: '/sign-in' } } : { status }),
  });
  return { sessions, door, home };
}

export type Sessions = ReturnType<typeof people>['sessions'];
