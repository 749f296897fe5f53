import { describe, expect, it, vi } from 'vitest';
import { scopes } from '../../src/guards/index.ts';
import { type Limit, type LimitsOptions, limits, quota, rateLimit } from '../../src/guards/limits.ts';
import {
  type Accepted,
  type AuthEvent,
  type Authenticator,
  accept,
  any,
  optional,
  protect,
  type RequestLike,
} from '../../src/index.ts';
import { apiKey } from '../../src/schemes/api-key.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import type { Store } from '../../src/stores/contract.ts';
import { memoryStore } from '../../src/stores/memory.ts';
import { keysIn } from '../support/api-keys.ts';
import { admittedOf500 } from '../support/limit-race.ts';
import { requestOf } from '../support/request.ts';
import { clockAt, countingStore, START, slowStore } from '../support/sessions.ts';

/** Whoever says so: subject and credential as the headers have them. */
const robot: Authenticator<Accepted<'robot', string>> = {
  schemes: ['robot'],
  carriers: [{ header: 'x-robot' }],
  authenticate: ({ headers }) => {
    const subject = headers.get('x-robot');
    if (subject === null) return { kind: 'absent', status: 401 };
    if (subject === 'bad') return { kind: 'rejected', scheme: 'robot', reason: 'invalid', status: 401 };
    const credentialId = headers.get('x-id') ?? undefined;
    return accept('robot', subject, { subject, credentialId, scopes: ['a'] });
  },
  challenge: () => ['Robot realm="robots"'],
};

/** A door whose clock is moved by hand. */
function door(given: readonly Limit[], options: Partial<LimitsOptions> = {}, authenticator: Authenticator = robot) {
  const store = countingStore();
  const clock = clockAt();
  const events: AuthEvent[] = [];
  let address: string | undefined = '192.0.2.1';
  const api = protect(
    limits(authenticator, { store, limits: given as LimitsOptions['limits'], ...options }),
    (_request: RequestLike) => new Response('ok'),
    { context: () => ({ now: clock.now, address }), onEvent: (event) => void events.push(event) },
  );
  const ask = (headers: Record<string, string> = { 'x-robot': 'ada' }) => api(requestOf(headers));
  return {
    store,
    clock,
    events,
    ask,
    status: async (headers?: Record<string, string>) => (await ask(headers)).status,
    from(next: string | undefined) {
      address = next;
    },
  };
}

const headersOf = ({ headers }: Response) =>
  ['retry-after', 'ratelimit', 'ratelimit-policy'].map((name) => headers.get(name));

describe('a rate limit', () => {
  it('says what is left, then 429 and when to come again', async () => {
    const { ask, events, clock } = door([rateLimit({ name: 'burst', requests: 3, per: 60 })]);
    const policy = '"burst";q=3;w=60';
    expect(headersOf(await ask())).toEqual([null, '"burst";r=2;t=20', policy]);
    expect(headersOf(await ask())).toEqual([null, '"burst";r=1;t=40', policy]);
    expect(headersOf(await ask())).toEqual([null, '"burst";r=0;t=60', policy]);
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(headersOf(refused)).toEqual(['20', '"burst";r=0;t=60', policy]);
    expect(refused.headers.get('www-authenticate')).toBe(null);
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(events.at(-1)).toEqual({
      type: 'insufficient',
      at: START,
      scheme: 'robot',
      subject: 'ada',
      status: 429,
      reason: 'limited',
    });
    clock.now += 19.9;
    expect(headersOf(await ask())[0]).toBe('1');
    clock.now = START + 20;
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
  });

  it('a refused request costs nothing: whoever waits as told gets in', async () => {
    const { ask, clock } = door([rateLimit({ name: 'a', requests: 1, per: 7 })]);
    for (let round = 0; round < 20; round++) {
      expect((await ask()).status).toBe(200);
      for (let again = 0; again < 5; again++) expect((await ask()).status).toBe(429);
      clock.now += Number((await ask()).headers.get('retry-after'));
    }
  });

  it.each([
    [1, 1, 1],
    [5, 1, 5],
    [3, 10, 3],
    [10, 3, 40],
    [1000, 60, 1],
    [7, 0.5, 3],
  ])('%i in %f s, %i at once: never more in any stretch of time, nor fewer', async (requests, per, burst) => {
    // Of a request: times are kept in whole microseconds.
    const SLACK = 1e-3;
    const store = memoryStore();
    const limit = rateLimit({ name: 'a', requests, per, burst });
    const api = limits(robot, { store, limits: [limit] });
    const request = requestOf({ 'x-robot': 'ada' });
    const admitted: number[] = [];
    let now = START;
    for (let n = 0; n < 2000; n++) {
      now += Math.random() < 0.1 ? Math.random() * per * 3 : (Math.random() * per) / requests;
      const outcome = await api.authenticate(request, clockAt(now).context());
      if (outcome.kind === 'accepted') admitted.push(now);
      else {
        // Refused only where one more would have been too many for some stretch that ends now.
        const isFull = admitted.some((from, index) => {
          const count = admitted.length - index + 1;
          return count > burst + ((now - from) * requests) / per - SLACK;
        });
        expect(isFull, `refused at ${now - START}`).toBe(true);
      }
    }
    const excess = admitted.flatMap((from, index) =>
      admitted.slice(index, index + 200).map((to, more) => more + 1 - burst - ((to - from) * requests) / per),
    );
    expect(Math.max(...excess.filter((each) => each > 0), 0)).toBeLessThan(SLACK);
  });

  it('after a clock that was ahead, nobody waits longer than the whole burst takes', async () => {
    const { ask, clock } = door([rateLimit({ name: 'a', requests: 2, per: 10 })]);
    clock.now += 5;
    await ask();
    await ask();
    clock.now -= 5;
    const refused = await ask();
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, 10]);
  });
});

