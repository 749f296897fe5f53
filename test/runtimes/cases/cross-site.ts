import type { CrossSiteOptions } from '../../../src/index.ts';
import { byWord } from '../by-word.ts';
import { equal } from '../expect.ts';
import type { Case } from '../library.ts';
import { basicValue, type HeaderList, request, view } from '../requests.ts';

const HOST = { host: 'app.example' };
const cross = { 'sec-fetch-site': 'cross-site' };
const trusting: CrossSiteOptions = { trustedOrigins: ['https://admin.example'] };

type Row = readonly [what: string, method: string, headers: HeaderList, status: number, options?: CrossSiteOptions];

/** Each request carries a good cookie; what another site sends with an unsafe method is a 403. */
const table: readonly Row[] = [
  ['GET from another site', 'GET', { ...cross, origin: 'https://evil.example' }, 200],
  ['HEAD from another site', 'HEAD', cross, 200],
  ['OPTIONS from another site', 'OPTIONS', cross, 200],
  ['POST from another site', 'POST', cross, 403],
  ['PUT from another site', 'PUT', cross, 403],
  ['PATCH from another site', 'PATCH', cross, 403],
  ['DELETE from another site', 'DELETE', cross, 403],
  ['a method that nobody knows', 'BREW', cross, 403],
  ['JSON sent as text', 'POST', { ...cross, 'content-type': 'text/plain' }, 403],
  ['POST from the same origin', 'POST', { 'sec-fetch-site': 'same-origin' }, 200],
  ['POST that the user began', 'POST', { 'sec-fetch-site': 'none' }, 200],
  ['POST from a sibling subdomain', 'POST', { 'sec-fetch-site': 'same-site' }, 403],
  ['fetch metadata of an unknown word', 'POST', { 'sec-fetch-site': 'elsewhere' }, 403],
  ['two values of fetch metadata', 'POST', { 'sec-fetch-site': 'same-origin, cross-site' }, 403],
  ['fetch metadata before Origin', 'POST', { ...HOST, ...cross, origin: 'https://app.example' }, 403],
  ['Origin that is the Host', 'POST', { ...HOST, origin: 'https://app.example' }, 200],
  ['Origin that is the Host, in another case', 'POST', { host: 'App.Example', origin: 'https://app.example' }, 200],
  ['Origin with the port of the Host', 'POST', { host: 'app.example:8443', origin: 'https://app.example:8443' }, 200],
  ['Origin with another port', 'POST', { ...HOST, origin: 'https://app.example:8443' }, 403],
  ['Origin of another host', 'POST', { ...HOST, origin: 'https://evil.example' }, 403],
  ['Origin that ends in the Host', 'POST', { ...HOST, origin: 'https://evil-app.example' }, 403],
  ['Origin that begins with the Host', 'POST', { ...HOST, origin: 'https://app.example.evil.example' }, 403],
  ['Origin of a sandboxed frame', 'POST', { ...HOST, origin: 'null' }, 403],
  [
    'Origin, and a Host forwarded by a client',
    'POST',
    { ...HOST, origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
    403,
  ],
  ['Origin without a Host', 'POST', { origin: 'https://app.example' }, 403],
  ['a trusted origin', 'POST', { ...HOST, ...cross, origin: 'https://admin.example' }, 200, trusting],
  ['a trusted origin over http', 'POST', { ...HOST, ...cross, origin: 'http://admin.example' }, 403, trusting],
  ['neither header', 'POST', HOST, 200],
  ['neither header, strictly', 'POST', HOST, 403, { strict: true }],
  ['a WebSocket from another site', 'GET', { ...HOST, upgrade: 'websocket', origin: 'https://evil.example' }, 403],
  ['a WebSocket from the same origin', 'GET', { ...HOST, upgrade: 'websocket', origin: 'https://app.example' }, 200],
];

/** Methods that no platform rewrites or refuses. */
const plain = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/;

export const crossSiteCases: readonly Case[] = [
  ...table.map(
    ([what, method, headers, status, options]): Case => [
      `cross-site: ${what} is a ${status}`,
      async (library) => {
        const handler = library.core.protect(byWord(library, 'sid', 'cookie'), () => new Response('done'), options);
        const sent = { cookie: 'sid=renew', ...headers };
        const asked = plain.test(method) ? request(sent, method) : (view(sent, method) as Request);
        const response = await handler(asked);
        equal(response.status, status);
        // Another site shall not even renew a cookie, and asking again would not help.
        equal(response.headers.getSetCookie().length, status === 200 ? 1 : 0, 'cookies');
        equal(response.headers.get('www-authenticate'), null);
      },
    ],
  ),

  [
    'cross-site: Basic is guarded, for a browser goes on sending it; curl is not a browser',
    async ({ core, basic }) => {
      const staff = basic.basic({ realm: 'Staff', users: [{ username: 'ada', plaintextPassword: 'x' }] });
      const handler = core.protect(staff, () => new Response('done'));
      const authorization = basicValue('ada', 'x');
      equal((await handler(request({ ...HOST, authorization }, 'POST'))).status, 200);
      equal((await handler(request({ ...HOST, authorization, origin: 'https://evil.example' }, 'POST'))).status, 403);
    },
  ],

  [
    'cross-site: an explicit credential needs no check, and whoever is nobody gets a 401',
    async (library) => {
      const { any, protect } = library.core;
      const handler = protect(
        any(byWord(library, 'key', 'header'), byWord(library, 'sid', 'cookie')),
        () => new Response(),
      );
      equal((await handler(request({ ...cross, 'x-key': 'good' }, 'POST'))).status, 200);
      equal((await handler(request({ ...cross, cookie: 'sid=bad' }, 'POST'))).status, 401);
    },
  ],
];
