/** Who may act in a browser user's name (DESIGN §4): the cross product, against the rule written as a list of answers. */
import { describe, expect, it, vi } from 'vitest';
import {
  ABSENT,
  type AuthEvent,
  type Authenticator,
  accept,
  all,
  any,
  type CrossSiteOptions,
  decide,
  optional,
  protect,
  type RequestLike,
} from '../../src/index.ts';
import { basic } from '../../src/schemes/basic.ts';
import { allOf } from '../support/compose.ts';
import { contextOf } from '../support/context.ts';
import { requestOf } from '../support/request.ts';
import { scripted } from '../support/scripted.ts';
import { answering } from '../support/stub.ts';

const AMBIENT = answering(accept('session', 'ada', { subject: 'ada', ambient: true }), { scheme: 'session' });
const EXPLICIT = answering(accept('token', 'ada', { subject: 'ada' }), { scheme: 'token' });
const TRUSTED = 'https://admin.example';

async function statusOf(
  authenticator: Authenticator,
  request: RequestLike,
  options?: CrossSiteOptions,
): Promise<number> {
  const { response } = await decide(authenticator, options)(request, contextOf());
  return response?.status ?? 200;
}

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'CONNECT', 'QUERY', 'get', ''];
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const CONTENT_TYPES = [
  undefined,
  '',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain',
  'Text/Plain; charset=utf-8',
  'text/plain, application/json',
  'application/json',
];
const SITES = [
  undefined,
  'same-origin',
  'none',
  'same-site',
  'cross-site',
  '',
  'Same-Origin',
  'same-origin, cross-site',
  'x',
];
const ORIGINS = [
  undefined,
  'https://app.example',
  'http://app.example',
  TRUSTED,
  'null',
  'https://other.example',
  'https://app.example:8443',
  'https://sub.app.example',
  'https://app.example.evil.test',
  'https://evilapp.example',
  'https://admin.example.evil.test',
  '',
];

/** DESIGN §4 in its own order: the first line that applies decides. */
function allowed(
  { method, upgrade, site, origin }: Readonly<Record<'method' | 'upgrade' | 'site' | 'origin', string | undefined>>,
  strict: boolean,
): boolean {
  const answers: readonly (readonly [applies: boolean, allows: boolean])[] = [
    [SAFE.has(method as string) && upgrade === undefined, true],
    [origin === TRUSTED, true],
    [site !== undefined, site === 'same-origin' || site === 'none'],
    [origin !== undefined, origin === 'https://app.example' || origin === 'http://app.example'],
    [true, !strict],
  ];
  return answers.find(([applies]) => applies)?.[1] as boolean;
}

describe('every method, content type, fetch metadata, origin and upgrade', () => {
  it.each([false, true])('strict: %s', async (strict) => {
    let cases = 0;
    for (const method of METHODS) {
      for (const upgrade of [undefined, 'websocket']) {
        for (const site of SITES) {
          for (const origin of ORIGINS) {
            const type = CONTENT_TYPES[cases++ % CONTENT_TYPES.length];
            const given = { method, upgrade, site, origin };
            const headers = {
              host: 'app.example',
              ...(upgrade && { upgrade, connection: 'Upgrade' }),
              ...(site !== undefined && { 'sec-fetch-site': site }),
              ...(origin !== undefined && { origin }),
              ...(type !== undefined && { 'content-type': type }),
            };
            const request = requestOf(headers, { method });
            const options = { strict, trustedOrigins: ['https://third.example', TRUSTED] };
            const expected = allowed(given, strict) ? 200 : 403;
            expect(await statusOf(AMBIENT, request, options), JSON.stringify(headers) + method).toBe(expected);
            // What a browser doesn't send unasked needs nothing.
            expect(await statusOf(EXPLICIT, request, options)).toBe(200);
          }
        }
      }
    }
    expect(cases).toBe(METHODS.length * 2 * SITES.length * ORIGINS.length);
  });

  it.each(CONTENT_TYPES)('a cross-site POST of %s is refused', async (type) => {
    const headers = {
      host: 'app.example',
      origin: 'https://evil.test',
      ...(type !== undefined && { 'content-type': type }),
    };
    expect(await statusOf(AMBIENT, requestOf(headers, { method: 'POST' }))).toBe(403);
    expect(await statusOf(AMBIENT, requestOf({ ...headers, 'sec-fetch-site': 'cross-site' }, { method: 'POST' }))).toBe(
      403,
    );
  });
});

