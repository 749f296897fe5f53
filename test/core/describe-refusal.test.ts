/** Bodies of refusals, for those who ask for one; and the password dialog, for those who navigate. */
import { describe, expect, it, vi } from 'vitest';
import { describeRefusal, errorOf, promptOnNavigation } from '../../src/core/describe-refusal.ts';
import { protectProxy } from '../../src/core/protect-proxy.ts';
import { parseChallenges } from '../../src/http/parse-challenges.ts';
import {
  ABSENT,
  type Authenticator,
  accept,
  any,
  decide,
  insufficient,
  type Outcome,
  type RefusalResponder,
  reject,
} from '../../src/index.ts';
import { basic } from '../../src/schemes/basic.ts';
import { contextOf } from '../support/context.ts';
import { requestOf } from '../support/request.ts';
import { scripted } from '../support/scripted.ts';
import { answering } from '../support/stub.ts';

const PROBLEM = 'application/problem+json';
const HTML = 'text/html; charset=utf-8';
const CHROME = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
const AXIOS = 'application/json, text/plain, */*';
const STAFF = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'correct horse' }] });
const BASIC = 'Basic realm="Staff", charset="UTF-8"';

async function refused(
  authenticator: Authenticator,
  headers: Record<string, string> = {},
  { refuse = describeRefusal, method = 'GET' }: { refuse?: RefusalResponder; method?: string } = {},
): Promise<Response> {
  const { response } = await decide(authenticator, { refuse })(requestOf(headers, { method }), contextOf());
  if (!response) throw new Error('not refused');
  return response;
}

/** As `refused`, from a gateway. */
function refusedByGateway(headers: Record<string, string>, refuse = describeRefusal): Promise<Response> {
  return protectProxy(STAFF, () => expect.unreachable(), { refuse })(requestOf(headers) as Request);
}

describe('by Accept', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['*/*', undefined],
    ['text/*', undefined],
    ['application/*', undefined],
    ['image/png', undefined],
    ['text/plain', undefined],
    ['application/jsonp', undefined],
    ['application/xml', undefined],
    ['nonsense', undefined],
    [',,;;', undefined],
    ['application/json', PROBLEM],
    ['APPLICATION/JSON', PROBLEM],
    ['application/problem+json', PROBLEM],
    ['application/json;q=0.1', PROBLEM],
    ['*/*, application/json', PROBLEM],
    [AXIOS, PROBLEM],
    ['application/json, text/html;q=0.9', PROBLEM],
    ['application/json;q=0', undefined],
    ['text/html', HTML],
    [CHROME, HTML],
    ['text/html;q=0.9, application/json;q=0.8', HTML],
    ['text/html;q=0', undefined],
    ['text/html;q=0, application/json', PROBLEM],
  ])('%s: %s', async (accept, type) => {
    const response = await refused(answering(ABSENT), accept === undefined ? {} : { accept });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe(type ?? null);
    const body = await response.text();
    if (type === PROBLEM) expect(JSON.parse(body)).toMatchObject({ status: 401, title: 'Unauthorized' });
    else if (type === HTML) expect(body).toMatch(/^<!doctype html>/);
    else expect(body).toBe('');
  });

  it.each([
    ['navigate', HTML],
    ['cors', null],
    ['no-cors', null],
    ['same-origin', null],
    ['websocket', null],
    ['', null],
    ['x', null],
  ])('a page is for a navigation: Sec-Fetch-Mode %j', async (mode, type) => {
    const response = await refused(answering(ABSENT), { accept: CHROME, 'sec-fetch-mode': mode });
    expect(response.headers.get('content-type')).toBe(type);
  });

  it.each(['cors', 'navigate'])('problem details are for whoever names them: Sec-Fetch-Mode %s', async (mode) => {
    const response = await refused(answering(ABSENT), { accept: AXIOS, 'sec-fetch-mode': mode });
    expect(response.headers.get('content-type')).toBe(PROBLEM);
  });

  // A page is not what such a call gets, so HTML does not outrank what it can get.
  it.each(['text/html, application/json', 'application/json, text/html', `${CHROME}, application/json;q=0.5`])(
    'a call of fetch that names JSON and HTML gets JSON: %s',
    async (accept) => {
      const response = await refused(answering(ABSENT), { accept, 'sec-fetch-mode': 'cors' });
      expect(response.headers.get('content-type')).toBe(PROBLEM);
    },
  );

  it.each(['application/json', CHROME, '*/*'])('HEAD has the status and headers of GET: %s', async (accept) => {
    const get = await refused(STAFF, { accept });
    const head = await refused(STAFF, { accept }, { method: 'HEAD' });
    expect(head.status).toBe(get.status);
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(get.headers));
  });

  it('a header of 64 kB is an answer like any other', async () => {
    const response = await refused(answering(ABSENT), { accept: 'a/b;c="d,e",'.repeat(5500) });
    expect(response.status).toBe(401);
  });
});

