import type { Context } from '../core/context.ts';
import type { HashedPassword } from '../passwords/passwords.ts';
import type { Session, SessionAccepted, StoredSessions } from '../session/types.ts';
import { isForm, redirect, refused } from './answer.ts';
import { endpointOf } from './endpoint-of.ts';
import { json } from './json.ts';
import { problem } from './problem.ts';
import { readFields } from './read-fields.ts';
import type { Door, SignIn, SignInEndpoint, SignInUser } from './sign-in-types.ts';
import { verifyUser } from './verify-user.ts';

type AccountEndpoints = Pick<
  SignIn,
  'me' | 'sessions' | 'endSession' | 'endOthers' | 'changePassword' | 'confirmPassword'
>;

/** What somebody who is signed in may do about that. Whose sessions they are is the acceptance's to say, never the request's. */
export function accountEndpoints<S extends string, P, D, U extends SignInUser>(
  door: Door<S, P, D, U>,
): AccountEndpoints {
  const { options, pages, tell } = door;
  const { sessions, passwords, users } = options;
  const stored = 'list' in sessions ? (sessions as StoredSessions<S, P, D>) : undefined;

  const signedIn = (
    method: 'GET' | 'POST',
    act: (request: Request, accepted: SessionAccepted<S, P, D>, context: Context) => Promise<Response>,
  ): SignInEndpoint => endpointOf(options, method, sessions, act);

  const done = (request: Request): Response =>
    isForm(request) ? redirect(pages.account) : new Response(null, { status: 204 });

  /** Asks for the password of whoever is signed in, as the door asks a stranger. */
  const verify = async (request: Request, subject: string, password: string, context: Context) => {
    const find = async () => users.findBySubject(subject, context);
    // A name that no identifier has: guessing here is counted apart from guessing at the door.
    const verified = await verifyUser(door, request, `subject\0${subject}`, find, password, context);
    if (verified.ok) return verified;
    const { reason, retryAfter } = verified;
    tell(context, { type: 'refused', subject, reason });
    return retryAfter === undefined
      ? refused(request, pages.account, { error: 'wrong_password', status: 403 })
      : refused(request, pages.account, { error: 'too_many_attempts', status: 429, retryAfter });
  };

  return {
    me: signedIn('GET', async (_request, { subject, scheme, authTime, amr, session }) =>
      json(200, { subject, scheme, authTime, amr, session: viewOf(session, session.id) }),
    ),

    sessions: signedIn('GET', async (request, { session }, context) => {
      if (!stored) return problem(404, 'Sealed sessions are not listed.');
      const after = new URL(request.url).searchParams.get('after') ?? undefined;
      const page = await stored.list(session.subject, { after }, context);
      return json(200, { sessions: page.sessions.map((each) => viewOf(each, session.id)), next: page.next });
    }),

    endSession: signedIn('POST', async (request, { session }, context) => {
      const fields = await readFields(request, { id: 'line' });
      if (fields instanceof Response) return fields;
      const isEnded = await sessions.revoke(session.subject, fields.id, context);
      return isEnded || isForm(request) ? done(request) : problem(404, 'There is no such session.');
    }),

    endOthers: signedIn('POST', async (request, accepted, context) => {
      const kept = await sessions.revokeOthers(accepted, context);
      return kept ? kept.applyTo(done(request)) : problem(409, 'This session has ended, too.');
    }),

    changePassword: signedIn('POST', async (request, accepted, context) => {
      const fields = await readFields(request, { currentPassword: 'secret', newPassword: 'secret' });
      if (fields instanceof Response) return fields;
      const { subject } = accepted.session;
      const verified = await verify(request, subject, fields.currentPassword, context);
      if (verified instanceof Response) return verified;
      const made: HashedPassword = await passwords.hash(fields.newPassword, context);
      if (!made.ok) {
        return refused(request, pages.account, { error: 'unacceptable_password', status: 400, reason: made.reason });
      }
      // In place of the hash that was verified, and of no other: who was first must not be undone by who has the old password.
      const user = await users.findBySubject(subject, context);
      const isSame = user && user.passwordHash === verified.passwordHash;
      const isWritten = isSame && (await users.updatePasswordHash(user, made.hash, context));
      if (!isWritten) return refused(request, pages.account, { error: 'changed_meanwhile', status: 409 });
      tell(context, { type: 'password_changed', subject });
      // Whoever had the old password is out, and a sign-in by it that is under way is dead from the start.
      const kept = await sessions.revokeOthers(accepted, context);
      const rotated = kept && (await sessions.rotate(kept, authenticatedNow(accepted.session, context), context));
      return rotated ? rotated.applyTo(done(request)) : done(request);
    }),

    confirmPassword: signedIn('POST', async (request, accepted, context) => {
      const fields = await readFields(request, { password: 'secret' });
      if (fields instanceof Response) return fields;
      const verified = await verify(request, accepted.session.subject, fields.password, context);
      if (verified instanceof Response) return verified;
      const rotated = await sessions.rotate(accepted, authenticatedNow(accepted.session, context), context);
      if (!rotated) return problem(409, 'This session has ended meanwhile.');
      tell(context, { type: 'password_confirmed', subject: accepted.session.subject });
      return rotated.applyTo(done(request));
    }),
  };
}

function authenticatedNow<D>({ amr = [] }: Session<D>, { now }: Context) {
  return { authTime: Math.floor(now), amr: [...new Set([...amr, 'pwd'])] };
}

/** What the application keeps in it stays with it. */
function viewOf<D>({ data: _, epoch: __, freshness: ___, subject: ____, ...view }: Session<D>, current: string) {
  return { ...view, current: view.id === current };
}