describe('Origin against Host', () => {
  it.each([
    ['https://app.example', 'app.example', 200],
    ['http://app.example', 'app.example', 200],
    ['https://app.example', 'App.Example', 200],
    ['https://app.example:8443', 'app.example:8443', 200],
    ['http://localhost:3000', 'localhost:3000', 200],
    ['http://127.0.0.1:3000', '127.0.0.1:3000', 200],
    ['http://[::1]:3000', '[::1]:3000', 200],
    ['https://xn--bcher-kva.example', 'xn--bcher-kva.example', 200],
    ['https://app.example', undefined, 403],
    ['https://app.example', '', 403],
    ['null', 'app.example', 403],
    ['null', undefined, 403],
    ['https://app.example', 'app.example:8443', 403],
    ['https://app.example:8443', 'app.example', 403],
    ['http://localhost:3000', 'localhost:3001', 403],
    ['https://app.example.evil.test', 'app.example', 403],
    ['https://evil.test', 'app.example', 403],
    ['https://app.example/', 'app.example', 403],
    ['https://app.example/x', 'app.example', 403],
    ['https://user@app.example', 'app.example', 403],
    ['https://app.example, https://evil.test', 'app.example', 403],
    ['https://app.example https://evil.test', 'app.example', 403],
    ['chrome-extension://abcdef', 'app.example', 403],
    ['file://', 'app.example', 403],
  ])('%s to %s: %i', async (origin, host, status) => {
    const headers = { origin, ...(host !== undefined && { host }) };
    expect(await statusOf(AMBIENT, requestOf(headers, { method: 'POST' }))).toBe(status);
  });

  it('is what counts, and not the URL or a forwarded header: a client may choose those', async () => {
    const headers = {
      host: 'app.example',
      origin: 'https://evil.test',
      'x-forwarded-host': 'evil.test',
      'x-original-host': 'evil.test',
      forwarded: 'host=evil.test',
    };
    expect(await statusOf(AMBIENT, requestOf(headers, { method: 'POST', url: 'https://evil.test/' }))).toBe(403);
  });

  // Only what follows the last `://` is compared. No browser sends two origins today, though RFC 6454 §7.3 has it list the
  // origins of a chain of redirects; what can't be read must be refused.
  it.each([
    'https://evil.test, https://app.example',
    'https://app.example, https://app.example',
    'https://evil.test https://app.example',
    'https://evil.test://app.example',
    'null, https://app.example',
    '://app.example',
    'app.example',
  ])('that is no origin is refused: %s', async (origin) => {
    const request = requestOf({ host: 'app.example', origin }, { method: 'POST' });
    expect(await statusOf(AMBIENT, request)).toBe(403);
  });

  // A sandboxed frame sends `null`; a host of that name would be every attacker's.
  it('of `null` is not that of a host called null', async () => {
    expect(await statusOf(AMBIENT, requestOf({ host: 'null', origin: 'null' }, { method: 'POST' }))).toBe(403);
  });

  it.each([
    ['cross-site', 'same-origin'],
    ['same-origin', 'cross-site'],
    ['same-origin', 'same-origin'],
  ])('Sec-Fetch-Site given twice (%s, %s) is refused', async (...sites) => {
    const headers = [['host', 'app.example'], ...sites.map((site) => ['sec-fetch-site', site] as const)] as const;
    expect(await statusOf(AMBIENT, requestOf(headers, { method: 'POST' }))).toBe(403);
  });
});

