import { describeRefusal } from '../../../src/core/describe-refusal.ts';
import { visitor } from '../../../src/guards/visitor.ts';
import { type EventListener, optional, protect } from '../../../src/index.ts';
import { redirect } from '../layout.ts';
import type { Handler } from '../panel.ts';
import { hasPassword } from '../people.ts';
import { deviceOf } from './device.ts';
import { formOf, onlyPost } from './form.ts';
import { signInPage } from './pages.ts';
import { type DemoSessions, LONG, SHORT } from './sessions.ts';

/** The form, where it goes, and the way out. */
export function signInRoutes(sessions: DemoSessions, onEvent: EventListener): ReadonlyMap<string, Handler> {
  const form = protect(
    optional(sessions),
    (_request, { scheme }) => (scheme === 'session' ? redirect('/account') : signInPage()),
    { refuse: describeRefusal, onEvent },
  );

  // Nobody is signed in yet, and still not every page may post here: another site would sign a person in as somebody else.
  const signIn = protect(visitor, (request) => checkAndIssue(sessions, request), { refuse: describeRefusal, onEvent });

  const signOut = protect(visitor, async (request) => (await sessions.signOut(request)).applyTo(redirect('/sign-in')), {
    refuse: describeRefusal,
    onEvent,
  });

  return new Map<string, Handler>([
    ['/sign-in', (request) => (request.method === 'POST' ? signIn : form)(request)],
    ['/sign-out', onlyPost(signOut)],
  ]);
}

async function checkAndIssue(sessions: DemoSessions, request: Request): Promise<Response> {
  const field = await formOf(request);
  const username = field('username');
  // Read before the password is looked at: should all sessions be ended meanwhile, this one is dead from the start.
  const epoch = await sessions.epoch(username);
  if (!hasPassword(username, field('password'))) return signInPage({ username, failed: true });

  const remember = field('remember') === 'yes';
  const { applyTo } = await sessions.issue(request, {
    subject: username,
    epoch,
    persistent: remember,
    lifetime: remember ? LONG : SHORT,
    device: deviceOf(request.headers.get('user-agent')),
    label: remember ? 'Remembered' : undefined,
    amr: ['pwd'],
  });
  return applyTo(redirect('/account'));
}
