import { escapeHtml, htmlPage } from '../layout.ts';
import { logSection, panelSection } from '../page.ts';
import type { Person } from '../people/people.ts';
import { CALL } from './call.ts';
import { SCOPES, USUAL_LIFETIME } from './keys.ts';

/** How long a key is good, and an old one beside its successor; in seconds. */
const LIFETIMES = [
  [30, '30 seconds'],
  [86_400, 'A day'],
  [USUAL_LIFETIME, '30 days'],
  [365 * 86_400, 'A year'],
  ['never', 'Until it is revoked'],
] as const;
const OVERLAPS = [
  [0, 'Not at all'],
  [30, '30 seconds'],
  [86_400, 'A day'],
  [7 * 86_400, 'A week'],
] as const;

/**
 * The page of a person's API keys. The list and the buttons are `keys/page.js`, over `apiKeyEndpoints`; until it runs, the page is
 * inert, so that no form goes where nothing waits for it.
 *
 * @param begin What each key begins with.
 * @param url Where it was asked for.
 */
export function keysPage({ name }: Person, begin: string, url: URL): Response {
  return htmlPage(
    'Your API keys',
    `
<link rel="stylesheet" href="/keys/page.css">
<header>
  <h1>Your API keys</h1>
  <p>For programs that act for <strong>${escapeHtml(name)}</strong>. Each has its own name, scopes and end.</p>
  <noscript><p class="note">This page needs JavaScript.</p></noscript>
</header>
<main inert>
${createSection()}
${ISSUED}
${listSection(begin)}
${panelSection({ ...CALL, title: 'Call with a key' }, url)}
${LEAK}
${logSection()}
<p id="said" class="said" role="status"></p>
</main>
<footer><p><a href="/account">Your account</a> · <a href="/">Back to the demo</a></p></footer>
<script type="module" src="/keys/page.js"></script>`,
    200,
    // Not even this browser may: whoever goes back after signing out must not see it again.
    'no-store',
  );
}

function createSection(): string {
  return `
<section aria-labelledby="create-title">
  <h2 id="create-title">Make a key</h2>
  <form id="create" class="settings" autocomplete="off">
    <div class="fields">
      <label>Name <input name="name" maxlength="100" placeholder="nightly export" required></label>
      <label>Good for <select name="expiresIn">${options(LIFETIMES, USUAL_LIFETIME)}</select></label>
    </div>
    <fieldset>
      <legend>Scopes</legend>
      ${SCOPES.map(
        (scope, index) =>
          `<label class="choice"><input type="checkbox" name="scopes" value="${scope}"${index ? '' : ' checked'}> <code>${scope}</code></label>`,
      ).join('')}
    </fieldset>
    <button class="primary">Make the key</button>
  </form>
</section>`;
}

/** Where a key is shown, this once. */
const ISSUED = `
<section id="issued" aria-labelledby="issued-title" hidden>
  <h2 id="issued-title">Your new key</h2>
  <p>Copy it now. The server keeps a hash of it, so nobody can show it to you again.</p>
  <label>Key <input id="issued-key" readonly spellcheck="false" autocomplete="off"></label>
  <div class="buttons">
    <button id="copy" type="button" class="primary">Copy</button>
    <button id="dismiss" type="button">I have it</button>
  </div>
</section>`;

function listSection(begin: string): string {
  return `
<section aria-labelledby="list-title">
  <h2 id="list-title" tabindex="-1">Your keys</h2>
  <p>When a key was last used is noted beside the request, never before its answer. A key
  that replaces another is good for 30 days; the old one for as long as you choose.</p>
  <div id="leaks" role="alert"></div>
  <p id="none" hidden>You have none.</p>
  <ul id="key-list" class="sessions keys" data-begin="${escapeHtml(begin)}" aria-labelledby="list-title"></ul>
  <template id="key-item">
    <li tabindex="-1">
      <div>
        <p><strong data-part="name"></strong> <span class="mark" data-part="state"></span></p>
        <p><code data-part="text"></code></p>
        <p class="times"><span data-part="scopes"></span> · <span data-part="used"></span> · <span data-part="ends"></span></p>
      </div>
      <details>
        <summary>Change<span class="unseen"> <span data-part="name"></span></span></summary>
        <form data-action="rename">
          <label>New name <input name="name" maxlength="100" autocomplete="off" required></label>
          <button>Rename</button>
        </form>
        <form data-action="rotate">
          <label>Keep the old key for <select name="overlap">${options(OVERLAPS, 86_400)}</select></label>
          <button>Rotate</button>
        </form>
        <form data-action="revoke"><button>Revoke</button></form>
      </details>
    </li>
  </template>
</section>`;
}

const LEAK = `
<section aria-labelledby="leak-title">
  <h2 id="leak-title">A key leaks</h2>
  <p>GitHub looks for keys in what is published, and posts a signed report of what it finds. Here the demo stands in for
  it, with a key pair of its own. The report goes to the demo’s own endpoint, which checks the signature and ends the key.</p>
  <form id="leak" class="settings" autocomplete="off">
    <label>Published text <input name="text" spellcheck="false" required></label>
    <button class="primary">Report a leak</button>
  </form>
  <div id="leak-exchange" class="exchange" aria-live="polite" hidden>
    <section><h3>Report, as posted</h3><pre data-part="request"></pre></section>
    <section><h3>Answer</h3><pre data-part="response"></pre></section>
    <section><h3>A call with that key, afterwards</h3><pre data-part="after"></pre></section>
  </div>
</section>`;

function options(choices: readonly (readonly [value: string | number, text: string])[], usual: number): string {
  return choices
    .map(([value, text]) => `<option value="${value}"${value === usual ? ' selected' : ''}>${text}</option>`)
    .join('');
}