describe('a quota', () => {
  it.each([
    ['hour', Date.UTC(2027, 0, 15, 8, 0, 0), Date.UTC(2027, 0, 15, 9, 0, 0), 3600],
    ['day', Date.UTC(2027, 0, 15), Date.UTC(2027, 0, 16), 86_400],
    ['month', Date.UTC(2028, 1, 1), Date.UTC(2028, 2, 1), 2_592_000],
    ['month', Date.UTC(2027, 11, 1), Date.UTC(2028, 0, 1), 2_592_000],
  ] as const)('of a %s ends with it, in UTC', async (period, from, to, window) => {
    const { ask, clock } = door([quota({ name: 'plan', requests: 2, period })]);
    clock.now = from / 1000;
    const length = (to - from) / 1000;
    const policy = `"plan";q=2;w=${window}`;
    expect(headersOf(await ask())).toEqual([null, `"plan";r=1;t=${length}`, policy]);
    clock.now = to / 1000 - 0.25;
    expect(headersOf(await ask())).toEqual([null, '"plan";r=0;t=1', policy]);
    const refused = await ask();
    expect([refused.status, ...headersOf(refused)]).toEqual([429, '1', '"plan";r=0;t=1', policy]);
    clock.now = to / 1000;
    expect((await ask()).status).toBe(200);
  });
});

describe('several limits', () => {
  const both = [
    quota({ name: 'plan', requests: 5, period: 'day', by: 'subject' }),
    rateLimit({ name: 'burst', requests: 2, per: 10 }),
  ];

  it('all of them are told of; one that refuses gives back what others counted', async () => {
    const { ask, clock } = door(both);
    expect(headersOf(await ask())).toEqual([
      null,
      `"plan";r=4;t=${86_400 - (START % 86_400)}, "burst";r=1;t=5`,
      '"plan";q=5;w=86400, "burst";q=2;w=10',
    ]);
    await ask();
    for (let n = 0; n < 9; n++) {
      const refused = await ask();
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    }
    for (let n = 0; n < 3; n++) {
      clock.now += 5;
      expect((await ask()).status).toBe(200);
    }
    clock.now += 5;
    expect((await ask()).headers.get('ratelimit')).toMatch(/^"plan";r=0;t=\d+$/);
  });

  it('each is one round trip, and a refused request writes no more than it gives back', async () => {
    const { ask, store } = door(both);
    await ask();
    expect([store.total, store.counts.advance]).toEqual([2, 2]);
    await ask();
    store.reset();
    await ask();
    expect([store.total, store.counts.advance]).toEqual([3, 3]);
  });

  it('under load nothing is lost of what was given back', async () => {
    const store = slowStore(memoryStore());
    const api = limits(robot, { store, limits: both as never });
    const now = START - (START % 86_400);
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, () => api.authenticate(requestOf({ 'x-robot': 'ada' }), clockAt(now).context())),
    );
    expect(outcomes.filter(({ kind }) => kind === 'accepted').length).toBeLessThanOrEqual(2);
    const later = clockAt(now + 3600);
    let more = 0;
    for (let n = 0; n < 10; n++, later.now += 5) {
      const { kind } = await api.authenticate(requestOf({ 'x-robot': 'ada' }), later.context());
      if (kind === 'accepted') more++;
    }
    expect(more + outcomes.filter(({ kind }) => kind === 'accepted').length).toBe(5);
  });
});

