import { describe, expect, it } from 'vitest';
import { scopes, stepUp } from '../../src/guards/index.ts';
import { type Authenticator, any, insufficient, optional, protect } from '../../src/index.ts';
import { basic } from '../../src/schemes/basic.ts';
import { bearer } from '../../src/schemes/bearer.ts';
import type { TokenFormat } from '../../src/tokens/token-format.ts';

const NOW = 1_800_000_000;
/** The token is JSON of what it says. */
const format: TokenFormat<string> = {
  verify: (token) => (token === 'expired' ? 'expired' : { principal: 'ada', ...JSON.parse(atob(token)) }),
};
const api = bearer({ tokens: format });

async function ask(authenticator: Authenticator, facts?: object | string): Promise<readonly [number, string | null]> {
  const handler = protect(authenticator, () => new Response('done'), { context: () => ({ now: NOW }) });
  const token = typeof facts === 'string' ? facts : btoa(JSON.stringify(facts));
  const headers = facts === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await handler(new Request('https://api.example/', { headers }));
  return [response.status, response.headers.get('www-authenticate')];
}

const asks = (params: string): string => `Bearer realm="api", error="insufficient_user_authentication", ${params}`;

describe('the age of a sign-in', () => {
  it.each([
    [{ authTime: NOW }, 200],
    [{ authTime: NOW - 299 }, 200],
    [{ authTime: NOW - 300 }, 200],
    [{ authTime: NOW - 300.5 }, 401],
    [{ authTime: NOW - 301 }, 401],
    [{ authTime: 0 }, 401],
    [{ authTime: NOW + 2 }, 200],
    [{ authTime: NOW + 301 }, 401],
    [{ authTime: NOW * 1000 }, 401],
    [{}, 401],
    [{ authTime: null }, 401],
    [{ authTime: 'now' }, 401],
    [{ authTime: [] }, 401],
  ])('%j with maxAge 300: %i', async (facts, status) => {
    expect(await ask(stepUp(api, { maxAge: 300 }), facts)).toEqual([
      status,
      status === 200 ? null : asks('max_age="300"'),
    ]);
  });
});

describe('the class of a sign-in', () => {
  it.each([
    [{ acr: 'gold' }, 200],
    [{ acr: 'silver' }, 200],
    [{ acr: 'Gold' }, 401],
    [{ acr: 'gol' }, 401],
    [{ acr: 'gold silver' }, 401],
    [{ acr: '' }, 401],
    [{ acr: ['gold'] }, 401],
    [{}, 401],
  ])('%j where gold or silver will do: %i', async (facts, status) => {
    expect(await ask(stepUp(api, { acr: ['gold', 'silver'] }), facts)).toEqual([
      status,
      status === 200 ? null : asks('acr_values="gold silver"'),
    ]);
  });
});

describe('step-up', () => {
  it.each([
    [{ acr: 'gold', authTime: NOW - 10 }, 200],
    [{ acr: 'gold', authTime: NOW - 90 }, 401],
    [{ acr: 'lead', authTime: NOW - 10 }, 401],
    [{ acr: 'gold' }, 401],
    [{ authTime: NOW }, 401],
  ])('asks for both at once: %j is %i', async (facts, status) => {
    expect(await ask(stepUp(api, { acr: ['gold'], maxAge: 60 }), facts)).toEqual([
      status,
      status === 200 ? null : asks('acr_values="gold", max_age="60"'),
    ]);
  });

  it('comes after authenticity: a bad token is invalid_token, none has no error', async () => {
    const guarded = stepUp(api, { maxAge: 300 });
    expect(await ask(guarded, 'expired')).toEqual([401, 'Bearer realm="api", error="invalid_token"']);
    expect(await ask(guarded)).toEqual([401, 'Bearer realm="api"']);
    expect(await ask(stepUp(optional(api), { maxAge: 300 }))).toEqual([401, 'Bearer realm="api"']);
  });

  it('and scopes: whichever guard is nearer speaks first', async () => {
    const facts = { scopes: ['pay'], authTime: NOW };
    const guarded = stepUp(scopes(api, 'pay'), { maxAge: 300 });
    expect((await ask(guarded, facts))[0]).toBe(200);
    expect((await ask(guarded, { ...facts, authTime: 0 }))[0]).toBe(401);
    expect((await ask(guarded, { scopes: [], authTime: 0 }))[0]).toBe(403);
    expect((await ask(scopes(stepUp(api, { maxAge: 300 }), 'pay'), { scopes: [], authTime: 0 }))[0]).toBe(401);
  });

  it('around one part leaves the others alone; Basic, which says nothing of a sign-in, is refused', async () => {
    const staff = basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'p' }] });
    const send = async (authenticator: Authenticator): Promise<number> => {
      const handler = protect(authenticator, () => new Response());
      const authorization = `Basic ${btoa('ada:p')}`;
      return (await handler(new Request('https://api.example/', { headers: { authorization } }))).status;
    };
    expect(await send(any(stepUp(api, { maxAge: 300 }), staff))).toBe(200);
    expect(await send(stepUp(any(api, staff), { maxAge: 300 }))).toBe(401);
  });

  it('may be asked for by a handler', async () => {
    const handler = protect(api, (_request, { authTime = 0 }) =>
      NOW - authTime > 300 ? insufficient({ maxAge: 300 }) : new Response(),
    );
    const headers = { authorization: `Bearer ${btoa(JSON.stringify({ authTime: NOW - 600 }))}` };
    const response = await handler(new Request('https://api.example/', { headers }));
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, asks('max_age="300"')]);
  });
});

describe('options', () => {
  it.each<[unknown, string]>([
    [{}, 'maxAge'],
    [{ maxAge: undefined }, 'maxAge'],
    [{ maxAge: 0 }, 'maxAge'],
    [{ maxAge: -1 }, 'maxAge'],
    [{ maxAge: 1.5 }, 'maxAge'],
    [{ maxAge: Number.NaN }, 'maxAge'],
    [{ maxAge: Number.POSITIVE_INFINITY }, 'maxAge'],
    [{ maxAge: '300' }, 'maxAge'],
    [{ maxAge: 0, acr: ['gold'] }, 'maxAge'],
    [{ acr: [] }, 'acr'],
    [{ acr: 'gold' }, 'acr'],
    [{ acr: ['gold silver'] }, 'acr'],
    [{ acr: ['go"ld'] }, 'acr'],
    [{ acr: ['gold', ''] }, 'acr'],
    [{ maxAge: 300, acr: [] }, 'acr'],
    [{ maxAge: 300, maxage: 300 }, "'maxage'"],
  ])('%j is a TypeError', (options, names) => {
    expect(() => stepUp(api, options as never)).toThrow(TypeError);
    expect(() => stepUp(api, options as never)).toThrow(names);
  });
});
