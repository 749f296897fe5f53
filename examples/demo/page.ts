import type { Field, Panel, PanelRequest } from './panel.ts';

/**
 * The page, with a section a panel.
 *
 * @param url Where the page was asked for.
 */
export function demoPage(panels: readonly Panel[], url: URL): string {
  return layout(
    'countersign: the demo',
    `
<header>
  <h1>countersign</h1>
  <p>Who is asking? Press a button and see the request as sent, the response as it came, the principal as the handler got
  it, and the event as the server logged it.</p>
  <noscript><p class="note">The buttons need JavaScript. The <code>curl</code> lines do not.</p></noscript>
</header>
<main>
${panels.map((panel) => section(panel, url)).join('\n')}
<section aria-labelledby="log-title">
  <h2 id="log-title">The server’s log</h2>
  <p>What this process logged, newest first. Reason codes are here and not in a response: a stranger who learns that a
  password is <em>expired</em> rather than <em>wrong</em> has learnt the password. Credentials are never in it.</p>
  <ol id="log" class="log"></ol>
</section>
</main>
<script type="module" src="/page.js"></script>`,
  );
}

/** Another site, as far as a browser is concerned, whose forms post to the first one. */
export function otherSitePage(panels: readonly Panel[], url: URL): string {
  const victim = otherOrigin(url);
  const forms = panels
    .filter(({ ambient }) => ambient)
    .map(
      ({ path }) => `
<form method="post" action="${escapeHtml(victim + path)}">
  <button class="primary">Post to ${escapeHtml(path)}</button>
</form>`,
    );
  return layout(
    'Another site',
    `
<header><h1>Another site</h1></header>
<main>
<section>
  <p>This page is <code>${escapeHtml(url.origin)}</code>: to a browser, a stranger to <code>${escapeHtml(victim)}</code>.
  What it posts goes there. Where you have signed in by the browser’s own dialog, the browser sends your password along, without
  asking you. The password is good, and the answer is a 403 all the same: the request came from another site.</p>
  ${forms.join('\n')}
  <p><a href="${escapeHtml(victim)}/">Back to the demo</a>, whose log shows what happened.</p>
</section>
</main>`,
  );
}

function section({ id, title, about, fields, requests, path, curl, ambient }: Panel, url: URL): string {
  return `
<section aria-labelledby="${id}-title" id="${id}">
  <h2 id="${id}-title">${escapeHtml(title)}</h2>
  ${about}
  <form data-path="${escapeHtml(path)}" autocomplete="off">
    <div class="fields">${fields.map((each) => field(each, id)).join('')}</div>
    <div class="buttons">${requests.map(button).join('')}</div>
  </form>
  <div class="exchange" aria-live="polite" hidden>
    <section><h3>Request, as sent</h3><pre data-part="request"></pre></section>
    <section><h3>Response, as it came</h3><pre data-part="response"></pre></section>
    <section><h3>Principal, as the handler got it</h3><pre data-part="principal"></pre></section>
    <section><h3>Event, in the server’s log only</h3><pre data-part="event"></pre></section>
  </div>
  ${ambient ? links(path, url) : ''}
  <pre class="curl"><code>curl -i ${escapeHtml(`${curl} ${url.origin}${path}`)}</code></pre>
</section>`;
}

function field({ name, label, value }: Field, panel: string): string {
  const id = `${panel}-${name}`;
  return `
      <div>
        <label for="${id}">${escapeHtml(label)}</label>
        <input id="${id}" name="${name}" value="${escapeHtml(value)}" spellcheck="false" autocapitalize="none">
      </div>`;
}

function button(request: PanelRequest, index: number): string {
  const { label, ...described } = request;
  const style = index === 0 ? ' class="primary"' : '';
  return `
      <button${style} data-request="${escapeHtml(JSON.stringify(described))}">${escapeHtml(label)}</button>`;
}

function links(path: string, url: URL): string {
  return `
  <ul class="links">
    <li><a href="${escapeHtml(path)}">Open the protected page</a>, by the browser’s own password dialog</li>
    <li><a href="${escapeHtml(otherOrigin(url))}/other-site">Post to it from another site</a></li>
  </ul>`;
}

/** This server under the other name of the loopback address: another origin and another site, without a second server. */
function otherOrigin({ hostname, port }: URL): string {
  return `http://${hostname === 'localhost' ? '127.0.0.1' : 'localhost'}:${port}`;
}

function layout(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/page.css">
${body}
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
