/** Authentication at a gateway: `Proxy-Authorization`, 407, `Proxy-Authenticate` (RFC 9110 §11.7). */
import { describe, expect, it, vi } from 'vitest';
import { promptOnNavigation } from '../../src/core/describe-refusal.ts';
import { protectProxy } from '../../src/core/protect-proxy.ts';
import {
  ABSENT,
  type Accepted,
  type AuthEvent,
  type Authenticator,
  accept,
  all,
  any,
  type Carrier,
  type Context,
  insufficient,
  map,
  type Outcome,
  optional,
  type ProtectOptions,
  type RefusalResponder,
  type RequestLike,
  reject,
  require,
} from '../../src/index.ts';
import { basic } from '../../src/schemes/basic.ts';
import { anyOf } from '../support/compose.ts';
import { requestOf } from '../support/request.ts';
import { challengeOf, REASONS, scripted } from '../support/scripted.ts';
import { answering } from '../support/stub.ts';

const STAFF = basic({ realm: 'Gateway', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
const GOOD = `Basic ${btoa('ada:correct horse')}`;
const BAD = `Basic ${btoa('ada:wrong')}`;
const BASIC = 'Basic realm="Gateway", charset="UTF-8"';
const OTHER = answering(ABSENT, { scheme: 'other', carriers: [{ header: 'authorization', scheme: 'other' }] });
const GATEWAY = any(STAFF, scripted('token'), OTHER);
const BARE = `${BASIC}, token realm="test", other realm="r"`;

type Handler = (request: Request, accepted: Accepted) => Response | ReturnType<typeof insufficient>;
type Options = ProtectOptions<Request, []>;

/** What a gateway answers; its handler says who was accepted. */
function send(
  authenticator: Authenticator,
  headers: Record<string, string> = {},
  {
    method = 'GET',
    handler = (_request, { scheme }) => new Response(scheme),
    ...options
  }: Options & { method?: string; handler?: Handler } = {},
): Promise<Response> {
  return protectProxy(authenticator, handler, options)(requestOf(headers, { method }) as Request);
}
const headersOf = ({ headers }: Response): Record<string, string> => Object.fromEntries(headers);
const statusOf = async (...given: Parameters<typeof send>): Promise<number> => (await send(...given)).status;

describe('what is read', () => {
  it.each([
    ['Proxy-Authorization alone', { 'proxy-authorization': GOOD }, 200],
    ['Proxy-Authorization, and one for the server behind', { 'proxy-authorization': GOOD, authorization: BAD }, 200],
    ['nothing', {}, 407],
    ['only what is for the server behind', { authorization: GOOD }, 407],
    ['a bad one, and a good one for the server behind', { 'proxy-authorization': BAD, authorization: GOOD }, 407],
    ['an unknown scheme', { 'proxy-authorization': 'Negotiate x' }, 407],
    [
      'an unknown scheme, and a good one for the server behind',
      { 'proxy-authorization': 'Negotiate x', authorization: GOOD },
      407,
    ],
    ['a cookie and a key for the server behind', { cookie: 'session=good', 'x-key': 'good' }, 407],
    ['two of one scheme', { 'proxy-authorization': `${GOOD}, ${GOOD}` }, 400],
    ['two of two schemes', { 'proxy-authorization': `${GOOD}, Token good` }, 400],
  ])('%s', async (_title, headers: Record<string, string>, status) => {
    expect(await statusOf(GATEWAY, headers)).toBe(status);
  });

  it('is a request that is otherwise the one that came', async () => {
    const spied: unknown[] = [];
    const spy: Authenticator = {
      schemes: ['spy'],
      carriers: [{ header: 'authorization', scheme: 'spy' }],
      authenticate({ method, url, headers }) {
        const names = ['Authorization', 'authorization', 'AUTHORIZATION', 'Proxy-Authorization', 'X-Own', 'x-none'];
        spied.push(method, url, ...names.map((name) => headers.get(name)));
        return ABSENT;
      },
      challenge: () => [],
    };
    await send(spy, { 'proxy-authorization': 'p', authorization: 'a', 'x-own': '1' }, { method: 'PUT' });
    expect(spied).toEqual(['PUT', 'https://app.example/', 'p', 'p', 'p', 'p', '1', null]);
  });

  it('is never what is for the server behind, where nothing is for the gateway', async () => {
    const authenticate = vi.fn((_request: RequestLike): Outcome => ABSENT);
    const spy = { ...OTHER, authenticate };
    await send(spy, { authorization: 'Other secret' });
    expect(authenticate.mock.calls[0]?.[0].headers.get('authorization')).toBeNull();
  });

  it('reaches the handler whole, with all that the platform passes', async () => {
    const handler = vi.fn((..._given: unknown[]) => new Response());
    const contexts: Context[] = [];
    const spy: Authenticator = {
      ...OTHER,
      authenticate: (_request, context) => {
        contexts.push(context);
        return accept('other', 'p');
      },
    };
    const gateway = protectProxy<Accepted, Request, [string]>(spy, handler, {
      context: (_request, env) => ({ bindings: env, now: 7 }),
    });
    const request = requestOf({ 'proxy-authorization': 'Other x', authorization: 'Bearer y' }) as Request;
    await gateway(request, 'env');
    expect(handler.mock.calls).toEqual([
      [request, expect.objectContaining({ scheme: 'other', principal: 'p' }), 'env'],
    ]);
    expect(handler.mock.calls[0]?.[0]).toBe(request);
    expect(contexts).toMatchObject([{ bindings: 'env', now: 7 }]);
  });

  it.each(['POST', 'CONNECT', 'DELETE'])(
    'is not where a %s comes from: that is about the site behind',
    async (method) => {
      const headers = { 'proxy-authorization': GOOD, origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' };
      expect(await statusOf(STAFF, headers, { method })).toBe(200);
      expect(await statusOf(STAFF, headers, { method, strict: true })).toBe(200);
    },
  );

  it('tells the handler nothing of a browser: what is sent to a gateway is not sent unasked to another', async () => {
    const accepted: Accepted[] = [];
    await send(
      STAFF,
      { 'proxy-authorization': GOOD },
      {
        handler: (_request, given) => {
          accepted.push(given);
          return new Response();
        },
      },
    );
    expect(accepted).toMatchObject([{ scheme: 'basic', subject: 'ada', ambient: false }]);
  });
});

describe('what is a TypeError at construction', () => {
  const reading = (...carriers: readonly Carrier[]): Authenticator => answering(ABSENT, { carriers });
  const never = (): Response => expect.unreachable();

  it.each<[string, Authenticator]>([
    ['a cookie', scripted('session')],
    ['a header', scripted('key')],
    ['a parameter of the URL', scripted('link')],
    ['Authorization, whatever the scheme', reading({ header: 'authorization' })],
    ['Proxy-Authorization itself', reading({ header: 'proxy-authorization' })],
    ['a scheme, and a cookie', reading({ header: 'authorization', scheme: 'x' }, { header: 'cookie' })],
    ['any, with a cookie among its parts', any(STAFF, scripted('session'))],
    ['all, with a key among its parts', all(STAFF, scripted('key'))],
    ['optional, with a cookie in it', optional(any(STAFF, scripted('session')))],
    ['map, with a cookie in it', map(any(STAFF, scripted('session')), () => 0)],
  ])('an authenticator that reads %s', (_title, authenticator) => {
    expect(() => protectProxy(authenticator, never)).toThrow(TypeError);
    expect(() => protectProxy(authenticator, never)).toThrow(/protectProxy.*Authorization/);
  });

  it('whatever is one for protect', () => {
    expect(() => protectProxy(STAFF, never, { onEvents: () => {} } as object)).toThrow(/'onEvents'/);
    expect(() => protectProxy(STAFF, never, { trustedOrigins: ['*'] } as object)).toThrow(/trustedOrigins/);
  });

  it('but not an authenticator that reads no header, such as one of client certificates', async () => {
    const certificate = answering(accept('certificate', 'p'), { scheme: 'certificate', carriers: [] });
    expect(await statusOf(certificate)).toBe(200);
    expect(await statusOf(anyOf(STAFF, certificate))).toBe(200);
  });

  it('but not what composes schemes of Authorization', () => {
    for (const authenticator of [
      GATEWAY,
      all(STAFF),
      optional(GATEWAY),
      map(GATEWAY, () => 0),
      require(STAFF, () => true),
    ]) {
      expect(() => protectProxy(authenticator as Authenticator, never)).not.toThrow();
    }
  });
});

describe('what is answered', () => {
  it('asks with 407 and Proxy-Authenticate, for all schemes', async () => {
    const response = await send(GATEWAY);
    expect(response.status).toBe(407);
    expect(headersOf(response)).toEqual({
      'cache-control': 'no-store',
      'proxy-authenticate': BARE,
      vary: 'proxy-authorization',
    });
    expect(response.body).toBeNull();
  });

  it.each(REASONS)('refuses for the reason %s with 407, the refusing scheme first', async (reason) => {
    const events: AuthEvent[] = [];
    const onEvent = (event: AuthEvent) => events.push(event);
    const response = await send(GATEWAY, { 'proxy-authorization': `Token ${reason}` }, { onEvent });
    expect(response.status).toBe(407);
    expect(response.headers.get('proxy-authenticate')).toBe(
      `${challengeOf('token', { kind: 'rejected', reason })}, ${BASIC}, other realm="r"`,
    );
    expect(response.headers.has('www-authenticate')).toBe(false);
    // Events tell what was decided, and not by which field it was said.
    expect(events).toMatchObject([{ type: 'rejected', status: 401, reason, scheme: 'token' }]);
  });

  it.each([
    ['twice', 400, /^token realm="test", error="malformed", Basic /],
    ['weak', 403, /^token realm="test", error="insufficient"$/],
    ['stale', 407, /^token realm="test", error="insufficient"$/],
    ['silent', 407, /^Basic .*, token realm="test", other /],
  ])('challenges for itself, never for the server behind: a token that is %s', async (verdict, status, challenge) => {
    const response = await send(GATEWAY, { 'proxy-authorization': `Token ${verdict}` });
    expect(response.status).toBe(status);
    expect(response.headers.get('proxy-authenticate')).toMatch(challenge);
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it('an outage with 503 and no challenge', async () => {
    const onError = vi.fn();
    const response = await send(GATEWAY, { 'proxy-authorization': 'Token down' }, { onError });
    expect(response.status).toBe(503);
    expect(headersOf(response)).toEqual({ 'cache-control': 'no-store', vary: 'proxy-authorization' });
    expect(onError).toHaveBeenCalledTimes(1);
  });

  it('keeps the effects, of refusals and acceptances', async () => {
    for (const verdict of ['good', 'expired', 'weak', 'twice']) {
      const response = await send(GATEWAY, { 'proxy-authorization': `Token ${verdict}` });
      expect(response.headers.getSetCookie()).toEqual([`by-token=${verdict}`]);
    }
  });

  it('asks once where two parts ask for the same, and for nothing where nobody asks', async () => {
    const twin = (scheme: string, ...challenges: string[]): Authenticator => ({
      ...answering(ABSENT, { scheme, carriers: [{ header: 'authorization', scheme }] }),
      challenge: () => challenges,
    });
    const same = await send(anyOf(twin('one', 'Same x="1"'), twin('two', 'Same x="1"')));
    expect(same.headers.get('proxy-authenticate')).toBe('Same x="1"');
    const none = await send(twin('one'));
    expect([none.status, none.headers.has('proxy-authenticate')]).toEqual([407, false]);
  });

  it('stands around map, require and optional', async () => {
    const readers = optional(map(any(STAFF), ({ principal }) => principal.username));
    const answer = async (headers: Record<string, string>) => {
      const handler: Handler = (_request, { principal }) => new Response(String(principal ?? 'nobody'));
      const response = await send(readers, headers, { handler });
      return [response.status, await response.text()];
    };
    expect(await answer({})).toEqual([200, 'nobody']);
    expect(await answer({ 'proxy-authorization': GOOD })).toEqual([200, 'ada']);
    expect(await answer({ 'proxy-authorization': BAD })).toEqual([407, '']);
    const headers = { 'proxy-authorization': GOOD };
    const nobody = () => false;
    expect(await statusOf(require(STAFF, nobody), headers)).toBe(403);
    expect(await statusOf(require(STAFF, nobody, { maxAge: 1 }), headers)).toBe(407);
  });

  it('stands around an instance of a class', async () => {
    class Robot implements Authenticator {
      readonly schemes = ['robot'];
      readonly carriers: readonly Carrier[] = [{ header: 'authorization', scheme: 'robot' }];
      readonly #value = 'Robot k3y';
      authenticate({ headers }: RequestLike): Outcome {
        const value = headers.get('authorization');
        if (value === null) return ABSENT;
        return value === this.#value ? accept('robot', 'R2') : reject('robot', 'invalid');
      }
      challenge(): readonly string[] {
        return [`Robot realm="${this.#value.length}"`];
      }
    }
    expect(await statusOf(new Robot(), { 'proxy-authorization': 'Robot k3y' })).toBe(200);
    const response = await send(new Robot(), { 'proxy-authorization': 'Robot guess' });
    expect(response.headers.get('proxy-authenticate')).toBe('Robot realm="9"');
  });
});

describe('what the handler answers', () => {
  const headers = { 'proxy-authorization': GOOD };

  // The server behind asks for credentials of its own; renaming its challenge would send them to the gateway.
  it.each([
    [401, { 'www-authenticate': 'Basic realm="behind"' }],
    [407, { 'proxy-authenticate': 'Basic realm="the next gateway"' }],
    [403, { 'www-authenticate': 'Bearer error="insufficient_scope"' }],
    [503, {}],
  ])('passes unchanged: %i', async (status, own: Record<string, string>) => {
    const answer = new Response('behind', { status, headers: { 'cache-control': 'private', ...own } });
    const events: AuthEvent[] = [];
    const refuse = vi.fn(() => undefined);
    const onEvent = (event: AuthEvent) => events.push(event);
    const response = await send(STAFF, headers, { handler: () => answer, refuse, onEvent });
    expect(response).toMatchObject({ status });
    expect(await response.text()).toBe('behind');
    for (const name of ['www-authenticate', 'proxy-authenticate']) {
      expect(response.headers.get(name)).toBe(own[name] ?? null);
    }
    expect(refuse).not.toHaveBeenCalled();
    expect(events.map(({ type }) => type)).toEqual(['accepted']);
  });

  it('is kept from shared caches', async () => {
    const response = await send(STAFF, headers, { handler: () => new Response(null) });
    expect(headersOf(response)).toEqual({ 'cache-control': 'private', vary: 'proxy-authorization' });
  });

  it('asks with 407 where it demands a better sign-in', async () => {
    const token = { 'proxy-authorization': 'Token good' };
    const response = await send(GATEWAY, token, { handler: () => insufficient({ maxAge: 60 }) });
    expect(response.status).toBe(407);
    expect(response.headers.get('proxy-authenticate')).toBe('token realm="test", error="insufficient"');
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it('challenges for itself where it demands more scope', async () => {
    const token = { 'proxy-authorization': 'Token good' };
    const response = await send(GATEWAY, token, { handler: () => insufficient({ scopes: ['x'] }) });
    expect(response.status).toBe(403);
    expect(response.headers.get('proxy-authenticate')).toBe('token realm="test", error="insufficient"');
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it('asks with 407 where it demands more of somebody anonymous', async () => {
    const response = await send(optional(GATEWAY), {}, { handler: () => insufficient() });
    expect(response.status).toBe(407);
    expect(response.headers.get('proxy-authenticate')).toBe(BARE);
  });

  it('throws, and the exception goes through', async () => {
    const thrown = new Error('no route');
    const handler = () => {
      throw thrown;
    };
    await expect(send(STAFF, headers, { handler })).rejects.toBe(thrown);
  });
});

describe('refuse', () => {
  it('gets a refusal with 407 and the challenges to offer, the request and the context', async () => {
    const refuse = vi.fn<RefusalResponder>(() => undefined);
    const request = requestOf({ 'proxy-authorization': 'Token expired' }) as Request;
    const gateway = protectProxy(GATEWAY, () => expect.unreachable(), { refuse, context: () => ({ now: 7 }) });
    const response = await gateway(request);
    const [refusal, given, context] = refuse.mock.calls[0] ?? [];
    const challenges = ['token realm="test", error="expired"', BASIC, 'other realm="r"'];
    expect(refusal).toMatchObject({ kind: 'rejected', status: 407, reason: 'expired', scheme: 'token', challenges });
    expect(given).toBe(request);
    expect(context).toMatchObject({ now: 7 });
    // It answered nothing: the plain refusal.
    expect([response.status, response.body]).toEqual([407, null]);
    expect(response.headers.get('proxy-authenticate')).toBe(challenges.join(', '));
  });

  it.each([
    ['absent', undefined, 407],
    ['twice', 'Token twice', 400],
    ['weak', 'Token weak', 403],
    ['stale', 'Token stale', 407],
    ['down', 'Token down', 503],
  ])('sees the status that goes out: %s', async (_title, value, status) => {
    const refuse = vi.fn<RefusalResponder>(() => undefined);
    const response = await send(GATEWAY, value ? { 'proxy-authorization': value } : {}, { refuse });
    expect(refuse.mock.calls[0]?.[0].status).toBe(status);
    expect(response.status).toBe(status);
  });

  it.each<[string, RefusalResponder]>([
    ['at once', ({ status }) => new Response('mine', { status, headers: { 'x-own': '1' } })],
    ['later', async ({ status }) => new Response('mine', { status, headers: { 'x-own': '1' } })],
  ])('answers %s, and the challenge is added', async (_title, refuse) => {
    const response = await send(STAFF, {}, { refuse });
    expect(response.status).toBe(407);
    expect(await response.text()).toBe('mine');
    expect(headersOf(response)).toEqual({
      'cache-control': 'no-store',
      'content-type': 'text/plain;charset=UTF-8',
      'proxy-authenticate': BASIC,
      vary: 'proxy-authorization',
      'x-own': '1',
    });
  });

  it('writes WWW-Authenticate, and it goes out as Proxy-Authenticate', async () => {
    const refuse = () => new Response(null, { status: 407, headers: { 'www-authenticate': 'Mine x="1"' } });
    const response = await send(STAFF, {}, { refuse });
    expect(response.headers.get('proxy-authenticate')).toBe('Mine x="1"');
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it.each([
    ['cors', `x${BASIC}`],
    ['navigate', BASIC],
  ])('is promptOnNavigation, which renames what a gateway asks for too: %s', async (mode, challenge) => {
    for (const [value, status] of [
      [undefined, 407],
      [`${GOOD}, ${GOOD}`, 400],
    ] as const) {
      const headers = { 'sec-fetch-mode': mode, ...(value && { 'proxy-authorization': value }) };
      const response = await send(STAFF, headers, { refuse: promptOnNavigation() });
      expect(response.status).toBe(status);
      expect(response.headers.get('proxy-authenticate')).toBe(challenge);
      expect(response.headers.has('www-authenticate')).toBe(false);
    }
  });

  it.each([200, 204, 303])('chooses the status %i, and no challenge is added', async (status) => {
    const headers = { location: 'https://gateway.example/sign-in', 'www-authenticate': 'Mine' };
    const response = await send(STAFF, {}, { refuse: () => new Response(null, { status, headers }) });
    expect(response.status).toBe(status);
    expect(response.headers.has('proxy-authenticate')).toBe(false);
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it.each([404, 429, 502])('chooses the status %i, and the challenge is added', async (status) => {
    const response = await send(STAFF, {}, { refuse: () => new Response(null, { status }) });
    expect(response.status).toBe(status);
    expect(response.headers.get('proxy-authenticate')).toBe(BASIC);
  });

  it("may return one constant for everybody, which nobody's challenge gets into", async () => {
    const constant = new Response(null, { status: 407, headers: { 'www-authenticate': 'Mine' } });
    await send(GATEWAY, { 'proxy-authorization': 'Token expired' }, { refuse: () => constant });
    expect(headersOf(constant)).toEqual({ 'www-authenticate': 'Mine' });
  });

  it('returns Response.error(), and the plain answer goes out', async () => {
    const response = await send(STAFF, {}, { refuse: () => Response.error() });
    expect(response.status).toBe(407);
    expect(response.headers.get('proxy-authenticate')).toBe(BASIC);
  });

  const used = async (): Promise<Response> => {
    const response = new Response('read', { status: 407 });
    await response.text();
    return response;
  };
  it.each<[string, RefusalResponder]>([
    [
      'throws',
      () => {
        throw new TypeError('template');
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('template'))],
    ['returns a body that was read', used],
  ])('%s, and the plain answer keeps its status and challenge', async (_title, refuse) => {
    const onError = vi.fn();
    const response = await send(STAFF, {}, { refuse, onError });
    expect(response.status).toBe(407);
    expect(response.headers.get('proxy-authenticate')).toBe(BASIC);
    expect(response.headers.has('www-authenticate')).toBe(false);
    expect(onError.mock.calls).toEqual([[expect.any(TypeError), expect.anything()]]);
  });

  it('keeps a Proxy-Authenticate of its own', async () => {
    const refuse = () => new Response(null, { status: 407, headers: { 'proxy-authenticate': 'Mine' } });
    expect((await send(STAFF, {}, { refuse })).headers.get('proxy-authenticate')).toBe('Mine');
  });

  it('is not needed for an outage: a challenge that fails is one', async () => {
    const onError = vi.fn();
    const broken = {
      ...OTHER,
      challenge: () => {
        throw new Error('no words');
      },
    };
    expect(await statusOf(broken, {}, { onError })).toBe(503);
    expect(onError).toHaveBeenCalledTimes(1);
  });
});

describe('a CORS preflight', () => {
  const PREFLIGHT = { origin: 'https://admin.example', 'access-control-request-method': 'PUT' };

  it('is a request like any other: the server behind answers it, for whom the gateway accepts', async () => {
    const handler = () => new Response('cors');
    const authorized = { ...PREFLIGHT, 'proxy-authorization': GOOD };
    expect(await (await send(STAFF, authorized, { method: 'OPTIONS', handler })).text()).toBe('cors');
  });

  it('without credentials is asked for them, and no handler runs', async () => {
    const handler = () => expect.unreachable();
    expect(await statusOf(STAFF, PREFLIGHT, { method: 'OPTIONS', handler })).toBe(407);
  });
});
