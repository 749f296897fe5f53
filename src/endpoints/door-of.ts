import { assertNoOthers } from '../core/assert-no-others.ts';
import { notify } from '../core/notify.ts';
import { assertPath } from './mounted.ts';
import { safeReturnTo } from './return-to.ts';
import type { Door, SignInOptions, SignInPages, SignInUser } from './sign-in-types.ts';

/** Nobody's: a page is a path here, so no host that a client names comes into it. */
export const ORIGIN = 'https://origin.invalid';

/** @throws TypeError Naming the option. */
export function doorOf<S extends string, P, D, U extends SignInUser>(
  options: SignInOptions<S, P, D, U>,
): Door<S, P, D, U> {
  const {
    path,
    sessions,
    passwords,
    throttle,
    users,
    secondStep,
    tokens,
    session,
    pages,
    trustedOrigins,
    onEvent,
    onError,
    ...others
  } = options;
  assertNoOthers(others);
  assertPath(path, '/auth');
  if (!sessions?.issue) throw new TypeError('sessions: what session() or sealedSession() made');
  if (!passwords?.verify) throw new TypeError('passwords: what passwords() made');
  if (!throttle?.begin) throw new TypeError('throttle: what signInThrottle() made');
  for (const name of ['findByIdentifier', 'findBySubject', 'updatePasswordHash'] as const) {
    if (typeof users?.[name] !== 'function') throw new TypeError(`users: needs ${name}`);
  }
  if (tokens && !tokens.clients?.length)
    throw new TypeError('tokens: what forSignIn() made, of refreshTokens with clients');
  return {
    options,
    pages: pagesOf(pages),
    tell: (context, event) => notify(context, onEvent, { at: context.now, ...event }),
  };
}

function pagesOf({
  signIn = '/sign-in',
  secondStep = '/sign-in/code',
  signedIn = '/',
  signedOut = signIn,
  account = '/account',
  ...others
}: SignInPages = {}): Door<string, unknown, unknown, SignInUser>['pages'] {
  assertNoOthers(others);
  const pages = { signIn, secondStep, signedIn, signedOut, account };
  for (const [name, page] of Object.entries(pages)) {
    if (safeReturnTo(page, ORIGIN) !== page) throw new TypeError(`pages.${name}: a path of this origin`);
  }
  return pages;
}
