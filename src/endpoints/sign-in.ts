/**
 * Signing in by identifier and password, from a form or as JSON, and all that belongs to it.
 *
 * @module countersign/sign-in
 */
import type { Context } from '../core/context.ts';
import { ABSENT } from '../core/outcome.ts';
import { visitor } from '../guards/visitor.ts';
import { accountEndpoints } from './account-endpoints.ts';
import { isForm, redirect, refused } from './answer.ts';
import { deviceOf } from './device-cookie.ts';
import { doorOf, ORIGIN } from './door-of.ts';
import { endpointOf } from './endpoint-of.ts';
import { normalizeIdentifier } from './identifier.ts';
import { json } from './json.ts';
import { mounted } from './mounted.ts';
import { problem } from './problem.ts';
import { readFields, refuseField } from './read-fields.ts';
import { safeReturnTo } from './return-to.ts';
import { secondStepOf, type Waiting } from './second-step.ts';
import type { SignIn, SignInEndpoint, SignInOptions, SignInUser } from './sign-in-types.ts';
import { verifyUser } from './verify-user.ts';

export { normalizeIdentifier } from './identifier.ts';
export { safeReturnTo } from './return-to.ts';
export type {
  SecondStep,
  SignedIn,
  SignIn,
  SignInEndpoint,
  SignInError,
  SignInEvent,
  SignInOptions,
  SignInPages,
  SignInTokens,
  SignInUser,
  SignInUsers,
} from './sign-in-types.ts';

/**
 * The whole door of an application with a user table of its own.
 *
 * | request | a form | a program |
 * | --- | --- | --- |
 * | `POST path/sign-in` | 303 to `returnTo`, or `pages.signedIn` | 200 `{ "status": "signed_in" }` |
 * | with a `client` | 400 | 200, as the token endpoint says it |
 * | with a second factor | 303 to `pages.secondStep` | 200 `{ "status": "second_step" }` |
 * | refused | 303 to `pages.signIn?error=…` | 401 `invalid_credentials` |
 * | too often | 429, `Retry-After` | the same |
 * | a bad field | 400, named | the same |
 * | `POST path/second-step`, `sign-out`, `password`, `confirm`, `sessions/end`, `sessions/end-others` | 303 | 200, 204 |
 * | `GET path/me`, `path/sessions` | | 200 |
 *
 * Whoever is unknown, suspended, without a password or wrong about it gets the same answer after the same work. Attempts are counted
 * by account and address before anything is hashed. The epoch is read before the password is, so that no sign-in slips past a change
 * of it. A session's id from before never works afterwards. Old hashes are made anew. Another site's requests are a 403.
 *
 * What it does not do: make users or mail links, ask a list of leaked passwords (`isBreached` of `passwords`), or know the client's
 * address: hand it in with the context, from your server or from a proxy that you trust.
 *
 * @param options `path`, `sessions`, `passwords`, `throttle` and `users` at least.
 * @returns Each endpoint, and `fetch` for all of them. Handlers take a context as their second argument: `{ address }`.
 * @throws TypeError On a bad option; it names the option.
 *
 * @example
 * ```ts
 * import { memoryStore } from 'countersign/memory-store';
 * import { passwords } from 'countersign/passwords';
 * import { pbkdf2 } from 'countersign/pbkdf2';
 * import { session } from 'countersign/session';
 * import { signIn } from 'countersign/sign-in';
 * import { signInThrottle } from 'countersign/sign-in-throttle';
 *
 * const store = memoryStore();
 * const hashing = passwords({ hasher: pbkdf2() });
 * const made = await hashing.hash('correct horse battery staple');
 * const ada = { subject: 'u1', name: 'Ada', passwordHash: made.ok ? made.hash : undefined };
 *
 * const sessions = session({ secret: 'not a secret: an example of 32 bytes', store, load: () => ada });
 * const door = signIn({
 *   path: '/auth',
 *   sessions,
 *   passwords: hashing,
 *   throttle: signInThrottle({ store }),
 *   users: {
 *     findByIdentifier: (identifier) => (identifier === 'ada@acme.example' ? ada : undefined),
 *     findBySubject: (subject) => (subject === 'u1' ? ada : undefined),
 *     updatePasswordHash: (_user, hash) => ((ada.passwordHash = hash), true),
 *   },
 * });
 * const response = await door.fetch(
 *   new Request('https://app.example/auth/sign-in', {
 *     method: 'POST',
 *     headers: { 'content-type': 'application/json' },
 *     body: JSON.stringify({ identifier: 'Ada@Acme.example', password: 'correct horse battery staple' }),
 *   }),
 *   { address: '192.0.2.1' },
 * );
 * console.log(response.status, await response.json()); // 200 { status: 'signed_in' }
 * ```
 */
