/** What can't be composed, and what composition leaves alone. */
import { describe, expect, it, vi } from 'vitest';
import { protectProxy } from '../../src/core/protect-proxy.ts';
import { readCookie } from '../../src/http/cookie.ts';
import {
  ABSENT,
  type Accepted,
  type Authenticator,
  accept,
  all,
  any,
  type Carrier,
  type Context,
  createContext,
  type DecideOptions,
  decide,
  insufficient,
  map,
  type Outcome,
  optional,
  protect,
  type RequestLike,
  reject,
  require,
} from '../../src/index.ts';
import { basic } from '../../src/schemes/basic.ts';
import { allOf, anyOf } from '../support/compose.ts';
import { contextOf } from '../support/context.ts';
import { observe } from '../support/observe.ts';
import { requestOf } from '../support/request.ts';
import { carrying, scripted, VERDICTS } from '../support/scripted.ts';
import { answering } from '../support/stub.ts';

const STAFF = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
const part = (scheme: string, ...carriers: readonly Carrier[]): Authenticator =>
  answering(ABSENT, { scheme, carriers });
const authorization = (scheme: string): Carrier => ({ header: 'authorization', scheme });

describe('what is a TypeError when it is composed', () => {
  const combinators: Readonly<Record<string, (...parts: readonly Authenticator[]) => unknown>> = {
    any: anyOf,
    all: allOf,
    optional: (first) => optional(first as Authenticator),
    map: (first) => map(first as Authenticator, () => 0),
    require: (first) => require(first as Authenticator, () => true),
    decide: (first) => decide(first as Authenticator),
    protect: (first) => protect(first as Authenticator, () => new Response()),
    protectProxy: (first) => protectProxy(first as Authenticator, () => new Response()),
  };

  describe.each(Object.entries(combinators))('%s', (_title, combine) => {
    it.each([
      ['nothing', undefined],
      ['null', null],
      ['a factory that was not called', basic],
      ['options', { realm: 'x', users: [] }],
      ['a text', 'basic'],
      ['a promise', Promise.resolve(STAFF)],
      ['a list', [STAFF]],
    ])('%s in place of an authenticator', (_what, wrong) => {
      expect(() => combine(wrong as unknown as Authenticator)).toThrow(TypeError);
      expect(() => combine(wrong as unknown as Authenticator)).toThrow(/authenticator/);
    });
  });

  it.each([
    ['any', anyOf],
    ['all', allOf],
  ])('%s of nothing, and of one thing that is none', (_title, combine) => {
    expect(() => combine()).toThrow(/authenticator/);
    expect(() => combine(STAFF, undefined as unknown as Authenticator)).toThrow(/authenticator/);
    expect(() => combine(STAFF, basic as unknown as Authenticator)).toThrow(/authenticator/);
  });

  const twice: readonly [string, () => unknown, RegExp][] = [
    [
      'any, one scheme name',
      () => anyOf(part('session', { header: 'cookie' }), part('session', { header: 'x-key' })),
      / session$/,
    ],
    ['any, one scheme name, nested', () => anyOf(anyOf(part('a')), part('b'), anyOf(anyOf(part('a')))), / a$/],
    [
      'any, one Authorization scheme',
      () => anyOf(part('a', authorization('bearer')), part('b', authorization('bearer'))),
      /bearer/,
    ],
    ['any, one key header', () => anyOf(part('a', { header: 'x-key' }), part('b', { header: 'x-key' })), /x-key/],
    [
      'any, wrapped',
      () =>
        anyOf(
          map(part('a'), () => 0),
          require(part('a'), () => true),
        ),
      / a$/,
    ],
    ['any, in an all', () => anyOf(allOf(part('a'), part('b')), part('b')), / b$/],
    ['any, the same part', () => anyOf(STAFF, STAFF), /basic/],
    ['all, one scheme name', () => allOf(part('a'), part('a')), / a$/],
    ['all, one key header', () => allOf(part('a', { header: 'x-key' }), part('b', { header: 'x-key' })), /x-key/],
    [
      'all, Authorization by two schemes',
      () => allOf(part('a', authorization('basic')), part('b', authorization('bearer'))),
      /authorization/,
    ],
    [
      'all, Authorization inside an any and an optional',
      () => allOf(anyOf(part('a', authorization('basic')), part('c')), optional(part('b', authorization('bearer')))),
      /authorization/,
    ],
  ];
  it.each(twice)('%s twice', (_title, compose, name) => {
    expect(compose).toThrow(TypeError);
    expect(compose).toThrow(name);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('a scheme called %s twice, not once', (name) => {
    expect(() => anyOf(part(name), part('other'))).not.toThrow();
    expect(() => anyOf(part(name), part(name))).toThrow(TypeError);
    const header = name.toLowerCase() as Lowercase<string>;
    expect(() => anyOf(part('a', { header }), part('b', { header }))).toThrow(TypeError);
    expect(() => anyOf(part('a', { header }), part('b', { header: 'x-key' }))).not.toThrow();
  });

  it.each([
    [
      'several Authorization schemes in an any',
      () => anyOf(part('a', authorization('a')), part('b', authorization('b'))),
    ],
    ['several cookies', () => anyOf(part('a', { header: 'cookie' }), part('b', { header: 'cookie' }))],
    ['several cookies in an all', () => allOf(part('a', { header: 'cookie' }), part('b', { header: 'cookie' }))],
    ['several query parameters', () => anyOf(part('a', { isIn: () => false }), part('b', { isIn: () => false }))],
    ['one part by several schemes', () => any(part('a', authorization('bearer'), authorization('dpop')))],
    ['a part without a carrier', () => anyOf(part('certificate'), part('other'))],
    ['one part', () => [any(STAFF), all(STAFF)]],
  ])('but not %s', (_title, compose) => {
    expect(compose).not.toThrow();
  });

  // Names of schemes are case-insensitive (RFC 9110 §11.1): of these two the later would take what is the earlier's.
  it('any, one Authorization scheme in two spellings', () => {
    expect(() => anyOf(part('a', authorization('Bearer')), part('b', authorization('bearer')))).toThrow(TypeError);
  });

  it.each([
    ['misspelt', { onevent: () => {} }],
    ['of protect', { context: () => ({}) }],
    ['of another library', { realm: 'x' }],
    ['__proto__, an own member', JSON.parse('{"__proto__":{"strict":true}}')],
  ])('an unknown option of decide, %s', (_title, options) => {
    const [name] = Object.keys(options);
    expect(() => decide(STAFF, options as DecideOptions)).toThrow(TypeError);
    expect(() => decide(STAFF, options as DecideOptions)).toThrow(`'${name}'`);
  });

  it('an unknown option of protect', () => {
    const options = { onEvents: () => {} };
    expect(() => protect(STAFF, () => new Response(), options as object)).toThrow(/'onEvents'/);
  });

  it('no option that is inherited', async () => {
    const refuse = vi.fn(() => undefined);
    const options = Object.assign(Object.create({ misspelt: 1 }), { refuse });
    await decide(STAFF, options)(requestOf(), contextOf());
    expect(refuse).toHaveBeenCalledTimes(1);
  });
});

describe('what only the types refuse lets nobody in', () => {
  const send = async (authenticator: Authenticator, options: object = {}) => {
    const onError = vi.fn();
    const request = requestOf({ authorization: 'Token good' });
    const decided = await decide(authenticator, { onError, ...options })(request, contextOf());
    return { status: decided.response?.status ?? 200, response: decided.response, onError };
  };

  it.each([
    ['map', map],
    ['require', require],
  ])('%s without a function: an outage, and onError hears', async (_title, combine) => {
    const wrapped = (combine as (authenticator: Authenticator) => Authenticator)(scripted('token'));
    const { status, onError } = await send(wrapped);
    expect(status).toBe(503);
    expect(onError.mock.calls).toEqual([[expect.any(TypeError), expect.anything()]]);
  });

  it('`refuse` that is no function: the plain refusal, and onError hears', async () => {
    const { response, onError } = await send(scripted('session'), { refuse: 'x' });
    expect(response?.status).toBe(401);
    expect(response?.headers.get('www-authenticate')).toBe('session realm="test"');
    expect(onError.mock.calls).toEqual([[expect.any(TypeError), expect.anything()]]);
  });

  it.each(['onEvent', 'onError'])('%s that is no function: a decision like any other', async (name) => {
    expect((await send(scripted('token'), { [name]: 'x' })).status).toBe(200);
    expect((await send(scripted('session'), { [name]: 'x' })).status).toBe(401);
    expect(
      (
        await send(
          answering(() => Promise.reject(new Error('down'))),
          { [name]: 'x' },
        )
      ).status,
    ).toBe(503);
  });

  // It lets in whoever shows nothing, as it says; but never in place of a credential that was refused.
  it.each([
    ['any(optional(token), key)', () => anyOf(optional(scripted('token')), scripted('key'))],
    [
      'any(key, optional(session), token)',
      () => anyOf(scripted('key'), optional(scripted('session')), scripted('token')),
    ],
    [
      'any(optional(any(token, session)), key)',
      () => anyOf(optional(anyOf(scripted('token'), scripted('session'))), scripted('key')),
    ],
  ])('an optional inside any: %s', async (_title, compose) => {
    for (const verdict of VERDICTS.filter((each) => each !== 'good' && each !== 'silent')) {
      for (const session of [undefined, 'good', 'bad', 'weak']) {
        for (const name of ['token', 'key']) {
          const { headers } = carrying({ [name]: verdict, session });
          const seen = await observe(compose(), requestOf(headers));
          expect(seen.kind, JSON.stringify(headers)).not.toBe('accepted');
          expect(seen.asked, JSON.stringify(headers)).toEqual([name]);
        }
        const { headers } = carrying({ token: verdict, key: 'good', session });
        expect(await observe(compose(), requestOf(headers))).toMatchObject({ status: 400, asked: [] });
      }
    }
  });
});

describe('what reaches an authenticator', () => {
  const composed = (spy: Authenticator): readonly (readonly [string, Authenticator])[] => [
    ['itself', spy],
    ['any', any(spy)],
    ['any in any', any(any(spy))],
    ['all', all(spy)],
    ['optional', optional(spy)],
    ['map', map(spy, () => 0)],
    ['require', require(spy, () => true)],
    [
      'all of it',
      optional(
        map(
          require(any(spy), () => true),
          () => 0,
        ),
      ),
    ],
  ];

  it('is the very request and context that came in', async () => {
    const authenticate = vi.fn((_request: RequestLike, _context: Context): Outcome => accept('stub', 'p'));
    const request = requestOf({ cookie: 'a=b' });
    const context = contextOf();
    for (const [title, authenticator] of composed({ ...answering(ABSENT), authenticate })) {
      authenticate.mockClear();
      await decide(authenticator)(request, context);
      expect(authenticate, title).toHaveBeenCalledTimes(1);
      expect(authenticate.mock.calls[0]?.[0], title).toBe(request);
      expect(authenticate.mock.calls[0]?.[1], title).toBe(context);
    }
  });

  it('is the context also for map, require, challenge and refuse', async () => {
    const context = contextOf();
    const seen: unknown[] = [];
    const challenge = (_failure: unknown, given: Context) => [String(seen.push(given))];
    const inner = map(answering(accept('stub', 'p')), (_accepted, given) => seen.push(given));
    const asking = require({ ...inner, challenge }, (_accepted, given) => {
      seen.push(given);
      return false;
    });
    const refuse = (_refusal: unknown, _request: unknown, given: Context) => void seen.push(given);
    await decide(any(asking), { refuse })(requestOf(), context);
    expect(seen).toHaveLength(4);
    for (const each of seen) expect(each).toBe(context);
  });

  it("has a clock and dice that are the caller's", async () => {
    const random = vi.fn((length: number) => new Uint8Array(length).fill(7));
    const authenticator: Authenticator = {
      ...answering(ABSENT),
      authenticate: (_request, context) => accept('stub', [context.now, context.random(2)]),
    };
    const { accepted } = await decide(any(authenticator))(requestOf(), contextOf({ now: 12.5, random }));
    expect(accepted?.principal).toEqual([12.5, new Uint8Array([7, 7])]);
    expect(random.mock.calls).toEqual([[2]]);
  });

  it("is, through protect, what the option `context` says, and the platform's for the rest", async () => {
    const before = Date.now() / 1000;
    const contexts: Context[] = [];
    const authenticator: Authenticator = {
      ...answering(ABSENT),
      authenticate: (_request, context) => {
        contexts.push(context);
        return accept('stub', 'p');
      },
    };
    const env = { DB: {} };
    const promises: unknown[] = [];
    const signal = new AbortController().signal;
    const handler = protect<Accepted, Request, [typeof env, { waitUntil(promise: Promise<unknown>): void }]>(
      authenticator,
      () => new Response(),
      {
        context: (request, bindings, ctx) => ({
          bindings,
          address: request.headers.get('x-address') ?? undefined,
          waitUntil: (promise) => ctx.waitUntil(promise),
          deliverable: false,
          fresh: true,
          signal,
        }),
      },
    );
    const request = new Request('https://app.example/', { headers: { 'x-address': '192.0.2.1' } });
    await handler(request, env, { waitUntil: (promise) => promises.push(promise) });
    const [context] = contexts as [Context];
    expect(context.bindings).toBe(env);
    expect(context).toMatchObject({ address: '192.0.2.1', deliverable: false, fresh: true, signal });
    const promise = Promise.resolve();
    context.waitUntil?.(promise);
    expect(promises).toEqual([promise]);
    expect(context.now).toBeGreaterThanOrEqual(before);
    expect(context.now).toBeLessThanOrEqual(Date.now() / 1000);
    expect(context.random(16)).toHaveLength(16);
    expect(context.random(16)).not.toEqual(context.random(16));
  });

  it('is made anew for each request', async () => {
    const contexts = new Set<Context>();
    const authenticator: Authenticator = {
      ...answering(ABSENT),
      authenticate: (_request, context) => {
        contexts.add(context);
        return ABSENT;
      },
    };
    const handler = protect(authenticator, () => new Response());
    await handler(new Request('https://app.example/'));
    await handler(new Request('https://app.example/'));
    expect(contexts.size).toBe(2);
  });

  it('createContext lets nothing but what is known be replaced', () => {
    expect(createContext({ now: 1 }).now).toBe(1);
    expect(createContext().random(3)).toHaveLength(3);
    expect(Object.keys(createContext()).sort()).toEqual(['now', 'random']);
  });
});

describe('at once or later', () => {
  const { headers, url } = carrying({ token: 'good', session: 'good' });
  const request = requestOf(headers, { url });
  const build = (timing: Parameters<typeof scripted>[1]): readonly (readonly [string, Authenticator])[] => {
    const [token, session, key] = [scripted('token', timing), scripted('session', timing), scripted('key', timing)];
    return [
      ['any', any(token, session)],
      ['any, all absent', any(key)],
      ['any, ambient', any(key, session)],
      ['all', all(token, session)],
      ['optional', optional(any(token, session))],
      ['optional, anonymous', optional(key)],
      ['map', map(token, () => 0)],
      ['require', require(token, () => true)],
      ['require, refused', require(token, () => false)],
      [
        'nested',
        optional(
          any(
            map(any(all(token, session)), () => 0),
            key,
          ),
        ),
      ],
    ];
  };

  it.each(build('at once'))('%s of parts that answer at once answers at once', (_title, authenticator) => {
    const outcome = authenticator.authenticate(request, contextOf());
    expect(typeof (outcome as { then?: unknown }).then).toBe('undefined');
    expect(['accepted', 'absent', 'insufficient']).toContain((outcome as Outcome).kind);
  });

  it.each(['promise', 'thenable'] as const)('the same outcome from a %s', async (timing) => {
    const now = build('at once');
    for (const [index, [title, authenticator]] of build(timing).entries()) {
      const expected = now[index]?.[1].authenticate(request, contextOf());
      expect(await authenticator.authenticate(request, contextOf()), title).toEqual(expected);
    }
  });

  it('map awaits what it is given, a thenable too', async () => {
    // biome-ignore lint/suspicious/noThenProperty: query builders look like this.
    const thenable = { then: (resolve: (row: string) => unknown) => Promise.resolve('row').then(resolve) };
    const mapped = map(scripted('token'), () => thenable as unknown as PromiseLike<string>);
    expect(await mapped.authenticate(request, contextOf())).toMatchObject({ principal: 'row' });
    const required = require(scripted('token'), () => Promise.resolve(true));
    expect(await required.authenticate(request, contextOf())).toMatchObject({ kind: 'accepted' });
  });

  it.each([undefined, null, 0, '', false])('a principal of %j is a principal', async (principal) => {
    const mapped = map(scripted('token'), () => principal);
    expect(await mapped.authenticate(request, contextOf())).toMatchObject({ kind: 'accepted', principal });
  });
});

describe('what composition leaves alone', () => {
  const facts = {
    subject: 's',
    scopes: ['a', 'b'],
    expiresAt: 1,
    authTime: 2,
    amr: ['pwd'],
    acr: 'x',
    credentialId: 'c',
    freshness: 3,
    ambient: true,
    actors: [accept('agent', 'robot')],
  };
  const known = answering(accept('stub', 'p', facts));

  it('an acceptance: the same object through any and require', async () => {
    const accepted = accept('stub', 'p', facts);
    const spy = answering(accepted);
    for (const composed of [any(spy), any(any(spy)), require(spy, () => true), optional(spy)]) {
      expect(await composed.authenticate(requestOf(), contextOf())).toBe(accepted);
    }
  });

  it('all that is known, through map; only the principal changes', async () => {
    const outcome = await map(known, ({ principal }) => `mapped ${principal}`).authenticate(requestOf(), contextOf());
    expect(outcome).toEqual({ kind: 'accepted', scheme: 'stub', ...facts, principal: 'mapped p' });
  });

  it('a failure: map and require are not called', async () => {
    const callback = vi.fn(() => true);
    for (const failure of [ABSENT, reject('stub', 'expired'), insufficient({ scopes: ['x'] }, 'stub')]) {
      expect(await map(answering(failure), callback).authenticate(requestOf(), contextOf())).toBe(failure);
      expect(await require(answering(failure), callback).authenticate(requestOf(), contextOf())).toBe(failure);
    }
    expect(callback).not.toHaveBeenCalled();
  });

  it('each part of an all: the whole states a subject and nothing that would grant', async () => {
    const person = answering(accept('person', 'ada', { ...facts, subject: 'ada' }), { scheme: 'person' });
    const device = answering(accept('device', 7, { ...facts, subject: 'laptop', scopes: ['c'], ambient: false }), {
      scheme: 'device',
    });
    const outcome = await allOf(person, device).authenticate(requestOf(), contextOf());
    const { parts, effects, ...whole } = outcome as Accepted;
    expect(effects ?? []).toEqual([]);
    expect(whole).toEqual({
      kind: 'accepted',
      scheme: 'person+device',
      principal: ['ada', 7],
      subject: 'ada',
      ambient: false,
    });
    expect(parts).toMatchObject([
      { scheme: 'person', scopes: ['a', 'b'], expiresAt: 1 },
      { scheme: 'device', scopes: ['c'], subject: 'laptop' },
    ]);
  });

  it('the parts: nothing that was handed in is changed', () => {
    const frozen = Object.freeze({ ...scripted('token'), carriers: Object.freeze(scripted('token').carriers) });
    const other = Object.freeze(scripted('session'));
    expect(() => {
      const composed = optional(
        map(
          require(any(frozen, other), () => true),
          () => 0,
        ),
      );
      composed.authenticate(requestOf(), contextOf());
      composed.challenge(ABSENT, contextOf());
    }).not.toThrow();
  });

  it('nothing between requests: one composition for many at once', async () => {
    const handler = protect(
      any(scripted('token', 'promise'), scripted('session', 'promise')),
      (_request, { scheme }) => new Response(scheme),
    );
    const requests = Array.from({ length: 40 }, (_, index) =>
      requestOf(index % 2 ? { authorization: 'Token good' } : { cookie: 'session=good' }),
    );
    const answers = await Promise.all(requests.map(async (each) => (await handler(each as Request)).text()));
    expect(answers).toEqual(requests.map((_, index) => (index % 2 ? 'token' : 'session')));
  });
});

describe('an authenticator that is an instance of a class', () => {
  class Robot implements Authenticator {
    readonly schemes = ['robot'];
    readonly carriers: readonly Carrier[] = [{ header: 'x-robot' }];
    readonly #key = 'k3y';
    authenticate({ headers }: RequestLike): Outcome {
      const key = headers.get('x-robot');
      if (key === null) return ABSENT;
      return key === this.#key ? accept('robot', 'R2') : reject('robot', 'invalid');
    }
    challenge(): readonly string[] {
      return [`Robot realm="${this.#key.length}"`];
    }
  }
  const CHALLENGE = 'Robot realm="3"';

  it.each([
    ['itself', new Robot()],
    ['any', any(new Robot())],
    ['all', all(new Robot())],
    // A spread would copy what is the object's own and leave out what is its class's, `challenge` among it.
    ['map', map(new Robot(), () => 0)],
    ['require', require(new Robot(), () => true)],
    ['any of map', any(map(new Robot(), () => 0))],
    ['optional', optional(new Robot())],
  ])('%s', async (_title, authenticator) => {
    const request = requestOf({ 'x-robot': 'k3y' });
    expect(await observe(authenticator, request)).toMatchObject({ kind: 'accepted', scheme: 'robot' });
    const seen = await observe(authenticator, requestOf({ 'x-robot': 'guess' }));
    expect(seen).toMatchObject({ status: 401, challenges: CHALLENGE });
  });
});

describe('names that every object has', () => {
  it.each(['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty'])(
    '%s as scheme, and in requests',
    async (name) => {
      const spy = answering(accept(name, 'p', { subject: 's' }), { scheme: name, carriers: [authorization(name)] });
      expect(await observe(anyOf(spy, scripted('session')), requestOf({ authorization: `${name} x` }))).toMatchObject({
        kind: 'accepted',
        scheme: name,
      });
      // Not configured, it is a scheme like any other that is not.
      const stranger = await observe(any(scripted('token')), requestOf({ authorization: `${name} good` }));
      expect(stranger).toMatchObject({ kind: 'absent', reason: 'unknown_scheme' });
    },
  );

  it.each(['__proto__', 'constructor'] as const)('%s as a header that carries, and one that is sent', async (name) => {
    const spy = answering(accept('key', 'p'), { scheme: 'key', carriers: [{ header: name }] });
    expect(await observe(any(spy), requestOf([[name, 'x']]))).toMatchObject({ kind: 'accepted' });
    expect(await observe(any(scripted('token')), requestOf([[name, 'x']]))).toMatchObject({ kind: 'absent' });
  });

  it('leave Object.prototype as it was', async () => {
    const before = Object.getOwnPropertyNames(Object.prototype).sort();
    const effects = [{ header: 'set-cookie', key: '__proto__', value: '__proto__=1' }];
    await observe(any(answering(accept('__proto__', JSON.parse('{"__proto__":{"x":1}}'), { effects }))), requestOf());
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before);
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});

describe('a part with a header and a cookie', () => {
  const maybe = () => allOf(optional(scripted('key')), scripted('session'));

  it.each([
    ['by itself', () => maybe()],
    ['inside any', () => anyOf(maybe(), scripted('token'))],
    ['inside any, after another', () => anyOf(scripted('token'), maybe())],
    ['inside any of itself', () => anyOf(maybe())],
    ['inside optional', () => optional(maybe())],
  ])('an all that the cookie alone is enough for is asked by it: %s', async (_title, compose) => {
    const seen = await observe(compose(), requestOf({ cookie: 'session=good' }));
    expect(seen).toMatchObject({ kind: 'accepted', scheme: 'anonymous+session' });
  });

  // A refused cookie wants to be cleared, whatever is decided after it.
  it('an all without its header has the refused cookie cleared', async () => {
    const incomplete = allOf(scripted('key'), scripted('session'));
    const refused = await observe(anyOf(incomplete), requestOf({ cookie: 'session=bad' }));
    expect(refused).toMatchObject({ kind: 'rejected', scheme: 'session', cookies: ['by-session=bad'] });
    const request = requestOf({ cookie: 'session=bad; device=good' });
    const accepted = await observe(anyOf(incomplete, scripted('device')), request);
    expect(accepted).toMatchObject({ scheme: 'device', cookies: ['by-device=good', 'by-session=bad'] });
    const nobody = await observe(optional(incomplete), requestOf({ cookie: 'session=bad' }));
    expect(nobody).toMatchObject({ scheme: 'anonymous', cookies: ['by-session=bad'] });
  });

  it('an all inside it that nobody presented anything to has presented nothing', async () => {
    const maybes = allOf(optional(scripted('key')), optional(scripted('device')));
    const seen = await observe(allOf(maybes, scripted('session')), requestOf({}));
    expect(seen).toMatchObject({ kind: 'absent' });
  });

  /** Reads `X-Both`, or a cookie of that name: the word in it decides. */
  const both: Authenticator = {
    ...answering(ABSENT, { scheme: 'both', carriers: [{ header: 'x-both' }, { header: 'cookie' }] }),
    authenticate({ headers }, context) {
      (context.bindings as string[]).push('both');
      const word = headers.get('x-both') ?? readCookie(headers.get('cookie'), 'both');
      if (word === undefined) return ABSENT;
      return word === 'good' ? accept('both', 'p') : reject('both', 'invalid');
    },
  };
  it.each([
    [{}, 'absent', undefined, ['session', 'both']],
    [{ 'x-both': 'good' }, 'accepted', 'both', ['both']],
    [{ 'x-both': 'good', cookie: 'session=good' }, 'accepted', 'both', ['both']],
    // Found by its header, it has the last word.
    [{ 'x-both': 'bad', cookie: 'session=good' }, 'rejected', 'both', ['both']],
    [{ 'x-both': 'good', 'x-key': 'good' }, 'rejected', 'both', []],
    // By its cookie it is one of those that a browser sends unasked.
    [{ cookie: 'both=good' }, 'accepted', 'both', ['session', 'both']],
    [{ cookie: 'both=bad' }, 'rejected', 'both', ['session', 'both']],
    [{ cookie: 'both=good; session=bad' }, 'accepted', 'both', ['session', 'both']],
    [{ cookie: 'both=bad; session=good' }, 'accepted', 'session', ['session']],
    [{ cookie: 'both=good', 'x-key': 'good' }, 'accepted', 'key', ['key']],
    [{ cookie: 'both=good', 'x-key': 'bad' }, 'rejected', 'key', ['key']],
  ] as const)("an authenticator of one's own, asked with %j: %s, %s", async (headers, kind, scheme, asked) => {
    const composed = anyOf(scripted('session'), both, scripted('key'));
    const seen = await observe(composed, requestOf(headers as Readonly<Record<string, string>>));
    expect([seen.kind, seen.scheme, seen.asked]).toEqual([kind, scheme, asked]);
  });
});

describe('schemes', () => {
  it.each([
    ['all', allOf(scripted('key'), scripted('session')), { key: 'good', session: 'good' }],
    ['all, incomplete', allOf(scripted('key'), scripted('session')), { key: 'good' }],
    ['all, refused', allOf(scripted('key'), scripted('session')), { key: 'bad' }],
    [
      'all of any and optional',
      allOf(anyOf(scripted('key'), scripted('link')), optional(scripted('token'))),
      { link: 'good' },
    ],
    ['optional', optional(scripted('key')), {}],
    ['map', map(anyOf(scripted('key'), scripted('token')), () => 0), { token: 'good' }],
  ] as const)('name what may stand on an outcome, alone or joined: %s', async (_title, authenticator, given) => {
    const { headers, url } = carrying(given);
    const outcome = await authenticator.authenticate(requestOf(headers, { url }), contextOf());
    const names = outcome.scheme?.split('+') ?? [];
    expect(names).not.toEqual([]);
    for (const name of names) expect([...authenticator.schemes, 'anonymous', 'all']).toContain(name);
  });
});
