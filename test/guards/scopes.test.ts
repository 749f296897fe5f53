import { describe, expect, it } from 'vitest';
import { anyScope, missingScopes, scopes } from '../../src/guards/index.ts';
import { type Accepted, type Authenticator, accept, all, any, optional, protect } from '../../src/index.ts';
import { basic } from '../../src/schemes/basic.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import type { TokenFormat } from '../../src/tokens/token-format.ts';

/** The token is what it is good for: `a+b` has two scopes, `none` says nothing of scopes. */
const format: TokenFormat<string> = {
  verify(token) {
    if (token === 'expired') return 'expired';
    return { principal: token, subject: 'ada', ...(token !== 'none' && { scopes: token.split('+') }) };
  },
};
const api = bearer({ tokens: format });
const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'p' }] });
const PASSWORD = `Basic ${btoa('ada:p')}`;

/** Status and challenge, as `curl -i` would show them. */
async function ask(authenticator: Authenticator, authorization?: string): Promise<readonly [number, string | null]> {
  const handler = protect(authenticator, () => new Response('done'));
  const headers = authorization === undefined ? {} : { authorization };
  const response = await handler(new Request('https://api.example/', { headers }));
  return [response.status, response.headers.get('www-authenticate')];
}

const NEEDS_BOTH = 'Bearer error="insufficient_scope", scope="files:read files:write"';

describe('scopes', () => {
  const guarded = scopes(api, 'files:read', 'files:write');

  it.each([
    ['files:read+files:write', 200],
    ['files:write+files:read', 200],
    ['files:write+other+files:read', 200],
    ['files:read', 403],
    ['files:write', 403],
    ['files:read+files:rite', 403],
    ['files:read+files:write2', 403],
    ['files:read+Files:Write', 403],
    ['files:read+files', 403],
    ['other', 403],
    ['none', 403],
  ])('a token for %s: %i, and a refusal names every scope that is needed', async (token, status) => {
    expect(await ask(guarded, `Bearer ${token}`)).toEqual([status, status === 200 ? null : NEEDS_BOTH]);
  });

  it('come after authenticity: an expired token without them is a 401, and so is none', async () => {
    expect(await ask(guarded, 'Bearer expired')).toEqual([401, 'Bearer realm="api", error="invalid_token"']);
    expect(await ask(guarded)).toEqual([401, 'Bearer realm="api"']);
    expect(await ask(optional(api), 'Bearer none')).toEqual([200, null]);
    expect(await ask(scopes(optional(api), 'files:read'))).toEqual([401, 'Bearer realm="api"']);
  });

  it('are none of what states none: Basic, and several credentials at once', async () => {
    expect((await ask(scopes(staff, 'files:read'), PASSWORD))[0]).toBe(403);
    const both: Authenticator<Accepted<'device', string>> = {
      schemes: ['device'],
      carriers: [],
      authenticate: () => accept('device', 'x', { scopes: ['files:read'] }),
      challenge: () => [],
    };
    expect((await ask(both))[0]).toBe(200);
    expect((await ask(scopes(both, 'files:read')))[0]).toBe(200);
    expect((await ask(scopes(all(both, api), 'files:read'), 'Bearer files:read'))[0]).toBe(403);
    expect((await ask(all(both, scopes(api, 'files:read')), 'Bearer files:read'))[0]).toBe(200);
  });

  it('around one part leave the others alone', async () => {
    const either = any(scopes(api, 'files:read'), staff);
    expect((await ask(either, PASSWORD))[0]).toBe(200);
    expect((await ask(either, 'Bearer files:read'))[0]).toBe(200);
    expect(await ask(either, 'Bearer other')).toEqual([403, 'Bearer error="insufficient_scope", scope="files:read"']);
  });

  it('nest: each guard asks for its own', async () => {
    const nested = scopes(scopes(api, 'a'), 'b');
    expect((await ask(nested, 'Bearer a+b'))[0]).toBe(200);
    expect(await ask(nested, 'Bearer b')).toEqual([403, 'Bearer error="insufficient_scope", scope="a"']);
    expect(await ask(nested, 'Bearer a')).toEqual([403, 'Bearer error="insufficient_scope", scope="b"']);
  });

  it('are compared whole, also where an authenticator left them a text', async () => {
    const careless: Authenticator<Accepted<'careless', null>> = {
      schemes: ['careless'],
      carriers: [],
      authenticate: () => accept('careless', null, { scopes: 'files:readme' as never }),
      challenge: () => [],
    };
    for (const guard of [scopes, anyScope]) {
      expect((await ask(guard(careless, 'files:read')))[0]).toBe(403);
      expect((await ask(guard(careless, 'files:readme')))[0]).toBe(200);
    }
    expect(missingScopes({ scopes: 'files:readme' as never }, 'files:read')).toBeDefined();
  });
});

