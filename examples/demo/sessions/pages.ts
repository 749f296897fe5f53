import type { Session } from '../../../src/session/types.ts';
import { escapeHtml, htmlPage } from '../layout.ts';
import { PEOPLE, type Person } from '../people.ts';

const BACK = '<footer><p><a href="/">Back to the demo</a>, whose log shows what happened.</p></footer>';

/** What came of a first try. */
interface SignInAttempt {
  readonly username?: string;
  readonly failed?: boolean;
}

/** Signing in by a form, without JavaScript. */
export function signInPage({ username = '', failed = false }: SignInAttempt = {}): Response {
  const people = PEOPLE.map((each) => `<code>${each.username}</code> with <code>${each.plaintextPassword}</code>`);
  return htmlPage(
    'Sign in',
    `
<header><h1>Sign in</h1></header>
<main>
<section>
  <p>The demo knows ${people.join(' and ')}.</p>
  ${failed ? '<p class="failure" role="alert">That name and password don’t go together.</p>' : ''}
  <form method="post" action="/sign-in" class="sign-in">
    <div>
      <label for="username">User name</label>
      <input id="username" name="username" value="${escapeHtml(username)}" autocomplete="username" autocapitalize="none"
        spellcheck="false" required>
    </div>
    <div>
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password"
        required>
    </div>
    <label class="choice"><input type="checkbox" name="remember" value="yes"> Remember me on this device</label>
    <button class="primary">Sign in</button>
  </form>
</section>
</main>
${BACK}`,
    // Understood, and refused; a 401 would have to name a scheme by which to ask again.
    failed ? 403 : 200,
  );
}

/**
 * The page that needs a session: who is asking, and where else they are signed in.
 *
 * @param present The session by which it is asked for.
 * @param living All of this person's.
 * @param now In seconds since 1970.
 */
export function accountPage(
  { username, role }: Person,
  present: Session,
  living: readonly Session[],
  now: number,
): Response {
  const others = living.length - 1;
  return htmlPage(
    'Your account',
    `
<header><h1>Your account</h1></header>
<main>
<section aria-labelledby="you-title">
  <h2 id="you-title">You</h2>
  <p>You are <strong>${escapeHtml(username)}</strong>, ${escapeHtml(role)}. You signed in ${ago(present.authTime, now)},
  and stay signed in ${until(present, now)}.</p>
  <p>Programs that act for you have <a href="/keys">API keys</a>.</p>
  <form method="post" action="/sign-out"><button class="primary">Sign out</button></form>
</section>
<section aria-labelledby="sessions-title">
  <h2 id="sessions-title">Where you are signed in</h2>
  <p>When a session was last seen is noted once in half of its idle time, so the time may be a while behind.</p>
  <ul class="sessions">${living.map((each) => sessionItem(each, each.id === present.id, now)).join('')}
  </ul>
  <div class="buttons">
    <form method="post" action="/account/end-others"><button${others ? '' : ' disabled'}>Sign out everywhere else</button></form>
    <form method="post" action="/account/end-all"><button>Sign out everywhere</button></form>
  </div>
</section>
</main>
${BACK}`,
    200,
    // Not even this browser may: whoever goes back after signing out must not see it again.
    'no-store',
  );
}

function sessionItem(
  { id, device = 'Some device', label, createdAt, usedAt }: Session,
  isPresent: boolean,
  now: number,
): string {
  const marks = [isPresent ? 'This one' : '', label ?? ''].filter(Boolean);
  return `
    <li${isPresent ? ' aria-current="true"' : ''}>
      <div>
        <p><strong>${escapeHtml(device)}</strong>${marks.map((mark) => ` <span class="mark">${escapeHtml(mark)}</span>`).join('')}</p>
        <p class="times"><span>Signed in ${ago(createdAt, now)} ·</span> <span>Last seen ${ago(usedAt, now)}</span></p>
      </div>
      <form method="post" action="${isPresent ? '/sign-out' : '/account/end'}">
        <input type="hidden" name="id" value="${escapeHtml(id)}">
        <button>${isPresent ? 'Sign out' : `End<span class="unseen"> the session of ${escapeHtml(device)}</span>`}</button>
      </form>
    </li>`;
}

/** Seconds, with the word for one of them. */
const UNITS = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
] as const;

function ago(at: number, now: number): string {
  const span = spanOf(now - at);
  return `<time datetime="${new Date(at * 1000).toISOString()}">${span ? `${span} ago` : 'just now'}</time>`;
}

function until({ persistent, endsAt }: Session, now: number): string {
  const span = spanOf(endsAt - now) ?? 'a moment';
  return persistent ? `for ${span} at most` : `until you close the browser, ${span} at most`;
}

/** The largest unit that fits. */
function spanOf(seconds: number): string | undefined {
  const [size, word] = UNITS.find(([each]) => Math.round(seconds) >= each) ?? [];
  if (!size) return undefined;
  const count = Math.round(seconds / size);
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
