import type { Session } from '../../../src/session/types.ts';
import { escapeHtml, htmlPage } from '../layout.ts';
import { newPasswordField, PASSWORD_FAILURES } from '../people/new-password.ts';
import type { Person } from '../people/people.ts';
import { BACK, failure } from '../sessions/sign-in-pages.ts';
import { sessionsSection } from './sessions-section.ts';
import { ago, until } from './spans.ts';

/** What the page shows. */
export interface Account {
  readonly person: Person;
  readonly hasSecondFactor: boolean;
  /** The session by which it is asked for. */
  readonly present: Session;
  /** All of this person's. */
  readonly living: readonly Session[];
  /** In seconds since 1970. */
  readonly now: number;
  /** What the door put into the query when it sent a form back. */
  readonly error: string | null;
  readonly reason: string | null;
}

const FAILURES: ReadonlyMap<string | null, string> = new Map([
  ['wrong_password', 'That is not your password.'],
  ['changed_meanwhile', 'Your password was changed meanwhile.'],
  ['confirm', 'It is a while since you signed in. Confirm your password, then go on.'],
]);

/** Who is asking, how they sign in, and where else they are signed in. */
export function accountPage({ person, hasSecondFactor, present, living, now, error, reason }: Account): Response {
  const said = error === 'unacceptable_password' ? PASSWORD_FAILURES.get(reason) : FAILURES.get(error);
  return htmlPage(
    'Your account',
    `
<header><h1>Your account</h1></header>
<main>
${failure(said)}
<section aria-labelledby="you-title">
  <h2 id="you-title">You</h2>
  <p>You are <strong>${escapeHtml(person.name)}</strong>, ${escapeHtml(person.role)}. You signed in ${ago(present.authTime, now)},
  and stay signed in ${until(present, now)}.</p>
  <p>Programs that act for you have <a href="/keys">API keys</a>.</p>
  <form method="post" action="/auth/sign-out"><button class="primary">Sign out</button></form>
</section>
${sessionsSection(present, living, now)}
<section aria-labelledby="password-title">
  <h2 id="password-title">Your password</h2>
  <p>A new one signs you out everywhere else.</p>
  <form method="post" action="/auth/password" class="sign-in">
    ${userName(person)}
    <div>
      <label for="current-password">Your password now</label>
      <input id="current-password" name="currentPassword" type="password" autocomplete="current-password" required>
    </div>
    ${newPasswordField('newPassword', 'New password')}
    <button>Change the password</button>
  </form>
</section>
<section aria-labelledby="factor-title">
  <h2 id="factor-title">Second factor</h2>
  <p>${hasSecondFactor ? 'On: signing in takes a code of your app, too.' : 'Off: your password alone signs you in.'}
  <a href="/account/second-factor">${hasSecondFactor ? 'See to it' : 'Switch it on'}</a></p>
  <form method="post" action="/auth/confirm" class="sign-in">
    ${userName(person)}
    <div>
      <label for="confirm-password">Confirm your password</label>
      <input id="confirm-password" name="password" type="password" autocomplete="current-password"
        aria-describedby="confirm-why" required>
    </div>
    <p id="confirm-why">Asked for where it is more than ten minutes since you signed in: whoever sits down at your computer must
    not change how you do.</p>
    <button>Confirm</button>
  </form>
</section>
</main>
${BACK}`,
    200,
    // Not even this browser may: whoever goes back after signing out must not see it again.
    'no-store',
  );
}

/** Tells a password manager whose password it is. */
function userName({ username }: Person): string {
  return `<input type="hidden" autocomplete="username" value="${escapeHtml(username)}">`;
}
