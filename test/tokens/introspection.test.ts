import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { decide } from '../../src/index.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import { type IntrospectionOptions, introspection, UNSAFE_ANY_AUDIENCE } from '../../src/tokens/introspection.ts';
import { protectedResource } from '../../src/tokens/protected-resource.ts';
import { contextOf } from '../support/context.ts';
import { requestOf } from '../support/request.ts';
import { type Reply, startIntrospection } from './start-introspection.ts';

const NOW = 1_800_000_000;
const AUDIENCE = 'https://api.example/files';
const SECRET = 'canary-5d1f';
const TOKEN = 'canary-9f31';
const GOOD = { active: true, sub: 'ada', aud: AUDIENCE, exp: NOW + 600 };

let server: Awaited<ReturnType<typeof startIntrospection>>;
beforeAll(async () => {
  server = await startIntrospection();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.asked.length = 0;
  server.state.reply = { json: GOOD };
});

const tokensOf = (more: Partial<IntrospectionOptions> = {}) =>
  introspection({
    endpoint: server.endpoint,
    clientId: 'files-api',
    clientSecret: SECRET,
    audience: AUDIENCE,
    ...more,
  });

/** What one token is taken for when the server says so. */
async function verify(json: unknown, more?: Partial<IntrospectionOptions>) {
  server.state.reply = { json };
  return tokensOf(more).verify(TOKEN, contextOf());
}

describe('the question', () => {
  it('is a form, with the client’s name and secret form-encoded in Basic, and nothing in the URL', async () => {
    await tokensOf({ clientId: 'a:b c', clientSecret: 'p%ä+/=&:' }).verify('t.0k~e+n/-_==', contextOf());
    const [{ method, headers, body } = { headers: {} } as never] = server.asked;
    expect(method).toBe('POST');
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(headers.accept).toBe('application/json');
    const [scheme, credentials = ''] = headers.authorization?.split(' ') ?? [];
    expect([scheme, atob(credentials)]).toEqual(['Basic', 'a%3Ab+c:p%25%C3%A4%2B%2F%3D%26%3A']);
    expect([...new URLSearchParams(body)]).toEqual([
      ['token', 't.0k~e+n/-_=='],
      ['token_type_hint', 'access_token'],
    ]);
  });

  it('has the secret that the context gives', async () => {
    const clientSecret: IntrospectionOptions['clientSecret'] = ({ bindings }) => bindings as string;
    const tokens = tokensOf({ clientSecret });
    for (const bindings of ['one', 'two']) await tokens.verify(TOKEN, contextOf({ bindings }));
    const sent = server.asked.map(({ headers }) => atob(headers.authorization?.slice(6) ?? ''));
    expect(sent).toEqual(['files-api:one', 'files-api:two']);
  });

  it.each([
    ['empty', ''],
    ['a space', 'a b'],
    ['a comma', 'a,b'],
    ['a line', 'a\r\nb'],
    ['a line at its end', 'a\n'],
    ['NUL', 'a\0'],
    ['beyond ASCII', 'té'],
    ['a quote', '"a"'],
    ['another field', 'a&token=b'],
    ['= within', 'a=b'],
    ['= alone', '='],
    ['4097 characters', 'a'.repeat(4097)],
    ['a megabyte', 'a'.repeat(1_000_000)],
  ])('is not asked of what is no token: %s', async (_name, token) => {
    expect(await tokensOf({ cacheSeconds: 60 }).verify(token, contextOf())).toBeUndefined();
    expect(server.asked).toEqual([]);
  });

  it('is asked of any other', async () => {
    for (const token of ['a', 'a'.repeat(4096), 'eyJ.eyJ.x', '__proto__', 'constructor']) {
      expect(await tokensOf({ cacheSeconds: 60 }).verify(token, contextOf())).toMatchObject({ subject: 'ada' });
    }
    expect(server.asked).toHaveLength(5);
  });
});

