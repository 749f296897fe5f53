/** What is told of a request: a closed union, once, without a secret in it, and without power over the request. */
import { describe, expect, it, vi } from 'vitest';
import {
  ABSENT,
  type AuthEvent,
  type Authenticator,
  accept,
  any,
  type DecideOptions,
  decide,
  type EventListener,
  insufficient,
  map,
  optional,
  protect,
  type RequestLike,
  reject,
  require,
} from '../../src/index.ts';
import { basic } from '../../src/schemes/basic.ts';
import { contextOf } from '../support/context.ts';
import { requestOf } from '../support/request.ts';
import { carrying, REASONS, scripted } from '../support/scripted.ts';
import { answering } from '../support/stub.ts';

const EVERYTHING = any(scripted('token'), scripted('key'), scripted('link'), scripted('session'), scripted('device'));
const NOW = 1_800_000_000.25;

async function eventsOf(
  authenticator: Authenticator,
  request: RequestLike,
  options: DecideOptions = {},
): Promise<readonly AuthEvent[]> {
  const events: AuthEvent[] = [];
  const onEvent = (event: AuthEvent) => events.push(event);
  await decide(authenticator, { ...options, onEvent })(request, contextOf({ now: NOW }));
  return events;
}
const about = (given: Parameters<typeof carrying>[0], method = 'GET', more: Record<string, string> = {}) => {
  const { headers, url } = carrying(given);
  return requestOf({ ...headers, ...more }, { url, method });
};

describe('the closed union', () => {
  const rows: readonly [string, RequestLike, AuthEvent][] = [
    ['accepted', about({ token: 'good' }), { type: 'accepted', at: NOW, scheme: 'token', subject: 'subject of token' }],
    [
      'accepted, ambient',
      about({ session: 'good' }),
      { type: 'accepted', at: NOW, scheme: 'session', subject: 'subject of session' },
    ],
    ['absent', about({}), { type: 'absent', at: NOW, status: 401, reason: 'absent' }],
    [
      'absent, an unknown scheme',
      requestOf({ authorization: 'Negotiate x' }),
      { type: 'absent', at: NOW, status: 401, reason: 'unknown_scheme' },
    ],
    ...REASONS.map((reason): [string, RequestLike, AuthEvent] => [
      `rejected, ${reason}`,
      about({ key: reason }),
      { type: 'rejected', at: NOW, scheme: 'key', status: 401, reason },
    ]),
    [
      'rejected, given twice',
      about({ token: 'good', link: 'good' }),
      { type: 'rejected', at: NOW, scheme: 'token', status: 400, reason: 'malformed' },
    ],
    [
      'insufficient',
      about({ token: 'weak' }),
      { type: 'insufficient', at: NOW, scheme: 'token', status: 403, reason: 'insufficient' },
    ],
    [
      'insufficient, step-up',
      about({ token: 'stale' }),
      { type: 'insufficient', at: NOW, scheme: 'token', status: 401, reason: 'insufficient' },
    ],
    [
      'cross_site',
      about({ session: 'good' }, 'POST', { 'sec-fetch-site': 'cross-site' }),
      {
        type: 'cross_site',
        at: NOW,
        scheme: 'session',
        subject: 'subject of session',
        status: 403,
        reason: 'cross_site',
      },
    ],
    ['outage', about({ token: 'down' }), { type: 'outage', at: NOW, status: 503, reason: 'outage' }],
  ];

  it.each(rows)('%s', async (_title, request, event) => {
    const events = await eventsOf(EVERYTHING, request);
    expect(events).toEqual([event]);
    // `toEqual` looks over members that are undefined: none may have another name than these.
    const names = ['type', 'at', 'scheme', 'subject', 'status', 'reason'];
    const allowed = event.type === 'accepted' ? ['type', 'at', 'scheme', 'subject', 'credentialId'] : names;
    for (const name of Object.keys(events[0] as AuthEvent)) expect(allowed).toContain(name);
  });

  it('names the credential by its public id', async () => {
    const authenticator = answering(accept('stub', 'p', { credentialId: 'key-7', subject: 's' }));
    expect(await eventsOf(authenticator, requestOf())).toEqual([
      { type: 'accepted', at: NOW, scheme: 'stub', subject: 's', credentialId: 'key-7' },
    ]);
  });

  it('tells of somebody anonymous as accepted, which is what happened', async () => {
    expect(await eventsOf(optional(EVERYTHING), requestOf())).toEqual([
      { type: 'accepted', at: NOW, scheme: 'anonymous' },
    ]);
  });

  it('is silent about a preflight, which decides nothing', async () => {
    const preflight = requestOf({ 'access-control-request-method': 'PUT' }, { method: 'OPTIONS' });
    expect(await eventsOf(EVERYTHING, preflight)).toEqual([]);
  });

  it("tells the scheme and subject of a handler's demand", async () => {
    const events: AuthEvent[] = [];
    const handler = protect(EVERYTHING, () => insufficient({ scopes: ['write'] }), {
      onEvent: (event) => events.push(event),
      context: () => ({ now: NOW }),
    });
    await handler(about({ token: 'good' }) as Request);
    // Two decisions: who it is, and that this is not enough.
    expect(events).toEqual([
      { type: 'accepted', at: NOW, scheme: 'token', subject: 'subject of token' },
      {
        type: 'insufficient',
        at: NOW,
        scheme: 'token',
        subject: 'subject of token',
        status: 403,
        reason: 'insufficient',
      },
    ]);
  });

  it('tells whom a predicate refused', async () => {
    const events = await eventsOf(
      require(scripted('token'), () => false),
      about({ token: 'good' }),
    );
    expect(events).toEqual([
      {
        type: 'insufficient',
        at: NOW,
        scheme: 'token',
        subject: 'subject of token',
        status: 403,
        reason: 'insufficient',
      },
    ]);
  });
});

