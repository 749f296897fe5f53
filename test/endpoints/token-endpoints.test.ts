import { describe, expect, it } from 'vitest';
import { tokenEndpoints } from '../../src/endpoints/token-endpoints.ts';
import { protect } from '../../src/index.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { type FaultPlan, faultyStore } from '../../src/testing/index.ts';
import { type OpaqueAccessData, opaqueAccess } from '../../src/tokens/access-tokens.ts';
import { jwt } from '../../src/tokens/jwt.ts';
import { opaqueTokens } from '../../src/tokens/opaque-tokens.ts';
import { AUDIENCE, familiesOf, ISSUER, LEEWAY, OLD_ENOUGH, SIGNING_KEY } from '../support/families.ts';
import { clockAt } from '../support/sessions.ts';

const FORM = 'application/x-www-form-urlencoded';
type Body = Readonly<Record<string, string>> | string;

/** An application with a client in browsers and one without, as its users' programs see it. */
function open(more: Partial<Parameters<typeof familiesOf>[0]> = {}, options: object = {}) {
  const clock = clockAt();
  const families = familiesOf({ clients: { web: { delivery: 'cookie' }, cli: {} }, ...more });
  const authenticator = bearer({ tokens: jwt({ issuer: ISSUER, audience: AUDIENCE, keys: SIGNING_KEY }) });
  const endpoints = tokenEndpoints({ path: '/oauth', families, authenticator, ...options });
  const send = (path: string, body?: Body, headers: Readonly<Record<string, string>> = {}, method = 'POST') =>
    endpoints.fetch(
      new Request(`https://app.example/oauth/${path}`, {
        method,
        headers: { host: 'app.example', ...(body !== undefined && { 'content-type': FORM }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : new URLSearchParams(body).toString() }),
      }),
      clock.context(),
    );
  const refresh = (fields: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>) =>
    send('token', { grant_type: 'refresh_token', ...fields }, headers);
  const signIn = (client: 'web' | 'cli', scopes: readonly string[] = ['read', 'write']) =>
    endpoints.issue({ subject: 'ada', client, scopes }, clock.context());
  return { clock, families, endpoints, send, refresh, signIn };
}

const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
const said = async (response: Response): Promise<readonly [number, unknown]> => [
  response.status,
  ((await response.json()) as { readonly error?: string }).error,
];

