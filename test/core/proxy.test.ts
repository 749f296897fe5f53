/** Authentication at a gateway: `Proxy-Authorization`, 407, `Proxy-Authenticate` (RFC 9110 §11.7). */
import { describe, expect, it } from 'vitest';
import { proxy } from '../../src/core/protect-proxy.ts';
import {
  type AuthEvent,
  any,
  decide,
  insufficient,
  map,
  optional,
  protect,
  type RefusalResponder,
  require,
} from '../../src/index.ts';
import { basic } from '../../src/schemes/basic.ts';
import { contextOf } from '../support/context.ts';
import { observe } from '../support/observe.ts';
import { requestOf } from '../support/request.ts';
import { carrying, challengeOf, REASONS, scripted } from '../support/scripted.ts';

const STAFF = basic({ realm: 'Gateway', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
const GOOD = `Basic ${btoa('ada:correct horse')}`;
const BAD = `Basic ${btoa('ada:wrong')}`;
const BASIC = 'Basic realm="Gateway", charset="UTF-8"';
const GATEWAY = proxy(any(STAFF, scripted('token'), scripted('key')));

const send = (authenticator: Parameters<typeof decide>[0], headers: Record<string, string>, method = 'GET') =>
  protect(authenticator, (_request, { scheme }) => new Response(scheme))(requestOf(headers, { method }) as Request);

describe('proxy', () => {
  it('asks with 407 and Proxy-Authenticate, for all schemes', async () => {
    const response = await send(GATEWAY, {});
    expect(response.status).toBe(407);
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'no-store',
      'proxy-authenticate': `${BASIC}, token realm="test", key realm="test"`,
      vary: 'proxy-authorization,x-key',
    });
    expect(response.body).toBeNull();
  });

  it.each([
    ['Proxy-Authorization alone', { 'proxy-authorization': GOOD }, 200],
    ['Proxy-Authorization, and one for the server behind', { 'proxy-authorization': GOOD, authorization: BAD }, 200],
    ['only what is for the server behind', { authorization: GOOD }, 407],
    ['a bad one, and a good one for the server behind', { 'proxy-authorization': BAD, authorization: GOOD }, 407],
    ['an unknown scheme', { 'proxy-authorization': 'Negotiate x' }, 407],
    [
      'an unknown scheme, and a good one for the server behind',
      { 'proxy-authorization': 'Negotiate x', authorization: GOOD },
      407,
    ],
    ['two of one scheme', { 'proxy-authorization': `${GOOD}, ${GOOD}` }, 400],
    ['two explicit ones', { 'proxy-authorization': GOOD, 'x-key': 'good' }, 400],
    ['a key', { 'x-key': 'good' }, 200],
  ])('%s', async (_title, headers: Record<string, string>, status) => {
    expect((await send(GATEWAY, headers)).status).toBe(status);
  });

  it.each(REASONS)('refuses for the reason %s with 407, the refusing scheme first', async (reason) => {
    const events: AuthEvent[] = [];
    const { response } = await decide(GATEWAY, { onEvent: (event) => events.push(event) })(
      requestOf({ 'proxy-authorization': `Token ${reason}` }),
      contextOf(),
    );
    expect(response?.status).toBe(407);
    expect(response?.headers.get('proxy-authenticate')).toBe(
      `${challengeOf('token', { kind: 'rejected', reason })}, ${BASIC}, key realm="test"`,
    );
    expect(response?.headers.has('www-authenticate')).toBe(false);
    expect(events).toMatchObject([{ type: 'rejected', status: 407, reason, scheme: 'token' }]);
  });

  it.each([
    ['good', 200],
    ['twice', 400],
    ['weak', 403],
    ['stale', 407],
    ['down', 503],
    ['silent', 407],
  ])('a token that is %s: %i', async (verdict, status) => {
    expect((await send(GATEWAY, { 'proxy-authorization': `Token ${verdict}` })).status).toBe(status);
  });

  it('answers an outage with 503 and no challenge', async () => {
    const response = await send(GATEWAY, { 'proxy-authorization': 'Token down' });
    expect(response.headers.has('proxy-authenticate')).toBe(false);
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it.each(['POST', 'CONNECT', 'DELETE'])(
    'does not look where a %s comes from: that is about the site behind',
    async (method) => {
      const headers = { 'proxy-authorization': GOOD, origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' };
      expect((await send(GATEWAY, headers, method)).status).toBe(200);
    },
  );

  // A browser sends a cookie to whoever has that host, whichever site asks it to: only what `Proxy-Authorization` carries
  // is kept to the gateway. With this, composing `proxy` around a session turns the cross-site check off.
  it('does look where a POST with a cookie comes from', async () => {
    const headers = { cookie: 'session=good', 'sec-fetch-site': 'cross-site' };
    expect((await send(proxy(scripted('session')), headers, 'POST')).status).toBe(403);
  });

  it('keeps the effects', async () => {
    const response = await send(GATEWAY, { 'proxy-authorization': 'Token expired' });
    expect(response.headers.getSetCookie()).toEqual(['by-token=expired']);
  });

  it('stands around map, require and optional', async () => {
    const readers = proxy(optional(map(any(STAFF), ({ principal }) => principal.username)));
    const handler = protect(readers, (_request, { principal }) => new Response(principal ?? 'nobody'));
    const answer = async (headers: Record<string, string>) => {
      const response = await handler(requestOf(headers) as Request);
      return [response.status, await response.text()];
    };
    expect(await answer({})).toEqual([200, 'nobody']);
    expect(await answer({ 'proxy-authorization': GOOD })).toEqual([200, 'ada']);
    expect(await answer({ 'proxy-authorization': BAD })).toEqual([407, '']);
    expect((await send(proxy(require(STAFF, () => false)), { 'proxy-authorization': GOOD })).status).toBe(403);
    expect(
      (await send(proxy(require(STAFF, () => false, { maxAge: 1 })), { 'proxy-authorization': GOOD })).status,
    ).toBe(407);
  });

  // The handler's demand comes after the outcome was translated: it goes out as the 401 of a server.
  it('asks with 407 where the handler demands a better sign-in', async () => {
    const handler = protect(GATEWAY, () => insufficient({ maxAge: 60 }));
    const response = await handler(requestOf({ 'proxy-authorization': 'Token good' }) as Request);
    expect(response.status).toBe(407);
    expect(response.headers.has('proxy-authenticate')).toBe(true);
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it('asks with 407 where the handler demands more of somebody anonymous', async () => {
    const handler = protect(proxy(optional(STAFF)), () => insufficient());
    const response = await handler(requestOf() as Request);
    expect(response.status).toBe(407);
    expect(response.headers.get('proxy-authenticate')).toBe(BASIC);
  });

  it.each([
    ['insufficient', 'Token weak', 403],
    ['given twice', 'Token twice', 400],
  ])(
    'challenges for itself, never for the server behind, whatever the status: %s',
    async (_title, authorization, status) => {
      const response = await send(GATEWAY, { 'proxy-authorization': authorization });
      expect(response.status).toBe(status);
      expect(response.headers.get('proxy-authenticate')).toMatch(/^token realm="test", error=/);
      expect(response.headers.has('www-authenticate')).toBe(false);
    },
  );

  it('challenges for itself where the handler demands more scope', async () => {
    const handler = protect(GATEWAY, () => insufficient({ scopes: ['x'] }));
    const response = await handler(requestOf({ 'proxy-authorization': 'Token good' }) as Request);
    expect(response.status).toBe(403);
    expect(response.headers.get('proxy-authenticate')).toBe('token realm="test", error="insufficient"');
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  // The header is chosen by a carrier that is not among these: a 407 goes out with WWW-Authenticate.
  it('challenges for itself where nothing is read from Proxy-Authorization', async () => {
    const response = await send(proxy(any(scripted('key'))), {});
    expect(response.status).toBe(407);
    expect(response.headers.get('proxy-authenticate')).toBe('key realm="test"');
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it('hands the application a refusal with 407', async () => {
    const refuse: RefusalResponder = ({ status, challenges }) => new Response(`${challenges.length}`, { status });
    const { response } = await decide(GATEWAY, { refuse })(requestOf(), contextOf());
    expect(response?.status).toBe(407);
    expect(await response?.text()).toBe('3');
    expect(response?.headers.has('proxy-authenticate')).toBe(true);
  });

  it('shows its parts a request that is otherwise the one that came', async () => {
    const spied: unknown[] = [];
    const spy = proxy({
      schemes: ['spy'],
      carriers: [{ header: 'authorization', scheme: 'spy' }],
      authenticate: ({ method, url, headers }) => {
        spied.push(method, url, headers.get('Authorization'), headers.get('authorization'), headers.get('X-Own'));
        return { kind: 'absent', status: 401, reason: 'absent' };
      },
      challenge: () => [],
    });
    const request = requestOf({ 'proxy-authorization': 'p', authorization: 'a', 'x-own': '1' }, { method: 'PUT' });
    await spy.authenticate(request, contextOf());
    expect(spied).toEqual(['PUT', 'https://app.example/', 'p', 'p', '1']);
  });

  it("stands beside the server's own in an all", async () => {
    const { headers } = carrying({ key: 'good' });
    const seen = await observe(proxy(scripted('key')), requestOf(headers));
    expect(seen).toMatchObject({ kind: 'accepted', scheme: 'key', asked: ['key'] });
  });
});
