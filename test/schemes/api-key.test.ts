import { describe, expect, it, vi } from 'vitest';
import { scopes } from '../../src/guards/index.ts';
import { any, protect, type RequestLike } from '../../src/index.ts';
import {
  type ApiKeyOptions,
  apiKey,
  cookieKey,
  keyCarrier,
  queryKeyThatLeaksIntoLogs,
} from '../../src/schemes/api-key.ts';
import { basic } from '../../src/schemes/basic.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import type { ApiKey } from '../../src/tokens/api-keys.ts';
import { keysIn } from '../support/api-keys.ts';
import { call } from '../support/bearer.ts';
import { requestOf } from '../support/request.ts';
import { clockAt, START } from '../support/sessions.ts';

const context = clockAt().context();
const BARE = 'ApiKey realm="api"';
const INVALID = 'ApiKey realm="api", error="invalid_token"';
const TWICE = 'ApiKey realm="api", error="invalid_request"';

const issued = keysIn();
const { keys, manage } = issued;
const { key: GOOD } = await manage.create({ subject: 'ada', scopes: ['files:read'] }, context);
const { key: OTHER } = await manage.create({ subject: 'bob' }, context);
const revoked = await manage.create({ subject: 'ada' }, context);
await manage.revoke('ada', revoked.record.id, context);
const { key: EXPIRED } = await manage.create({ subject: 'ada', expiresIn: 1 }, clockAt(START - 1).context());

const create = (options: Partial<ApiKeyOptions<ApiKey<unknown>, ApiKey<unknown>>> = {}) => apiKey({ keys, ...options });