describe('trustedOrigins', () => {
  const post = (origin: string, site?: string) =>
    requestOf({ host: 'app.example', origin, ...(site && { 'sec-fetch-site': site }) }, { method: 'POST' });
  const trustedOrigins = ['https://admin.example', 'http://localhost:5173', 'https://xn--bcher-kva.example'];

  it.each(trustedOrigins)('%s passes, whatever the fetch metadata', async (origin) => {
    expect(await statusOf(AMBIENT, post(origin), { trustedOrigins })).toBe(200);
    expect(await statusOf(AMBIENT, post(origin, 'cross-site'), { trustedOrigins })).toBe(200);
  });

  it.each([
    'http://admin.example',
    'https://admin.example:8443',
    'https://admin.example/',
    'https://ADMIN.example',
    'https://xadmin.example',
    'https://admin.example.evil.test',
    'https://sub.admin.example',
    'http://localhost:5174',
    'null',
    'undefined',
  ])('%s does not', async (origin) => {
    expect(await statusOf(AMBIENT, post(origin), { trustedOrigins })).toBe(403);
  });

  it("do not make the application's own host a stranger", async () => {
    expect(await statusOf(AMBIENT, post('https://app.example'), { trustedOrigins })).toBe(200);
  });

  it.each([
    'admin.example',
    'https://admin.example/',
    'https://admin.example/path',
    'https://admin.example//',
    '*',
    'null',
    '',
    'https:admin.example',
    'https:/admin.example',
  ])('%j is refused at construction, by name', (origin) => {
    expect(() => decide(AMBIENT, { trustedOrigins: [origin] })).toThrow(TypeError);
    expect(() => protect(AMBIENT, () => new Response(), { trustedOrigins: [TRUSTED, origin] })).toThrow(
      /trustedOrigins/,
    );
  });

  it('must be a list', () => {
    expect(() => decide(AMBIENT, { trustedOrigins: TRUSTED as unknown as string[] })).toThrow(/trustedOrigins/);
  });

  // Never an `Origin` that a browser sends, so each is an option that is silently without effect.
  it.each([
    '//admin.example',
    'https://',
    'https:/admin.example/',
    '/admin.example/x',
    'https://*.admin.example',
    'https://ADMIN.example',
    'HTTPS://admin.example',
    'https://user@admin.example',
    'https://admin.example?x',
    'https://admin.example#x',
    ' https://admin.example',
    'https://admin.example ',
    'https://bücher.example',
  ])('%j is refused at construction, by name', (origin) => {
    expect(() => decide(AMBIENT, { trustedOrigins: [origin] })).toThrow(/trustedOrigins/);
  });
});

