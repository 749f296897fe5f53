import { stepUp } from '../../../src/guards/step-up.ts';
import { protect, type RefusalResponder } from '../../../src/index.ts';
import { formOf, onlyPost } from '../form.ts';
import { fromServer } from '../from-server.ts';
import { redirect } from '../layout.ts';
import type { Handler, LogEvent } from '../panel.ts';
import type { DemoParts } from '../parts.ts';
import type { User } from '../people/people.ts';
import { isForPerson, signInInstead } from '../sessions/sign-in-instead.ts';
import { recoveryPage, secondFactorPage } from './second-factor-pages.ts';

const PAGE = '/account/second-factor';

/**
 * Switching a second factor on and off. All of it needs a sign-in, or a confirmed password, of the last ten minutes: whoever has
 * got hold of a session alone must not lock its owner out.
 */
export function secondFactorRoutes(
  { sessions, people, secondFactor }: DemoParts,
  onEvent: LogEvent,
): ReadonlyMap<string, Handler> {
  const lately = stepUp(sessions, { maxAge: 600 });
  const route = (act: (user: User, request: Request) => Promise<Response>): Handler =>
    protect(
      lately,
      async (request: Request, { session: { subject } }) => {
        const user = await people.findBySubject(subject);
        return user ? act(user, request) : redirect('/sign-in');
      },
      { refuse: confirmFirst, onEvent, context: fromServer },
    );

  const page = route(async (user) =>
    secondFactorPage({
      isOn: user.totpSecret !== undefined,
      pending: await secondFactor.pendingOf(user),
      recoveryLeft: await secondFactor.recovery.remaining(user.subject),
    }),
  );
  const begin = route(async (user) => {
    await secondFactor.begin(user);
    return redirect(PAGE);
  });
  const confirm = route(async (user, request) => {
    const codes = await secondFactor.confirm(user, (await formOf(request))('code'));
    if (codes) return recoveryPage(codes);
    const isOn = user.totpSecret !== undefined;
    return secondFactorPage({ isOn, pending: await secondFactor.pendingOf(user), recoveryLeft: 0, hasFailed: true });
  });
  const renew = route(async ({ subject, totpSecret }) =>
    totpSecret === undefined ? redirect(PAGE) : recoveryPage(await secondFactor.recovery.issue(subject)),
  );
  const end = route(async ({ subject }) => {
    await secondFactor.end(subject);
    return redirect(PAGE);
  });

  return new Map<string, Handler>([
    [PAGE, page],
    [`${PAGE}/begin`, onlyPost(begin)],
    [`${PAGE}/confirm`, onlyPost(confirm)],
    [`${PAGE}/recovery-codes`, onlyPost(renew)],
    [`${PAGE}/end`, onlyPost(end)],
  ]);
}

/** Whoever is signed in, and not lately, has no use for the form: the account page asks for the password alone. */
const confirmFirst: RefusalResponder = (refusal, request, context) =>
  refusal.kind === 'insufficient' && isForPerson(request)
    ? redirect('/account?error=confirm')
    : signInInstead(refusal, request, context);
