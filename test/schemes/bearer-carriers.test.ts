import { describe, expect, it, vi } from 'vitest';
import type { RequestLike } from '../../src/index.ts';
import {
  bearer,
  cookieToken,
  formTokenReadTwice,
  queryTokenThatLeaksIntoLogs,
  type TokenCarrier,
  tokenCarrier,
} from '../../src/schemes/bearer.ts';
import { call } from '../support/bearer.ts';
import { AUDIENCE, claiming, formatOf, rawJws } from '../support/raw-jws.ts';
import { requestOf } from '../support/request.ts';
import { START } from '../support/sessions.ts';

const GOOD = rawJws();
const EXPIRED = claiming({ exp: START - 60 });
const NAME = '__Host-token';
const FORM = 'application/x-www-form-urlencoded';
const create = (...alsoFrom: readonly TokenCarrier[]) => bearer({ tokens: formatOf(), alsoFrom });
const everywhere = create(cookieToken(NAME), queryTokenThatLeaksIntoLogs(), formTokenReadTwice());

interface Places {
  readonly header?: string;
  readonly query?: string;
  readonly form?: string;
  readonly cookie?: string;
}

function requestWith({ header, query, form, cookie }: Places): Request {
  return new Request(AUDIENCE + (query === undefined ? '' : `?a=b&access_token=${query}`), {
    method: form === undefined ? 'GET' : 'POST',
    headers: {
      ...(header !== undefined && { authorization: `Bearer ${header}` }),
      ...(cookie !== undefined && { cookie: `${NAME}=${cookie}` }),
      ...(form !== undefined && { 'content-type': FORM }),
    },
    ...(form !== undefined && { body: `access_token=${form}` }),
  });
}

describe('one method, one token (RFC 6750 §2)', () => {
  it.each<[Places, number, string]>([
    [{}, 401, 'absent'],
    [{ header: GOOD }, 200, 'accepted'],
    [{ query: GOOD }, 200, 'accepted'],
    [{ form: GOOD }, 200, 'accepted'],
    [{ cookie: GOOD }, 200, 'accepted'],
    [{ query: 'x' }, 401, 'invalid'],
    [{ query: '' }, 401, 'malformed'],
    [{ form: EXPIRED }, 401, 'expired'],
    [{ cookie: EXPIRED }, 401, 'expired'],
    [{ cookie: '' }, 401, 'malformed'],
    [{ header: GOOD, query: GOOD }, 400, 'malformed'],
    [{ header: GOOD, query: '' }, 400, 'malformed'],
    [{ header: 'x', query: GOOD }, 400, 'malformed'],
    [{ header: GOOD, form: GOOD }, 400, 'malformed'],
    [{ header: '', form: GOOD }, 400, 'malformed'],
    [{ query: GOOD, form: GOOD }, 400, 'malformed'],
    [{ header: GOOD, query: GOOD, form: GOOD }, 400, 'malformed'],
    [{ query: `${GOOD}&access_token=${GOOD}` }, 400, 'malformed'],
    [{ query: `${GOOD}&access_token=` }, 400, 'malformed'],
    // By an escape, where another reader would take the second.
    [{ query: `${GOOD}&access%5Ftoken=x` }, 400, 'malformed'],
    [{ form: `${GOOD}&access_token=x` }, 400, 'malformed'],
    [{ form: `${GOOD}&access%5Ftoken=x` }, 400, 'malformed'],
    // What was sent on purpose has the last word.
    [{ header: GOOD, cookie: 'x' }, 200, 'accepted'],
    [{ header: 'x', cookie: GOOD }, 401, 'invalid'],
    [{ header: EXPIRED, cookie: GOOD }, 401, 'expired'],
    [{ query: 'x', cookie: GOOD }, 401, 'invalid'],
    [{ form: 'x', cookie: GOOD }, 401, 'invalid'],
    [{ header: GOOD, query: GOOD, cookie: GOOD }, 400, 'malformed'],
  ])('%j: %i %s', async (places, status, reason) => {
    const called = await call(everywhere, requestWith(places));
    expect([called.status, called.reason]).toEqual([status, reason]);
    const error = status === 400 ? 'invalid_request' : 'invalid_token';
    if (reason === 'absent') expect(called.challenge).toBe('Bearer realm="api"');
    else if (status !== 200) expect(called.challenge).toBe(`Bearer realm="api", error="${error}"`);
  });

  it('a place that is not asked for is not looked at', async () => {
    const places = { query: GOOD, form: GOOD, cookie: GOOD } as const;
    const carriers = {
      query: queryTokenThatLeaksIntoLogs(),
      form: formTokenReadTwice(),
      cookie: cookieToken(NAME),
    } as const;
    for (const [asked, carrier] of Object.entries(carriers)) {
      for (const [place, token] of Object.entries(places)) {
        const { status } = await call(create(carrier), requestWith({ [place]: token }));
        expect([asked, place, status]).toEqual([asked, place, asked === place ? 200 : 401]);
        // Nor does it make two of one.
        const beside = await call(create(), requestWith({ header: GOOD, [place]: token }));
        expect(beside.status).toBe(200);
      }
    }
  });

  it('a place of the application’s own counts as one', async () => {
    const own = tokenCarrier({ header: 'x-token' }, async ({ headers }) =>
      [headers.get('x-token')].filter((value) => value !== null),
    );
    const send = async (headers: Record<string, string>) => (await call(create(own), requestOf(headers))).status;
    expect(await send({ 'x-token': GOOD })).toBe(200);
    expect(await send({ 'x-token': 'x' })).toBe(401);
    expect(await send({ 'x-token': GOOD, authorization: `Bearer ${GOOD}` })).toBe(400);
    expect(await send({})).toBe(401);
  });
});

