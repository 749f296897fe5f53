import { escapeHtml, htmlPage } from '../layout.ts';
import { BACK, CODE_FIELD, failure } from '../sessions/sign-in-pages.ts';

interface SecondFactorState {
  readonly isOn: boolean;
  /** What waits for its first code. */
  readonly pending: { readonly secret: string; readonly uri: string } | undefined;
  readonly recoveryLeft: number;
  /** A code was wrong. */
  readonly hasFailed?: boolean;
}

/** Off, waiting for its first code, or on. */
export function secondFactorPage({ isOn, pending, recoveryLeft, hasFailed = false }: SecondFactorState): Response {
  const off = `
  <p>With it, whoever learns your password is not in yet. You need an authenticator app.</p>
  <form method="post" action="/account/second-factor/begin"><button class="primary">Set it up</button></form>`;
  const state = isOn ? onState(recoveryLeft) : pending ? pendingState(pending, hasFailed) : off;
  return page('Second factor', state, hasFailed ? 400 : 200);
}

function pendingState({ secret, uri }: { readonly secret: string; readonly uri: string }, hasFailed: boolean): string {
  return `
  <ol>
    <li>Type this into your app, or <a href="${escapeHtml(uri)}">open it on this device</a>:
      <p><code id="secret">${escapeHtml(secret.replace(/.{4}(?=.)/g, '$& '))}</code></p>
      <p><code id="uri">${escapeHtml(uri)}</code></p></li>
    <li>Type what the app shows. Until then nothing has changed.</li>
  </ol>
  ${failure(hasFailed ? 'That is not the code. Is the clock of your device right?' : undefined)}
  <form method="post" action="/account/second-factor/confirm" class="sign-in">
    ${CODE_FIELD}
    <button class="primary">Switch it on</button>
  </form>
  <form method="post" action="/account/second-factor/begin"><button>Begin again, with another secret</button></form>`;
}

function onState(recoveryLeft: number): string {
  return `
  <p>It is on. Recovery codes left: ${recoveryLeft}.</p>
  <div class="buttons">
    <form method="post" action="/account/second-factor/recovery-codes"><button>Make new recovery codes</button></form>
    <form method="post" action="/account/second-factor/end"><button>Switch it off</button></form>
  </div>`;
}

/** Recovery codes, this once. */
export function recoveryPage(codes: readonly string[]): Response {
  return page(
    'Your recovery codes',
    `
  <p role="status">It is on. Keep these where your device is not: each signs you in once in place of a code. The server keeps
  hashes of them, so nobody can show them to you again.</p>
  <ul id="recovery-codes">${codes.map((code) => `<li><code>${escapeHtml(code)}</code></li>`).join('')}</ul>
  <p><a href="/account">I have them</a></p>`,
    200,
  );
}

function page(title: string, body: string, status: number): Response {
  return htmlPage(
    title,
    `
<header><h1>${title}</h1></header>
<main>
<section>
  ${body}
</section>
</main>
<footer><p><a href="/account">Your account</a></p></footer>
${BACK}`,
    status,
    // Secrets: not even this browser may keep it.
    'no-store',
  );
}
