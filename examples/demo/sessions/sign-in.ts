import { describeRefusal } from '../../../src/core/describe-refusal.ts';
import { safeReturnTo } from '../../../src/endpoints/sign-in.ts';
import { optional, protect } from '../../../src/index.ts';
import { redirect } from '../layout.ts';
import type { Handler, LogEvent } from '../panel.ts';
import type { DemoSessions } from './sessions.ts';
import { codePage, signInPage } from './sign-in-pages.ts';

/** The form, and the one for the code; they post to the door. */
export function signInRoutes(sessions: DemoSessions, onEvent: LogEvent): ReadonlyMap<string, Handler> {
  const form = protect(
    optional(sessions),
    ({ url }: Request, { scheme }) => {
      const { searchParams, origin } = new URL(url);
      // The door looks at it again: what a form sends, anybody can send.
      const returnTo = safeReturnTo(searchParams.get('returnTo'), origin);
      return scheme === 'session' ? redirect(returnTo ?? '/account') : signInPage(searchParams.get('error'), returnTo);
    },
    { refuse: describeRefusal, onEvent },
  );
  return new Map<string, Handler>([
    ['/sign-in', form],
    ['/sign-in/code', async ({ url }) => codePage(new URL(url).searchParams.get('error'))],
  ]);
}
