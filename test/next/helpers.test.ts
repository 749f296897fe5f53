/** What the two adapters do where no Next is needed to see it. */
import { describe, expect, it, vi } from 'vitest';
import { authenticateProxy } from '../../adapters/next.ts';
import { authenticateServer } from '../../adapters/next-server.ts';
import { createContext, optional } from '../../src/index.ts';
import { anybody, broken, COOKIE, people, sessions } from '../adapters/app.ts';
import { cookieMade } from '../adapters/behaviour.ts';

const URL_OF_PAGE = 'https://app.example/page';
const requestWith = (headers: HeadersInit = {}, method = 'GET'): Request =>
  new Request(URL_OF_PAGE, { method, headers });
/** Due to be renewed. */
const OLD = 2000;

describe('authenticateProxy', () => {
  it('hands on all headers of a request, by the names that Next knows', async () => {
    const response = await authenticateProxy(anybody)(requestWith({ a: '1', b: '2', 'x-countersign-a': 'spoofed' }));
    expect(Object.fromEntries(response.headers)).toEqual({
      'x-middleware-next': '1',
      'x-middleware-override-headers': 'a,b',
      'x-middleware-request-a': '1',
      'x-middleware-request-b': '2',
      vary: 'cookie, authorization',
    });
  });

  it('changes neither the request nor a response of the application’s', async () => {
    const own = Response.redirect('https://app.example/elsewhere', 303);
    const request = requestWith({ cookie: await cookieMade(OLD), 'x-countersign-a': 'spoofed' });
    const response = await authenticateProxy(people, { next: () => own })(request);
    expect([response.status, response.headers.getSetCookie().length]).toEqual([303, 1]);
    expect(own.headers.has('set-cookie')).toBe(false);
    expect(request.headers.get('x-countersign-a')).toBe('spoofed');
  });

  it('an answer of its own gets no header of the request', async () => {
    const proxy = authenticateProxy(people, { next: () => new Response('own') });
    const response = await proxy(requestWith({ cookie: await cookieMade(0) }));
    expect([...response.headers.keys()].filter((name) => name.startsWith('x-middleware'))).toEqual([]);
  });

  it('leaves the headers that `next` has chosen as they are', async () => {
    const headers = { 'x-middleware-next': '1', 'x-middleware-override-headers': 'a', 'x-middleware-request-a': '2' };
    const proxy = authenticateProxy(anybody, { next: () => new Response(null, { headers }) });
    expect(Object.fromEntries((await proxy(requestWith({ a: '1' }))).headers)).toMatchObject(headers);
  });

  it('what is done after the response keeps the platform alive', async () => {
    const waitUntil = vi.fn();
    let logged = false;
    const onEvent = async () => {
      await Promise.resolve();
      logged = true;
    };
    await authenticateProxy(people, { onEvent })(requestWith(), { waitUntil });
    await Promise.all(waitUntil.mock.calls.map(([promise]) => promise));
    expect([waitUntil.mock.calls.length, logged]).toEqual([1, true]);
  });

  it('a preflight is answered, and handed on only where the application says so', async () => {
    const preflight = requestWith(
      { 'access-control-request-method': 'GET', origin: 'https://else.example' },
      'OPTIONS',
    );
    expect((await authenticateProxy(people)(preflight)).status).toBe(204);
    const answered = authenticateProxy(people, { preflight: () => new Response('mine') });
    expect(await (await answered(preflight)).text()).toBe('mine');
  });

  it('refuses bad options at once', () => {
    expect(() => authenticateProxy(people, { trustedOrigins: ['app.example'] })).toThrow('trustedOrigins');
    expect(() => authenticateProxy(people, { trusted: true } as never)).toThrow(TypeError);
  });
});

describe('authenticateServer', () => {
  const server = (headers: HeadersInit, authenticator = people) =>
    authenticateServer(authenticator, {
      headers: () => new Headers(headers),
      refused: ({ kind }) => `refused: ${kind}`,
    });

  it('knows who is asking, and says why not', async () => {
    expect(await server({ cookie: await cookieMade(0) }).page()).toMatchObject({ scheme: 'session', subject: 'ada' });
    expect(await server({}).page()).toBe('refused: absent');
    expect(await server({ cookie: `${COOKIE}=forged` }).page()).toBe('refused: rejected');
  });

  it('sets nothing: a renewal waits', async () => {
    const accepted = await server({ cookie: await cookieMade(OLD) }).page();
    expect(accepted).toMatchObject({ scheme: 'session', effects: [] });
  });

  it('throws what a store throws, and does not call that a refusal', async () => {
    const people = authenticateServer(broken, { headers: () => new Headers(), refused: () => 'refused' });
    await expect(people.page()).rejects.toThrow('the store is down');
    await expect(people.action(() => 'done')()).rejects.toThrow('the store is down');
  });

  it('an action gets who is asking before its arguments, and does not run for anybody else', async () => {
    const act = vi.fn((accepted: { readonly subject?: string | undefined }, a: number, b: string) =>
      [accepted.subject, a, b].join(),
    );
    const cookie = await cookieMade(0);
    expect(await server({ cookie }).action(act)(1, 'b')).toBe('ada,1,b');
    expect(await server({}).action(act)(1, 'b')).toBe('refused: absent');
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'https://else.example', host: 'app.example' },
    ]) {
      expect(await server({ ...headers, cookie }).action(act)(1, 'b')).toBe('refused: cross_site');
    }
    expect(act).toHaveBeenCalledOnce();
  });

  it('a page may be shown to whom another site has sent', async () => {
    const headers = { cookie: await cookieMade(0), 'sec-fetch-site': 'cross-site' };
    expect(await server(headers).page()).toMatchObject({ subject: 'ada' });
  });

  it('takes an own origin behind a proxy that changes the host', async () => {
    const headers = { cookie: await cookieMade(0), origin: 'https://app.example', host: '10.0.0.7' };
    const options = { headers: () => new Headers(headers), refused: () => 'refused' };
    const act = () => 'done';
    expect(await authenticateServer(people, options).action(act)()).toBe('refused');
    const trusting = authenticateServer(people, { ...options, trustedOrigins: ['https://app.example'] });
    expect(await trusting.action(act)()).toBe('done');
  });

  it('takes the time from the context that it is given', async () => {
    const cookie = await cookieMade(0);
    const options = { headers: () => new Headers({ cookie }), refused: () => 'refused' };
    const later = { context: () => createContext({ now: Date.now() / 1000 + 7200 }) };
    expect(await authenticateServer(optional(sessions), { ...options, ...later }).page()).toMatchObject({
      scheme: 'anonymous',
    });
  });

  it('refuses bad options at once', () => {
    const options = { headers: () => new Headers(), refused: () => 'refused' };
    expect(() => authenticateServer(people, { ...options, trustedOrigins: ['app.example'] })).toThrow('trustedOrigins');
  });
});