describe('the answer', () => {
  it('becomes what is known of the token', async () => {
    const said = {
      ...GOOD,
      scope: 'files:read  files:write ',
      jti: 'id-1',
      client_id: 'cli',
      auth_time: NOW - 60,
      acr: 'gold',
      amr: ['pwd', 'otp'],
      token_type: 'bearer',
      tenant: { id: 7 },
    };
    expect(await verify(said)).toEqual({
      principal: said,
      subject: 'ada',
      scopes: ['files:read', 'files:write'],
      expiresAt: NOW + 600,
      authTime: NOW - 60,
      acr: 'gold',
      amr: ['pwd', 'otp'],
      credentialId: 'id-1',
      freshness: NOW,
    });
  });

  it('states nothing that the server did not say; an empty scope is none at all', async () => {
    const bare = await verify({ active: true }, { audience: UNSAFE_ANY_AUDIENCE });
    expect(bare).toEqual({ principal: { active: true }, freshness: NOW });
    expect(await verify({ ...GOOD, scope: '' })).toMatchObject({ scopes: [] });
  });

  const BAD: readonly (readonly [object, string])[] = [
    [{ active: false }, 'invalid'],
    [{ active: 'true' }, 'invalid'],
    [{ active: 1 }, 'invalid'],
    [{ active: null }, 'invalid'],
    [{ active: [true] }, 'invalid'],
    [{ active: undefined }, 'invalid'],
    [{ active: false, exp: 1 }, 'invalid'],
    [{ exp: NOW }, 'expired'],
    [{ exp: NOW - 1 }, 'expired'],
    [{ exp: 0 }, 'expired'],
    [{ exp: -1 }, 'expired'],
    [{ exp: String(NOW + 600) }, 'invalid'],
    [{ exp: null }, 'invalid'],
    [{ exp: [NOW + 600] }, 'invalid'],
    [{ exp: true }, 'invalid'],
    [{ nbf: 'now' }, 'invalid'],
    [{ iat: {} }, 'invalid'],
    [{ auth_time: String(NOW) }, 'invalid'],
    [{ sub: 7 }, 'invalid'],
    [{ sub: null }, 'invalid'],
    [{ sub: ['ada'] }, 'invalid'],
    [{ scope: ['files:read'] }, 'invalid'],
    [{ scope: { 'files:read': true } }, 'invalid'],
    [{ jti: 1 }, 'invalid'],
    [{ acr: 1 }, 'invalid'],
    [{ amr: 'pwd' }, 'invalid'],
    [{ amr: ['pwd', 1] }, 'invalid'],
    [{ iss: ['https://id.example'] }, 'invalid'],
    [{ client_id: 1 }, 'invalid'],
    [{ username: {} }, 'invalid'],
    [{ token_type: 'DPoP' }, 'invalid'],
    [{ token_type: 'bearer ' }, 'invalid'],
    [{ token_type: '' }, 'invalid'],
    [{ token_type: ['Bearer'] }, 'invalid'],
    [{ token_type: null }, 'invalid'],
    [{ cnf: { jkt: 'x' } }, 'invalid'],
    [{ cnf: {} }, 'invalid'],
    [{ cnf: null }, 'invalid'],
    [{ aud: undefined }, 'invalid'],
    [{ aud: '' }, 'invalid'],
    [{ aud: [] }, 'invalid'],
    [{ aud: null }, 'invalid'],
    [{ aud: `${AUDIENCE}/` }, 'invalid'],
    [{ aud: AUDIENCE.toUpperCase() }, 'invalid'],
    [{ aud: 'https://api.example' }, 'invalid'],
    [{ aud: `${AUDIENCE} https://other.example` }, 'invalid'],
    [{ aud: ['https://other.example'] }, 'invalid'],
    [{ aud: [[AUDIENCE]] }, 'invalid'],
    [{ aud: { [AUDIENCE]: true } }, 'invalid'],
    [{ aud: 7 }, 'invalid'],
  ];
  it.each(BAD)('%j is %s', async (change, reason) => {
    expect(await verify({ ...GOOD, ...change })).toBe(reason);
  });

  it('numbers that no clock has, in JSON that JavaScript can’t write, are not good', async () => {
    // The last is in milliseconds, and would be good for ever.
    for (const exp of ['1e999', '1e308', `${NOW + 600}000`]) {
      server.state.reply = (response) => response.end(JSON.stringify(GOOD).replace(String(NOW + 600), exp));
      expect(await tokensOf().verify(TOKEN, contextOf()), exp).toBe('invalid');
    }
  });

  it.each([
    [{ exp: NOW + 1 }],
    [{ exp: NOW + 0.5 }],
    [{ exp: undefined }],
    [{ nbf: NOW + 5 }],
    [{ token_type: 'Bearer' }],
    [{ token_type: 'BEARER' }],
    [{ aud: [AUDIENCE] }],
    [{ aud: ['https://other.example', AUDIENCE] }],
    [{ iss: 'https://anybody.example' }],
    [JSON.parse('{"__proto__":{"cnf":1}}')],
  ])('%j is good', async (change) => {
    expect(await verify({ ...GOOD, ...change })).toMatchObject({ subject: 'ada' });
  });

  it('is of the issuer that is configured', async () => {
    const issuer = 'https://id.example';
    expect(await verify({ ...GOOD, iss: issuer }, { issuer })).toMatchObject({ subject: 'ada' });
    for (const iss of [undefined, `${issuer}/`, 'https://other.example', [issuer]]) {
      expect(await verify({ ...GOOD, iss }, { issuer })).toBe('invalid');
    }
  });

  it('is for one of several audiences, or for a protected resource', async () => {
    const several = { audience: ['https://old.example', AUDIENCE] } as const;
    expect(await verify(GOOD, several)).toMatchObject({ subject: 'ada' });
    const resource = protectedResource({ resource: AUDIENCE, authorizationServers: ['https://id.example'] });
    expect(await verify(GOOD, { audience: resource })).toMatchObject({ subject: 'ada' });
    expect(await verify({ ...GOOD, aud: 'https://old.example' }, { audience: resource })).toBe('invalid');
  });
});