describe('the token endpoint, to an app', () => {
  it('answers as RFC 6749 §5.1 has it, in the body alone', async () => {
    const { clock, refresh, signIn } = open();
    const signedIn = await signIn('cli');
    const { access_token: first, refresh_token: token, ...rest } = (await signedIn.json()) as Record<string, string>;
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 300, scope: 'read write' });
    expect([typeof first, typeof token]).toEqual(['string', 'string']);
    expect(signedIn.headers.getSetCookie()).toEqual([]);

    const kept = await refresh({ refresh_token: token ?? '', client_id: 'cli' });
    expect(Object.keys((await kept.json()) as object)).toEqual(['access_token', 'token_type', 'expires_in', 'scope']);
    clock.now += OLD_ENOUGH;
    const rotated = await refresh({ refresh_token: token ?? '', scope: 'read' });
    expect([rotated.status, rotated.headers.get('cache-control'), rotated.headers.get('content-type')]).toEqual([
      200,
      'no-store',
      'application/json',
    ]);
    expect(rotated.headers.getSetCookie()).toEqual([]);
    const body = (await rotated.json()) as Record<string, string>;
    expect(body).toMatchObject({ scope: 'read', token_type: 'Bearer' });
    expect(body.refresh_token).not.toBe(token);
  });

  it.each<[string, Readonly<Record<string, string>>, number, string]>([
    ['no grant type', { grant_type: '' }, 400, 'invalid_request'],
    ['another grant', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no token', {}, 400, 'invalid_grant'],
    ['garbage', { refresh_token: 'garbage' }, 400, 'invalid_grant'],
    ['a short attempt', { refresh_token: 'x', attempt: 'short' }, 400, 'invalid_request'],
    ['an attempt with a line in it', { refresh_token: 'x', attempt: `${'a'.repeat(22)}\n` }, 400, 'invalid_request'],
    ['a token of a megabyte', { refresh_token: 'x'.repeat(1e6) }, 400, 'invalid_request'],
  ])('%s', async (_name, fields, status, error) => {
    const response = await open().refresh(fields);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await said(response)).toEqual([status, error]);
  });

  it.each<[string, string, Readonly<Record<string, string>>]>([
    ['JSON', '{"grant_type":"refresh_token"}', { 'content-type': 'application/json' }],
    ['no content type', 'grant_type=refresh_token', { 'content-type': '' }],
    ['another charset', 'grant_type=refresh_token', { 'content-type': `${FORM}; charset=utf-16` }],
    ['a field twice', 'grant_type=refresh_token&refresh_token=a&refresh_token=b', {}],
    ['a bad escape', 'grant_type=%zz', {}],
    ['__proto__', 'grant_type=refresh_token&__proto__=1', {}],
    ['nothing', '', {}],
  ])('a body with %s is an invalid_request', async (_name, body, headers) => {
    expect(await said(await open().send('token', body, headers))).toEqual([400, 'invalid_request']);
  });

  it('narrows scope and resource, and says which was too much', async () => {
    const audience = ['https://api.example', 'https://files.example', 'https://mail.example'] as const;
    const { signIn, refresh, send } = open({ audience });
    const { refresh_token } = (await (await signIn('cli')).json()) as { refresh_token: string };
    expect(await said(await refresh({ refresh_token, scope: 'read admin' }))).toEqual([400, 'invalid_scope']);
    expect(await said(await refresh({ refresh_token, resource: 'https://elsewhere.example' }))).toEqual([
      400,
      'invalid_target',
    ]);
    const two = `grant_type=refresh_token&refresh_token=${refresh_token}&resource=${audience[0]}&resource=${audience[1]}`;
    const { access_token } = (await (await send('token', two)).json()) as { access_token: string };
    expect(JSON.parse(atob(access_token.split('.')[1] ?? '')).aud).toEqual(audience.slice(0, 2));
  });

  it('says invalid_grant of every bad token, and not why', async () => {
    const { clock, families, refresh, signIn } = open();
    const tokens = await Promise.all(
      [1, 2, 3].map(async () => ((await (await signIn('cli')).json()) as { refresh_token: string }).refresh_token),
    );
    clock.now += OLD_ENOUGH;
    const [replayed = '', other = '', revoked = ''] = tokens;
    await refresh({ refresh_token: replayed });
    await families.revokeToken(revoked, {}, clock.context());
    clock.now += LEEWAY + 1;
    const answers = await Promise.all(
      [
        { refresh_token: replayed },
        { refresh_token: other, client_id: 'web' },
        { refresh_token: revoked },
        { refresh_token: `${other}x` },
      ].map(async (fields) => {
        const response = await refresh(fields);
        return [response.status, await response.text()];
      }),
    );
    expect(answers).toEqual(answers.map(() => [400, '{"error":"invalid_grant"}']));
  });

  it('is a 503 where the store or the signer fails, and nobody is signed out', async () => {
    const errors: unknown[] = [];
    const plan: FaultPlan = {};
    const store = faultyStore(memoryStore(), plan);
    const { refresh, signIn } = open({ store }, { onError: (error: Error) => errors.push(error.message) });
    const { refresh_token } = (await (await signIn('cli')).json()) as { refresh_token: string };
    plan.read = 'reject';
    const response = await refresh({ refresh_token });
    expect(await said(response)).toEqual([503, 'temporarily_unavailable']);
    expect(response.headers.get('cache-control')).toBe('no-store');
    plan.read = undefined;
    expect((await refresh({ refresh_token })).status).toBe(200);
    expect(errors).toHaveLength(1);
  });

  it('is for POST alone', async () => {
    const { endpoints, send } = open();
    for (const path of ['token', 'revoke']) {
      const response = await send(path, undefined, {}, 'GET');
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    }
    expect((await send('tokens', {})).status).toBe(404);
    expect((await endpoints.fetch(new Request('https://app.example/other/token', { method: 'POST' }))).status).toBe(
      404,
    );
  });
});

