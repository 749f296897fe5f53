import { describeRefusal } from '../../../src/core/describe-refusal.ts';
import { protect } from '../../../src/index.ts';
import { accountRoutes } from '../account/account.ts';
import { secondFactorRoutes } from '../account/second-factor-routes.ts';
import type { Handler, LogEvent } from '../panel.ts';
import type { DemoParts } from '../parts.ts';
import { registerRoutes } from '../people/register.ts';
import { doorRoutes } from './door.ts';
import { signInRoutes } from './sign-in.ts';

export const WHO_AM_I = '/sessions/whoami';

/** Everything about people and their sessions, by path. */
export function sessionRoutes(onEvent: LogEvent, parts: DemoParts): ReadonlyMap<string, Handler> {
  const { sessions } = parts;
  const whoAmI = protect(
    sessions,
    (_request, { principal, scheme, session: { id, createdAt, endsAt } }) =>
      Response.json({ principal, scheme, session: { id, createdAt, endsAt } }),
    { refuse: describeRefusal, onEvent },
  );
  return new Map<string, Handler>([
    [WHO_AM_I, whoAmI],
    ...signInRoutes(sessions, onEvent),
    ...doorRoutes(parts, onEvent),
    ...registerRoutes(parts, onEvent),
    ...accountRoutes(parts, onEvent),
    ...secondFactorRoutes(parts, onEvent),
  ]);
}
