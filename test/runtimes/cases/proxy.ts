import { byWord } from '../by-word.ts';
import { equal, refuses } from '../expect.ts';
import type { Case, Library } from '../library.ts';
import { basicValue, type HeaderList, request, view } from '../requests.ts';

const ada = basicValue('ada', 'x');
const challenge = 'Basic realm="Gateway", charset="UTF-8"';

function staff({ basic }: Library) {
  return basic.basic({ realm: 'Gateway', users: [{ username: 'ada', plaintextPassword: 'x' }] });
}

function gateway(library: Library): (request: Request) => Promise<Response> {
  return library.proxy.protectProxy(staff(library), (_request, { principal }) => new Response(principal.username));
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
        equal(response.headers.get('vary'), 'proxy-authorization');
        if (status === 407) equal(response.headers.get('proxy-authenticate'), challenge);
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
    'proxy: a body and a renamed challenge go with a 407 and a 400',
    async (library) => {
      const { proxy, refusals } = library;
      const refuse = refusals.promptOnNavigation(refusals.describeRefusal);
      const handler = proxy.protectProxy(staff(library), () => new Response(), { refuse });
      const asked = { accept: 'application/json', 'sec-fetch-mode': 'cors' };
      for (const [more, expected] of [
        [{}, 407],
        [{ 'proxy-authorization': `${ada}, ${ada}` }, 400],
      ] as const) {
        const response = await handler(request({ ...asked, ...more }));
        const { status, headers } = response;
        equal([status, headers.get('proxy-authenticate')], [expected, `x${challenge}`]);
        equal([headers.get('content-type'), headers.get('www-authenticate')], ['application/problem+json', null]);
        equal(((await response.json()) as { status: number }).status, expected);
      }
    },
  ],

  [
    'proxy: a text of the application\u2019s own keeps its content type',
    async (library, { deliver }) => {
      const own = (): Response => new Response('sign in', { status: 407 });
      const type = (await deliver(own())).headers.get('content-type');
      const handler = library.proxy.protectProxy(staff(library), () => new Response(), { refuse: own });
      const { status, headers } = await deliver(await handler(request()));
      equal([status, headers.get('content-type'), headers.get('proxy-authenticate')], [407, type, challenge]);
    },
  ],

  [
    'proxy: the answer of the server behind passes, its challenge too',
    async (library) => {
      const behind = () => new Response('behind', { status: 401, headers: { 'www-authenticate': 'Bearer' } });
      const handler = library.proxy.protectProxy(staff(library), behind);
      const response = await handler(request({ 'proxy-authorization': ada }));
      const { status, headers } = response;
      equal([status, headers.get('www-authenticate'), headers.get('proxy-authenticate')], [401, 'Bearer', null]);
      equal(await response.text(), 'behind');
    },
  ],

  [
    'proxy: a demand of the handler is the gateway\u2019s',
    async (library) => {
      const { core, proxy } = library;
      for (const [needed, expected] of [
        [{ maxAge: 60 }, 407],
        [{ scopes: ['write'] }, 403],
      ] as const) {
        const handler = proxy.protectProxy(staff(library), () => core.insufficient(needed));
        const { status, headers } = await handler(request({ 'proxy-authorization': ada }));
        equal([status, headers.get('proxy-authenticate')], [expected, challenge]);
        equal(headers.get('www-authenticate'), null);
      }
    },
  ],

  [
    'proxy: what is for the server behind is not read',
    (library) => {
      const { core, proxy } = library;
      const never = (): Response => new Response();
      for (const carrier of ['cookie', 'header'] as const) {
        const other = byWord(library, 'sid', carrier);
        refuses(() => proxy.protectProxy(other, never), 'Authorization');
        refuses(() => proxy.protectProxy(core.any(staff(library), other), never), 'Authorization');
      }
    },
  ],
];