describe('the token endpoint, to a browser', () => {
  it('keeps the refresh token in a cookie that scripts and other pages never see', async () => {
    const { clock, refresh, signIn } = open();
    const signedIn = await signIn('web');
    const [line = ''] = signedIn.headers.getSetCookie();
    expect(line).toMatch(
      /^__Secure-refresh=refresh_1\.\S+; Path=\/oauth; Max-Age=7776000; Secure; HttpOnly; SameSite=Strict$/,
    );
    expect(await signedIn.json()).not.toHaveProperty('refresh_token');
    const cookie = cookieOf(signedIn);

    const kept = await refresh({}, { cookie, origin: 'https://app.example' });
    expect([kept.status, kept.headers.getSetCookie()]).toEqual([200, []]);
    clock.now += OLD_ENOUGH;
    const rotated = await refresh({ client_id: 'web' }, { cookie, 'sec-fetch-site': 'same-origin' });
    expect(rotated.headers.getSetCookie()[0]).toMatch(
      /^__Secure-refresh=refresh_1\.a\.\S+; Path=\/oauth; Max-Age=7775935; /,
    );
    expect(cookieOf(rotated)).not.toBe(cookie);
    expect(await rotated.json()).not.toHaveProperty('refresh_token');
    // Another tab, with the cookie of before.
    expect(cookieOf(await refresh({}, { cookie }))).toBe(cookieOf(rotated));
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://elsewhere.example' }],
    ['a sandboxed frame', { origin: 'null' }],
  ])('refuses a cookie that %s has sent along', async (_name, headers) => {
    const { send, signIn, refresh } = open();
    const cookie = cookieOf(await signIn('web'));
    for (const response of [
      await refresh({}, { cookie, ...headers }),
      await send('revoke', {}, { cookie, ...headers }),
    ]) {
      expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
      expect(await response.json()).toMatchObject({ error: 'access_denied' });
    }
    expect((await refresh({}, { cookie })).status).toBe(200);
    // A token in the body is nothing that a browser sends unasked.
    const { refresh_token } = (await (await signIn('cli')).json()) as { refresh_token: string };
    expect((await refresh({ refresh_token }, headers)).status).toBe(200);
  });

  it('trusts the origins that it is told to', async () => {
    const { refresh, signIn } = open({}, { trustedOrigins: ['https://admin.example'] });
    const cookie = cookieOf(await signIn('web'));
    expect((await refresh({}, { cookie, origin: 'https://admin.example', 'sec-fetch-site': 'same-site' })).status).toBe(
      200,
    );
  });

  it('never delivers by the other way', async () => {
    const { refresh, send, signIn, clock } = open();
    const cookie = cookieOf(await signIn('web'));
    const inCookie = cookie.slice(cookie.indexOf('=') + 1);
    const { refresh_token: inBody } = (await (await signIn('cli')).json()) as { refresh_token: string };
    clock.now += OLD_ENOUGH;
    // A script that got hold of the cookie's text; an app's token planted as a cookie.
    expect(await said(await refresh({ refresh_token: inCookie }))).toEqual([400, 'invalid_grant']);
    expect(await said(await refresh({}, { cookie: `__Secure-refresh=${inBody}` }))).toEqual([400, 'invalid_grant']);
    for (const fields of [{ refresh_token: inBody }, { refresh_token: 'x' }]) {
      expect(await said(await refresh(fields, { cookie }))).toEqual([400, 'invalid_request']);
    }
    expect(await said(await send('revoke', { token: inBody }, { cookie }))).toEqual([400, 'invalid_request']);
    // None of it has ended anything.
    expect([(await refresh({}, { cookie })).status, (await refresh({ refresh_token: inBody })).status]).toEqual([
      200, 200,
    ]);
  });

  it('of several cookies takes the one that we made, and of two of those neither', async () => {
    const { refresh, signIn } = open();
    const [one, two] = [cookieOf(await signIn('web')), cookieOf(await signIn('web'))];
    for (const cookie of [
      `__Secure-refresh=planted; ${one}`,
      `${one}; __Secure-refresh=`,
      `${one}; __Secure-refresh=x.y`,
    ]) {
      expect((await refresh({}, { cookie })).status, cookie).toBe(200);
    }
    expect(await said(await refresh({}, { cookie: `${one}; ${two}` }))).toEqual([400, 'invalid_request']);
    expect(await said(await refresh({}, { cookie: '__Secure-refresh=planted' }))).toEqual([400, 'invalid_grant']);
  });

  it.each([{ name: 'a b' }, { name: '__Host-refresh' }, { sameSite: 'lux' }, { names: 'x' }] as never[])(
    'refuses at construction a cookie that browsers would drop: %j',
    (cookie) => {
      expect(() => open({}, { cookie })).toThrow(TypeError);
      expect(() => open({}, { cookie })).toThrow(/^cookie: |no option 'names'/);
    },
  );
});

