// Run by import-purity.test.ts in a process of its own: imports each module of its arguments while everything that a
// module may not touch before the first request throws, and prints what happened to each as JSON.

const FORBIDDEN = {
  Date: ['now'],
  Math: ['random'],
  crypto: ['getRandomValues', 'randomUUID'],
  'crypto.subtle': ['digest', 'importKey', 'generateKey', 'sign', 'encrypt'],
  performance: ['now'],
  process: ['getBuiltinModule', 'on', 'cwd', 'nextTick'],
  console: ['log', 'info', 'warn', 'error', 'debug'],
  globalThis: ['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'structuredClone'],
};

const write = process.stdout.write.bind(process.stdout);
const modules = process.argv.slice(2);

for (const [path, names] of Object.entries(FORBIDDEN)) {
  const target = path
    .split('.')
    .reduce((/** @type {any} */ value, name) => (name === 'globalThis' ? value : value[name]), globalThis);
  for (const name of names) {
    Object.defineProperty(target, name, {
      value: () => {
        throw new Error(`${path}.${name} was called`);
      },
    });
  }
}
const forbidDate = () => {
  throw new Error('Date was called');
};
globalThis.Date = new Proxy(Date, { apply: forbidDate, construct: forbidDate });

/** What a module could leave behind for others to trip on. */
function surface() {
  const prototypes = [Object, Array, String, Function, Promise, Map, Uint8Array, Request, Response, Headers].map(
    ({ name, prototype }) => /** @type {const} */ ([`${name}.prototype`, prototype]),
  );
  return [/** @type {const} */ (['globalThis', globalThis]), ...prototypes].flatMap(([name, object]) =>
    Reflect.ownKeys(object).map((key) => `${name}.${String(key)}`),
  );
}

/** @type {Record<string, string>} */
const results = {};
for (const url of modules) {
  const before = new Set(surface());
  try {
    await import(url);
    const added = surface().filter((name) => !before.has(name));
    results[url] = added.length ? `added ${added.join(', ')}` : 'pure';
  } catch (error) {
    results[url] = /** @type {Error} */ (error).message;
  }
}
write(JSON.stringify(results));