describe('which credentials', () => {
  const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
  const authorization = `Basic ${btoa('ada:correct horse')}`;
  const form = { host: 'app.example', 'content-type': 'application/x-www-form-urlencoded' };
  const post = (headers: Record<string, string>, method = 'POST') => requestOf({ ...form, ...headers }, { method });

  it("Basic: curl -u with a POST passes, another site's form does not", async () => {
    expect(await statusOf(staff, post({ authorization, 'user-agent': 'curl/8.14.1', accept: '*/*' }))).toBe(200);
    expect(await statusOf(staff, post({ authorization, 'sec-fetch-site': 'cross-site' }))).toBe(403);
    expect(await statusOf(staff, post({ authorization, origin: 'https://evil.test' }))).toBe(403);
    expect(await statusOf(staff, post({ authorization, origin: 'null' }))).toBe(403);
    expect(await statusOf(staff, post({ authorization, 'sec-fetch-site': 'same-origin' }))).toBe(200);
    expect(await statusOf(staff, post({ authorization }), { strict: true })).toBe(403);
  });

  it('bad ones are a 401 from anywhere: nothing is told to another site that it could use', async () => {
    const headers = { authorization: `Basic ${btoa('ada:wrong')}`, 'sec-fetch-site': 'cross-site' };
    expect(await statusOf(staff, post(headers))).toBe(401);
  });

  const application = any(scripted('token'), scripted('key'), scripted('session'));
  it.each([
    [{ authorization: 'Token good' }, 200],
    [{ 'x-key': 'good' }, 200],
    [{ cookie: 'session=good' }, 403],
    [{ authorization: 'Token good', cookie: 'session=good' }, 200],
    [{ authorization: 'Other good', cookie: 'session=good' }, 403],
    [{ cookie: 'session=bad' }, 401],
    [{}, 401],
  ])('cross-site POST with %j: %i', async (headers: Record<string, string>, status) => {
    expect(await statusOf(application, post({ ...headers, 'sec-fetch-site': 'cross-site' }))).toBe(status);
    expect(await statusOf(application, post({ ...headers, origin: 'https://evil.test' }))).toBe(status);
  });

  it('all is ambient only if every part is', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', cookie: 'session=good; device=good', 'x-key': 'good' };
    expect(await statusOf(allOf(scripted('session'), scripted('device')), post(headers))).toBe(403);
    expect(await statusOf(allOf(scripted('session'), scripted('key')), post(headers))).toBe(200);
    expect(await statusOf(allOf(scripted('key'), scripted('session')), post(headers))).toBe(200);
    // A part that let somebody in as nobody proves nothing about who made the browser send the rest.
    const partly = allOf(optional(scripted('token')), scripted('session'));
    expect(await statusOf(partly, post(headers))).toBe(403);
  });

  it('nobody needs no protection', async () => {
    expect(await statusOf(optional(application), post({ 'sec-fetch-site': 'cross-site' }))).toBe(200);
    expect(await statusOf(optional(application), post({ 'sec-fetch-site': 'cross-site', cookie: 'session=bad' }))).toBe(
      200,
    );
  });

  // `every` of an empty list is true: nobody at all is taken for a browser's user.
  it('a session is protected beside parts that let anybody in, however nested', async () => {
    const session = answering(accept('session', 'ada', { ambient: true }));
    const nobody = (scheme: string) => optional(answering(ABSENT, { scheme }));
    for (const whole of [all(nobody('a'), session), all(all(nobody('a'), nobody('b')), session)]) {
      const handler = vi.fn(() => new Response());
      const request = requestOf({ 'sec-fetch-site': 'cross-site' }, { method: 'POST' }) as Request;
      expect((await protect(whole, handler)(request)).status).toBe(403);
      expect(handler).not.toHaveBeenCalled();
    }
  });

  it('nobody needs no protection, in an all of optional parts either', async () => {
    const nobody = allOf(optional(scripted('token')), optional(scripted('session')));
    expect(await statusOf(nobody, post({ 'sec-fetch-site': 'cross-site' }))).toBe(200);
  });

  it('a WebSocket is refused to another site, though its method is safe', async () => {
    const upgrade = { host: 'app.example', upgrade: 'WebSocket', connection: 'Upgrade', cookie: 'session=good' };
    expect(await statusOf(application, requestOf({ ...upgrade, origin: 'https://evil.test' }))).toBe(403);
    expect(await statusOf(application, requestOf({ ...upgrade, origin: 'https://app.example' }))).toBe(200);
    expect(await statusOf(application, requestOf(upgrade))).toBe(200);
    expect(await statusOf(application, requestOf(upgrade), { strict: true })).toBe(403);
  });
});

describe('the refusal', () => {
  it('is a 403 without a challenge, without effects, and no handler runs', async () => {
    const events: AuthEvent[] = [];
    const effects = [{ header: 'set-cookie', key: 'sid', value: 'sid=renewed' }];
    const authenticator = answering(accept('session', 'ada', { subject: 'ada', ambient: true, effects }), {
      scheme: 'session',
    });
    const handler = protect(authenticator, () => expect.unreachable(), { onEvent: (event) => events.push(event) });
    const request = requestOf({ 'sec-fetch-site': 'cross-site' }, { method: 'POST' }) as Request;
    const response = await handler(request);
    expect(response.status).toBe(403);
    expect(Object.fromEntries(response.headers)).toEqual({ 'cache-control': 'no-store', vary: 'cookie' });
    expect(response.body).toBeNull();
    expect(events).toEqual([
      {
        type: 'cross_site',
        at: expect.any(Number),
        scheme: 'session',
        subject: 'ada',
        status: 403,
        reason: 'cross_site',
      },
    ]);
  });

  it('may be written by the application', async () => {
    const refuse = ({ kind, challenges }: { kind: string; challenges: readonly string[] }) =>
      new Response(`${kind} ${challenges.length}`, { status: 403 });
    const request = requestOf({ 'sec-fetch-site': 'cross-site' }, { method: 'POST' });
    const { response } = await decide(AMBIENT, { refuse })(request, contextOf());
    expect(await response?.text()).toBe('cross_site 0');
    expect(response?.headers.has('www-authenticate')).toBe(false);
  });
});