describe('the URL', () => {
  it.each([
    [`?access_token=${GOOD}`, 'accepted'],
    [`?a=b&access_token=${GOOD}&c=d`, 'accepted'],
    [`?access_token=${GOOD.replaceAll('.', '%2E')}`, 'accepted'],
    [`?access_token=${GOOD}%20`, 'malformed'],
    [`?access_token=+${GOOD}`, 'malformed'],
    [`?Access_token=${GOOD}`, 'absent'],
    [`?xaccess_token=${GOOD}`, 'absent'],
    [`?x=access_token=${GOOD}`, 'absent'],
    [`#?access_token=${GOOD}`, 'absent'],
    [`/access_token=${GOOD}`, 'absent'],
  ])('%s: %s', async (rest, reason) => {
    const request = requestOf({}, { url: AUDIENCE + rest });
    expect(await call(create(queryTokenThatLeaksIntoLogs()), request)).toMatchObject({ reason });
  });

  it('is not ambient, whichever site the link is on', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
    const request = requestOf(headers, { method: 'POST', url: `${AUDIENCE}?access_token=${GOOD}` });
    expect(await call(create(queryTokenThatLeaksIntoLogs()), request)).toMatchObject({ accepted: { ambient: false } });
  });
});

describe('a posted form', () => {
  const api = create(formTokenReadTwice());
  const post = (body: BodyInit, type: string | undefined = FORM, method = 'POST') =>
    new Request(AUDIENCE, { method, body, headers: { 'content-type': type }, duplex: 'half' } as RequestInit);

  /** A body in pieces, and how many bytes of it were asked for. */
  function pieces(parts: Iterable<string | Uint8Array>) {
    const iterator = parts[Symbol.iterator]();
    const told = { bytes: 0, cancelled: false };
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        const { done, value } = iterator.next();
        if (done) return controller.close();
        const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
        told.bytes += bytes.length;
        controller.enqueue(bytes);
      },
      cancel() {
        told.cancelled = true;
      },
    });
    return { stream, told };
  }

  it.each([[FORM], [`${FORM};charset=UTF-8`], [`${FORM} ; charset=utf-8`], [FORM.toUpperCase()]])(
    'of the type %s',
    async (type) => {
      expect(await call(api, post(`a=b&access_token=${GOOD}`, type))).toMatchObject({ reason: 'accepted' });
    },
  );

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('by %s', async (method) => {
    expect(await call(api, post(`access_token=${GOOD}`, FORM, method))).toMatchObject({ reason: 'accepted' });
  });

  it.each([
    [
      'multipart/form-data; boundary=x',
      `--x\r\ncontent-disposition: form-data; name="access_token"\r\n\r\n${GOOD}\r\n--x--`,
    ],
    ['application/json', `{"access_token":"${GOOD}"}`],
    ['text/plain', `access_token=${GOOD}`],
    [`${FORM}x`, `access_token=${GOOD}`],
    [`text/plain, ${FORM}`, `access_token=${GOOD}`],
  ])('is not of the type %s, which is left alone', async (type, body) => {
    const request = post(body, type);
    const clone = vi.spyOn(request, 'clone');
    expect(await call(api, request)).toMatchObject({ status: 401, reason: 'absent' });
    expect([clone.mock.calls.length, request.bodyUsed]).toEqual([0, false]);
  });

  it.each(['GET', 'HEAD'])('is not that of a %s, where it is meaningless (RFC 6750 §2.2)', async (method) => {
    // Some servers let one through. Nothing of it may be read: this one has no `clone`.
    const request = requestOf({ 'content-type': FORM }, { method });
    expect(await call(api, request)).toMatchObject({ status: 401, reason: 'absent' });
  });

  it('arrives in pieces, of any size', async () => {
    const text = `a=\u20ac&access_token=${GOOD}&b=c`;
    for (const size of [1, 2, 3, 7, 64, 1000]) {
      const bytes = Buffer.from(text);
      const parts = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.subarray(n * size, (n + 1) * size),
      );
      const called = await call(api, post(pieces(parts).stream), (request) => (request as Request).text());
      expect([called.reason, called.body], `${size}`).toEqual(['accepted', text]);
    }
  });

  it('is the handler’s to read again', async () => {
    const body = `access_token=${GOOD}&message=hello+there`;
    const handler = async (request: RequestLike) => `${(await (request as Request).formData()).get('message')}`;
    expect(await call(api, post(body), handler)).toMatchObject({ status: 200, body: 'hello there' });
  });

  it('without a token is nobody’s, and the handler’s all the same', async () => {
    const cookies = create(formTokenReadTwice(), cookieToken(NAME));
    const request = new Request(AUDIENCE, {
      method: 'POST',
      body: 'message=hello',
      headers: { cookie: `${NAME}=${GOOD}`, 'content-type': FORM },
    });
    expect(await call(cookies, request, (given) => (given as Request).text())).toMatchObject({ body: 'message=hello' });
    expect(await call(api, post('message=hello'))).toMatchObject({ status: 401, reason: 'absent' });
    expect(await call(api, post(''))).toMatchObject({ status: 401, reason: 'absent' });
  });

  it('that somebody has read is none', async () => {
    const request = post(`access_token=${GOOD}`);
    await request.text();
    expect(await call(api, request)).toMatchObject({ status: 401, reason: 'absent' });
  });

  it('of up to 64 kB is read', async () => {
    const body = `${'a=b&'.repeat(15_000)}access_token=${GOOD}`;
    expect(
      await call(api, post(body), async (request) => `${(await (request as Request).text()).length}`),
    ).toMatchObject({
      reason: 'accepted',
      body: `${body.length}`,
    });
  });

  it.each([
    ['ASCII', 'a=b&'.repeat(256)],
    ['more bytes than characters', '\u20ac'.repeat(341)],
  ])('without an end is let go of: %s', async (_, part) => {
    function* endless() {
      yield `access_token=${GOOD}&`;
      for (;;) yield part;
    }
    const { stream, told } = pieces(endless());
    expect(await call(api, post(stream))).toMatchObject({ status: 401, reason: 'absent' });
    expect(told.bytes).toBeGreaterThan(60_000);
    expect(told.bytes).toBeLessThan(70_000);
  });

  it('that breaks off is an outage, and no answer about a token', async () => {
    const stream = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) });
    expect(await call(api, post(stream))).toMatchObject({ status: 503, challenge: null });
  });

  it('is not ambient: a page elsewhere has no token to put into it', async () => {
    const request = new Request(AUDIENCE, {
      method: 'POST',
      body: `access_token=${GOOD}`,
      headers: { 'content-type': FORM, 'sec-fetch-site': 'cross-site' },
    });
    expect(await call(api, request)).toMatchObject({ status: 200, accepted: { ambient: false } });
  });
});

