import { escapeHtml, htmlPage } from '../layout.ts';
import { BACK, failure } from '../sessions/sign-in-pages.ts';
import { newPasswordField } from './new-password.ts';

/** What came of a first try. The password is typed again: a page that has it would leave it in caches and histories. */
interface Attempt {
  readonly identifier: string;
  readonly name: string;
  readonly failure: string;
}

/** A form for an account of one's own, without JavaScript. */
export function registerPage(attempt?: Attempt): Response {
  const { identifier = '', name = '' } = attempt ?? {};
  return htmlPage(
    'Register',
    `
<header><h1>Register</h1></header>
<main>
<section>
  <p>An account of your own, in this process’s memory until it ends. Passwords are kept as scrypt hashes. Already here?
  <a href="/sign-in">Sign in</a>.</p>
  ${failure(attempt?.failure)}
  <form method="post" action="/register" class="sign-in">
    <div>
      <label for="identifier">User name</label>
      <input id="identifier" name="identifier" value="${escapeHtml(identifier)}" autocomplete="username"
        autocapitalize="none" spellcheck="false" required>
    </div>
    <div>
      <label for="name">Your name, if it is another</label>
      <input id="name" name="name" value="${escapeHtml(name)}" autocomplete="name" maxlength="100">
    </div>
    ${newPasswordField('password', 'Password')}
    <button class="primary">Register</button>
  </form>
</section>
</main>
${BACK}`,
    attempt ? 400 : 200,
    'no-store',
  );
}
