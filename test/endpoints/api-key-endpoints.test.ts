import { describe, expect, it } from 'vitest';
import { apiKeyEndpoints } from '../../src/endpoints/api-key-endpoints.ts';
import { type Authenticator, accept, any, protect } from '../../src/index.ts';
import { apiKey } from '../../src/schemes/api-key.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { apiKeys } from '../../src/tokens/api-keys.ts';
import { manageApiKeys } from '../../src/tokens/manage-api-keys.ts';
import { keysIn } from '../support/api-keys.ts';

const BASE = 'https://app.example/settings/keys';

/** Ada or Bob, by a header; as by a cookie. */
const person: Authenticator = {
  schemes: ['person'],
  carriers: [{ header: 'cookie' }],
  authenticate: ({ headers }) => {
    const subject = headers.get('x-person');
    return subject ? accept('person', subject, { subject, ambient: true }) : { kind: 'absent', status: 401 };
  },
  challenge: () => ['Session realm="app"'],
};

function settings(options: object = {}) {
  const { keys, manage, store } = keysIn({}, { scopes: ['files:read', 'files:write', 'keys'] });
  const endpoints = apiKeyEndpoints(manage, { path: '/settings/keys', ...options });
  const app = protect(any(apiKey({ keys }), person), endpoints);
  const ask = async (method: string, path = '', body?: unknown, headers: Record<string, string> = {}) => {
    const response = await app(
      new Request(BASE + path, {
        method,
        headers: {
          'x-person': 'ada',
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : undefined };
  };
  return { ask, keys, manage, store };
}

describe('endpoints for API keys', () => {
  it('the whole life of a key, as a settings page asks for it', async () => {
    const { ask } = settings();
    expect((await ask('GET')).body).toEqual({ keys: [] });
    const made = await ask('POST', '', { name: 'laptop', scopes: ['files:read'], expiresIn: 86_400 });
    expect(made.status).toBe(201);
    const { key, record } = made.body;
    expect(record).toMatchObject({ name: 'laptop', scopes: ['files:read'], last: key.slice(-4) });
    expect(Object.keys(record)).not.toEqual(expect.arrayContaining(['subject']));
    const works = (given: string) => ask('GET', '', undefined, { 'x-api-key': given, 'x-person': '' });
    expect((await works(key)).status).toBe(200);

    const listed = await ask('GET');
    expect(listed.body.keys).toMatchObject([{ id: record.id, name: 'laptop' }]);
    expect(JSON.stringify([listed.body, (await ask('GET', `/${record.id}`)).body])).not.toContain(key);

    const renamed = await ask('PATCH', `/${record.id}`, { name: 'desk', scopes: [] });
    expect([renamed.status, renamed.body.name, renamed.body.scopes]).toEqual([200, 'desk', []]);

    const rotated = await ask('POST', `/${record.id}/rotate`, { overlap: 60 });
    expect([rotated.status, rotated.body.record.name]).toEqual([201, 'desk']);
    expect((await works(rotated.body.key)).status).toBe(200);
    expect((await works(key)).status).toBe(200);
    expect((await ask('POST', `/${record.id}/rotate`)).status).toBe(409);

    expect((await ask('DELETE', `/${rotated.body.record.id}`)).status).toBe(204);
    expect((await ask('DELETE', `/${rotated.body.record.id}`)).status).toBe(404);
    expect((await works(rotated.body.key)).status).toBe(401);
    expect((await ask('GET')).body.keys).toHaveLength(2);
  });

  it('no answer with a key, nor any other, is for a cache', async () => {
    const { ask } = settings();
    for (const answer of [
      await ask('POST', '', {}),
      await ask('GET'),
      await ask('GET', '/x'),
      await ask('POST', '', 'no json'),
    ]) {
      expect(answer.headers.get('cache-control')).toMatch(/no-store/);
    }
  });

  it('nobody has another’s keys', async () => {
    const { ask } = settings();
    const { body } = await ask('POST', '', { name: 'laptop' });
    const path = `/${body.record.id}`;
    const bob = { 'x-person': 'bob' };
    expect((await ask('GET', '', undefined, bob)).body).toEqual({ keys: [] });
    for (const [method, at, sent] of [
      ['GET', path, undefined],
      ['PATCH', path, { name: 'mine' }],
      ['POST', `${path}/rotate`, {}],
      ['DELETE', path, undefined],
    ] as const) {
      expect((await ask(method, at, sent, bob)).status, method).toBe(404);
    }
    expect((await ask('GET', path)).body.name).toBe('laptop');
  });

  it('a subject in a request is refused, wherever it stands', async () => {
    const { ask, store } = settings();
    store.reset();
    for (const name of ['subject', 'userId', 'user', 'id', 'key', 'data', '__proto__', 'epoch', 'revokedAt']) {
      const answer = await ask('POST', '', `{"name":"x","${name}":"bob"}`);
      expect([answer.status, store.counts.create], name).toEqual([400, 0]);
      expect(answer.body.detail).toContain('name, scopes, expiresIn');
    }
    await ask('POST', '?subject=bob&userId=bob', { name: 'x' }, { 'x-user-id': 'bob' });
    expect((await ask('GET', '?subject=bob')).body.keys).toHaveLength(1);
    expect((await ask('GET', '', undefined, { 'x-person': 'bob' })).body.keys).toHaveLength(0);
  });

  it.each<[string, string, string, unknown, number]>([
    ['no object', 'POST', '', '[]', 400],
    ['null', 'POST', '', 'null', 400],
    ['no JSON', 'POST', '', '{"name":', 400],
    ['a name of another type', 'POST', '', { name: 7 }, 400],
    ['a line in a name', 'POST', '', { name: 'a\nb' }, 400],
    ['an unknown scope', 'POST', '', { scopes: ['admin'] }, 400],
    ['scopes as text', 'POST', '', { scopes: 'files:read' }, 400],
    ['numbers for scopes', 'POST', '', { scopes: [7] }, 400],
    ['a lifetime as text', 'POST', '', { expiresIn: '60' }, 400],
    ['a lifetime of a century', 'POST', '', { expiresIn: 3_153_600_000 }, 400],
    ['a long body', 'POST', '', { name: 'x'.repeat(20_000) }, 413],
    ['an overlap below 0', 'POST', '/ID/rotate', { overlap: -1 }, 400],
    ['a name in a rotation', 'POST', '/ID/rotate', { name: 'x' }, 400],
    ['an unknown scope in a change', 'PATCH', '/ID', { scopes: ['admin'] }, 400],
    ['a key that nobody has', 'PATCH', '/abc', {}, 404],
    ['another verb', 'PUT', '', {}, 405],
    ['another verb on a key', 'POST', '/ID', {}, 405],
    ['another verb on a rotation', 'GET', '/ID/rotate', undefined, 405],
    ['a path below', 'GET', '/ID/rotate/x', undefined, 404],
    ['a path beside', 'GET', 'x', undefined, 404],
    ['a rotation of nothing', 'POST', '/rotate/rotate/rotate', {}, 404],
    ['a path with dots', 'GET', '/%2e%2e', undefined, 404],
  ])('%s', async (_, method, path, body, status) => {
    const { ask, manage } = settings();
    const { record } = await manage.create({ subject: 'ada', name: 'as it was' });
    const answer = await ask(method, path.replace('ID', record.id), body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await manage.get('ada', record.id)).toEqual(record);
    expect((await manage.list('ada')).keys).toHaveLength(1);
    if (status === 405) expect(answer.headers.get('allow')).toBeTruthy();
  });

  it('a form of another site gets nowhere: not its type, and not its origin', async () => {
    const { ask, store } = settings();
    store.reset();
    const form = await ask('POST', '', 'name=x', { 'content-type': 'application/x-www-form-urlencoded' });
    expect(form.status).toBe(415);
    const plain = await ask('POST', '', '{"name":"x"}', { 'content-type': 'text/plain' });
    expect(plain.status).toBe(415);
    const other = await ask('POST', '', { name: 'x' }, { 'sec-fetch-site': 'cross-site' });
    expect(other.status).toBe(403);
    expect(store.counts.create).toBe(0);
  });

  it('a key makes no key of more than it has', async () => {
    const { ask, manage } = settings();
    const small = await manage.create({ subject: 'ada', scopes: ['files:read'] });
    const large = await manage.create({ subject: 'ada', scopes: ['files:read', 'files:write'] });
    const by = { 'x-api-key': small.key, 'x-person': '' };
    const beyond = await ask('POST', '', { scopes: ['files:read', 'files:write'] }, by);
    expect(beyond.status).toBe(403);
    expect(beyond.headers.get('www-authenticate')).toContain('scope="files:read files:write"');
    expect((await ask('POST', `/${large.record.id}/rotate`, {}, by)).status).toBe(403);
    expect((await ask('PATCH', `/${large.record.id}`, { scopes: ['files:read'] }, by)).status).toBe(403);
    expect((await ask('PATCH', `/${small.record.id}`, { scopes: ['files:write'] }, by)).status).toBe(403);
    expect((await ask('POST', '', { scopes: ['files:read'] }, by)).status).toBe(201);
    expect((await ask('POST', `/${small.record.id}/rotate`, {}, by)).status).toBe(201);
    expect((await ask('DELETE', `/${large.record.id}`, undefined, by)).status).toBe(204);
  });

  it('no more keys than maxKeys; one that is revoked makes room, until too many were', async () => {
    const { ask } = settings({ maxKeys: 2 });
    const make = () => ask('POST', '', {});
    const first = await make();
    expect([first.status, (await make()).status]).toEqual([201, 201]);
    const full = await make();
    expect([full.status, full.body.detail]).toEqual([409, 'There are 2 keys already. Revoke one first.']);
    await ask('DELETE', `/${first.body.record.id}`);
    const third = await make();
    expect(third.status).toBe(201);
    await ask('DELETE', `/${third.body.record.id}`);
    const fourth = await make();
    expect(fourth.status).toBe(201);
    await ask('DELETE', `/${fourth.body.record.id}`);
    const fifth = await make();
    expect(fifth.status).toBe(201);
    await ask('DELETE', `/${fifth.body.record.id}`);
    const late = await make();
    expect([late.status, late.body.detail]).toEqual([409, expect.stringContaining('have ended lately')]);
  });

  it('is in pages', async () => {
    const { ask, manage } = settings();
    for (let n = 0; n < 60; n++) await manage.create({ subject: 'ada', name: `${n}` });
    const first = await ask('GET');
    const rest = await ask('GET', `?after=${encodeURIComponent(first.body.next)}`);
    expect([first.body.keys.length, rest.body.keys.length, rest.body.next]).toEqual([50, 10, undefined]);
    expect((await ask('GET', '?after=nonsense')).status).toBe(200);
  });

  it('data comes from the application, and stays with it', async () => {
    const { ask, manage } = settings({ data: () => ({ plan: 'gold' }) });
    const { body } = await ask('POST', '', { name: 'x' });
    expect(body.record.data).toBe(undefined);
    expect((await manage.get('ada', body.record.id))?.data).toEqual({ plan: 'gold' });
  });

  it('over a store that is found by the request, as bindings are on Workers', async () => {
    const stores = { here: memoryStore(), there: memoryStore() };
    type Env = { readonly region: keyof typeof stores };
    const keys = apiKeys<unknown>({ prefix: 'acme', store: ({ bindings }) => stores[(bindings as Env).region] });
    const context = (_request: Request, env: Env) => ({ bindings: env });
    const endpoints = apiKeyEndpoints(manageApiKeys(keys), { path: '/keys', context });
    const app = protect(person, endpoints, { context });
    const ask = async (method: string, path: string, region: Env['region']) => {
      const headers = { 'x-person': 'ada', ...(method === 'PATCH' && { 'content-type': 'application/json' }) };
      const body = method === 'PATCH' ? '{"name":"new"}' : null;
      const response = await app(new Request(`https://app.example/keys${path}`, { method, headers, body }), { region });
      const text = await response.text();
      return { status: response.status, body: text ? JSON.parse(text) : undefined };
    };
    const made = await ask('POST', '', 'here');
    expect(made.status).toBe(201);
    const path = `/${made.body.record.id}`;
    expect((await ask('GET', path, 'here')).status).toBe(200);
    expect((await ask('GET', path, 'there')).status).toBe(404);
    expect((await ask('PATCH', path, 'here')).body.name).toBe('new');
    expect((await ask('POST', `${path}/rotate`, 'here')).status).toBe(201);
    expect((await ask('GET', '', 'here')).body.keys).toHaveLength(2);
    expect((await ask('GET', '', 'there')).body.keys).toEqual([]);
    expect((await ask('DELETE', path, 'there')).status).toBe(404);
    expect((await ask('DELETE', path, 'here')).status).toBe(204);
  });

  it('whoever has no subject has no keys: a mistake, and told', async () => {
    const { manage } = keysIn();
    const endpoints = apiKeyEndpoints(manage, { path: '/keys' });
    await expect(endpoints(new Request('https://app.example/keys'), accept('x', null))).rejects.toThrow(
      'x states no subject',
    );
  });

  it('what the store throws is thrown', async () => {
    const down = () => Promise.reject(new Error('down'));
    for (const [verb, method] of [
      ['list', 'GET'],
      ['create', 'POST'],
    ] as const) {
      const { manage } = keysIn({ store: { ...memoryStore(), [verb]: down } });
      const endpoints = apiKeyEndpoints(manage, { path: '/keys' });
      const request = new Request('https://app.example/keys', { method });
      await expect(endpoints(request, accept('x', null, { subject: 'ada' })), verb).rejects.toThrow('down');
    }
  });

  it.each([
    [{}, 'path'],
    [{ path: 'keys' }, 'path'],
    [{ path: '/keys/' }, 'path'],
    [{ path: '/keys', maxKeys: 0 }, 'maxKeys'],
    [{ path: '/keys', max: 5 }, "'max'"],
  ])('%j is refused at construction', (options, message) => {
    expect(() => apiKeyEndpoints(keysIn().manage, options as never)).toThrow(message);
  });
});
