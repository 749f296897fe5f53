import { describe, expect, it } from 'vitest';
import { visitor } from '../../src/guards/csrf-tokens.ts';
import { type CrossSiteOptions, insufficient, protect } from '../../src/index.ts';

type HeaderList = Readonly<Record<string, string>>;

const HOST = { host: 'app.example' };

/** The status of a sign-in route behind the check. */
async function statusOf(headers: HeaderList, options?: CrossSiteOptions, method = 'POST'): Promise<number> {
  const signIn = protect(visitor, (_request, { scheme, principal }) => Response.json({ scheme, principal }), options);
  return (await signIn(new Request('https://app.example/sign-in', { method, headers: { ...HOST, ...headers } })))
    .status;
}

describe('a route for everybody, behind the check of sites', () => {
  it.each<[string, HeaderList]>([
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' }],
    ['a sibling subdomain', { 'sec-fetch-site': 'same-site', origin: 'https://blog.app.example' }],
    ['another site, in a browser without Sec-Fetch-Site', { origin: 'https://elsewhere.example' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['another port', { origin: 'https://app.example:8443' }],
  ])('refuses what %s sends', async (_, headers) => {
    for (const method of ['POST', 'PUT', 'DELETE']) expect(await statusOf(headers, {}, method)).toBe(403);
    expect(await statusOf({ ...headers, upgrade: 'websocket' }, {}, 'GET')).toBe(403);
    expect(await statusOf(headers, {}, 'GET')).toBe(200);
  });

  it.each<[string, HeaderList]>([
    ['its own pages', { 'sec-fetch-site': 'same-origin', origin: 'https://app.example' }],
    ['its own pages, in a browser without Sec-Fetch-Site', { origin: 'https://app.example' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
    ['no browser at all', {}],
  ])('lets in what %s sends', async (_, headers) => {
    expect(await statusOf(headers)).toBe(200);
  });

  it('refuses what no browser has sent, where it is strict', async () => {
    expect(await statusOf({}, { strict: true })).toBe(403);
    expect(await statusOf({ 'sec-fetch-site': 'same-origin' }, { strict: true })).toBe(200);
    expect(await statusOf({ origin: 'https://app.example' }, { strict: true })).toBe(200);
  });

  it('lets in an origin that is trusted', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://admin.example' };
    expect(await statusOf(headers, { trustedOrigins: ['https://admin.example'] })).toBe(200);
    expect(await statusOf(headers, { trustedOrigins: ['https://other.example'] })).toBe(403);
  });

  it('asks nobody for credentials, and looks at none', async () => {
    const signIn = protect(visitor, (_request, { scheme, principal }) => Response.json([scheme, principal]));
    const headers = { authorization: 'Basic YTpi', cookie: '__Host-Http-session=x' };
    const response = await signIn(new Request('https://app.example/sign-in', { method: 'POST', headers }));
    expect([response.status, await response.json()]).toEqual([200, ['visitor', null]]);
    const refused = await protect(
      visitor,
      () => new Response(),
    )(new Request('https://app.example/', { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } }));
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([403, null]);
  });

  it('has nothing to ask for where the handler wants more', async () => {
    const signIn = protect(visitor, () => insufficient());
    const response = await signIn(new Request('https://app.example/sign-in', { method: 'POST' }));
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([403, null]);
  });
});
