import { describeRefusal } from '../../../src/core/describe-refusal.ts';
import { type EventListener, protect, type RefusalResponder } from '../../../src/index.ts';
import { redirect } from '../layout.ts';
import type { Handler } from '../panel.ts';
import { formOf, onlyPost } from './form.ts';
import { accountPage } from './pages.ts';
import type { DemoSessions } from './sessions.ts';

/** The page that needs a session, and what its buttons do. */
export function accountRoutes(sessions: DemoSessions, onEvent: EventListener): ReadonlyMap<string, Handler> {
  const options = { refuse: signInInstead, onEvent };

  const account = protect(
    sessions,
    async (_request, { principal, session }) => {
      const { sessions: living } = await sessions.list(session.subject);
      return accountPage(principal, session, living, Date.now() / 1000);
    },
    options,
  );

  const end = protect(
    sessions,
    async (request, { session: { subject } }) => {
      // The subject is the session's own and never the form's, so that nobody ends what is somebody else's.
      await sessions.revoke(subject, (await formOf(request))('id'));
      return redirect('/account');
    },
    options,
  );

  const endOthers = protect(
    sessions,
    async (_request, accepted) => {
      const kept = await sessions.revokeOthers(accepted);
      return kept ? kept.applyTo(redirect('/account')) : redirect('/sign-in');
    },
    options,
  );

  const endAll = protect(
    sessions,
    async (request, { session: { subject } }) => {
      await sessions.revokeAll(subject);
      return (await sessions.signOut(request)).applyTo(redirect('/sign-in'));
    },
    options,
  );

  return new Map<string, Handler>([
    ['/account', account],
    ['/account/end', onlyPost(end)],
    ['/account/end-others', onlyPost(endOthers)],
    ['/account/end-all', onlyPost(endAll)],
  ]);
}

/** A person is better served by the form than by a 401. A program, and another site, get what they get elsewhere. */
export const signInInstead: RefusalResponder = (refusal, request, context) =>
  refusal.status === 401 && request.headers.get('accept')?.includes('text/html')
    ? redirect('/sign-in')
    : describeRefusal(refusal, request, context);
