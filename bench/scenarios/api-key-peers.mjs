import { randomBytes } from 'node:crypto';
import { apiKeyCredentials } from './api-key-credentials.mjs';

const DAY = 86_400;

/** Of a key that is in the table or in the storage already. */
const FLAWED = { expired: { expiresAt: new Date(0) }, revoked: { enabled: false } };

/**
 * better-auth's API keys, asked as its documentation asks them. Limits are off, for keys and for the rest, and nothing is logged;
 * keys are hashed, as ours are.
 *
 * @param {object} options
 * @param {(tables: object) => object} options.place Where keys are kept: options of the plugin and of better-auth; `change` and
 *   `remove`, which spoil a key of that id.
 * @param {number} options.crowd
 */
function betterAuth(name, { place, crowd }) {
  return {
    name,
    role: 'peer',
    slow: true,
    async create() {
      const { betterAuth: auth } = await import('better-auth');
      const { memoryAdapter } = await import('better-auth/adapters/memory');
      const { apiKey } = await import('@better-auth/api-key');
      const tables = { user: [], session: [], account: [], verification: [], apikey: [] };
      const { plugin, options, change, remove } = place(tables);
      const { api } = auth({
        secret: randomBytes(32).toString('base64url'),
        baseURL: 'https://app.example',
        database: memoryAdapter(tables),
        plugins: [apiKey({ defaultPrefix: 'acme_live_', rateLimit: { enabled: false }, ...plugin })],
        rateLimit: { enabled: false },
        telemetry: { enabled: false },
        logger: { disabled: true },
        ...options,
      });
      const issue = async (subject, flaw) => {
        const { id, key } = await api.createApiKey({ body: { userId: subject, expiresIn: DAY } });
        if (flaw === 'unknown') remove(id);
        else if (flaw) change(id, FLAWED[flaw]);
        return key;
      };
      const call = async ({ headers }) => {
        const key = headers.get('x-api-key');
        return key === null ? null : api.verifyApiKey({ body: { key } });
      };
      const flaws = ['unknown', ...Object.keys(FLAWED)];
      return { call, credentials: await apiKeyCredentials({ issue, flaws, crowd }) };
    },
    subjectOf: (result) => (result?.valid ? result.key.referenceId : null),
  };
}

/** Its adapter looks at every row, three times a request: it gets no more keys than the check needs. */
export const betterAuthTables = betterAuth('better-auth verifyApiKey, memory adapter', {
  crowd: 0,
  place: (tables) => ({
    change: (id, members) => Object.assign(rowOf(tables, id), members),
    remove: (id) => tables.apikey.splice(tables.apikey.indexOf(rowOf(tables, id)), 1),
  }),
});

/** Without the adapter and its scans: two reads and two writes of a `Map`, and JSON. */
export const betterAuthMap = betterAuth('better-auth verifyApiKey, secondaryStorage Map', {
  crowd: 1000,
  place: () => {
    const storage = new Map();
    const namesOf = (id) => [...storage.keys()].filter((name) => storage.get(name).includes(`"id":"${id}"`));
    return {
      plugin: { storage: 'secondary-storage' },
      options: {
        secondaryStorage: {
          get: (name) => storage.get(name) ?? null,
          set: (name, value) => void storage.set(name, value),
          delete: (name) => void storage.delete(name),
        },
      },
      change(id, members) {
        for (const name of namesOf(id)) {
          storage.set(name, JSON.stringify({ ...JSON.parse(storage.get(name)), ...members }));
        }
      },
      remove(id) {
        for (const name of namesOf(id)) storage.delete(name);
      },
    };
  },
});

function rowOf(tables, id) {
  return tables.apikey.find((row) => row.id === id);
}

/** Does less: one key that is known from the start, of nobody, and without an end. */
export const honoStatic = {
  name: 'hono bearerAuth, one static key',
  role: 'peer',
  slow: true,
  async create() {
    const { Hono } = await import('hono');
    const { bearerAuth } = await import('hono/bearer-auth');
    const key = `acme_live_${randomBytes(32).toString('base64url')}`;
    const app = new Hono();
    app.use(bearerAuth({ token: key, headerName: 'x-api-key', prefix: '' }));
    app.get('*', () => new Response(null));
    const credentials = await apiKeyCredentials({ issue: () => key, flaws: [], subjects: ['ada'] });
    return { call: (request) => app.fetch(request), credentials };
  },
  subjectOf: (response) => (response.status === 200 ? 'ada' : null),
};