describe('an outage', () => {
  const head =
    (status: number, headers: Record<string, string> = {}, body = JSON.stringify(GOOD)) =>
    (response: ServerResponse) =>
      response.writeHead(status, headers).end(body);
  const REPLIES: readonly (readonly [string, Reply])[] = [
    ['500', head(500)],
    ['401, the client is not known', head(401)],
    ['403', head(403)],
    ['201', head(201)],
    ['204', head(204, {}, '')],
    ['a redirect', head(302, { location: '/elsewhere' })],
    ['a redirect that keeps the method', head(307, { location: '/elsewhere' })],
    ['HTML', head(200, { 'content-type': 'text/html' }, '<html>')],
    ['nothing', head(200, {}, '')],
    ['half an object', head(200, {}, '{"active":true')],
    ['two objects', head(200, {}, '{"active":true}{"active":true}')],
    ['null', { json: null }],
    ['true', { json: true }],
    ['a text', { json: 'active' }],
    ['a list', { json: [GOOD] }],
    ['ten megabytes', head(200, {}, `{"active":true,"x":"${'x'.repeat(10_000_000)}"}`)],
    ['a connection that breaks', (response) => response.destroy()],
    ['a body that breaks', (response) => response.write('{"active":', () => response.destroy())],
  ];
  it.each(REPLIES)('is what it is, and not a refusal: %s', async (_name, reply) => {
    server.state.reply = reply;
    const tokens = tokensOf({ cacheSeconds: 60 });
    const error = await Promise.resolve(tokens.verify(TOKEN, contextOf())).then(
      (result) => expect.fail(JSON.stringify(result)),
      (thrown: unknown) => thrown as Error,
    );
    expect(error.message).toContain(new URL(server.endpoint).origin);
    expect(`${error.message} ${error.stack}`).not.toMatch(/canary|introspect\b.*active|<html/);
    expect(server.asked).toHaveLength(1);
    // Nothing of it is kept.
    server.state.reply = { json: GOOD };
    expect(await tokens.verify(TOKEN, contextOf())).toMatchObject({ subject: 'ada' });
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['says nothing', () => {}],
    ['begins, and does not go on', (response) => void response.write('{"active":true')],
    [
      'trickles',
      (response) => {
        const timer = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('comes in time where the server %s', async (_name, reply) => {
    server.state.reply = reply;
    await expect(tokensOf({ timeout: 0.2 }).verify(TOKEN, contextOf())).rejects.toThrow();
  });

  it('is one where nobody listens, and where the given fetch fails', async () => {
    const { endpoint, stop } = await startIntrospection();
    await stop();
    await expect(tokensOf({ endpoint }).verify(TOKEN, contextOf())).rejects.toThrow(new URL(endpoint).origin);
    const fetch = () => Promise.reject(new TypeError('no network'));
    await expect(tokensOf({ fetch }).verify(TOKEN, contextOf())).rejects.toThrow();
  });

  it('is a 503 with nothing of it in the answer, and what was refused a 401', async () => {
    const handler = decide(bearer({ tokens: tokensOf() }));
    const send = async (reply: Reply) => {
      server.state.reply = reply;
      const { response } = await handler(requestOf({ authorization: `Bearer ${TOKEN}` }), contextOf());
      return [response?.status, response?.headers.get('www-authenticate')];
    };
    expect(await send(head(500))).toEqual([503, null]);
    expect(await send({ json: { active: false } })).toEqual([401, 'Bearer realm="api", error="invalid_token"']);
    expect(await send({ json: GOOD })).toEqual([undefined, undefined]);
  });
});

describe('the cache', () => {
  const at = (seconds: number, more = {}) => contextOf({ now: NOW + seconds, ...more });

  it('is off unless it is asked for', async () => {
    const tokens = tokensOf();
    for (let n = 0; n < 3; n++) await tokens.verify(TOKEN, at(0));
    expect(server.asked).toHaveLength(3);
  });

  it('answers for so many seconds, says when the server was asked, and then asks again', async () => {
    const tokens = tokensOf({ cacheSeconds: 60 });
    for (const seconds of [0, 1, 59.9]) {
      expect(await tokens.verify(TOKEN, at(seconds))).toMatchObject({ subject: 'ada', freshness: NOW });
    }
    expect(server.asked).toHaveLength(1);
    expect(await tokens.verify(TOKEN, at(60))).toMatchObject({ freshness: NOW + 60 });
    expect(server.asked).toHaveLength(2);
  });

  it('does not outlive the token, nor a clock that is set back', async () => {
    const tokens = tokensOf({ cacheSeconds: 3600 });
    await tokens.verify(TOKEN, at(0));
    expect(await tokens.verify(TOKEN, at(599))).toMatchObject({ subject: 'ada' });
    expect(await tokens.verify(TOKEN, at(600))).toBe('expired');
    expect(server.asked).toHaveLength(1);
    server.state.reply = { json: { active: false } };
    expect(await tokens.verify(TOKEN, at(-1))).toBe('invalid');
    expect(server.asked).toHaveLength(2);
  });

  it('takes no token for another: not one that begins or ends alike, nor one in another case', async () => {
    const tokens = tokensOf({ cacheSeconds: 60 });
    const long = 'a'.repeat(4000);
    for (const token of [`${long}b`, `${long}c`, `b${long}`, `${long}B`, long]) {
      server.state.reply = { json: { ...GOOD, sub: token } };
      expect(await tokens.verify(token, at(0))).toMatchObject({ subject: token });
    }
    for (const token of [`${long}b`, `${long}c`, `b${long}`, `${long}B`, long]) {
      expect(await tokens.verify(token, at(1))).toMatchObject({ subject: token });
    }
    expect(server.asked).toHaveLength(5);
  });

  it('keeps no refusal: a token that becomes good is good at once', async () => {
    const tokens = tokensOf({ cacheSeconds: 60 });
    for (const json of [{ active: false }, { ...GOOD, exp: NOW }, { ...GOOD, aud: 'x' }]) {
      server.state.reply = { json };
      expect(typeof (await tokens.verify(TOKEN, at(0)))).toBe('string');
    }
    server.state.reply = { json: GOOD };
    expect(await tokens.verify(TOKEN, at(0))).toMatchObject({ subject: 'ada' });
  });

  it('is passed over where the answer must be fresh, and what is heard then holds for all', async () => {
    const tokens = tokensOf({ cacheSeconds: 60 });
    await tokens.verify(TOKEN, at(0));
    expect(await tokens.verify(TOKEN, at(5, { fresh: true }))).toMatchObject({ freshness: NOW + 5 });
    expect(await tokens.verify(TOKEN, at(6))).toMatchObject({ freshness: NOW + 5 });
    server.state.reply = { json: { active: false } };
    expect(await tokens.verify(TOKEN, at(7))).toMatchObject({ subject: 'ada' });
    expect(await tokens.verify(TOKEN, at(8, { fresh: true }))).toBe('invalid');
    expect(await tokens.verify(TOKEN, at(8))).toBe('invalid');
  });

  it('holds so many, the oldest going first', async () => {
    const tokens = tokensOf({ cacheSeconds: 60, maxEntries: 2 });
    for (const token of ['a', 'b', 'c']) await tokens.verify(token, at(0));
    server.asked.length = 0;
    for (const token of ['b', 'c']) await tokens.verify(token, at(1));
    expect(server.asked).toHaveLength(0);
    await tokens.verify('a', at(1));
    await tokens.verify('c', at(1));
    expect(server.asked).toHaveLength(1);
    // Asked anew is young again.
    await tokens.verify('c', at(2, { fresh: true }));
    await tokens.verify('d', at(2));
    server.asked.length = 0;
    await tokens.verify('c', at(3));
    expect(server.asked).toHaveLength(0);
  });

  it('keeps no answer that is too long', async () => {
    const tokens = tokensOf({ cacheSeconds: 60 });
    server.state.reply = { json: { ...GOOD, padding: 'x'.repeat(20_000) } };
    for (let n = 0; n < 2; n++) expect(await tokens.verify(TOKEN, at(0))).toMatchObject({ subject: 'ada' });
    expect(server.asked).toHaveLength(2);
  });

  it('shares nothing that a request can change', async () => {
    const tokens = tokensOf({ cacheSeconds: 60 });
    server.state.reply = { json: { ...GOOD, roles: ['reader'] } };
    for (const seconds of [0, 1]) {
      const result = await tokens.verify(TOKEN, at(seconds));
      if (typeof result !== 'object') throw new Error(result);
      expect(result.principal.roles).toEqual(['reader']);
      (result.principal.roles as string[]).push('admin');
      (result as { subject: string }).subject = 'root';
    }
    expect(await tokens.verify(TOKEN, at(2))).toMatchObject({ subject: 'ada', principal: { roles: ['reader'] } });
  });

  it('is bridged over no outage: past its time it is one', async () => {
    const tokens = tokensOf({ cacheSeconds: 60 });
    await tokens.verify(TOKEN, at(0));
    server.state.reply = (response) => response.writeHead(500).end();
    expect(await tokens.verify(TOKEN, at(59))).toMatchObject({ subject: 'ada' });
    await expect(tokens.verify(TOKEN, at(60))).rejects.toThrow('500');
  });
});

describe('options', () => {
  it.each<[object, string]>([
    [{ endpoint: 'http://id.example/introspect' }, 'endpoint'],
    [{ endpoint: 'http://localhost.evil.example/' }, 'endpoint'],
    [{ endpoint: 'http://127.0.0.1@evil.example/' }, 'endpoint'],
    [{ endpoint: `https://ada:${SECRET}@id.example/` }, 'endpoint'],
    [{ endpoint: 'https://id.example/#x' }, 'endpoint'],
    [{ endpoint: '/introspect' }, 'endpoint'],
    [{ endpoint: '' }, 'endpoint'],
    [{ endpoint: undefined }, 'endpoint'],
    [{ endpoint: 'ftp://id.example/' }, 'endpoint'],
    [{ clientId: '' }, 'clientId'],
    [{ clientId: undefined }, 'clientId'],
    [{ clientSecret: '' }, 'clientSecret'],
    [{ clientSecret: undefined }, 'clientSecret'],
    [{ audience: undefined }, 'audience'],
    [{ audience: '' }, 'audience'],
    [{ audience: [] }, 'audience'],
    [{ audience: [AUDIENCE, ''] }, 'audience'],
    [{ cacheSeconds: -1 }, 'cacheSeconds'],
    [{ cacheSeconds: 3601 }, 'cacheSeconds'],
    [{ cacheSeconds: Number.NaN }, 'cacheSeconds'],
    [{ cacheSeconds: Number.POSITIVE_INFINITY }, 'cacheSeconds'],
    [{ maxEntries: 0 }, 'maxEntries'],
    [{ maxEntries: 1.5 }, 'maxEntries'],
    [{ maxEntries: Number.POSITIVE_INFINITY }, 'maxEntries'],
    [{ timeout: 0 }, 'timeout'],
    [{ timeout: Number.NaN }, 'timeout'],
    [{ timeout: 61 }, 'timeout'],
    [{ cacheTtl: 60 }, "'cacheTtl'"],
  ])('%j is a TypeError that names it, and no secret', (more, names) => {
    expect(() => tokensOf(more)).toThrow(TypeError);
    expect(() => tokensOf(more)).toThrow(names);
    expect(() => tokensOf(more)).not.toThrow(SECRET);
  });

  it('of the audience can’t be left out by accident', () => {
    const options = { endpoint: 'https://id.example/', clientId: 'x', clientSecret: 'y' };
    // @ts-expect-error no audience
    expect(() => introspection(options)).toThrow('audience');
    expect(() => introspection({ ...options, audience: UNSAFE_ANY_AUDIENCE })).not.toThrow();
  });

  it.each(['https://id.example/i', 'http://localhost:1/i', 'http://127.0.0.1:1/i', 'http://[::1]:1/i'])(
    '%s is an endpoint, and nothing is asked before there is a token',
    (endpoint) => {
      const fetch = (): never => expect.fail('asked');
      expect(() => tokensOf({ endpoint, fetch })).not.toThrow();
    },
  );
});
