import { endAccess } from '../../../src/endpoints/end-access.ts';
import { protect } from '../../../src/index.ts';
import { onlyPost } from '../form.ts';
import { redirect } from '../layout.ts';
import type { Handler, LogEvent } from '../panel.ts';
import type { DemoParts } from '../parts.ts';
import { signInInstead } from '../sessions/sign-in-instead.ts';
import { accountPage } from './account-page.ts';

/** The page that needs a session. Its forms post to the door, but for the one that ends everything. */
export function accountRoutes(
  { sessions, people, tokens, keys }: DemoParts,
  onEvent: LogEvent,
): ReadonlyMap<string, Handler> {
  const options = { refuse: signInInstead, onEvent };

  const account = protect(
    sessions,
    async ({ url }: Request, { principal, session }) => {
      const { sessions: living } = await sessions.list(session.subject);
      const { searchParams } = new URL(url);
      return accountPage({
        person: principal,
        hasSecondFactor: (await people.findBySubject(session.subject))?.totpSecret !== undefined,
        present: session,
        living,
        now: Date.now() / 1000,
        error: searchParams.get('error'),
        reason: searchParams.get('reason'),
      });
    },
    options,
  );

  const endAll = protect(
    sessions,
    async (request: Request, { session: { subject } }) => {
      // The subject is the session's own and never the form's, so that nobody ends what is somebody else's.
      await endAccess(subject, [sessions, tokens, keys.manage]);
      return (await sessions.signOut(request)).applyTo(redirect('/sign-in'));
    },
    options,
  );

  return new Map<string, Handler>([
    ['/account', account],
    ['/account/end-all', onlyPost(endAll)],
  ]);
}