describe('a listener', () => {
  const listeners: readonly [string, EventListener][] = [
    [
      'throws',
      () => {
        throw new Error('logger');
      },
    ],
    [
      'throws what is no error',
      () => {
        throw undefined;
      },
    ],
    ['rejects', () => Promise.reject(new Error('logger'))],
    [
      'rejects later',
      async () => {
        await Promise.resolve();
        throw new Error('logger');
      },
    ],
    ['never settles', () => new Promise(() => {})],
    [
      'returns a thenable that throws',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: the case under test.
        get then() {
          throw new Error('logger');
        },
      }),
    ],
    ['returns a value', () => 42],
    ['changes the event', (event) => void Object.assign(event, { type: 'x', status: 200, scheme: 'admin' })],
  ];
  const requests: readonly [string, RequestLike, number][] = [
    ['accepted', about({ token: 'good' }), 200],
    ['absent', about({}), 401],
    ['rejected', about({ token: 'bad' }), 401],
    ['cross-site', about({ session: 'good' }, 'POST', { origin: 'https://evil.test' }), 403],
    ['outage', about({ token: 'down' }), 503],
  ];

  describe.each(listeners)('that %s', (_title, listener) => {
    it.each(requests)('harms nothing: %s', async (_name, request, status) => {
      const unhandled = vi.fn();
      process.on('unhandledRejection', unhandled);
      const refuse = () => {
        throw new Error('page');
      };
      const handler = protect(EVERYTHING, (_request, { scheme }) => new Response(scheme), {
        onEvent: listener,
        onError: listener as DecideOptions['onError'],
        refuse,
      });
      const response = await handler(request as Request);
      expect(response.status).toBe(status);
      if (status === 200) expect(await response.text()).toBe('token');
      // Node tells of a rejection that nobody takes when the microtasks are done.
      await new Promise((resolve) => setImmediate(resolve));
      process.off('unhandledRejection', unhandled);
      expect(unhandled).not.toHaveBeenCalled();
    });
  });
});

describe('onError', () => {
  it('gets the error itself, with the request', async () => {
    const thrown = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    for (const authenticator of [
      answering(() => {
        throw thrown;
      }),
      answering(() => Promise.reject(thrown)),
      map(answering(accept('stub', 'p')), () => {
        throw thrown;
      }),
      any(map(answering(accept('stub', 'p')), async () => Promise.reject(thrown))),
    ]) {
      const onError = vi.fn();
      const request = requestOf();
      expect((await eventsOf(authenticator, request, { onError })).map(({ type }) => type)).toEqual(['outage']);
      expect(onError.mock.calls).toEqual([[thrown, request]]);
      expect(onError.mock.calls[0]?.[0]).toBe(thrown);
    }
  });

  it.each(['a text', undefined, null, 0])('gets what is no error, too: %j', async (thrown) => {
    const onError = vi.fn();
    const authenticator = answering(() => {
      throw thrown;
    });
    expect(await eventsOf(authenticator, requestOf(), { onError })).toMatchObject([{ type: 'outage', status: 503 }]);
    expect(onError.mock.calls[0]?.[0]).toBe(thrown);
  });

  it('is told what a custom authenticator that answers nothing did wrong', async () => {
    const onError = vi.fn();
    const forgetful = answering(() => undefined as never);
    expect(await eventsOf(any(forgetful), requestOf(), { onError })).toMatchObject([{ type: 'outage' }]);
    expect(onError.mock.calls[0]?.[0]).toBeInstanceOf(TypeError);
  });

  it('hears of nothing where nothing failed', async () => {
    const onError = vi.fn();
    for (const given of [{}, { token: 'good' }, { token: 'bad' }, { session: 'weak' }]) {
      await eventsOf(EVERYTHING, about(given), { onError });
    }
    expect(onError).not.toHaveBeenCalled();
  });
});