describe('anyScope', () => {
  const guarded = anyScope(api, 'files:read', 'files:admin');

  it.each([
    ['files:read', 200],
    ['files:admin', 200],
    ['other+files:admin', 200],
    ['files:read+files:admin', 200],
    ['files:adm', 403],
    ['files', 403],
    ['none', 403],
  ])('a token for %s: %i, and a refusal names the first', async (token, status) => {
    expect(await ask(guarded, `Bearer ${token}`)).toEqual([
      status,
      status === 200 ? null : 'Bearer error="insufficient_scope", scope="files:read"',
    ]);
  });

  it('an expired token is a 401', async () => {
    expect((await ask(guarded, 'Bearer expired'))[0]).toBe(401);
  });
});

describe('missingScopes', () => {
  const handler = protect(
    api,
    (request, accepted) =>
      missingScopes(accepted, 'files:read', ...(request.method === 'GET' ? [] : ['files:write'])) ??
      new Response('done'),
  );
  const send = async (method: string, token: string): Promise<readonly [number, string | null]> => {
    const response = await handler(
      new Request('https://api.example/', { method, headers: { authorization: `Bearer ${token}` } }),
    );
    return [response.status, response.headers.get('www-authenticate')];
  };

  it('is what a handler returns where it knows more', async () => {
    expect(await send('GET', 'files:read')).toEqual([200, null]);
    expect(await send('POST', 'files:read+files:write')).toEqual([200, null]);
    expect(await send('POST', 'files:read')).toEqual([403, NEEDS_BOTH]);
    expect(await send('POST', 'none')).toEqual([403, NEEDS_BOTH]);
  });
});

describe('names', () => {
  it.each([
    [''],
    [' '],
    ['a b'],
    ['a,\tb'],
    ['"a"'],
    ['a\\b'],
    ['a\nb'],
    ['é'],
    ['a\u007f'],
    ['ok', ''],
    ['ok', 'a b'],
  ])('that are no scopes are a TypeError: %j', (...names) => {
    const bad = names as [string, ...string[]];
    expect(() => scopes(api, ...bad)).toThrow(new TypeError('scopes: needs ASCII words'));
    expect(() => anyScope(api, ...bad)).toThrow(TypeError);
    expect(() => missingScopes({}, ...bad)).toThrow(TypeError);
  });

  it('needs one at least, also where the compiler does not look', () => {
    // @ts-expect-error none
    expect(() => scopes(api)).toThrow(TypeError);
    // @ts-expect-error none
    expect(() => anyScope(api)).toThrow(TypeError);
    // @ts-expect-error none
    expect(() => missingScopes({ scopes: ['a'] })).toThrow(TypeError);
    expect(() => scopes(api, undefined as never)).toThrow('scopes: needs ASCII words');
  });

  it.each(['a', "!#$%&'()*+,-./09:;<=>?@AZ[]^_`az{|}~", 'https://api.example/files.read'])('%s is one', (name) => {
    expect(() => scopes(api, name)).not.toThrow();
  });
});
