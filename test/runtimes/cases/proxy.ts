import { byWord } from '../by-word.ts';
import { equal } from '../expect.ts';
import type { Case, Library } from '../library.ts';
import { basicValue, type HeaderList, request, view } from '../requests.ts';

const ada = basicValue('ada', 'x');
const challenge = 'Basic realm="Gateway", charset="UTF-8"';

function gateway({ core, basic, proxy }: Library): (request: Request) => Promise<Response> {
  const staff = basic.basic({ realm: 'Gateway', users: [{ username: 'ada', plaintextPassword: 'x' }] });
  return core.protect(proxy.proxy(staff), (_request, { principal }) => new Response(principal.username));
}

const table: readonly (readonly [what: string, headers: HeaderList, status: number])[] = [
  ['the right password', { 'proxy-authorization': ada }, 200],
  ['nothing', {}, 407],
  ['credentials for the server behind it', { authorization: ada }, 407],
  ['a wrong password', { 'proxy-authorization': basicValue('ada', 'y'), authorization: ada }, 407],
  ['another scheme', { 'proxy-authorization': 'Bearer x' }, 407],
  ['two values', { 'proxy-authorization': `${ada}, ${ada}` }, 400],
  ['credentials for both', { 'proxy-authorization': ada, authorization: 'Bearer x' }, 200],
  ['another site', { 'proxy-authorization': ada, 'sec-fetch-site': 'cross-site' }, 200],
];

export const proxyCases: readonly Case[] = [
  ...table.map(
    ([what, headers, status]): Case => [
      `proxy: ${what} is a ${status}`,
      async (library) => {
        const response = await gateway(library)(request(headers, 'POST'));
        equal(response.status, status);
        // That header is the server's behind it: a client would send it the password of the gateway.
        equal(response.headers.get('www-authenticate'), null);
        if (status !== 407) return;
        equal(response.headers.get('proxy-authenticate'), challenge);
        equal(response.headers.get('vary'), 'proxy-authorization');
      },
    ],
  ),

  [
    'proxy: CONNECT, which no Request can be, is asked for credentials',
    async (library) => {
      const handler = gateway(library);
      const asked = await handler(view({}, 'CONNECT', 'https://b.example') as Request);
      equal([asked.status, asked.headers.get('proxy-authenticate')], [407, challenge]);
      const through = await handler(view({ 'proxy-authorization': ada }, 'CONNECT', 'https://b.example') as Request);
      equal(await through.text(), 'ada');
    },
  ],

  [
    'proxy: a body and a renamed challenge go with a 407 too',
    async (library) => {
      const { core, basic, proxy, refusals } = library;
      const staff = basic.basic({ realm: 'Gateway', users: [] });
      const refuse = refusals.promptOnNavigation(refusals.describeRefusal);
      const handler = core.protect(proxy.proxy(staff), () => new Response(), { refuse });
      const { status, headers } = await handler(request({ accept: 'application/json', 'sec-fetch-mode': 'cors' }));
      equal([status, headers.get('proxy-authenticate')], [407, `x${challenge}`]);
      equal(headers.get('content-type'), 'application/problem+json');
    },
  ],

  [
    'proxy: a composition is taken whole',
    async (library) => {
      const { core, basic, proxy } = library;
      const staff = basic.basic({ realm: 'Gateway', users: [{ username: 'ada', plaintextPassword: 'x' }] });
      const either = proxy.proxy(core.any(staff, byWord(library, 'sid', 'cookie')));
      const handler = core.protect(either, (_request, { scheme }) => new Response(scheme));
      equal(await (await handler(request({ 'proxy-authorization': ada, cookie: 'sid=good' }))).text(), 'basic');
      equal(await (await handler(request({ cookie: 'sid=good' }))).text(), 'sid');
      equal((await handler(request({ cookie: 'sid=bad' }))).status, 407);
    },
  ],
];