describe('a cookie', () => {
  const api = create(cookieToken(NAME));
  const send = (cookie: string, headers: Record<string, string> = {}, method = 'GET') =>
    call(api, requestOf({ cookie, ...headers }, { method }));

  it('is ambient', async () => {
    expect(await send(`theme=dark; ${NAME}=${GOOD}`)).toMatchObject({
      status: 200,
      accepted: { scheme: 'bearer', subject: 'ada', ambient: true },
    });
  });

  it.each([
    ['POST', { 'sec-fetch-site': 'cross-site' }, 403],
    ['POST', { 'sec-fetch-site': 'same-site' }, 403],
    ['POST', { origin: 'https://evil.example', host: 'api.example' }, 403],
    ['POST', { origin: 'null' }, 403],
    ['GET', { 'sec-fetch-site': 'cross-site', upgrade: 'websocket' }, 403],
    ['POST', { 'sec-fetch-site': 'same-origin' }, 200],
    ['POST', { origin: 'https://api.example', host: 'api.example' }, 200],
    ['GET', { 'sec-fetch-site': 'cross-site' }, 200],
  ])('by %s with %j: %i', async (method, headers, status) => {
    const called = await send(`${NAME}=${GOOD}`, headers as Record<string, string>, method);
    expect([called.status, called.challenge]).toEqual([status, null]);
    if (status === 403) expect(called).toMatchObject({ reason: 'cross_site', accepted: undefined });
    // With a header it is not the browser that sent it.
    const meant = { ...(headers as Record<string, string>), authorization: `Bearer ${GOOD}` };
    expect((await send(`${NAME}=${GOOD}`, meant, method)).status).toBe(200);
  });

  it.each([
    ['a bad one before it', ['x', GOOD], 200, 'accepted'],
    ['a bad one behind it', [GOOD, 'x'], 200, 'accepted'],
    ['an expired one before it', [EXPIRED, GOOD], 200, 'accepted'],
    ['many bad ones', ['a', 'b', 'c', GOOD, 'd', 'e'], 200, 'accepted'],
    ['two good ones, of which one may be planted', [GOOD, claiming({ sub: 'eve' })], 401, 'malformed'],
    ['the same twice', [GOOD, GOOD], 401, 'malformed'],
    ['none', [EXPIRED, 'x'], 401, 'expired'],
    ['none, the other way round', ['x', EXPIRED], 401, 'invalid'],
    ['nothing but commas', ['a,b', 'c,d'], 401, 'malformed'],
  ])('of that name several, %s', async (_, values, status, reason) => {
    const called = await send(values.map((value) => `${NAME}=${value}`).join('; '));
    expect([called.status, called.reason]).toEqual([status, reason]);
    if (status === 200) expect(called.accepted).toMatchObject({ subject: 'ada', ambient: true });
  });

  it.each([`token=${GOOD}`, `__host-token=${GOOD}`, `x${NAME}=${GOOD}`, `x=${NAME}=${GOOD}`, `=${NAME}=${GOOD}`])(
    'of another name is none: %s',
    async (cookie) => {
      expect(await send(cookie)).toMatchObject({ status: 401, reason: 'absent' });
    },
  );

  it('counts beside a header of a scheme that is not known', async () => {
    expect(await send(`${NAME}=${GOOD}`, { authorization: 'Token x' })).toMatchObject({ status: 200 });
    expect(await send('', { authorization: 'Token x' })).toMatchObject({ status: 401, reason: 'unknown_scheme' });
  });

  it('with a comma is not two: no header was joined there', async () => {
    expect(await send(`${NAME}=${GOOD},${GOOD}`)).toMatchObject({ status: 401, reason: 'malformed' });
  });
});
