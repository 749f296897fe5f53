/** From an outcome to a response: DESIGN §2's table, what an application may change of it, and DESIGN §3's additions. */
import { describe, expect, it, vi } from 'vitest';
import { UNKNOWN_SCHEME } from '../../src/core/outcome.ts';
import {
  ABSENT,
  type Accepted,
  type AuthEvent,
  type Authenticator,
  accept,
  any,
  decide,
  type Effect,
  insufficient,
  map,
  type Outcome,
  optional,
  protect,
  type RefusalResponder,
  reject,
  require,
} from '../../src/index.ts';
import { basic } from '../../src/schemes/basic.ts';
import { allOf, anyOf } from '../support/compose.ts';
import { contextOf } from '../support/context.ts';
import { requestOf } from '../support/request.ts';
import { carrying, scripted } from '../support/scripted.ts';
import { answering } from '../support/stub.ts';

const STUB = 'stub realm="r"';
const EVERYTHING = any(scripted('token'), scripted('key'), scripted('session'));
const bare = (...names: readonly string[]): string => names.map((name) => `${name} realm="test"`).join(', ');

const cookie = (name: string, value: string): Effect => ({
  header: 'set-cookie',
  key: name,
  value: `${name}=${value}; Path=/`,
});
const good = (more: Partial<Accepted> = {}): Accepted => accept('stub', 'somebody', { subject: 's', ...more });

/** What `protect` sends for a composition and a handler's answer. */
async function send(
  authenticator: Authenticator,
  options: Parameters<typeof decide>[1] & {
    readonly answer?: Response;
    readonly given?: Parameters<typeof carrying>[0];
  } = {},
): Promise<Response> {
  const { answer = new Response('for you'), given = {}, ...rest } = options;
  const { headers, url } = carrying(given);
  const response = await protect(authenticator, () => answer, rest)(requestOf(headers, { url }) as Request);
  return response;
}
const headersOf = ({ headers }: Response): Record<string, string> => Object.fromEntries(headers);