describe('API keys in a request', () => {
  it.each<[string, Record<string, string>, number, string, string | null]>([
    ['a good key', { 'x-api-key': GOOD }, 200, 'accepted', null],
    ['under any case of the name', { 'X-API-KEY': GOOD }, 200, 'accepted', null],
    ['as Authorization: ApiKey', { authorization: `ApiKey ${GOOD}` }, 200, 'accepted', null],
    ['in lower case, with spaces', { authorization: `apikey   ${GOOD}` }, 200, 'accepted', null],
    ['none', {}, 401, 'absent', BARE],
    ['another scheme', { authorization: `Bearer ${GOOD}` }, 401, 'unknown_scheme', BARE],
    ['an empty header', { 'x-api-key': '' }, 401, 'malformed', INVALID],
    ['the scheme alone', { authorization: 'ApiKey' }, 401, 'malformed', INVALID],
    ['the wrong prefix', { 'x-api-key': `emca${GOOD.slice(4)}` }, 401, 'invalid', INVALID],
    [
      'a wrong checksum',
      { 'x-api-key': `${GOOD.slice(0, -1)}${GOOD.endsWith('A') ? 'B' : 'A'}` },
      401,
      'malformed',
      INVALID,
    ],
    ['revoked', { 'x-api-key': revoked.key }, 401, 'revoked', INVALID],
    ['expired', { 'x-api-key': EXPIRED }, 401, 'expired', INVALID],
    ['oversize', { 'x-api-key': GOOD + 'A'.repeat(100_000) }, 401, 'malformed', INVALID],
    ['tabs in it', { 'x-api-key': `${GOOD}\t${GOOD}` }, 401, 'malformed', INVALID],
    ['bytes beyond ASCII', { 'x-api-key': `${GOOD.slice(0, -1)}\xe9` }, 401, 'malformed', INVALID],
    ['two header lines', { 'x-api-key': `${GOOD}, ${GOOD}` }, 400, 'malformed', TWICE],
    ['two ways', { 'x-api-key': GOOD, authorization: `ApiKey ${GOOD}` }, 400, 'malformed', TWICE],
    ['two keys', { 'x-api-key': OTHER, authorization: `ApiKey ${GOOD}` }, 400, 'malformed', TWICE],
    ['beside another scheme’s', { 'x-api-key': GOOD, authorization: 'Bearer x' }, 200, 'accepted', null],
    ['in a cookie nobody asked for', { cookie: `key=${GOOD}` }, 401, 'absent', BARE],
  ])('%s', async (_, headers, status, reason, challenge) => {
    const called = await call(create(), requestOf(headers));
    expect([called.status, called.reason, called.challenge]).toEqual([status, reason, challenge]);
    expect(called.errors).toEqual([]);
    if (status === 200) {
      expect(called.accepted).toMatchObject({
        scheme: 'api-key',
        subject: 'ada',
        scopes: ['files:read'],
        ambient: false,
        credentialId: GOOD.slice(23, 35),
      });
    }
    expect(JSON.stringify([called.challenge, called.body, called.events])).not.toContain(GOOD.slice(35, 78));
  });

  it('control characters, as a server without Fetch may hand them over', async () => {
    for (const character of ['\0', '\r\nx-admin: 1', '\x7f', '\ud800']) {
      const headers = { get: (name: string) => (name === 'x-api-key' ? GOOD + character : null) };
      const called = await call(create(), { method: 'GET', url: 'https://app.example/', headers });
      expect([called.status, called.reason]).toEqual([401, 'malformed']);
    }
  });

  it('the header may have another name', async () => {
    const named = create({ header: 'Ocp-Apim-Subscription-Key' });
    expect(named.carriers[0]).toEqual({ header: 'ocp-apim-subscription-key' });
    expect((await call(named, requestOf({ 'ocp-apim-subscription-key': GOOD }))).status).toBe(200);
    expect((await call(named, requestOf({ 'x-api-key': GOOD }))).reason).toBe('absent');
  });

  it('a store that fails is a 503, and nobody else is asked', async () => {
    const { store, keys } = keysIn();
    vi.spyOn(store, 'read').mockImplementation(() => {
      throw new Error('down');
    });
    const { key } = await manage.create({ subject: 'ada' }, context);
    const called = await call(apiKey({ keys }), requestOf({ 'x-api-key': key }));
    expect([called.status, called.reason]).toEqual([503, 'outage']);
  });

  it('load makes the principal, or refuses', async () => {
    const seen: unknown[] = [];
    const loading = apiKey({
      keys,
      load: (token, given) => {
        seen.push([token.subject, given.now]);
        return token.subject === 'ada' ? { plan: 'gold' } : undefined;
      },
    });
    expect((await call(loading, requestOf({ 'x-api-key': GOOD }))).accepted?.principal).toEqual({ plan: 'gold' });
    expect((await call(loading, requestOf({ 'x-api-key': OTHER }))).reason).toBe('revoked');
    expect(seen).toEqual([
      ['ada', START],
      ['bob', START],
    ]);
  });

  it('scopes: the guard of bearer tokens refuses, and says what is needed', async () => {
    const reading = scopes(create({ realm: 'files', scopes: ['files:read'] }), 'files:write');
    const called = await call(reading, requestOf({ 'x-api-key': GOOD }));
    expect([called.status, called.reason]).toEqual([403, 'insufficient']);
    expect(called.challenge).toBe('ApiKey realm="files", error="insufficient_scope", scope="files:write"');
    expect((await call(reading, requestOf())).challenge).toBe('ApiKey realm="files", scope="files:read"');
    expect((await call(scopes(create(), 'files:read'), requestOf({ 'x-api-key': GOOD }))).status).toBe(200);
  });

  it('as one more format of bearer tokens', async () => {
    const tokens = bearer({ tokens: keys });
    const called = await call(tokens, requestOf({ authorization: `Bearer ${GOOD}` }));
    expect([called.status, called.accepted?.scheme, called.accepted?.subject]).toEqual([200, 'bearer', 'ada']);
  });

  it.each<[string, object, string]>([
    ['no keys', { keys: undefined }, 'keys'],
    ['a header with a space', { header: 'x api' }, 'header'],
    ['an empty one', { header: '' }, 'header'],
    ['the cookies', { header: 'Cookie' }, 'header'],
    ['Authorization itself', { header: 'Authorization' }, 'header'],
    ['an unknown option', { name: 'x' }, "'name'"],
  ])('%s is refused at construction', (_, options, message) => {
    expect(() => apiKey({ keys, ...options } as never)).toThrow(TypeError);
    expect(() => apiKey({ keys, ...options } as never)).toThrow(message);
  });
});

