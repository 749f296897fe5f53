/**
 * The browser's side of the demo, without a framework and without a build: sends the request that a button describes, and
 * shows what came of it. Whatever a server or a person wrote goes into the page as text, never as HTML.
 */

for (const form of document.querySelectorAll('form[data-path]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(form, JSON.parse(event.submitter.dataset.request));
  });
}
// Also when a person comes back from the protected page: the browser may have kept this one as it was.
addEventListener('pageshow', showLog);

/**
 * @param {HTMLFormElement} form
 * @param {{
 *   path?: string,
 *   headers: [name: string, value: string][],
 *   form?: Record<string, string>,
 *   keep?: string,
 *   credentials?: RequestCredentials,
 * }} described
 */
async function send(form, { path = form.dataset.path, headers, form: posted, keep, credentials = 'omit' }) {
  const exchange = form.parentElement.querySelector('.exchange');
  const show = (part, text) => {
    exchange.querySelector(`[data-part=${part}]`).textContent = text;
  };
  if (exchange.ariaBusy === 'true') return;
  exchange.ariaBusy = 'true';
  try {
    const fields = new FormData(form);
    const own = new Headers({ accept: 'application/json' });
    for (const [name, value] of headers) own.append(name, fill(value, fields));
    const request = posted ? { method: 'POST', body: filledForm(posted, fields, own) } : { method: 'GET' };
    const response = await fetch(path, { ...request, headers: own, credentials, cache: 'no-store' });
    const body = await response.text();
    const { headers: logged, event } = lastDecision(await showLog(), path);
    // The log has what the browser added, and of credentials only that they came: what the page sent, the page knows.
    const sent = new Headers(logged);
    for (const [name, value] of own) sent.set(name, value);
    show('request', `${head(`${request.method} ${path} HTTP/1.1`, sent)}\n\n${request.body ?? ''}`.trimEnd());
    show('response', `${head(`HTTP/1.1 ${response.status} ${response.statusText}`, response.headers)}\n\n${body}`);
    // What a handler said, and not what refused a request: a problem is of another media type.
    const said = /^application\/json\b/.test(response.headers.get('content-type')) ? JSON.parse(body) : {};
    show('principal', said.principal ? indented(said.principal) : 'None: the handler did not run.');
    show('event', indented(event));
    if (said[keep]) form.elements[keep].value = said[keep];
  } catch (error) {
    show('request', `Not sent, or not answered. ${error}`);
    for (const part of ['response', 'principal', 'event']) show(part, '');
  }
  exchange.hidden = false;
  exchange.ariaBusy = 'false';
  form.dispatchEvent(new CustomEvent('answered', { bubbles: true }));
  // On a phone it is below the buttons, out of sight.
  exchange.querySelector('[data-part=response]').scrollIntoView({ block: 'nearest' });
}

/** Puts what a person typed into `Basic base64({username}:{password})`. */
function fill(template, fields) {
  return template.replace(/base64\((.*?)\)|\{(\w+)\}/g, (_, inner, name) =>
    name ? fields.get(name) : base64(fill(inner, fields)),
  );
}

/** A form as it is posted, with its media type among the headers. */
function filledForm(posted, fields, headers) {
  headers.set('content-type', 'application/x-www-form-urlencoded');
  return new URLSearchParams(Object.entries(posted).map(([name, value]) => [name, fill(value, fields)])).toString();
}

/** Base64 of the text's UTF-8: `btoa` alone takes no letter beyond U+00FF. */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function head(start, headers) {
  return [start, ...[...headers].map(([name, value]) => `${name}: ${value}`)].join('\n');
}

function indented(value) {
  return JSON.stringify(value, null, 2);
}

/** What the newest request for a path came with, and what was decided about it. */
function lastDecision(lines, path) {
  const index = lines.findLastIndex(({ request }) => request?.path === path);
  return { headers: lines[index].request.headers, event: lines.slice(index).find((line) => line.event)?.event };
}

/** Shows the server's log, newest first. */
async function showLog() {
  const lines = await (await fetch('/log', { cache: 'no-store' })).json();
  document.querySelector('#log').replaceChildren(...lines.map(logItem).reverse());
  return lines;
}

function logItem({ request, event }) {
  const item = document.createElement('li');
  const { method, path, headers, type, at, ...rest } = request ?? event;
  const details = Object.entries(headers ?? rest).map(([name, value]) => `${name}: ${value}`);
  const title = document.createElement('strong');
  title.textContent = request ? `${method} ${path}` : type;
  if (event) details.unshift(new Date(at * 1000).toLocaleTimeString());
  item.append(title, ` ${details.join(' · ')}`);
  item.className = request ? 'request' : 'event';
  return item;
}
