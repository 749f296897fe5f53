import { escapeHtml, htmlPage } from '../layout.ts';
import { PEOPLE } from '../people/people.ts';

export const BACK = '<footer><p><a href="/">Back to the demo</a>, whose log shows what happened.</p></footer>';

/** In words what the door puts into the query: its codes, and nothing that somebody else has written there. */
const FAILURES: ReadonlyMap<string | null, string> = new Map([
  ['invalid_credentials', 'That name and password don’t go together.'],
  ['invalid_code', 'That is not the code, or it was used before. Wait for the next one.'],
  ['expired', 'That took too long. Sign in again.'],
  ['too_many_attempts', 'Too many attempts. Wait a little.'],
]);

/**
 * Signing in by a form, without JavaScript.
 *
 * @param error Of the query.
 * @param returnTo Where to go afterwards, if that is a path of ours.
 */
export function signInPage(error: string | null, returnTo: string | undefined): Response {
  const people = PEOPLE.map((each) => `<code>${each.username}</code> with <code>${each.plaintextPassword}</code>`);
  return htmlPage(
    'Sign in',
    `
<header><h1>Sign in</h1></header>
<main>
<section>
  <p>The demo knows ${people.join(' and ')}. Or <a href="/register">register</a>.</p>
  ${failure(FAILURES.get(error))}
  <form method="post" action="/auth/sign-in" class="sign-in">
    ${returnTo === undefined ? '' : `<input type="hidden" name="returnTo" value="${escapeHtml(returnTo)}">`}
    <div>
      <label for="identifier">User name</label>
      <input id="identifier" name="identifier" autocomplete="username" autocapitalize="none" spellcheck="false" required>
    </div>
    <div>
      <label for="password">Password</label>
      <input id="password" name="password" type="password" autocomplete="current-password" required>
    </div>
    <label class="choice"><input type="checkbox" name="remember" value="true"> Remember me on this device</label>
    <button class="primary">Sign in</button>
  </form>
</section>
</main>
${BACK}`,
  );
}

/** Where a sign-in waits for its second factor. */
export function codePage(error: string | null): Response {
  return htmlPage(
    'Your code',
    `
<header><h1>Your code</h1></header>
<main>
<section>
  <p>Your password was right. Nobody is signed in yet: type what your app shows, or one of your recovery codes.</p>
  ${failure(FAILURES.get(error))}
  <form method="post" action="/auth/second-step" class="sign-in">
    ${CODE_FIELD}
    <button class="primary">Go on</button>
  </form>
  <p><a href="/sign-in">Begin again</a></p>
</section>
</main>
${BACK}`,
  );
}

/** No `inputmode="numeric"`: recovery codes have letters. */
export const CODE_FIELD = `
    <div>
      <label for="code">Code</label>
      <input id="code" name="code" autocomplete="one-time-code" autocapitalize="none" spellcheck="false" required>
    </div>`;

/** Heard by those who don't see it, too. */
export function failure(text: string | undefined): string {
  return text === undefined ? '' : `<p class="failure" role="alert">${escapeHtml(text)}</p>`;
}
