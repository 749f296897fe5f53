import type { Panel } from '../panel.ts';

/** What is had with a key: five calls at once, then one every two seconds. */
export const FILE = '/keys/file';
export const LIMIT = { requests: 5, per: 10 } as const;

const KEY = [['x-api-key', '{key}']] as const;

/** The section that calls with a key: on the demo's page, and on the page where keys are made. */
export const CALL: Omit<Panel, 'routes'> = {
  id: 'keys',
  title: 'API keys',
  about: `
    <p>A key for a program, in <code>X-API-Key</code> or as <code>Authorization: ApiKey …</code>. Reading needs
    <code>files:read</code>, writing <code>files:write</code>. Garbage is refused by its checksum, without a look into the
    store.</p>
    <p>A key may call ${LIMIT.requests} times in ${LIMIT.per} seconds: press “Read the file” more often, and the answer is a
    429 with <code>Retry-After</code>. What is left stands in <code>RateLimit</code>. Refused calls do not count.</p>`,
  fields: [{ name: 'key', label: 'API key', value: '' }],
  requests: [
    { label: 'Read the file', headers: KEY },
    { label: 'Write the file', headers: KEY, form: {} },
    { label: 'Send without a key', headers: [] },
    { label: 'Send a changed key', headers: [['x-api-key', '{key}A']] },
    { label: 'Send twice', headers: [...KEY, ['authorization', 'ApiKey {key}']] },
  ],
  path: FILE,
  curl: (origin) => `-H 'X-API-Key: demo_live_…' ${origin}${FILE}`,
};