export function signIn<P, D, U extends SignInUser, const S extends string = 'session'>(
  options: SignInOptions<S, P, D, U>,
): SignIn {
  const door = doorOf(options);
  const { path, sessions, users, secondStep, tokens } = options;
  const { pages } = door;
  const second = secondStep && secondStepOf(door, secondStep);

  /** The answer to somebody who is signed in now: with a session, or where a client is named with its tokens, and never with both. */
  const arrived = async (
    request: Request,
    user: U,
    { epoch, remember, returnTo, client }: Omit<Waiting, 'subject'>,
    amr: readonly string[],
    context: Context,
  ): Promise<Response> => {
    const authTime = Math.floor(context.now);
    const answer = async (): Promise<Response> => {
      if (client !== undefined) {
        // The epoch is that of tokens: a session made with it could outlive what ends all sessions.
        if (!tokens) throw new Error('sign-in: waited for tokens, which are no longer configured');
        return tokens.issue({ request, user, client, epoch, amr, authTime }, context);
      }
      const more = options.session?.(request, user, context, remember);
      const details = { amr, authTime, ...more, subject: user.subject, epoch, persistent: remember };
      // The data is what `session` gave: its type asks for it where the sessions' does.
      const issued = await sessions.issue(request, details as Parameters<typeof sessions.issue>[1], context);
      const response = isForm(request)
        ? redirect(returnTo ?? pages.signedIn)
        : json(200, { status: 'signed_in', ...(returnTo !== undefined && { returnTo }) });
      return issued.applyTo(response);
    };
    const response = await answer();
    door.tell(context, { type: 'signed_in', subject: user.subject });
    return response;
  };

  /** Nobody is signed in yet, and still not every page may post here: another site would sign a person in as somebody else. */
  const fromOwnPages = (act: (request: Request, context: Context) => Promise<Response>): SignInEndpoint =>
    endpointOf(options, 'POST', visitor, (request, _accepted, context) => act(request, context));

  const start = fromOwnPages(async (request, context) => {
    const fields = await readFields(request, {
      identifier: 'line',
      password: 'secret',
      remember: 'flag',
      returnTo: 'line?',
      client: 'line?',
    });
    if (fields instanceof Response) return fields;
    const { remember, client } = fields;
    // A page that posts a form has no use for tokens, and would show them.
    if (client !== undefined && (isForm(request) || !tokens?.clients.includes(client))) {
      return refuseField('client', 'not one that gets tokens here');
    }
    const identifier = normalizeIdentifier(fields.identifier);
    if (identifier === undefined) return refuseField('identifier', 'not one that anybody could have');
    const returnTo = safeReturnTo(fields.returnTo, ORIGIN);
    const page = returnTo === undefined ? pages.signIn : `${pages.signIn}?${new URLSearchParams({ returnTo })}`;
    const device = deviceOf(request, context);

    const find = async () => users.findByIdentifier(identifier, context);
    const verified = await verifyUser(door, request, identifier, find, fields.password, context, {
      device: device.id,
      epochs: client === undefined ? sessions : tokens,
    });
    if (!verified.ok) {
      const { reason, retryAfter } = verified;
      door.tell(context, { type: 'refused', reason });
      return retryAfter === undefined
        ? refused(request, page, {
            error: 'invalid_credentials',
            status: 401,
            challenges: sessions.challenge(ABSENT, context),
          })
        : refused(request, page, { error: 'too_many_attempts', status: 429, retryAfter });
    }
    const { user, epoch } = verified;
    const signedIn = { epoch, remember, returnTo, client };
    if (second && (await secondStep?.isNeeded(user, context))) {
      const waiting = await second.begin({ subject: user.subject, ...signedIn }, context);
      door.tell(context, { type: 'second_step', subject: user.subject });
      return withCookies(isForm(request) ? redirect(pages.secondStep) : json(200, { status: 'second_step' }), [
        waiting,
        device.cookie,
      ]);
    }
    return withCookies(await arrived(request, user, signedIn, ['pwd'], context), [device.cookie]);
  });

  const finish = fromOwnPages(async (request, context) => {
    const fields = await readFields(request, { code: 'line' });
    if (fields instanceof Response) return fields;
    if (!second) return problem(404, 'There is nothing here.');
    const checked = await second.check(request, fields.code, context);
    if (!checked.ok) {
      door.tell(context, { type: 'refused', subject: checked.subject, reason: checked.reason });
      const page = checked.refused.error === 'expired' ? pages.signIn : pages.secondStep;
      const challenges = sessions.challenge(ABSENT, context);
      return refused(request, page, { ...checked.refused, challenges });
    }
    const { user, waiting, cleared } = checked;
    return withCookies(await arrived(request, user, waiting, ['pwd', 'otp', 'mfa'], context), [cleared]);
  });

  const signOut = fromOwnPages(async (request, context) => {
    const ended = await sessions.signOut(request, { clearSiteData: ['cache'] }, context);
    door.tell(context, { type: 'signed_out' });
    return ended.applyTo(isForm(request) ? redirect(pages.signedOut) : new Response(null, { status: 204 }));
  });

  const account = accountEndpoints(door);
  const routes: ReadonlyMap<string, SignInEndpoint> = new Map([
    ['/sign-in', start],
    ['/second-step', finish],
    ['/sign-out', signOut],
    ['/me', account.me],
    ['/sessions', account.sessions],
    ['/sessions/end', account.endSession],
    ['/sessions/end-others', account.endOthers],
    ['/password', account.changePassword],
    ['/confirm', account.confirmPassword],
  ]);
  return {
    signIn: start,
    secondStep: finish,
    signOut,
    ...account,
    fetch: mounted(path, routes),
  };
}

function withCookies(response: Response, cookies: readonly (string | undefined)[]): Response {
  const headers = new Headers(response.headers);
  for (const cookie of cookies) if (cookie !== undefined) headers.append('set-cookie', cookie);
  return new Response(response.body, { status: response.status, headers });
}