describe('who shares a limit', () => {
  const once = (by: Limit['by']) => [rateLimit({ name: 'a', requests: 1, per: 60, by })];

  it('credential: each by itself; without an id, the subject', async () => {
    const { status } = door(once('credential'));
    expect(await status({ 'x-robot': 'ada', 'x-id': '1' })).toBe(200);
    expect(await status({ 'x-robot': 'ada', 'x-id': '2' })).toBe(200);
    expect(await status({ 'x-robot': 'bob', 'x-id': '1' })).toBe(429);
    expect(await status({ 'x-robot': 'ada' })).toBe(200);
    expect(await status({ 'x-robot': 'ada' })).toBe(429);
  });

  it('subject: all of its credentials together', async () => {
    const { status } = door(once('subject'));
    expect(await status({ 'x-robot': 'ada', 'x-id': '1' })).toBe(200);
    expect(await status({ 'x-robot': 'ada', 'x-id': '2' })).toBe(429);
    expect(await status({ 'x-robot': 'bob', 'x-id': '3' })).toBe(200);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1', 429],
    ['192.0.2.1', '192.0.2.2', 200],
    ['192.0.2.1', '::ffff:192.0.2.1', 429],
    ['192.0.2.1', '0:0:0:0:0:ffff:192.0.2.1', 429],
    ['192.0.2.1', '::ffff:c000:201', 429],
    ['192.0.2.1', '192.0.2.1:50123', 429],
    ['192.0.2.1', '::ffff:c000:202', 200],
    ['2001:db8:1:2:3:4:5:6', '[2001:db8:1:2::9]:443', 429],
    ['2001:db8:1:2:3:4:5:6', '2001:DB8:1:2::1', 429],
    ['2001:db8:1:2:3:4:5:6', '2001:0db8:0001:0002:ffff::', 429],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:3:3:4:5:6', 200],
    ['2001:db8::1', '2001:db8:0:0:9::', 429],
    ['::1', '::2', 429],
    ['::1', '1::', 200],
    ['fe80::1%eth0', 'fe80::2', 429],
    ['unknown', 'unknown', 429],
    ['unknown', 'other', 200],
  ])('address: %s, then %s: %i', async (first, second, expected) => {
    const { status, from } = door(once('address'));
    from(first);
    expect(await status({ 'x-robot': 'ada' })).toBe(200);
    from(second);
    expect(await status({ 'x-robot': 'bob' })).toBe(expected);
  });

  it('a function names whoever it likes, or nobody', async () => {
    const { status, store } = door(once(({ subject }) => (subject === 'boss' ? undefined : 'everybody')));
    expect(await status({ 'x-robot': 'ada' })).toBe(200);
    expect(await status({ 'x-robot': 'bob' })).toBe(429);
    store.reset();
    expect(await status({ 'x-robot': 'boss' })).toBe(200);
    expect(store.total).toBe(0);
  });

  it('what cannot be told is an outage that says so, never a free pass, also where everybody is let in', async () => {
    const nameless: Authenticator = { ...robot, authenticate: () => accept('robot', 'x') };
    for (const [by, authenticator, address, message] of [
      ['subject', nameless, '192.0.2.1', 'limit a: robot states no subject'],
      ['credential', nameless, '192.0.2.1', 'limit a: robot states no credential'],
      ['address', robot, undefined, 'limit a: no address'],
    ] as const) {
      const errors: string[] = [];
      const api = protect(
        limits(authenticator, {
          store: memoryStore(),
          limits: once(by) as never,
          admitAllWhenStoreIsDown: () => {},
        }),
        () => new Response('ok'),
        { context: () => ({ now: START, address }), onError: (error) => void errors.push(String(error)) },
      );
      const request = new Request('https://app.example/', { headers: { 'x-robot': 'ada' } });
      expect((await api(request)).status).toBe(503);
      expect(errors[0]).toContain(message);
    }
  });

  it('the anonymous are nobody’s credential, and somebody’s address', async () => {
    const open = optional(robot);
    const { status: unlimited, store } = door(once('subject'), {}, open);
    expect([await unlimited({}), await unlimited({}), store.total]).toEqual([200, 200, 0]);
    const { ask } = door(once('address'), {}, open);
    expect((await ask({})).status).toBe(200);
    const refused = await ask({});
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([429, null]);
  });

  it('names, addresses and ids of people are not in the store', async () => {
    const { ask, store } = door([...once('address'), quota({ name: 'b', requests: 9, period: 'day', by: 'subject' })]);
    const advance = vi.spyOn(store, 'advance');
    const { ask: again } = door(once('credential'), { store });
    await ask({ 'x-robot': 'ada@example.com', 'x-id': 'secret-id' });
    await again({ 'x-robot': 'ada@example.com', 'x-id': 'secret-id' });
    const seen = JSON.stringify(advance.mock.calls);
    for (const text of ['ada', '192.0', 'secret-id']) expect(seen).not.toContain(text);
  });
});