describe('no secret is in an event, nor in a response', () => {
  const CANARY = 'c4n4ry-7f3a';
  const staff = basic({
    realm: 'Staff',
    users: (username) => {
      if (username === 'outage') throw new Error(`no connection, and here is the password: ${CANARY}`);
      return { username, plaintextPassword: username === CANARY ? 'other' : CANARY };
    },
  });
  const application = any(staff, scripted('key'), scripted('link'), scripted('session'));
  const base64 = (text: string): string => `Basic ${btoa(text)}`;

  const requests: readonly [string, RequestLike][] = [
    ['a right password', requestOf({ authorization: base64(`ada:${CANARY}`) })],
    ['a wrong password', requestOf({ authorization: base64(`ada:not ${CANARY}`) })],
    ['a password in the place of the name', requestOf({ authorization: base64(`${CANARY}:ada`) })],
    ['no colon', requestOf({ authorization: base64(CANARY) })],
    ['no base64', requestOf({ authorization: `Basic ${CANARY}` })],
    ['a token without the word before it', requestOf({ authorization: CANARY })],
    ['a token behind a comma', requestOf({ authorization: `Basic x, ${CANARY}` })],
    ['a token of another scheme', requestOf({ authorization: `Bearer ${CANARY}` })],
    ['a scheme that is the token', requestOf({ authorization: `${CANARY} x` })],
    ['a key', requestOf({ 'x-key': CANARY })],
    ['a cookie', requestOf({ cookie: `session=${CANARY}` })],
    ["a cookie's name", requestOf({ cookie: `${CANARY}=1` })],
    ["the URL's query", requestOf({}, { url: `https://app.example/?link=${CANARY}` })],
    ["the URL's path", requestOf({}, { url: `https://app.example/${CANARY}` })],
    ["the URL's user info", requestOf({}, { url: `https://ada:${CANARY}@app.example/` })],
    ['two explicit ones', requestOf({ authorization: base64(`ada:${CANARY}`), 'x-key': CANARY })],
    ['an outage', requestOf({ authorization: base64(`outage:${CANARY}`) })],
    [
      'another site',
      requestOf({ authorization: base64(`ada:${CANARY}`), origin: `https://${CANARY}` }, { method: 'POST' }),
    ],
    ['a method', requestOf({}, { method: CANARY })],
  ];

  it.each(requests)('%s', async (_title, request) => {
    const events: AuthEvent[] = [];
    const decided = await decide(application, { onEvent: (event) => events.push(event) })(request, contextOf());
    const response = decided.response ?? (await decided.finish?.(new Response('')));
    // The effects of these parts repeat a credential by design of the test; a real scheme's don't.
    const told = JSON.stringify([events, response?.status, response?.statusText, await response?.text()]);
    expect(events).toHaveLength(1);
    for (const secret of [CANARY, btoa(CANARY), btoa(`ada:${CANARY}`)]) {
      expect(told).not.toContain(secret);
      expect(response?.headers.get('www-authenticate') ?? '').not.toContain(secret);
    }
  });

  it('an error goes to onError whole, and nowhere else', async () => {
    const onError = vi.fn();
    const request = requestOf({ authorization: base64('outage:x') });
    const events = await eventsOf(staff, request, { onError });
    expect(String(onError.mock.calls[0]?.[0])).toContain(CANARY);
    expect(JSON.stringify(events)).not.toContain(CANARY);
  });
});

describe('what an outage of one part leaves alone', () => {
  it('no other part is asked, wherever it stands', async () => {
    for (const second of [ABSENT, accept('other', 'p'), reject('other', 'invalid')]) {
      const other = vi.fn(() => second);
      const broken = answering(() => Promise.reject(new Error('down')));
      const authenticator = any(broken, answering(other, { scheme: 'other' }));
      expect(await eventsOf(authenticator, requestOf())).toMatchObject([{ type: 'outage' }]);
      expect(other).not.toHaveBeenCalled();
    }
  });
});
