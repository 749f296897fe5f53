import { escapeHtml, htmlPage } from './layout.ts';
import type { Field, Panel, PanelRequest, Post } from './panel.ts';

/**
 * The page, with a section a panel.
 *
 * @param url Where the page was asked for.
 */
export function demoPage(panels: readonly Panel[], url: URL): Response {
  return htmlPage(
    'countersign: the demo',
    `
<header>
  <h1>countersign</h1>
  <p>Who is asking? Press a button and see the request as sent, the response as it came, the principal as the handler got
  it, and the event as the server logged it.</p>
  <noscript><p class="note">The buttons need JavaScript. The links and the <code>curl</code> lines do not.</p></noscript>
</header>
<main>
${panels.map((panel) => panelSection(panel, url)).join('\n')}
${logSection()}
</main>
<script type="module" src="/page.js"></script>`,
  );
}

/** Where `page.js` puts the server's log. */
export function logSection(): string {
  return `
<section aria-labelledby="log-title">
  <h2 id="log-title">The server’s log</h2>
  <p>What this process logged, newest first. Reason codes are here and not in a response: a stranger who learns that a
  password is <em>expired</em> rather than <em>wrong</em> has learnt the password. Credentials are never in it.</p>
  <ol id="log" class="log"></ol>
</section>`;
}

/** Another site, as far as a browser is concerned, whose forms post to the first one. */
export function otherSitePage(panels: readonly Panel[], url: URL): Response {
  const victim = otherOrigin(url);
  const forms = panels.flatMap(({ posts = [] }) => posts).map((post) => otherSiteForm(victim, post));
  return htmlPage(
    'Another site',
    `
<header><h1>Another site</h1></header>
<main>
<section>
  <p>This page is <code>${escapeHtml(url.origin)}</code>: to a browser, a stranger to <code>${escapeHtml(victim)}</code>.
  What it posts goes there.</p>
  <p>Where you have signed in by the browser’s own dialog, the browser sends your password along, without asking you. The
  password is good, and the answer is a 403 all the same: the request came from another site.</p>
  <p>A session’s cookie the browser keeps back (<code>SameSite=Lax</code>), so the answer is a 401. Signing in needs no
  cookie, and is a 403 from here: you would go on in somebody else’s account, and tell it what you do.</p>
  ${forms.join('\n')}
  <p><a href="${escapeHtml(victim)}/">Back to the demo</a>, whose log shows what happened.</p>
</section>
</main>`,
  );
}

function otherSiteForm(victim: string, { path, fields = {} }: Post): string {
  const hidden = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return `
<form method="post" action="${escapeHtml(victim + path)}">
  ${hidden.join('')}
  <button class="primary">Post to ${escapeHtml(path)}</button>
</form>`;
}

/** A panel as a section of a page that has `page.js` and {@link logSection}. */
export function panelSection(panel: Omit<Panel, 'routes'>, url: URL): string {
  const { id, title, about, fields, requests, path, curl } = panel;
  return `
<section aria-labelledby="${id}-title" id="${id}">
  <h2 id="${id}-title">${escapeHtml(title)}</h2>
  ${about}
  <form data-path="${escapeHtml(path)}" autocomplete="off">
    ${fields.length ? `<div class="fields">${fields.map((each) => field(each, id)).join('')}</div>` : ''}
    <div class="buttons">${requests.map(button).join('')}</div>
  </form>
  <div class="exchange" aria-live="polite" hidden>
    <section><h3>Request, as sent</h3><pre data-part="request"></pre></section>
    <section><h3>Response, as it came</h3><pre data-part="response"></pre></section>
    <section><h3>Principal, as the handler got it</h3><pre data-part="principal"></pre></section>
    <section><h3>Event, in the server’s log only</h3><pre data-part="event"></pre></section>
  </div>
  ${links(panel, url)}
  <pre class="curl"><code>curl -i ${escapeHtml(curl(url.origin))}</code></pre>
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

function links({ links = [], posts = [] }: Omit<Panel, 'routes'>, url: URL): string {
  const items = links.map(
    ({ path, text, how }) => `<a href="${escapeHtml(path)}">${escapeHtml(text)}</a>, ${escapeHtml(how)}`,
  );
  if (posts.length) {
    items.push(`<a href="${escapeHtml(otherOrigin(url))}/other-site">Post to it from another site</a>`);
  }
  return items.length ? `<ul class="links">${items.map((item) => `<li>${item}</li>`).join('')}</ul>` : '';
}

/** This server under the other name of the loopback address: another origin and another site, without a second server. */
function otherOrigin({ hostname, port }: URL): string {
  return `http://${hostname === 'localhost' ? '127.0.0.1' : 'localhost'}:${port}`;
}
