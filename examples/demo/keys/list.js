/** The list of API keys on their page: fetched from `apiKeyEndpoints`, and kept as true as the time goes on. */

export const MINE = '/keys/mine';

const find = (selector, within = document) => within.querySelector(selector);
const list = find('#key-list');

/** The keys and the items that show them, by id. An item stays: who types in one loses nothing when the list is new. */
const shown = new Map();
let prepare = () => {};
let loading = Promise.resolve();

// "In 5 seconds" is true for a second.
setInterval(() => shown.forEach(paint), 1000);

/** @param {(form: HTMLFormElement, keyNow: () => object) => void} listener Gets each form of each new item. */
export function onItem(listener) {
  prepare = listener;
}

/** Brings the list up to date. One after the other: an answer of before must not be shown over one of now. */
export function showList() {
  loading = loading.then(load, load);
  return loading;
}

/** For a key whose button is gone, so that the focus does not go with it. */
export function focusKey(id) {
  shown.get(id)?.item.focus();
}

/** @param {string | URLSearchParams | object} [body] Sent as JSON if it is no form. */
export async function ask(path, method = 'GET', body = undefined) {
  const isForm = body instanceof URLSearchParams;
  const response = await fetch(path, {
    method,
    headers: { accept: 'application/json', ...(body && !isForm && { 'content-type': 'application/json' }) },
    body: isForm ? body : JSON.stringify(body),
    cache: 'no-store',
  });
  // Signed out meanwhile, in another tab or from another device.
  if (response.status === 401) location.assign('/sign-in');
  const text = await response.text();
  const said = text ? JSON.parse(text) : undefined;
  if (!response.ok) throw new Error(said?.detail ?? `HTTP ${response.status}`);
  return said;
}

async function load() {
  const records = [];
  let next = '';
  do {
    const page = await ask(next ? `${MINE}?after=${encodeURIComponent(next)}` : MINE);
    records.push(...page.keys);
    next = page.next;
  } while (next);
  const ids = new Set(records.map(({ id }) => id));
  for (const [id, { item }] of shown) {
    if (ids.has(id)) continue;
    item.remove();
    shown.delete(id);
  }
  // Newest first: what is new goes before what is there.
  for (const record of records.reverse()) {
    const item = shown.get(record.id)?.item ?? list.insertBefore(newItem(record), list.firstChild);
    shown.set(record.id, { record, item });
  }
  shown.forEach(paint);
  find('#none').hidden = shown.size > 0;
  const leaks = (await ask('/keys/leaks')).map(leakItem);
  // An alert that is put there again is read out again.
  const text = leaks.map(({ textContent }) => textContent).join('');
  if (find('#leaks').textContent !== text) find('#leaks').replaceChildren(...leaks);
}

function newItem({ id, name }) {
  const item = find('#key-item').content.firstElementChild.cloneNode(true);
  find('[name=name]', item).value = name;
  for (const form of item.querySelectorAll('form')) {
    prepare(form, () => shown.get(id).record);
  }
  return item;
}

function leakItem({ name, url }) {
  const item = document.createElement('p');
  item.className = 'failure';
  item.textContent = `“${name}” was found at ${url}, and has been revoked.`;
  return item;
}

/** Brings an item up to date; what has not changed is left as it is. */
function paint({ record, item }) {
  const { name, last, scopes, createdAt, usedAt, expiresAt, revokedAt, replacedBy } = record;
  const isOver = revokedAt !== undefined || expiresAt <= Date.now() / 1000;
  const texts = {
    name,
    state: revokedAt ? 'Revoked' : isOver ? 'Expired' : replacedBy ? 'Replaced, still good' : 'Good',
    text: `${list.dataset.begin}…${last}`,
    scopes: scopes.join(', ') || 'No scopes',
    used: usedAt > createdAt ? `Last used ${relative(usedAt)}` : 'Not used yet',
    ends: endOf(record),
  };
  for (const part of item.querySelectorAll('[data-part]')) {
    const text = texts[part.dataset.part];
    if (part.textContent !== text) part.textContent = text;
  }
  // A key that has ended can't be changed, and one that has a successor gets no second one.
  find('details', item).hidden = isOver;
  find('[data-action=rotate]', item).hidden = replacedBy !== undefined;
}

function endOf({ expiresAt, revokedAt }) {
  if (revokedAt) return `Revoked ${relative(revokedAt)}`;
  if (!expiresAt) return 'Good until it is revoked';
  return `${expiresAt <= Date.now() / 1000 ? 'Expired' : 'Expires'} ${relative(expiresAt)}`;
}

/** @param at In seconds since 1970. @returns Such as `in 5 minutes`, in the largest unit that fits. */
function relative(at) {
  const distance = Math.round(at - Date.now() / 1000);
  const units = [
    [86_400, 'day'],
    [3600, 'hour'],
    [60, 'minute'],
  ];
  const [size, unit] = units.find(([each]) => Math.abs(distance) >= each) ?? [1, 'second'];
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.round(distance / size), unit);
}