describe('what is told', () => {
  const rows: readonly [string, Outcome | Error, Record<string, unknown>][] = [
    ['absent', ABSENT, { status: 401, title: 'Unauthorized' }],
    ['invalid', reject('stub', 'invalid'), { status: 401, error: 'invalid_credentials' }],
    ['expired', reject('stub', 'expired'), { status: 401, error: 'invalid_credentials' }],
    ['revoked', reject('stub', 'revoked'), { status: 401, error: 'invalid_credentials' }],
    ['replayed', reject('stub', 'replayed'), { status: 401, error: 'invalid_credentials' }],
    [
      'twice',
      reject('stub', 'malformed', { status: 400 }),
      { status: 400, title: 'Bad Request', error: 'invalid_request' },
    ],
    [
      'scopes',
      insufficient({ scopes: ['read', 'write'] }, 'stub'),
      { status: 403, title: 'Forbidden', error: 'insufficient_scope', scope: 'read write' },
    ],
    [
      'step-up',
      insufficient({ acr: ['gold', 'phr'], maxAge: 60 }, 'stub'),
      { status: 401, error: 'insufficient_user_authentication', acr_values: 'gold phr', max_age: 60 },
    ],
    [
      'outage',
      new Error('connect to db.internal:5432 with password hunter2'),
      { status: 503, title: 'Service Unavailable', error: 'temporarily_unavailable' },
    ],
  ];

  it.each(rows)('%s', async (_title, outcome, expected) => {
    const authenticator = answering(() => {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    });
    const json = await refused(authenticator, { accept: 'application/json' });
    expect(json.status).toBe(expected.status);
    const { title, detail, ...members } = (await json.json()) as Record<string, unknown>;
    expect({ title, ...members }).toEqual({ title: expect.any(String), ...expected });
    expect(detail).toMatch(/^[A-Z][\w ,.]+\.$/);

    const html = await refused(authenticator, { accept: CHROME });
    expect(html.status).toBe(expected.status);
    const page = await html.text();
    expect(page).toContain(`<h1>${title}</h1>`);
    expect(page).toContain(`<p>${detail}</p>`);
    expect(page).not.toMatch(/hunter2|internal|expired|revoked|replayed/);
  });

  it('another site: 403, and no challenge', async () => {
    const authenticator = answering(accept('stub', 'p', { ambient: true }));
    const headers = { accept: 'application/json', 'sec-fetch-site': 'cross-site' };
    const response = await refused(authenticator, headers, { method: 'POST' });
    expect(await response.json()).toMatchObject({ status: 403, error: 'cross_site_request' });
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it('a gateway: 407 with Proxy-Authenticate', async () => {
    const response = await refusedByGateway({ accept: 'application/json' });
    expect(await response.json()).toMatchObject({ status: 407, title: 'Proxy Authentication Required' });
    expect(response.headers.get('proxy-authenticate')).toBe(BASIC);
  });

  it('no finer reason than the coarse code, in any form', async () => {
    const bodies = new Set<string>();
    for (const reason of [
      'malformed',
      'invalid',
      'expired',
      'not_yet_valid',
      'revoked',
      'replayed',
      'cleartext',
    ] as const) {
      for (const accept of ['application/json', CHROME]) {
        const response = await refused(answering(reject('stub', reason)), { accept });
        bodies.add(`${accept} ${await response.text()}`);
      }
    }
    expect(bodies.size).toBe(2);
  });

  it('errorOf says nothing where nothing was presented', () => {
    const refusal = { challenges: [], status: 401 } as const;
    expect(errorOf({ ...refusal, kind: 'absent' })).toBeUndefined();
    expect(errorOf({ ...refusal, kind: 'rejected', reason: 'invalid' })).toBe('invalid_credentials');
  });
});

describe('nothing of the request comes back', () => {
  const MARK = 'm4rk<script>alert(1)</script>"\'&';
  const headers = {
    authorization: `Basic ${MARK}`,
    cookie: `session=${MARK}`,
    origin: `https://${MARK}`,
    referer: MARK,
    host: MARK,
    'user-agent': MARK,
    'x-key': MARK,
    'accept-language': MARK,
  };

  it.each(['application/json', CHROME, `text/html;x="${MARK}", text/html`, `application/json, x/${MARK}`])(
    'Accept: %s',
    async (accept) => {
      for (const method of ['GET', 'POST', MARK]) {
        const { response } = await decide(any(STAFF, scripted('session')), { refuse: describeRefusal })(
          requestOf({ ...headers, accept }, { method, url: `https://app.example/${encodeURI(MARK)}?q=${MARK}` }),
          contextOf(),
        );
        // The stub's own cookie says what it was given; a body and any other header must not.
        const told = [...(response?.headers ?? [])].filter(([name]) => name !== 'set-cookie');
        expect(`${await response?.text()}${JSON.stringify(told)}`).not.toContain('m4rk');
      }
    },
  );

  it('and the page runs nothing, loads nothing, and stands in no frame', async () => {
    const response = await refused(answering(ABSENT), { accept: CHROME });
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.text()).not.toMatch(/<script|<link|<img|http:|https:|src=|href=/);
  });
});

describe('the refusal stays what it was', () => {
  it.each(['application/json', CHROME, undefined])(
    'challenge, Vary and cookies to clear: Accept %s',
    async (accept) => {
      const effects = [{ header: 'set-cookie', key: 'sid', value: 'sid=; Max-Age=0' }];
      const response = await refused(answering(reject('stub', 'expired', { effects })), accept ? { accept } : {});
      expect(response.headers.get('www-authenticate')).toBe('stub realm="r", error="expired"');
      expect(response.headers.get('vary')).toBe('cookie');
      expect(response.headers.getSetCookie()).toEqual(['sid=; Max-Age=0']);
    },
  );
});

describe('promptOnNavigation', () => {
  const refuse = promptOnNavigation(describeRefusal);
  const schemes = (response: Response, header = 'www-authenticate'): readonly string[] =>
    parseChallenges(response.headers.get(header) ?? '')?.map(({ scheme }) => scheme) ?? [];

  it.each([
    ['navigate', ['Basic']],
    ['cors', ['xBasic']],
    ['no-cors', ['xBasic']],
    ['same-origin', ['xBasic']],
    ['websocket', ['xBasic']],
    [undefined, ['Basic']],
  ])('Sec-Fetch-Mode %s: %j', async (mode, expected) => {
    for (const respond of [promptOnNavigation(), refuse]) {
      const response = await refused(STAFF, mode ? { 'sec-fetch-mode': mode } : {}, { refuse: respond });
      expect(response.status).toBe(401);
      expect(schemes(response)).toEqual(expected);
    }
  });

  it.each([
    ['Basic', 'xBasic'],
    ['basic', 'xbasic'],
    ['BASIC', 'xBASIC'],
    ['Digest', 'xDigest'],
    ['Negotiate', 'xNegotiate'],
    ['NTLM', 'xNTLM'],
    ['Bearer', 'Bearer'],
    ['DPoP', 'DPoP'],
    ['Basically', 'Basically'],
  ])('%s is asked for as %s, with its parameters', async (scheme, expected) => {
    const authenticator = { ...answering(ABSENT), challenge: () => [`${scheme} realm="Basic, x"`, 'Other y="1"'] };
    const response = await refused(authenticator, { 'sec-fetch-mode': 'cors' }, { refuse });
    expect(response.headers.get('www-authenticate')).toBe(`${expected} realm="Basic, x", Other y="1"`);
  });

  it('keeps the body and headers of what it stands around', async () => {
    const response = await refused(STAFF, { accept: AXIOS, 'sec-fetch-mode': 'cors' }, { refuse });
    expect(response.headers.get('content-type')).toBe(PROBLEM);
    expect(await response.json()).toMatchObject({ status: 401 });
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('vary')).toBe('authorization');
  });

  it('waits for what it stands around', async () => {
    const later = promptOnNavigation(async () => new Response('mine', { status: 418 }));
    const response = await refused(STAFF, { 'sec-fetch-mode': 'cors' }, { refuse: later });
    expect(response.status).toBe(418);
    expect(await response.text()).toBe('mine');
    expect(schemes(response)).toEqual(['xBasic']);
  });

  it('of a gateway is Proxy-Authenticate', async () => {
    const response = await refusedByGateway({ 'sec-fetch-mode': 'cors' }, refuse);
    expect(response.status).toBe(407);
    expect(schemes(response, 'proxy-authenticate')).toEqual(['xBasic']);
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it('of a gateway is Proxy-Authenticate whatever the status', async () => {
    const twice = { 'proxy-authorization': 'Basic YTpi, Basic YTpi', 'sec-fetch-mode': 'cors' };
    const response = await refusedByGateway(twice, refuse);
    expect(response.status).toBe(400);
    expect(schemes(response, 'proxy-authenticate')).toEqual(['xBasic']);
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it('of an outage asks for nothing', async () => {
    const broken = answering(() => Promise.reject(new Error('down')));
    const response = await refused(broken, { 'sec-fetch-mode': 'cors' }, { refuse });
    expect(response.status).toBe(503);
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it("never changes a constant of the application's", async () => {
    const constant = new Response(null, { status: 401 });
    await refused(STAFF, { 'sec-fetch-mode': 'cors' }, { refuse: promptOnNavigation(() => constant) });
    expect([...constant.headers]).toEqual([]);
  });

  it('adds no challenge to a redirect', async () => {
    const redirecting = promptOnNavigation(() => Response.redirect('https://app.example/sign-in'));
    const response = await refused(STAFF, { 'sec-fetch-mode': 'cors' }, { refuse: redirecting });
    expect(response.headers.has('www-authenticate')).toBe(false);
  });

  it('keeps a challenge that the application wrote', async () => {
    const own = promptOnNavigation(() => new Response(null, { status: 401, headers: { 'www-authenticate': 'Mine' } }));
    const response = await refused(STAFF, { 'sec-fetch-mode': 'cors' }, { refuse: own });
    expect(response.headers.get('www-authenticate')).toBe('Mine');
  });

  it('opens no dialog where what it stands around returns Response.error()', async () => {
    const respond = promptOnNavigation(() => Response.error());
    const response = await refused(STAFF, { 'sec-fetch-mode': 'cors' }, { refuse: respond });
    expect(response.status).toBe(401);
    expect(schemes(response)).toEqual(['xBasic']);
  });

  it.each<[string, RefusalResponder]>([
    [
      'throws',
      () => {
        throw new Error('template');
      },
    ],
    ['rejects', () => Promise.reject(new Error('template'))],
  ])('gives way to the plain refusal where what it stands around %s, and onError hears', async (_title, respond) => {
    const onError = vi.fn();
    const options = { refuse: promptOnNavigation(respond), onError };
    const { response } = await decide(STAFF, options)(requestOf({ 'sec-fetch-mode': 'cors' }), contextOf());
    expect(response?.status).toBe(401);
    expect(response?.headers.get('www-authenticate')).toBe(BASIC);
    expect(onError.mock.calls).toEqual([[new Error('template'), expect.anything()]]);
  });
});