describe('the revocation endpoint', () => {
  it('ends a sign-in for whoever has a token of it, and answers 200 in any case', async () => {
    const { clock, refresh, send, signIn } = open();
    const { refresh_token: token } = (await (await signIn('cli')).json()) as { refresh_token: string };
    for (const body of [{ token: 'garbage' }, { token, client_id: 'web' }, {}] as Record<string, string>[]) {
      expect((await send('revoke', body)).status).toBe(200);
    }
    clock.now += OLD_ENOUGH;
    const { refresh_token: next } = (await (await refresh({ refresh_token: token })).json()) as {
      refresh_token: string;
    };
    const revoked = await send('revoke', { token: next, token_type_hint: 'refresh_token', client_id: 'cli' });
    expect([revoked.status, await revoked.text(), revoked.headers.get('cache-control')]).toEqual([200, '', 'no-store']);
    expect((await send('revoke', { token: next })).status).toBe(200);
    for (const each of [token, next]) {
      expect(await said(await refresh({ refresh_token: each }))).toEqual([400, 'invalid_grant']);
    }
  });

  it('of a browser takes the cookie, and removes it', async () => {
    const { refresh, send, signIn } = open();
    const cookie = cookieOf(await signIn('web'));
    const revoked = await send('revoke', {}, { cookie });
    expect(revoked.headers.getSetCookie()).toEqual([
      '__Secure-refresh=; Path=/oauth; Max-Age=0; Secure; HttpOnly; SameSite=Strict',
    ]);
    expect(await said(await refresh({}, { cookie }))).toEqual([400, 'invalid_grant']);
  });

  it('ends opaque access tokens too, and says where it cannot', async () => {
    const signed = open();
    const { access_token } = (await (await signed.signIn('cli')).json()) as { access_token: string };
    expect(await said(await signed.send('revoke', { token: access_token }))).toEqual([400, 'unsupported_token_type']);

    const store = memoryStore();
    const tokens = opaqueTokens<OpaqueAccessData>({ store, prefix: 'access' });
    const opaque = open({ access: opaqueAccess(tokens) });
    const issued = (await (await opaque.signIn('cli')).json()) as { access_token: string; refresh_token: string };
    expect((await opaque.send('revoke', { token: issued.access_token })).status).toBe(200);
    expect(await tokens.verify(issued.access_token, opaque.clock.context())).toBe('invalid');
    expect((await opaque.refresh({ refresh_token: issued.refresh_token })).status).toBe(200);
  });
});

