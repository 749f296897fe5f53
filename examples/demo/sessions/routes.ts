import { describeRefusal } from '../../../src/core/describe-refusal.ts';
import { type EventListener, protect } from '../../../src/index.ts';
import type { Handler } from '../panel.ts';
import { accountRoutes } from './account.ts';
import type { DemoSessions } from './sessions.ts';
import { signInRoutes } from './sign-in.ts';

export const WHO_AM_I = '/sessions/whoami';

/** Everything about sessions, by path. */
export function sessionRoutes(onEvent: EventListener, sessions: DemoSessions): ReadonlyMap<string, Handler> {
  const whoAmI = protect(
    sessions,
    (_request, { principal, scheme, session: { id, createdAt, endsAt } }) =>
      Response.json({ principal, scheme, session: { id, createdAt, endsAt } }),
    { refuse: describeRefusal, onEvent },
  );
  return new Map([[WHO_AM_I, whoAmI], ...signInRoutes(sessions, onEvent), ...accountRoutes(sessions, onEvent)]);
}