describe('from an outcome to a response', () => {
  const rows: readonly [string, Outcome | Error, number, string | null][] = [
    ['nothing presented', ABSENT, 401, STUB],
    ['an unknown scheme', UNKNOWN_SCHEME, 401, STUB],
    ['malformed', reject('stub', 'malformed'), 401, `${STUB}, error="malformed"`],
    ['invalid', reject('stub', 'invalid'), 401, `${STUB}, error="invalid"`],
    ['expired', reject('stub', 'expired'), 401, `${STUB}, error="expired"`],
    ['not yet valid', reject('stub', 'not_yet_valid'), 401, `${STUB}, error="not_yet_valid"`],
    ['revoked', reject('stub', 'revoked'), 401, `${STUB}, error="revoked"`],
    ['replayed', reject('stub', 'replayed'), 401, `${STUB}, error="replayed"`],
    ['cleartext', reject('stub', 'cleartext'), 401, `${STUB}, error="cleartext"`],
    ['given twice', reject('stub', 'malformed', { status: 400 }), 400, `${STUB}, error="malformed"`],
    ['too little scope', insufficient({ scopes: ['a'] }, 'stub'), 403, `${STUB}, error="insufficient"`],
    ['too little, unsaid', insufficient({}, 'stub'), 403, `${STUB}, error="insufficient"`],
    ['too weak a sign-in', insufficient({ acr: ['gold'] }, 'stub'), 401, `${STUB}, error="insufficient"`],
    ['too old a sign-in', insufficient({ maxAge: 0 }, 'stub'), 401, `${STUB}, error="insufficient"`],
    [
      'too old and too little',
      insufficient({ maxAge: 9, scopes: ['a'] }, 'stub'),
      401,
      `${STUB}, error="insufficient"`,
    ],
    ['a store is down', new Error('down'), 503, null],
  ];

  it.each(rows)('%s', async (_title, outcome, status, challenge) => {
    const handler = vi.fn(() => new Response('never'));
    const authenticator = answering(() => {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    });
    const response = await protect(authenticator, handler)(new Request('https://app.example/'));
    expect(handler).not.toHaveBeenCalled();
    expect(response.status).toBe(status);
    expect(headersOf(response)).toEqual({
      'cache-control': 'no-store',
      vary: 'cookie',
      ...(challenge && { 'www-authenticate': challenge }),
    });
    expect(response.body).toBeNull();
  });

  it('asks for all schemes in the order of composition, and shows no error, where nothing was presented', async () => {
    const response = await send(EVERYTHING);
    expect(response.status).toBe(401);
    expect(headersOf(response)).toEqual({
      'cache-control': 'no-store',
      vary: 'authorization, x-key, cookie',
      'www-authenticate': bare('token', 'key', 'session'),
    });
  });

  it('asks with the refusing scheme first, whatever its place', async () => {
    const response = await send(EVERYTHING, { given: { session: 'expired' } });
    expect(response.headers.get('www-authenticate')).toBe(
      `session realm="test", error="expired", ${bare('token', 'key')}`,
    );
  });

  it('asks only with the refusing scheme where it is not enough', async () => {
    const response = await send(EVERYTHING, { given: { key: 'weak' } });
    expect(response.headers.get('www-authenticate')).toBe('key realm="test", error="insufficient"');
  });

  it('writes one challenge once, where two parts ask for the same', async () => {
    const twin = (scheme: string): Authenticator => ({
      ...answering(ABSENT, { scheme }),
      challenge: () => ['Same x="1"'],
    });
    const response = await send(any(twin('one'), twin('two')));
    expect(response.headers.get('www-authenticate')).toBe('Same x="1"');
  });

  it('sends no challenge header where nobody asks', async () => {
    const response = await send({ ...answering(ABSENT), challenge: () => [] });
    expect(response.status).toBe(401);
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it('answers 503 where the challenge itself fails', async () => {
    const onError = vi.fn();
    const broken = {
      ...answering(ABSENT),
      challenge: () => {
        throw new Error('no words');
      },
    };
    expect((await send(broken, { onError })).status).toBe(503);
    expect(onError).toHaveBeenCalledTimes(1);
  });

  it('hears a rejected promise as it hears a throw', async () => {
    expect((await send(answering(() => Promise.reject(new Error('down'))))).status).toBe(503);
  });

  it('leaves Vary out where no header decides', async () => {
    const refused = await send(any(scripted('link')));
    expect(headersOf(refused)).toEqual({ 'cache-control': 'no-store', 'www-authenticate': bare('link') });
    const own = await send(any(scripted('link')), { refuse: () => new Response('mine', { status: 401 }) });
    expect(own.headers.has('vary')).toBe(false);
    const accepted = await send(any(scripted('link')), { given: { link: 'good' } });
    expect([accepted.status, accepted.headers.has('vary')]).toEqual([200, false]);
    const anonymous = new Response('for all');
    expect(await send(optional(scripted('link')), { answer: anonymous })).toBe(anonymous);
  });
});

describe('a plain refusal', () => {
  it.each([1, 2, 3])(
    'keeps nothing of what an application adds to one, whatever came before: number %i',
    async (count) => {
      const decision = decide(any(basic({ realm: 'r', users: () => undefined }), scripted('key')));
      const refused = async () => (await decision(requestOf(), contextOf())).response as Response;
      for (let index = 0; index < count; index++) {
        const { headers } = await refused();
        headers.append('set-cookie', 'sid=of-the-first');
        headers.set('www-authenticate', 'Mine');
        headers.delete('cache-control');
      }
      const next = await refused();
      expect(next.headers.getSetCookie()).toEqual([]);
      expect(next.headers.get('www-authenticate')).toBe('Basic realm="r", charset="UTF-8", key realm="test"');
      expect(next.headers.get('cache-control')).toBe('no-store');
    },
  );
});

describe('effects on a refusal', () => {
  it.each([
    ['absent', { ...ABSENT, effects: [cookie('sid', 'gone')] }],
    ['rejected', reject('stub', 'expired', { effects: [cookie('sid', 'gone')] })],
    ['insufficient', { ...insufficient({}, 'stub'), effects: [cookie('sid', 'gone')] }],
  ])('%s', async (_title, outcome) => {
    const response = await send(answering(outcome));
    expect(response.headers.getSetCookie()).toEqual(['sid=gone; Path=/']);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('vary')).toBe('cookie');
    expect(response.headers.has('www-authenticate')).toBe(true);
  });

  it('go into what the application answers, too', async () => {
    const effects = [cookie('sid', 'gone'), { header: 'dpop-nonce', value: 'n1' }];
    const refuse = () => new Response('no', { status: 401 });
    const response = await send(answering(reject('stub', 'expired', { effects })), { refuse });
    expect(response.headers.getSetCookie()).toEqual(['sid=gone; Path=/']);
    expect(response.headers.get('dpop-nonce')).toBe('n1');
  });

  it('of a refused cookie travel with whoever is accepted after it', async () => {
    const response = await send(any(scripted('session'), scripted('device')), {
      given: { session: 'expired', device: 'good' },
    });
    expect(response.headers.getSetCookie().sort()).toEqual(['by-device=good', 'by-session=expired']);
  });

  it('do not travel with an outage', async () => {
    const response = await send(any(scripted('session'), scripted('device')), {
      given: { session: 'expired', device: 'down' },
    });
    expect(response.status).toBe(503);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  // An explicit part that answers `absent` may want something done: DPoP-Nonce is for those who come without a proof.
  it.each([
    ['whoever is accepted after it', 'session=good', 200],
    ['the refusal of a cookie', 'session=bad', 401],
    ['a cookie that is not enough', 'session=weak', 403],
    ['"sign in", where there is no cookie', 'theme=dark', 401],
  ])('of an explicit part that found nothing travel with %s', async (_title, cookies, status) => {
    const nonce: Authenticator = {
      ...answering({ ...ABSENT, effects: [{ header: 'dpop-nonce', value: 'n1' }] }, { scheme: 'proof' }),
      carriers: [{ header: 'dpop' }],
    };
    const handler = protect(anyOf(nonce, scripted('session')), () => new Response());
    const response = await handler(requestOf({ dpop: 'x', cookie: cookies }) as Request);
    expect(response.status).toBe(status);
    expect(response.headers.get('dpop-nonce')).toBe('n1');
    const nobody = protect(optional(anyOf(nonce, scripted('session'))), ({ url }) => new Response(url));
    const letIn = await nobody(requestOf({ dpop: 'x', cookie: cookies }) as Request);
    expect(letIn.headers.get('dpop-nonce')).toBe('n1');
  });

  it('of a cookie that an all refused travel with whoever is accepted after it', async () => {
    const incomplete = allOf(scripted('key'), scripted('session'));
    const handler = protect(anyOf(incomplete, scripted('device')), (_request, { scheme }) => new Response(scheme));
    const response = await handler(requestOf({ cookie: 'session=expired; device=good' }) as Request);
    expect(await response.text()).toBe('device');
    expect(response.headers.getSetCookie().sort()).toEqual(['by-device=good', 'by-session=expired']);
  });
});

describe("refuse, the application's own answer", () => {
  const REFUSED = answering(reject('stub', 'expired'));
  const CHALLENGE = `${STUB}, error="expired"`;

  it('gets the refusal, the request and the context', async () => {
    const refuse = vi.fn<RefusalResponder>(() => undefined);
    const request = requestOf({ cookie: 'sid=1' });
    const context = contextOf();
    await decide(answering(insufficient({ scopes: ['a', 'b'] }, 'stub')), { refuse })(request, context);
    const [refusal, given, sameContext] = refuse.mock.calls[0] ?? [];
    expect(refusal).toMatchObject({
      kind: 'insufficient',
      status: 403,
      scheme: 'stub',
      scopes: ['a', 'b'],
      challenges: [`${STUB}, error="insufficient"`],
    });
    expect(given).toBe(request);
    expect(sameContext).toBe(context);
  });

  it.each([
    ['at once', () => new Response('mine', { status: 401 })],
    ['later', async () => new Response('mine', { status: 401 })],
  ])('answers %s; challenge, Cache-Control and Vary are added', async (_title, refuse: RefusalResponder) => {
    const response = await send(REFUSED, { refuse });
    expect(response.status).toBe(401);
    expect(await response.text()).toBe('mine');
    expect(headersOf(response)).toEqual({
      'cache-control': 'no-store',
      'content-type': 'text/plain;charset=UTF-8',
      vary: 'cookie',
      'www-authenticate': CHALLENGE,
    });
  });

  it.each([
    ['at once', () => undefined],
    ['later', async () => undefined],
  ])('answers nothing %s, and the plain answer goes out', async (_title, refuse: RefusalResponder) => {
    const response = await send(REFUSED, { refuse });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(CHALLENGE);
    expect(response.body).toBeNull();
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('template');
      },
    ],
    ['rejects', () => Promise.reject(new Error('template'))],
  ])('%s, and the plain answer keeps its challenge', async (_title, refuse: RefusalResponder) => {
    const onError = vi.fn();
    const events: AuthEvent[] = [];
    const response = await send(REFUSED, { refuse, onError, onEvent: (event) => events.push(event) });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(CHALLENGE);
    expect(onError).toHaveBeenCalledTimes(1);
    expect(onError.mock.calls[0]?.[0]).toEqual(new Error('template'));
    expect(events.map(({ type }) => type)).toEqual(['rejected']);
  });

  it.each([301, 302, 303, 307, 308])('redirects with %i, and no challenge is added', async (status) => {
    const response = await send(REFUSED, { refuse: () => Response.redirect('https://app.example/sign-in', status) });
    expect(response.status).toBe(status);
    expect(headersOf(response)).toEqual({
      'cache-control': 'no-store',
      location: 'https://app.example/sign-in',
      vary: 'cookie',
    });
  });

  it('redirects, and cookies are cleared all the same', async () => {
    const authenticator = answering(reject('stub', 'expired', { effects: [cookie('sid', 'gone')] }));
    const response = await send(authenticator, { refuse: () => Response.redirect('https://app.example/sign-in') });
    expect(response.headers.getSetCookie()).toEqual(['sid=gone; Path=/']);
  });

  it.each([400, 401, 403, 404, 418, 429, 500])('chooses the status %i, and the challenge is added', async (status) => {
    const response = await send(REFUSED, { refuse: () => new Response(null, { status }) });
    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate')).toBe(CHALLENGE);
  });

  // A sign-in page with 200 is no refusal to a client: a challenge in it would open the browser's dialog over the page.
  it.each([200, 204, 304])('chooses the status %i, and no challenge is added', async (status) => {
    const authenticator = answering(reject('stub', 'expired', { effects: [cookie('sid', 'gone')] }));
    const response = await send(authenticator, { refuse: () => new Response(null, { status }) });
    expect(response.status).toBe(status);
    expect(headersOf(response)).toEqual({
      'cache-control': 'no-store',
      'set-cookie': 'sid=gone; Path=/',
      vary: 'cookie',
    });
  });

  it('keeps a challenge of its own', async () => {
    const refuse = () => new Response(null, { status: 401, headers: { 'www-authenticate': 'Mine' } });
    expect((await send(REFUSED, { refuse })).headers.get('www-authenticate')).toBe('Mine');
  });

  it.each([
    ['cache-control', 'max-age=60', 'max-age=60, no-store'],
    ['cache-control', 'private', 'private, no-store'],
    ['cache-control', 'No-Store', 'No-Store'],
    ['cache-control', 'no-store, max-age=0', 'no-store, max-age=0'],
    ['vary', 'Accept', 'Accept, cookie'],
    ['vary', 'Cookie', 'Cookie'],
    ['vary', 'accept-language, COOKIE', 'accept-language, COOKIE'],
    ['x-own', '1', '1'],
  ])('keeps its %s: %s', async (name, value, expected) => {
    const refuse = () => new Response(null, { status: 401, headers: { [name]: value } });
    expect((await send(REFUSED, { refuse })).headers.get(name)).toBe(expected);
  });

  it("may return one constant for everybody, which nobody's cookie gets into", async () => {
    const constant = new Response(null, { status: 401 });
    const refuse = () => constant;
    const first = answering(reject('stub', 'expired', { effects: [cookie('sid', 'first')] }));
    const response = await send(first, { refuse });
    expect(response.headers.getSetCookie()).toEqual(['sid=first; Path=/']);
    expect((await send(REFUSED, { refuse })).headers.getSetCookie()).toEqual([]);
    expect(headersOf(constant)).toEqual({});
  });

  // What can't be sent is a broken error page like one that throws: it would reach the server as status 0, or as a body
  // that is gone.
  const used = async (): Promise<Response> => {
    const response = new Response('read', { status: 401 });
    await response.text();
    return response;
  };
  const locked = (): Response => {
    const response = new Response('locked', { status: 401 });
    response.body?.getReader();
    return response;
  };
  it.each([
    ['Response.error()', () => Response.error(), []],
    ['a response whose body was read', used, [TypeError]],
    ['a response whose body is locked', locked, [TypeError]],
  ])('returns %s, and the plain answer goes out', async (_title, refuse: RefusalResponder, errors) => {
    const onError = vi.fn();
    const onEvent = vi.fn();
    const response = await send(REFUSED, { refuse, onError, onEvent });
    expect(response.status).toBe(401);
    expect(headersOf(response)).toEqual({
      'cache-control': 'no-store',
      vary: 'cookie',
      'www-authenticate': CHALLENGE,
    });
    expect(response.body).toBeNull();
    expect(onError.mock.calls.map(([error]) => error.constructor)).toEqual(errors);
    expect(onEvent).toHaveBeenCalledTimes(1);
  });

  it('makes the page of an outage, which gets no challenge', async () => {
    const refuse = vi.fn<RefusalResponder>(({ status }) => new Response('back soon', { status }));
    const response = await send(
      answering(() => {
        throw new Error('down');
      }),
      { refuse },
    );
    expect(refuse.mock.calls[0]?.[0]).toMatchObject({ kind: 'outage', status: 503, challenges: [] });
    expect(response.status).toBe(503);
    expect(await response.text()).toBe('back soon');
    expect(response.headers.has('www-authenticate')).toBe(false);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('is not called for whom the handler runs', async () => {
    const refuse = vi.fn(() => undefined);
    await send(answering(good()), { refuse });
    expect(refuse).not.toHaveBeenCalled();
  });
});

describe('a demand that the handler returns', () => {
  const demand = (needed: Parameters<typeof insufficient>[0], authenticator: Authenticator, options = {}) =>
    protect(authenticator, () => insufficient(needed), options)(requestOf({ cookie: 'session=good' }) as Request);

  it('for scopes is a 403 with the challenge of the scheme that accepted', async () => {
    const refuse = vi.fn<RefusalResponder>(() => undefined);
    const response = await demand({ scopes: ['write'] }, EVERYTHING, { refuse });
    expect(response.status).toBe(403);
    expect(headersOf(response)).toEqual({
      'cache-control': 'no-store',
      'set-cookie': 'by-session=good',
      vary: 'authorization, x-key, cookie',
      'www-authenticate': 'session realm="test", error="insufficient"',
    });
    expect(refuse.mock.calls[0]?.[0]).toMatchObject({
      scopes: ['write'],
      scheme: 'session',
      subject: 'subject of session',
    });
  });

  it.each([{ maxAge: 300 }, { acr: ['phr'] }])('for a better sign-in is a 401: %j', async (needed) => {
    const response = await demand(needed, EVERYTHING);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('session realm="test", error="insufficient"');
  });

  it('cannot name another scheme than the one that accepted', async () => {
    const handler = protect(EVERYTHING, () => insufficient({}, 'key'));
    const response = await handler(requestOf({ cookie: 'session=good' }) as Request);
    expect(response.headers.get('www-authenticate')).toBe('session realm="test", error="insufficient"');
  });

  it('may come later', async () => {
    const handler = protect(EVERYTHING, async () => insufficient({ maxAge: 1 }));
    expect((await handler(requestOf({ cookie: 'session=good' }) as Request)).status).toBe(401);
  });

  it('of somebody anonymous is "sign in": 401, all schemes, no error', async () => {
    const events: AuthEvent[] = [];
    const handler = protect(optional(EVERYTHING), () => insufficient({ scopes: ['write'] }), {
      onEvent: (event) => events.push(event),
    });
    const response = await handler(requestOf() as Request);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(bare('token', 'key', 'session'));
    expect(events.at(-1)).toMatchObject({ type: 'absent', status: 401, reason: 'absent' });
  });

  it('of somebody anonymous keeps the effects of the cookie that did not count', async () => {
    const handler = protect(optional(EVERYTHING), () => insufficient());
    const response = await handler(requestOf({ cookie: 'session=bad' }) as Request);
    expect(response.status).toBe(401);
    expect(response.headers.getSetCookie()).toEqual(['by-session=bad']);
  });
});

describe('require', () => {
  const admins = (needed?: Parameters<typeof insufficient>[0]) => require(scripted('token'), () => false, needed);

  it.each([
    [undefined, 403],
    [{ scopes: ['admin'] }, 403],
    [{ acr: ['gold'] }, 401],
    [{ maxAge: 10 }, 401],
  ])('refuses with what is needed: %j', async (needed, status) => {
    const refuse = vi.fn<RefusalResponder>(() => undefined);
    const response = await send(admins(needed), { refuse, given: { token: 'good' } });
    expect(response.status).toBe(status);
    expect(refuse.mock.calls[0]?.[0]).toMatchObject({ kind: 'insufficient', scheme: 'token', ...needed });
    expect(response.headers.getSetCookie()).toEqual(['by-token=good']);
  });

  it.each([undefined, null, 0, 1, '', 'yes', {}, []])('lets nobody in for %j: only `true` counts', async (answer) => {
    const authenticator = require(scripted('token'), () => answer as unknown as boolean);
    expect((await send(authenticator, { given: { token: 'good' } })).status).toBe(403);
  });

  it('counts a predicate that throws as an outage', async () => {
    const authenticator = require(scripted('token'), () => {
      throw new Error('roles are down');
    });
    expect((await send(authenticator, { given: { token: 'good' } })).status).toBe(503);
  });

  it('is "sign in" for somebody anonymous', async () => {
    const response = await send(require(optional(EVERYTHING), ({ principal }) => principal !== null));
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(bare('token', 'key', 'session'));
  });

  it('asks for what is needed through map and any', async () => {
    const authenticator = any(
      map(admins({ scopes: ['x'] }), () => 0),
      scripted('session'),
    );
    const response = await send(authenticator, { given: { token: 'good' } });
    expect(response.headers.get('www-authenticate')).toBe('token realm="test", error="insufficient"');
  });
});

describe('what the handler does', () => {
  it('throws, and the exception goes through', async () => {
    const thrown = new Error('mine');
    const onError = vi.fn();
    const handler = protect(
      answering(good()),
      () => {
        throw thrown;
      },
      { onError },
    );
    await expect(handler(new Request('https://app.example/'))).rejects.toBe(thrown);
    const later = protect(answering(good()), () => Promise.reject(thrown), { onError });
    await expect(later(new Request('https://app.example/'))).rejects.toBe(thrown);
    expect(onError).not.toHaveBeenCalled();
  });

  it.each([
    ['at once', () => undefined],
    ['later', async () => undefined],
  ])('returns nothing %s, since the platform took the connection over', async (_title, handle) => {
    expect(await protect(answering(good()), handle)(new Request('https://app.example/'))).toBeUndefined();
  });

  it('gets the request, the acceptance and all the platform passes', async () => {
    const handle = vi.fn(() => new Response());
    const request = new Request('https://app.example/');
    const accepted = good();
    const handler = protect<Accepted, Request, [string, object]>(answering(accepted), handle);
    const ctx = {};
    await handler(request, 'env', ctx);
    expect(handle.mock.calls).toEqual([[request, accepted, 'env', ctx]]);
    expect((handle.mock.calls as unknown[][])[0]?.[0]).toBe(request);
  });
});

describe("what is added to the handler's response", () => {
  const COOKIES = [cookie('sid', 'renewed')];

  it.each([
    ['nothing', undefined, 'private'],
    ['public, max-age=600', 'public, max-age=600', 'public, max-age=600, private'],
    ['max-age=600', 'max-age=600', 'max-age=600, private'],
    ['private', 'private', 'private'],
    ['Private', 'Private', 'Private'],
    ['private, max-age=60', 'private, max-age=60', 'private, max-age=60'],
    ['max-age=60,private', 'max-age=60,private', 'max-age=60,private'],
    ['no-store', 'no-store', 'no-store'],
    ['private="x-name" is no private', 'private="x-name"', 'private="x-name", private'],
    ['no-cache', 'no-cache', 'no-cache, private'],
    ['a word that only begins so', 'privately, no-stores', 'privately, no-stores, private'],
  ])('Cache-Control: %s', async (_title, value, expected) => {
    const answer = new Response('for you', value ? { headers: { 'cache-control': value } } : {});
    expect((await send(answering(good()), { answer })).headers.get('cache-control')).toBe(expected);
  });

  // `private` and `no-store` in a quoted list of field names are names, and no directives: a shared cache keeps the page.
  it.each([
    'public, no-cache="set-cookie, private, x"',
    'public, private="x, private , y"',
    'public, no-cache="x, no-store, y"',
  ])('Cache-Control: %s', async (value) => {
    const answer = new Response('for you', { headers: { 'cache-control': value } });
    expect((await send(answering(good()), { answer })).headers.get('cache-control')).toBe(`${value}, private`);
  });

  it.each([
    [undefined, 'authorization, x-key, cookie'],
    ['Accept', 'Accept, authorization, x-key, cookie'],
    ['accept, Cookie', 'accept, Cookie, authorization, x-key'],
    ['Authorization,X-Key , COOKIE', 'Authorization,X-Key , COOKIE'],
  ])('Vary: %s', async (vary, expected) => {
    const answer = new Response('for you', vary ? { headers: { vary } } : {});
    const response = await send(EVERYTHING, { answer, given: { token: 'good' } });
    expect(response.headers.get('vary')).toBe(expected);
  });

  it.each([
    ['private', {}],
    ['no-store', {}],
    ['private, no-store', { vary: 'accept' }],
  ])('is nothing where it is kept from shared caches already (%s): the same object', async (value, more) => {
    const answer = new Response('for you', { headers: { 'cache-control': value, ...more } });
    expect(await send(answering(good()), { answer })).toBe(answer);
    expect(await send(answering(good({ effects: [] })), { answer })).toBe(answer);
  });

  it("is nothing where it can't be: switching protocols, an error", async () => {
    // Node's Response refuses to be made with 101; servers that upgrade have one that doesn't.
    const switching = Object.create(new Response(null), { status: { value: 101 } }) as Response;
    Object.defineProperty(switching, 'headers', { value: new Headers() });
    Object.defineProperty(switching, 'bodyUsed', { value: false });
    for (const answer of [switching, Response.error()]) {
      expect(await send(answering(good({ effects: COOKIES })), { answer })).toBe(answer);
    }
  });

  describe('to a body that is gone', () => {
    const used = async (init?: ResponseInit): Promise<Response> => {
      const answer = new Response('read', init);
      await answer.text();
      return answer;
    };
    const locked = async (init?: ResponseInit): Promise<Response> => {
      const answer = new Response('locked', init);
      answer.body?.getReader();
      return answer;
    };
    const makers = [
      ['used', used],
      ['locked', locked],
    ] as const;

    // No server could send it either, and a page without its cookie would hide the mistake.
    it.each(makers)('is a TypeError: %s', async (_title, make) => {
      const onError = vi.fn();
      const answer = await make();
      await expect(send(answering(good({ effects: COOKIES })), { answer, onError })).rejects.toThrow(TypeError);
      const { finish } = await decide(answering(good()), { onError })(requestOf(), contextOf());
      await expect((async () => finish?.(answer))()).rejects.toThrow(TypeError);
      // It is the handler's exception, as one that it throws.
      expect(onError).not.toHaveBeenCalled();
    });

    it.each(makers)('is nothing where there is nothing to add: %s', async (_title, make) => {
      const answer = await make({ headers: { 'cache-control': 'private' } });
      expect(await send(answering(good()), { answer })).toBe(answer);
    });
  });

  it('leaves status, status text, headers and body as they were', async () => {
    const answer = new Response('body', { status: 201, statusText: 'Made', headers: { 'x-own': '1', etag: '"e"' } });
    const response = await send(answering(good({ effects: COOKIES })), { answer });
    expect(response).not.toBe(answer);
    expect([response.status, response.statusText]).toEqual([201, 'Made']);
    expect(response.headers.get('x-own')).toBe('1');
    expect(response.headers.get('etag')).toBe('"e"');
    expect(await response.text()).toBe('body');
  });

  it.each([204, 205, 304])('copies a response that may not have a body: %i', async (status) => {
    const response = await send(answering(good({ effects: COOKIES })), { answer: new Response(null, { status }) });
    expect(response.status).toBe(status);
    expect(response.headers.getSetCookie()).toHaveLength(1);
  });

  it("goes into a copy of a redirect, whose headers can't be changed", async () => {
    const answer = Response.redirect('https://app.example/next', 303);
    const response = await send(answering(good({ effects: COOKIES })), { answer });
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('https://app.example/next');
    expect(response.headers.getSetCookie()).toEqual(['sid=renewed; Path=/']);
    expect(answer.headers.has('set-cookie')).toBe(false);
  });

  it('never goes into a constant that two users share', async () => {
    const constant = new Response(null, { status: 204 });
    const first = await send(answering(good({ effects: [cookie('sid', 'first')] })), { answer: constant });
    const second = await send(answering(good({ effects: [cookie('sid', 'second')] })), { answer: constant });
    const third = await send(answering(good()), { answer: constant });
    expect(first.headers.getSetCookie()).toEqual(['sid=first; Path=/']);
    expect(second.headers.getSetCookie()).toEqual(['sid=second; Path=/']);
    expect(third.headers.getSetCookie()).toEqual([]);
    expect(headersOf(constant)).toEqual({});
  });

  describe('Set-Cookie', () => {
    const cookiesOf = async (own: readonly string[], effects: readonly Effect[]): Promise<readonly string[]> => {
      const answer = new Response('for you');
      for (const line of own) answer.headers.append('set-cookie', line);
      return (await send(answering(good({ effects })), { answer })).headers.getSetCookie();
    };

    it('of the handler wins: renewed and signed out in one request ends signed out', async () => {
      expect(await cookiesOf(['sid=; Max-Age=0'], [cookie('sid', 'renewed')])).toEqual(['sid=; Max-Age=0']);
    });

    it("of the handler's stays beside one of another name", async () => {
      expect(await cookiesOf(['theme=dark, or not', 'sid2=x'], [cookie('sid', 'renewed')])).toEqual([
        'theme=dark, or not',
        'sid2=x',
        'sid=renewed; Path=/',
      ]);
    });

    it('of the later of two effects wins', async () => {
      expect(await cookiesOf([], [cookie('sid', 'earlier'), cookie('sid', 'later')])).toEqual(['sid=later; Path=/']);
    });

    it('of several names is several lines, each once', async () => {
      const effects = [cookie('a', '1'), cookie('b', '1'), cookie('a', '2'), cookie('c', '1')];
      expect([...(await cookiesOf([], effects))].sort()).toEqual(['a=2; Path=/', 'b=1; Path=/', 'c=1; Path=/']);
    });

    it.each(['a', 'si', 'sid ', 'Sid', 'sid2', '__Host-sid'])('%j is another name than "sid"', async (name) => {
      expect(await cookiesOf([`${name}=own`], [cookie('sid', 'renewed')])).toHaveLength(2);
    });

    it.each(['__proto__', 'constructor', 'toString'])('may be of the name %s', async (name) => {
      expect(await cookiesOf([], [cookie(name, '1')])).toEqual([`${name}=1; Path=/`]);
      expect(await cookiesOf([`${name}=own`], [cookie(name, '1')])).toEqual([`${name}=own`]);
    });
  });

  it("does not replace another header of the handler's", async () => {
    const answer = new Response('', { headers: { 'dpop-nonce': 'own' } });
    const effects = [{ header: 'dpop-nonce', value: 'ours' }];
    expect((await send(answering(good({ effects })), { answer })).headers.get('dpop-nonce')).toBe('own');
  });

  it('is, of two effects of one header, the later', async () => {
    const effects = ['1', '2'].map((value) => ({ header: 'dpop-nonce', value }));
    expect((await send(answering(good({ effects })))).headers.get('dpop-nonce')).toBe('2');
  });

  it('merges an effect that is a Vary', async () => {
    const effects = [{ header: 'vary', value: 'dpop' }];
    expect((await send(answering(good({ effects })))).headers.get('vary')).toBe('cookie, dpop');
    const refused = await send(answering(reject('stub', 'expired', { effects })));
    expect(refused.headers.get('vary')).toBe('cookie, dpop');
    const answer = new Response('for you', { headers: { vary: 'accept' } });
    expect((await send(answering(good({ effects })), { answer })).headers.get('vary')).toBe('accept, cookie, dpop');
  });
});

describe('somebody anonymous', () => {
  it('gets Vary and nothing else: the page is for all who send nothing', async () => {
    const answer = new Response('for all', { headers: { 'cache-control': 'public, max-age=60' } });
    const response = await send(optional(EVERYTHING), { answer });
    expect(response.headers.get('cache-control')).toBe('public, max-age=60');
    expect(response.headers.get('vary')).toBe('authorization, x-key, cookie');
  });

  it('gets no Cache-Control where there was none', async () => {
    const response = await send(optional(EVERYTHING));
    expect(response.headers.has('cache-control')).toBe(false);
    expect(response.headers.has('vary')).toBe(true);
  });

  it('gets the same object where Vary names all of it', async () => {
    const answer = new Response('for all', { headers: { vary: 'cookie, x-key, authorization' } });
    expect(await send(optional(EVERYTHING), { answer })).toBe(answer);
  });

  it('has the stale cookie cleared', async () => {
    const response = await send(optional(EVERYTHING), { given: { session: 'expired' } });
    expect(response.status).toBe(200);
    expect(response.headers.getSetCookie()).toEqual(['by-session=expired']);
  });

  // A shared cache would hand the cookie on to everybody.
  it.each([
    ['public, max-age=60', 'public, max-age=60, private'],
    ['no-store', 'no-store'],
    [undefined, 'private'],
  ])('gets a response that sets a cookie kept from shared caches: %s', async (value, expected) => {
    const answer = new Response('for all', value ? { headers: { 'cache-control': value } } : {});
    const response = await send(optional(EVERYTHING), { answer, given: { session: 'expired' } });
    expect(response.headers.get('cache-control')).toBe(expected);
    expect(response.headers.get('vary')).toBe('authorization, x-key, cookie');
  });
});

describe('a CORS preflight', () => {
  const preflightRequest = () =>
    requestOf({ 'access-control-request-method': 'PUT' }, { method: 'OPTIONS' }) as Request;

  it('is 204 without CORS headers by default, and neither handler nor authenticator is called', async () => {
    const handle = vi.fn(() => new Response());
    const authenticator = answering(() => {
      throw new Error('asked');
    });
    const onEvent = vi.fn();
    const response = await protect(authenticator, handle, { onEvent })(preflightRequest());
    expect(response.status).toBe(204);
    expect(headersOf(response)).toEqual({});
    expect(handle).not.toHaveBeenCalled();
    expect(onEvent).not.toHaveBeenCalled();
  });

  it.each([
    ['at once', () => new Response(null, { status: 204, headers: { 'access-control-allow-origin': '*' } })],
    ['later', async () => new Response(null, { status: 204, headers: { 'access-control-allow-origin': '*' } })],
  ])("is the application's to answer, %s", async (_title, preflight) => {
    const response = await protect(EVERYTHING, () => new Response(), { preflight })(preflightRequest());
    expect(headersOf(response)).toEqual({ 'access-control-allow-origin': '*' });
  });

  it('reaches the application with all that the platform passes', async () => {
    const preflight = vi.fn(() => new Response());
    const request = preflightRequest();
    await protect<Accepted, Request, [string]>(EVERYTHING, () => new Response(), { preflight })(request, 'env');
    expect(preflight.mock.calls).toEqual([[request, 'env']]);
  });

  it.each([
    ['GET', { 'access-control-request-method': 'PUT' }],
    ['POST', { 'access-control-request-method': 'PUT' }],
    ['OPTIONS', {}],
    ['OPTIONS', { 'access-control-request-method': '' }],
    ['OPTIONS', { origin: 'https://other.example' }],
    ['OPTIONS', { 'access-control-request-headers': 'authorization' }],
  ])('is not a %s with %j', async (method, headers) => {
    const handle = vi.fn(() => new Response());
    const response = await protect(EVERYTHING, handle)(requestOf(headers, { method }) as Request);
    expect(response.status).toBe(401);
    expect(handle).not.toHaveBeenCalled();
  });
});