describe('what counts', () => {
  const two = (more = {}) => [rateLimit({ name: 'a', requests: 2, per: 60, by: 'address', ...more })];

  it('what is refused for another reason does not', async () => {
    const { status, store } = door(two(), {}, scopes(robot, 'a'));
    for (let n = 0; n < 5; n++) expect(await status({ 'x-robot': 'bad' })).toBe(401);
    for (let n = 0; n < 5; n++) expect(await status({})).toBe(401);
    expect(store.total).toBe(0);
    const { status: scoped } = door(two(), {}, scopes(robot, 'b'));
    for (let n = 0; n < 5; n++) expect(await scoped({ 'x-robot': 'ada' })).toBe(403);
  });

  it('unless asked: then who guesses is shut out, also with a good guess', async () => {
    const { ask, status, clock } = door(two({ includeRefused: true }));
    expect(await status({})).toBe(401);
    const first = await ask({ 'x-robot': 'bad' });
    expect([first.status, first.headers.get('ratelimit')]).toEqual([401, '"a";r=1;t=30']);
    expect(first.headers.get('www-authenticate')).toBe('Robot realm="robots"');
    expect(await status({ 'x-robot': 'bad' })).toBe(401);
    expect(await status({ 'x-robot': 'bad' })).toBe(429);
    expect(await status({ 'x-robot': 'ada' })).toBe(429);
    clock.now += 30;
    expect(await status({ 'x-robot': 'ada' })).toBe(200);
  });
});

describe('a store', () => {
  const one = [rateLimit({ name: 'a', requests: 1, per: 60 })];
  const down = (): Store => {
    const store = memoryStore();
    return { ...store, advance: () => Promise.reject(new Error('down')) };
  };

  it('that fails is a 503, never a free pass', async () => {
    const { status, events } = door(one, { store: down() });
    expect(await status()).toBe(503);
    expect(events.at(-1)).toMatchObject({ type: 'outage' });
  });

  it('that fails lets everybody in where that was asked for by name', async () => {
    const errors: unknown[] = [];
    const { ask } = door(one, {
      store: down(),
      admitAllWhenStoreIsDown: (error) => {
        errors.push(error);
        throw new Error('the log is full');
      },
    });
    const response = await ask();
    expect([response.status, ...headersOf(response)]).toEqual([200, null, null, null]);
    expect(errors).toEqual([expect.objectContaining({ message: 'down' })]);
  });

  it('what is done about its failure may take longer than the response', async () => {
    const kept: Promise<unknown>[] = [];
    let isLogged = false;
    const api = protect(
      limits(robot, {
        store: down(),
        limits: one as never,
        async admitAllWhenStoreIsDown() {
          await null;
          isLogged = true;
        },
      }),
      () => new Response('ok'),
      { context: () => ({ now: START, waitUntil: (promise) => void kept.push(promise) }) },
    );
    await api(new Request('https://app.example/', { headers: { 'x-robot': 'ada' } }));
    expect(kept).toHaveLength(1);
    await Promise.all(kept);
    expect(isLogged).toBe(true);
  });

  it('that fails while it is given back to is still a refusal', async () => {
    const inner = memoryStore();
    const store: Store = {
      ...inner,
      advance: (key, step, now) => (step.by < 0 ? Promise.reject(new Error('down')) : inner.advance(key, step, now)),
    };
    const { status } = door([quota({ name: 'b', requests: 9, period: 'day' }), ...one], { store });
    expect([await status(), await status()]).toEqual([200, 429]);
  });

  it('that does not count is refused at construction, with what it says of itself', () => {
    const store = { ...memoryStore(), capabilities: { counters: 'two increments at once are one; use another' } };
    expect(() => limits(robot, { store: store as never, limits: one as never })).toThrow(
      new TypeError('store: needs counters: two increments at once are one; use another'),
    );
    expect(() => limits(robot, { limits: one } as never)).toThrow(TypeError);
  });

  it('may be found by the request', async () => {
    const store = memoryStore();
    const api = limits(robot, { store: ({ bindings }) => (bindings as { store: Store }).store, limits: one as never });
    const context = clockAt().context({ bindings: { store } });
    const request = requestOf({ 'x-robot': 'ada' });
    expect((await api.authenticate(request, context)).kind).toBe('accepted');
    expect(await api.authenticate(request, context)).toMatchObject({ kind: 'insufficient', status: 429 });
  });

  it('that takes its time: of 500 at once a limit of 5 lets in 5', async () => {
    expect(await admittedOf500(memoryStore())).toEqual([5, 5]);
    expect(await admittedOf500(slowStore(memoryStore()))).toEqual([5, 5]);
  });
});