describe('my sign-ins', () => {
  const open3 = async () => {
    const app = open();
    const [here, there, bobs] = await Promise.all([
      app.families.issue({ subject: 'ada', client: 'cli', label: 'laptop', scopes: ['read'] }, app.clock.context()),
      app.families.issue({ subject: 'ada', client: 'web', device: 'a browser' }, app.clock.context()),
      app.families.issue({ subject: 'bob', client: 'cli' }, app.clock.context()),
    ]);
    const authorization = `Bearer ${here.accessToken}`;
    const post = (path: string, body: object = {}) =>
      app.send(path, JSON.stringify(body), { authorization, 'content-type': 'application/json' });
    return { ...app, here, there, bobs, authorization, post };
  };

  it('are listed, and which of them is this one', async () => {
    const { authorization, here, send, there } = await open3();
    const response = await send('sign-ins', undefined, { authorization }, 'GET');
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const { signIns } = (await response.json()) as { signIns: readonly { readonly id: string }[] };
    const byId = Object.fromEntries(signIns.map(({ id, ...view }) => [id, view]));
    expect(byId).toMatchObject({
      [here.family.id]: { current: true, label: 'laptop', client: 'cli', scopes: ['read'], generation: 0 },
      [there.family.id]: { current: false, device: 'a browser', delivery: 'cookie' },
    });
    expect(signIns).toHaveLength(2);
    expect(JSON.stringify(signIns)).not.toMatch(/salt|subject|audience|"data"/);
  });

  it('are ended one by one, never another’s, and all at once', async () => {
    const { bobs, here, post, refresh, there } = await open3();
    expect((await post('sign-ins/end', { id: bobs.family.id })).status).toBe(404);
    expect((await post('sign-ins/end', {})).status).toBe(400);
    expect((await post('sign-ins/end', { id: there.family.id })).status).toBe(204);
    expect((await post('sign-ins/end', { id: there.family.id })).status).toBe(404);
    expect((await post('sign-ins/end-all')).status).toBe(204);
    expect(await said(await refresh({ refresh_token: here.refreshToken }))).toEqual([400, 'invalid_grant']);
    expect((await refresh({ refresh_token: bobs.refreshToken })).status).toBe(200);
  });

  it('are for who is signed in, and nobody where there is no authenticator', async () => {
    const { send } = open();
    for (const [path, method] of [
      ['sign-ins', 'GET'],
      ['sign-ins/end', 'POST'],
      ['sign-ins/end-all', 'POST'],
    ] as const) {
      expect((await send(path, undefined, {}, method)).status).toBe(401);
      const { send: without } = open({}, { authenticator: undefined });
      expect((await without(path, undefined, {}, method)).status).toBe(404);
    }
  });
});

describe('misuse', () => {
  it.each<[object, RegExp]>([
    [{ path: 'oauth' }, /^path: /],
    [{ path: '/' }, /^path: /],
    [{ families: undefined }, /^families: what refreshTokens\(\) made/],
    [{ familes: undefined }, /no option 'familes'/],
    [{ trustedOrigins: ['https://app.example/'] }, /^trustedOrigins: /],
  ])('%j', (options, message) => {
    expect(() => open({}, options)).toThrow(message);
    expect(() => open({}, options)).toThrow(TypeError);
  });
});

it('an access token opens what `bearer` protects, for as long as it is good', async () => {
  const { clock, signIn } = open();
  const authenticator = bearer({ tokens: jwt({ issuer: ISSUER, audience: AUDIENCE, keys: SIGNING_KEY }) });
  const api = protect(authenticator, (_request, { principal }) => new Response(principal.sub), {
    context: () => clock.context(),
  });
  const { access_token } = (await (await signIn('cli')).json()) as { access_token: string };
  const ask = async () =>
    (await api(new Request('https://api.example/', { headers: { authorization: `Bearer ${access_token}` } }))).status;
  expect(await ask()).toBe(200);
  clock.now += 306;
  expect(await ask()).toBe(401);
});
