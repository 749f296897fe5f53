/** The application that every framework serves, in Next: its routes alone, and behind `proxy.ts` and `middleware.ts`. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signJwt } from '../../src/tokens/jwt.ts';
import { AUDIENCE, COOKIE, ISSUER, KEY } from '../adapters/app.ts';
import { adapterCases, cookieMade } from '../adapters/behaviour.ts';
import { openSuite } from './open-suite.ts';
import type { RunningNext } from './run-next.ts';

type Asked = Readonly<Record<string, string>>;

const byToken = async (): Promise<Asked> => ({
  authorization: `Bearer ${await signJwt(KEY, { iss: ISSUER, aud: AUDIENCE, sub: 'ada' }, { expiresIn: 300 })}`,
});
/** Due to be renewed. */
const OLD = 2000;
/** What Next tells itself in headers, of which a client's must do nothing. */
const INTERNAL: Asked = {
  'x-middleware-subrequest': Array.from({ length: 9 }, () => 'middleware:src/middleware:proxy:src/proxy').join(':'),
  'x-middleware-next': '1',
  'x-middleware-rewrite': '/seen',
  'x-middleware-override-headers': 'x-countersign-subject',
  'x-middleware-request-x-countersign-subject': 'eve',
  'x-middleware-set-cookie': `${COOKIE}=planted`,
  'x-middleware-prefetch': '1',
  'x-middleware-invoke': '1',
  'x-invoke-path': '/seen',
  'x-matched-path': '/seen',
  'x-nextjs-data': '1',
  'x-now-route-matches': '1=seen',
};
/** A route and the proxy in front of it set the same cookie: Next sends both lines, the route's last. See below. */
const SET_TWICE = /^(a cookie of that name that the handler sets|sign-out:)/;