describe('in compositions', () => {
  it('a limited key beside other schemes: explicit, so final; only its own challenge would be left out', async () => {
    const { keys, manage } = keysIn();
    const { key } = await manage.create({ subject: 'ada' }, clockAt().context());
    const one = [rateLimit({ name: 'a', requests: 1, per: 60, by: 'subject' })] as const;
    const each = any(limits(apiKey({ keys }), { store: memoryStore(), limits: one }), bearer({ tokens: keys }));
    const whole = limits(any(apiKey({ keys }), bearer({ tokens: keys })), { store: memoryStore(), limits: one });
    for (const [authenticator, expected] of [
      [each, [200, 429, 200]],
      [whole, [200, 429, 429]],
    ] as const) {
      const api = protect(authenticator as Authenticator, (_: RequestLike) => new Response('ok'), {
        context: () => ({ now: START }),
      });
      const ask = (headers: Record<string, string>) => api(requestOf(headers));
      const responses = [
        await ask({ 'x-api-key': key }),
        await ask({ 'x-api-key': key }),
        await ask({ authorization: `Bearer ${key}` }),
      ];
      expect(responses.map(({ status }) => status)).toEqual(expected);
      expect(responses[1]?.headers.get('www-authenticate')).toBe(null);
      expect((await ask({})).headers.get('www-authenticate')).toBe('ApiKey realm="api", Bearer realm="api"');
    }
  });

  it.each<[string, () => unknown, string]>([
    ['no limits', () => limits(robot, { store: memoryStore(), limits: [] as never }), 'limits'],
    ['no name', () => rateLimit({ requests: 1, per: 1 } as never), 'name'],
    ['a quote in its name', () => rateLimit({ name: 'a"', requests: 1, per: 1 }), 'name'],
    ['no requests', () => rateLimit({ name: 'a', requests: 0, per: 1 }), 'requests'],
    ['half a request', () => quota({ name: 'a', requests: 0.5, period: 'day' }), 'requests'],
    ['requests as text', () => quota({ name: 'a', requests: '5' as never, period: 'day' }), 'requests'],
    ['no time', () => rateLimit({ name: 'a', requests: 1, per: 0 }), 'per'],
    ['time as text', () => rateLimit({ name: 'a', requests: 1, per: '1' as never }), 'per'],
    ['no burst', () => rateLimit({ name: 'a', requests: 1, per: 1, burst: 0 }), 'burst'],
    ['a century', () => rateLimit({ name: 'a', requests: 1, per: 31_536_000, burst: 100 }), 'burst'],
    ['a week', () => quota({ name: 'a', requests: 1, period: 'week' as never }), 'period'],
    ['by nobody', () => quota({ name: 'a', requests: 1, period: 'day', by: 'ip' as never }), 'by'],
    [
      'refused by subject',
      () => quota({ name: 'a', requests: 1, period: 'day', includeRefused: true }),
      'includeRefused',
    ],
    ['an unknown option', () => rateLimit({ name: 'a', requests: 1, per: 1, window: 5 } as never), "'window'"],
    ['another', () => quota({ name: 'a', requests: 1, period: 'day', per: 5 } as never), "'per'"],
    [
      'two of one name',
      () => {
        const one = quota({ name: 'a', requests: 1, period: 'day' });
        return limits(robot, { store: memoryStore(), limits: [one, one] });
      },
      'two of one name',
    ],
    [
      'an option of limits',
      () => limits(robot, { store: memoryStore(), limits: [{}], failOpen: true } as never),
      "'failOpen'",
    ],
  ])('%s is refused at construction', (_, make, message) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });
});
