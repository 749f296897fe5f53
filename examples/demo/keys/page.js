/**
 * The browser's side of the page of API keys: its list and its buttons, over the JSON of `apiKeyEndpoints`. The section that
 * calls with a key is `page.js`. Whatever a server or a person wrote goes into the page as text, never as HTML.
 */
import '../page.js';
import { ask, focusKey, MINE, onItem, showList } from './list.js';

const find = (selector, within = document) => within.querySelector(selector);
const callForm = find('form[data-path]');

onSubmit(find('#create'), async (form) => {
  const fields = new FormData(form);
  const expiresIn = fields.get('expiresIn');
  const { key, record } = await ask(MINE, 'POST', {
    name: fields.get('name'),
    scopes: fields.getAll('scopes'),
    expiresIn: expiresIn === 'never' ? expiresIn : Number(expiresIn),
  });
  form.reset();
  await showList();
  showKey(key);
  return `Made “${record.name}”. Its key is shown this once.`;
});

/** What the buttons of a key do. @returns What is said of it. */
const ACTIONS = {
  async rename({ id }, form) {
    const { name } = await ask(`${MINE}/${id}`, 'PATCH', { name: form.elements.name.value });
    await showList();
    return `Renamed to “${name}”.`;
  },
  async rotate({ id, name }, form) {
    const { key } = await ask(`${MINE}/${id}/rotate`, 'POST', { overlap: Number(form.elements.overlap.value) });
    await showList();
    showKey(key);
    return `Made a new key in place of “${name}”. It is shown this once.`;
  },
  async revoke({ id, name }) {
    await ask(`${MINE}/${id}`, 'DELETE');
    await showList();
    // The button is gone, and the focus must not go with it.
    focusKey(id);
    return `Revoked “${name}”: it opens nothing any more.`;
  },
};

onSubmit(find('#leak'), async (form) => {
  const { headers, body, found } = await ask('/keys/scanner', 'POST', new URLSearchParams(new FormData(form)));
  const [key] = found;
  if (!key) throw new Error('There is no API key in that text, so nobody reports anything.');
  const answer = await fetch('/keys/reports', { method: 'POST', headers, body, credentials: 'omit' });
  const after = await fetch(callForm.dataset.path, { headers: { 'x-api-key': key }, credentials: 'omit' });
  const exchange = find('#leak-exchange');
  const show = (part, start, fields, text) => {
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
    find(`[data-part=${part}]`, exchange).textContent = [start, ...lines, '', text].join('\n').trimEnd();
  };
  show('request', 'POST /keys/reports HTTP/1.1', headers, body);
  show('response', statusLine(answer), {}, await answer.text());
  show('after', statusLine(after), Object.fromEntries(after.headers), await after.text());
  exchange.hidden = false;
  await showList();
  return 'Reported.';
});

find('#copy').addEventListener('click', async () => {
  const field = find('#issued-key');
  // Where a browser lets no page near the clipboard, its own way is one key away.
  field.select();
  await navigator.clipboard.writeText(field.value).then(
    () => say('Copied.'),
    () => say('The browser did not let the page copy it. It is selected: press Ctrl+C, or ⌘C.'),
  );
});
find('#dismiss').addEventListener('click', () => {
  find('#issued-key').value = '';
  find('#issued').hidden = true;
  find('#list-title').focus();
});
onItem((form, keyNow) => onSubmit(form, () => ACTIONS[form.dataset.action](keyNow(), form)));
const update = () => showList().catch((error) => say(error.message, true));
// A call shows up in "last used".
callForm.addEventListener('answered', update);
// Also when a person comes back to the page: the browser may have kept it as it was.
addEventListener('pageshow', update);

// All that is pressed from now on is heard.
find('main').inert = false;

/** Does what a form is for, once at a time, and says what came of it. */
function onSubmit(form, act) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.ariaBusy === 'true') return;
    form.ariaBusy = 'true';
    await act(form).then(say, (error) => say(error.message, true));
    form.ariaBusy = 'false';
  });
}

function say(text, failed = false) {
  const said = find('#said');
  said.toggleAttribute('data-failed', failed);
  said.textContent = text;
}

/** A key that is new: to be copied, and in the fields below, so that it can be tried. */
function showKey(key) {
  const field = find('#issued-key');
  field.value = key;
  find('#issued').hidden = false;
  callForm.elements.key.value = key;
  find('#leak').elements.text.value = `API_KEY=${key}`;
  field.focus();
  field.select();
}

function statusLine({ status, statusText }) {
  return `HTTP/1.1 ${status} ${statusText}`;
}