describe.each([
  ['proxy.ts', 'Node'],
  ['middleware.ts', 'Edge'],
] as const)('%s', (convention, runtime) => {
  let running: RunningNext;
  let origin: string;
  beforeAll(async () => {
    running = await openSuite(convention);
    origin = `http://127.0.0.1:${running.port}`;
  });
  afterAll(() => running?.close());

  const ask = (path: string, headers: Asked = {}, method = 'GET'): Promise<Response> =>
    fetch(origin + path, { method, headers, redirect: 'manual' });
  /** The headers that a route gets. */
  const seen = async (path: string, headers: Asked): Promise<Record<string, string>> =>
    (await ask(path, headers)).json();
  /** What a browser keeps of a response. */
  const kept = (response: Response): string | undefined =>
    response.headers
      .getSetCookie()
      .findLast((line) => line.startsWith(`${COOKIE}=`))
      ?.split(';')[0];

  if (runtime === 'Node') {
    describe('routes alone', () => {
      for (const [name, run] of adapterCases) it(name, () => run(origin));
      it('the handler gets the parameters of its path', async () => {
        expect(await (await ask('/files/a.txt', await byToken())).text()).toBe('a.txt of ada');
      });
    });
  }

  describe(`routes behind it, on ${runtime}`, () => {
    for (const [name, run] of adapterCases) if (!SET_TWICE.test(name)) it(name, () => run(`${origin}/behind`));

    it.each([
      ['own-cookie', 'GET', `${COOKIE}=mine`],
      ['sign-out', 'POST', `${COOKIE}=`],
    ])('of a renewal and what the route %s sets, the route’s is what a browser keeps', async (path, method, cookie) => {
      const old = await cookieMade(OLD);
      const response = await ask(`/behind/${path}`, { cookie: old }, method);
      expect(response.headers.getSetCookie()).toHaveLength(2);
      expect(kept(response)).toBe(cookie);
      if (path === 'sign-out') expect((await ask('/behind/me', { cookie: old })).status).toBe(401);
    });
  });

  it('a renewed cookie is in the request already, in place of the old one and beside the others', async () => {
    const old = await cookieMade(OLD);
    const response = await ask('/behind/seen', { cookie: `a=1; ${old}; b=2==` });
    const { cookie } = await response.json();
    expect(kept(response)).not.toBe(old);
    expect(cookie).toBe(`a=1; b=2==; ${kept(response)}`);
  });

  it('a cookie that is cleared is not in the request any more', async () => {
    const response = await ask('/behind/seen', { cookie: `a=1; ${COOKIE}=forged; b=2` });
    expect(kept(response)).toBe(`${COOKIE}=`);
    expect((await response.json()).cookie).toBe('a=1; b=2');
  });

  it('identity headers of a client’s don’t arrive, however they are written; other headers do', async () => {
    const spoofed = { 'X-Countersign-Subject': 'eve', x_countersign_subject: 'eve', 'x-countersign_role': 'admin' };
    for (const credentials of [{}, await byToken(), { cookie: await cookieMade(OLD) }]) {
      const headers = await seen('/behind/seen', { ...credentials, ...spoofed, 'x-other': 'this' });
      expect(Object.keys(headers).filter((name) => /countersign/.test(name))).toEqual([]);
      expect(headers['x-other']).toBe('this');
    }
  });

  it('what is behind a rewrite is told who is asking, whatever the client says', async () => {
    for (const spoofed of [{}, { 'x-countersign-subject': 'eve' }]) {
      const headers = await seen('/fenced/anything', { ...(await byToken()), ...spoofed });
      expect(headers['x-countersign-subject']).toBe('ada');
    }
  });

  it('refuses: a program by a challenge, a person by the way to the form', async () => {
    const program = await ask('/fenced/seen');
    expect([program.status, program.headers.get('www-authenticate')]).toEqual([
      401,
      'Session realm="session", Bearer realm="api"',
    ]);
    const person = await ask('/fenced/seen', { accept: 'text/html' });
    expect([person.status, person.headers.get('location')]).toEqual([303, '/sign-in']);
    expect(person.headers.get('cache-control')).toContain('no-store');
  });

  it('headers that Next speaks to itself by do nothing', async () => {
    const response = await ask('/fenced/seen', INTERNAL);
    expect([response.status, await response.text()]).toEqual([401, '']);
    const headers = await seen('/behind/seen', INTERNAL);
    expect(headers['x-countersign-subject']).toBeUndefined();
    expect(headers.cookie).toBeUndefined();
    const own = await ask('/behind/seen', { cookie: await cookieMade(OLD), 'x-private': 'mine' });
    expect([...own.headers.keys()].filter((name) => name.startsWith('x-middleware-request'))).toEqual([]);
  });

  it.each([
    '/fenced/seen?x=1',
    '/fenced/seen/',
    '//fenced/seen',
    '/fenced//seen',
    '/%66enced/seen',
    '/fenced%2fseen',
    '/./fenced/seen',
    '/x/../fenced/seen',
    '/fenced/seen.rsc',
    '/fenced/seen?_rsc=1',
    '/_next/data/x/fenced/seen.json',
    '/fenced;a/seen',
    '/fenced/%73een',
    '/fenced\\seen',
  ])('%s is no way around it', async (path) => {
    for (const headers of [{}, { rsc: '1', 'next-router-prefetch': '1' }]) {
      expect((await ask(path, headers)).status).not.toBe(200);
    }
  });

  it('what the matcher leaves out is checked by the route itself', async () => {
    // The address behind a rewrite; a rewrite of next.config in capitals, which it takes and no matcher does.
    for (const start of ['', '/FENCED', '/Behind']) {
      expect((await ask(`${start}/seen`)).status, start).toBe(200);
      expect((await ask(`${start}/me`)).status, start).toBe(401);
      expect((await ask(`${start}/me`, await byToken())).status, start).toBe(200);
    }
  });

  it('no shared cache keeps what was made for somebody, whatever the route says', async () => {
    const cacheControl = async (headers: Asked) => (await ask('/behind/seen', headers)).headers.get('cache-control');
    expect(await cacheControl(await byToken())).toBe('private, no-store');
    expect(await cacheControl({ cookie: await cookieMade(0) })).toBe('private, no-store');
    expect(await cacheControl({})).toBe('max-age=60');
  });
});