describe('other places for a key', () => {
  const everywhere = create({
    alsoFrom: [
      cookieKey('__Host-key'),
      queryKeyThatLeaksIntoLogs(),
      keyCarrier({ header: 'x-legacy-key' }, ({ headers }) => [headers.get('x-legacy-key') ?? []].flat()),
    ],
  });
  const url = (query: string) => ({ url: `https://app.example/?a=b&${query}` });

  it('a query parameter, and nothing of it stays with the browser', async () => {
    const { response, reason } = await respond(requestOf({}, url(`api_key=${GOOD}`)));
    expect([response.status, reason]).toEqual([200, 'accepted']);
    expect(response.headers.get('cache-control')).toBe('private');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    const refused = await respond(requestOf({}, url('api_key=acme_live_1')));
    expect([refused.response.status, refused.response.headers.get('referrer-policy')]).toEqual([401, 'no-referrer']);
    expect(refused.response.headers.get('cache-control')).toBe('no-store');
    const elsewhere = await respond(requestOf({ 'x-api-key': GOOD }));
    expect(elsewhere.response.headers.has('referrer-policy')).toBe(false);
  });

  it.each<[string, Record<string, string>, string, number, string]>([
    ['a place of one’s own', { 'x-legacy-key': GOOD }, '', 200, 'accepted'],
    ['header and query', { 'x-api-key': GOOD }, `api_key=${GOOD}`, 400, 'malformed'],
    ['Authorization and query', { authorization: `ApiKey ${GOOD}` }, `api_key=${GOOD}`, 400, 'malformed'],
    ['both headers', { 'x-api-key': GOOD, authorization: `ApiKey ${GOOD}` }, '', 400, 'malformed'],
    ['the parameter twice', {}, `api_key=${GOOD}&api_key=${GOOD}`, 400, 'malformed'],
    ['an empty parameter', {}, 'api_key=', 401, 'malformed'],
    ['another parameter', {}, `apikey=${GOOD}`, 401, 'absent'],
    ['a header before a cookie', { 'x-api-key': OTHER, cookie: `__Host-key=${GOOD}` }, '', 200, 'accepted'],
    ['two cookies, one of them good', { cookie: `__Host-key=x; __Host-key=${GOOD}` }, '', 200, 'accepted'],
    ['two good cookies', { cookie: `__Host-key=${OTHER}; __Host-key=${GOOD}` }, '', 401, 'malformed'],
  ])('%s', async (_, headers, query, status, reason) => {
    const called = await call(everywhere, requestOf(headers, url(query)));
    expect([called.status, called.reason]).toEqual([status, reason]);
  });

  it('in a cookie it is ambient: another site can’t use it', async () => {
    const cookie = `__Host-key=${GOOD}`;
    const own = await call(everywhere, requestOf({ cookie, 'sec-fetch-site': 'same-origin' }, { method: 'POST' }));
    expect([own.status, own.accepted?.ambient]).toEqual([200, true]);
    const other = await call(everywhere, requestOf({ cookie, 'sec-fetch-site': 'cross-site' }, { method: 'POST' }));
    expect([other.status, other.reason, other.challenge]).toEqual([403, 'cross_site', null]);
    const header = { 'x-api-key': GOOD, 'sec-fetch-site': 'cross-site' };
    expect((await call(everywhere, requestOf(header, { method: 'POST' }))).status).toBe(200);
  });

  it('a parameter’s name is checked', () => {
    expect(() => queryKeyThatLeaksIntoLogs('a=b')).toThrow(TypeError);
  });

  async function respond(request: RequestLike) {
    let reason = '';
    const handler = protect(everywhere, (_request: RequestLike) => new Response('ok'), {
      context: () => ({ now: START }),
      onEvent: (event) => {
        reason = event.type === 'accepted' ? event.type : event.reason;
      },
    });
    return { response: await handler(request), reason };
  }
});

describe('beside other schemes', () => {
  const door = any(
    create(),
    bearer({ tokens: keys }),
    basic({ realm: 'api', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] }),
  );
  const BASIC = `Basic ${btoa('ada:correct horse')}`;

  it.each<[string, Record<string, string>, number, string | undefined]>([
    ['a key', { 'x-api-key': GOOD }, 200, 'api-key'],
    ['a key by Authorization', { authorization: `ApiKey ${GOOD}` }, 200, 'api-key'],
    ['a key as a bearer token', { authorization: `Bearer ${GOOD}` }, 200, 'bearer'],
    ['a user', { authorization: BASIC }, 200, 'basic'],
    ['a bad key is final', { 'x-api-key': 'acme_live_1' }, 401, 'api-key'],
    ['a key and a user are two', { 'x-api-key': GOOD, authorization: BASIC }, 400, undefined],
  ])('%s', async (_, headers, status, scheme) => {
    const called = await call(door, requestOf(headers));
    expect(called.status).toBe(status);
    if (scheme) expect(called.scheme).toBe(scheme);
  });

  it('one 401 asks for all of them', async () => {
    const { challenge } = await call(door, requestOf());
    expect(challenge).toBe('ApiKey realm="api", Bearer realm="api", Basic realm="api", charset="UTF-8"');
  });
});
